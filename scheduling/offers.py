"""One time offered to one person who waits: a real hold with a deadline, and the message that says so.

Note [Offers and locks]. The order is that of every visit (actors by id, then the appointment), then the entry, then
the offer. So whoever accepts, declines, lapses or leaves queues at the hold's actors, and the first decides.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from scheduling import accounts, appointments, events, notifications
from scheduling.access import System, Viewer
from scheduling.models import (
    AppointmentStatus,
    Channel,
    EntryStatus,
    FreedTime,
    GrantScope,
    Notification,
    Offer,
    OfferStatus,
    Patient,
    WaitlistEntry,
)
from scheduling.notifications import Composed, Recipient
from scheduling.refusals import Refusal, SlotTaken
from scheduling.slots import Slot

KIND = "offer"
BY = System("waitlist")
READABLE_AFTER = timedelta(days=1)  # so long after its end the link still says what became of an offer

By = Viewer | System


class Gone(Refusal):
    """The entry is no longer waiting; only whoever makes offers hears it."""


def make(entry: WaitlistEntry, slot: Slot, freed: FreedTime, *, until: datetime, at: datetime) -> Offer | None:
    """Hold a time for somebody who waits and owe them the question; return None if the time or the person is gone."""
    try:
        with transaction.atomic():
            return _make(entry, slot, freed, until, at)
    except (SlotTaken, Gone):
        return None
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if constraint != "offer_open_once":
            raise
        return None


def _make(entry: WaitlistEntry, slot: Slot, freed: FreedTime, until: datetime, at: datetime) -> Offer:
    held = appointments.set_aside(slot, until=until, by=BY, at=at)
    entry = locked_entry(entry)
    if entry.status != EntryStatus.WAITING:
        raise Gone
    patient: Patient = entry.patient
    channel = Channel.SMS if patient.phone else Channel.EMAIL
    offer: Offer = Offer.objects.create(
        entry=entry, appointment=held, freed=freed, channel=channel, due_at=until, created_at=at
    )
    move(entry, EntryStatus.OFFERED, "offered", by=BY, at=at)
    events.record("offer.made", offer, by=BY, at=at, entry=str(entry.uuid), appointment=str(held.uuid))
    to = [Recipient(channel, patient.language, patient_id=patient.pk)]
    notifications.owe(KIND, to, at=at, expires_at=until, subject=offer.uuid, topic=_topic(offer))
    return offer


def locked_entry(entry: WaitlistEntry) -> WaitlistEntry:
    """Lock an entry and return it read again, with its patient."""
    rows = WaitlistEntry.objects.select_for_update(of=("self",)).select_related("patient")
    found: WaitlistEntry = rows.get(pk=entry.pk)
    return found


def locked(offer: Offer) -> Offer:
    """Lock an offer after its entry (and the hold's actors, by whoever calls), and return it read again."""
    entry = locked_entry(offer.entry)
    found: Offer = Offer.objects.select_for_update(of=("self",)).select_related("freed").get(pk=offer.pk)
    found.entry = entry
    return found


def close(offer: Offer, status: OfferStatus, *, by: By, at: datetime) -> None:
    """End an open, locked offer that was not taken: give the time back, let it be offered on, and let them wait on."""
    held = appointments.locked(offer.appointment)
    if held.status == AppointmentStatus.PROPOSED:
        appointments.release(held, by=by, at=at)
    answered(offer, status, by=by, at=at)
    FreedTime.objects.filter(pk=offer.freed_id).update(due_at=at)
    offer.entry.look_at = at
    move(offer.entry, EntryStatus.WAITING, "waiting", by=by, at=at)


def answered(offer: Offer, status: OfferStatus, *, by: By, at: datetime) -> None:
    """Write what became of an offer, and say nothing more about it."""
    offer.status, offer.answered_at = status, at
    offer.save(update_fields=["status", "answered_at"])
    notifications.void(_topic(offer), below_version=1)
    events.record(f"offer.{status}", offer, by=by, at=at, entry=str(offer.entry.uuid))


def move(entry: WaitlistEntry, to: EntryStatus, word: str, *, by: By, at: datetime) -> None:
    """Change a locked entry's status and record it."""
    entry.status, entry.version = to, entry.version + 1
    entry.save(update_fields=["status", "version", "look_at"])
    events.record(f"waitlist.{word}", entry, by=by, at=at)


def compose(notification: Notification, at: datetime) -> Composed:
    """Return what the question is made of: a link, and nothing that tells on anybody."""
    offer: Offer = Offer.objects.get(uuid=notification.subject)  # type: ignore[misc]
    life = offer.due_at - at + READABLE_AFTER
    _grant, secret = accounts.grant_link(GrantScope.OFFER, offer.uuid, at=at, life=life)
    return Composed({"link": f"{settings.SITE_URL}/l/{secret}", "help_phone": settings.HELP_PHONE})


def _topic(offer: Offer) -> str:
    return f"offer:{offer.uuid}"
