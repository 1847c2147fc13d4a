"""What may be done with a place on the waiting list, and with the times it is offered.

Whoever declines, lets an offer lapse or leaves gives the time back, and it goes to the next in line in the same call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from scheduling import (
    appointments,
    eligibility,
    events,
    freed,
    inbound,
    notifications,
    offers,
    open_starts,
    search,
    spoken,
    suitability,
    sweeps,
)
from scheduling.access import System, Viewer
from scheduling.inbound import Answer, Question
from scheduling.models import (
    ON_THE_LIST,
    Appointment,
    EntryStatus,
    Event,
    Offer,
    OfferStatus,
    Organization,
    Patient,
    SuitableHours,
    Urgency,
    WaitlistEntry,
)
from scheduling.refusals import HoldExpired, NotPossibleNow, OfferOver, SlotTaken
from scheduling.waiting import Span

READER = "waitlist.served"
KINDS = ["appointment.booked"]
YES, NO = ["si", "yes", "1", "acepto", "ok"], ["no", "2"]

By = Viewer | System


def connect() -> None:
    """Name the readers, sweeps, messages and questions of the waiting list; called from AppConfig.ready()."""
    events.register(freed.READER, freed.KINDS)
    events.register(READER, KINDS)
    notifications.register(offers.KIND, offers.compose)
    inbound.register(offers.KIND, find_questions)
    for name, act, seconds in _SWEEPS:
        sweeps.register(name, act, every=timedelta(seconds=seconds))


@dataclass(frozen=True)
class Wish:
    """What somebody waits for: where they will be, in which language, what kind of visit, and when it suits them.

    `hours` are by the clock of `zone`, none meaning any; both days are included.
    """

    state: str
    zone: str
    language: str
    specialty: str
    care: str
    modality: str = ""
    age: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    hours: tuple[Span, ...] = ()


@transaction.atomic
def join(patient: Patient, wish: Wish, *, by: By, at: datetime) -> WaitlistEntry:
    """Put a patient on the list, or change what suits them if they wait for such a visit already; keep their place."""
    Patient.objects.select_for_update(of=("self",), no_key=True).get(pk=patient.pk)  # who joins twice at once is one
    known = WaitlistEntry.objects.on_the_list().filter(patient=patient, specialty=wish.specialty, care=wish.care)
    # Locked: an offer that is made at this moment is not forgotten by what is saved here.
    entry: WaitlistEntry = known.select_for_update(of=("self",)).first() or WaitlistEntry(
        patient=patient, organization=_organization(wish.state), created_at=at
    )
    word = "changed" if entry.pk else "joined"
    for name in ("state", "zone", "language", "specialty", "care", "modality", "age", "first_day", "last_day"):
        setattr(entry, name, getattr(wish, name))
    entry.look_at, entry.version = at, entry.version + 1
    entry.save()
    _suit(entry, wish.hours)
    events.record(f"waitlist.{word}", entry, by=by, at=at)
    return entry


def _suit(entry: WaitlistEntry, hours: Iterable[Span]) -> None:
    SuitableHours.objects.filter(entry=entry).delete()
    SuitableHours.objects.bulk_create(
        SuitableHours(entry=entry, weekday=one.weekday, starts=one.starts, ends=one.ends) for one in hours
    )


def _organization(state: str) -> Organization:
    """Return which organization looks after those who wait in a state: one that serves it, else the default."""
    serving = Organization.objects.filter(service_states__contains=[state]).first()
    return serving or Organization.objects.get(slug=settings.DEFAULT_ORGANIZATION)


@transaction.atomic
def prioritise(entry: WaitlistEntry, urgency: Urgency, *, by: Viewer, at: datetime) -> WaitlistEntry:
    """Say how soon somebody should be seen; who may say it, the caller has judged. Raises NotPossibleNow."""
    entry = offers.locked_entry(entry)
    if entry.status not in ON_THE_LIST:
        raise NotPossibleNow
    if entry.urgency != urgency:
        entry.urgency, entry.look_at, entry.version = urgency, at, entry.version + 1
        entry.save(update_fields=["urgency", "look_at", "version"])
        events.record("waitlist.prioritised", entry, by=by, at=at, urgency=urgency)
    return entry


def leave(entry: WaitlistEntry, *, by: By, at: datetime) -> WaitlistEntry:
    """Take somebody off the list and give back what they are offered; leaving twice changes nothing."""
    entry = _end(entry, EntryStatus.LEFT, by=by, at=at)
    freed.offer_due(at=at)
    return entry


@transaction.atomic
def _end(entry: WaitlistEntry, status: EntryStatus, *, by: By, at: datetime) -> WaitlistEntry:
    """Take somebody off the list; what they are offered becomes due for others."""
    offer = _open_offer(entry)
    entry = offers.locked_entry(entry)
    if entry.status not in ON_THE_LIST:
        return entry
    if offer is not None:
        offer = offers.locked(offer)
        offers.close(offer, OfferStatus.WITHDRAWN, by=by, at=at)
        entry = offer.entry
    offers.move(entry, status, status.value, by=by, at=at)
    return entry


def _open_offer(entry: WaitlistEntry) -> Offer | None:
    """Return the entry's open offer with its hold locked; NotPossibleNow if one was made at this very moment."""
    offer: Offer | None = Offer.objects.open().filter(entry=entry).select_related("appointment").first()
    if offer is not None:
        appointments.locked(offer.appointment)
    offers.locked_entry(entry)
    now: Offer | None = Offer.objects.open().filter(entry=entry).first()
    if now is not None and now != offer:
        raise NotPossibleNow
    return now


# --- answers ---------------------------------------------------------------------------------------------------------


def accept(offer: Offer, *, by: By, at: datetime) -> Appointment:
    """Book the offered time; whether it still may be given to this person is judged again.

    Raises OfferOver, SlotTaken if it no longer may (they stay on the list), or PatientBusy. Accepting again changes
    nothing.
    """
    try:
        with transaction.atomic():
            return _accept(offer, by, at)
    except HoldExpired:
        raise OfferOver from None
    except SlotTaken:
        _close(offer, OfferStatus.WITHDRAWN, by=offers.BY, at=at)
        raise


def _accept(offer: Offer, by: By, at: datetime) -> Appointment:
    patient = offer.entry.patient
    held = appointments.locked(offer.appointment, also=[patient.actor_id])
    offer = offers.locked(offer)
    if offer.status == OfferStatus.ACCEPTED:
        return held
    if not offer.is_open or offer.due_at <= at:
        raise OfferOver
    slot = search.slot_of(Appointment.objects.for_display().get(pk=held.pk))
    people = sorted(open_starts.lock(slot.actors), key=lambda one: slot.actors.index(one.uuid))
    if not eligibility.may_see(people, slot, held.visit_type, at=at):
        raise SlotTaken
    booked = appointments.confirm(held, patient=patient, by=by, at=at)
    offers.answered(offer, OfferStatus.ACCEPTED, by=by, at=at)
    offers.move(offer.entry, EntryStatus.BOOKED, "booked", by=by, at=at)
    return booked


def decline(offer: Offer, *, by: By, at: datetime) -> None:
    """Give the offered time back; the person stays on the list. An offer that is over stays as it is."""
    _close(offer, OfferStatus.DECLINED, by=by, at=at)


def lapse_due(*, at: datetime, limit: int = 50) -> int:
    """End the offers that were not answered in time; return how many. A sweep."""
    over = Offer.objects.open().filter(due_at__lte=at).select_related("appointment", "entry").order_by("due_at")
    return sum(_close(offer, OfferStatus.LAPSED, by=offers.BY, at=at) for offer in over[:limit])


def _close(offer: Offer, status: OfferStatus, *, by: By, at: datetime) -> bool:
    """End an offer if it still is open, and let its time go to the next in line at once."""
    with transaction.atomic():
        appointments.locked(offer.appointment)
        offer = offers.locked(offer)
        if not offer.is_open or (status == OfferStatus.LAPSED and offer.due_at > at):
            return False
        offers.close(offer, status, by=by, at=at)
    freed.offer_due(at=at)
    return True


def find_questions(phone_hash: str, at: datetime) -> list[Question]:
    """Return the open offers a phone may answer by a word."""
    speaks = {
        "entry__patient__representatives__user__phone_hash": phone_hash,
        "entry__patient__representatives__until": None,
    }
    found = Offer.objects.open().for_display().filter(due_at__gt=at, **speaks).distinct()
    return [_question(offer) for offer in found]


def _question(offer: Offer) -> Question:
    words = dict.fromkeys(YES, partial(_say_yes, offer)) | dict.fromkeys(NO, partial(_say_no, offer))
    return Question(offers.KIND, offer.uuid, words, partial(_label, offer.appointment))


def _say_yes(offer: Offer, *, by: By, at: datetime) -> Answer:
    accept(offer, by=by, at=at)
    return Answer("")  # the message that it is booked says it


def _say_no(offer: Offer, *, by: By, at: datetime) -> None:
    decline(offer, by=by, at=at)


def _label(held: Appointment, language: str) -> str:
    day, hour = (say(held.starts_at, held.zone, language) for say in (spoken.day, spoken.hour))
    return f"{day}, {hour}"


# --- ends ------------------------------------------------------------------------------------------------------------


def read(*, at: datetime) -> int:
    """Take whoever booked such a visit in another way off the list; return how many events were read. A sweep."""
    return events.read_claims(READER, lambda event: _served(event, at), at=at)


def _served(event: Event, at: datetime) -> None:
    visit = Appointment.objects.select_related("visit_type").get(uuid=event.subject)
    kind = visit.visit_type
    waits = WaitlistEntry.objects.on_the_list().filter(patient=visit.patient_id, care=kind.care)
    for entry in waits.filter(specialty=kind.specialty).select_related("patient"):
        _end(entry, EntryStatus.BOOKED, by=offers.BY, at=at)


def expire(*, at: datetime, limit: int = 100) -> int:
    """Take those off the list whose last day is past; return how many. A sweep."""
    dated = WaitlistEntry.objects.on_the_list().filter(last_day__lte=at.date()).select_related("patient")
    over = [entry for entry in dated[:limit] if suitability.is_over(entry, at=at)]
    for entry in over:
        _end(entry, EntryStatus.EXPIRED, by=offers.BY, at=at)
    return len(over)


_SWEEPS: list[tuple[str, sweeps.Act, int]] = [
    ("free_times", freed.read, 5),
    ("offer_freed", freed.offer_due, 5),
    ("lapse_offers", lapse_due, 5),
    ("look_for_waiting", freed.look_again, 30),
    ("leave_served", read, 30),
    ("expire_waiting", expire, 600),
]
