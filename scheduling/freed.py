"""Time that became free, and the rounds in which it is offered to those who wait.

Note [Rounds]. What is due is taken together: everybody on the list is judged against all of it, the assignment is the
best overall (scheduling/assignment.py), each pair becomes a real hold, and for everybody else it is written down why
not. Two rounds at once are harmless: a time is held once, an entry has one open offer, and who comes second goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from scheduling import assignment, events, offers, suitability
from scheduling.models import (
    Actor,
    Appointment,
    Event,
    FreedBy,
    FreedTime,
    Offer,
    OfferSkip,
    Participant,
    Schedule,
    SkipReason,
    WaitlistEntry,
)
from scheduling.suitability import Candidate, Judgement

READER = "waitlist.freed"
CLOSED = ["appointment.cancelled", "appointment.rescheduled"]
OPENED = ["schedule.week_set", "schedule.exception_undone", "schedule.extra_given", "schedule.resumed"]
KINDS = [*CLOSED, *OPENED]
LEASE = timedelta(minutes=1)
LOOK_EVERY = timedelta(days=1)
TOGETHER, LONGEST = 10, 500  # freed times in one round, and people judged


# --- what becomes free -----------------------------------------------------------------------------------------------


def read(*, at: datetime) -> int:
    """Note every time that an event gave back or opened, while somebody waits; return how many events. A sweep."""
    return events.read_claims(READER, lambda event: _note(event, at), at=at)


def _note(event: Event, at: datetime) -> None:
    if not WaitlistEntry.objects.on_the_list().exists():
        return
    if event.kind in OPENED:
        _open(Schedule.objects.get(actor__uuid=event.subject), at)
    elif not Offer.objects.filter(appointment__uuid=event.subject).exists():  # an offer not taken goes on by itself
        _free(event, Appointment.objects.get(uuid=event.subject), at)


def _free(event: Event, visit: Appointment, at: datetime) -> None:
    """Note that everybody whose time a visit took has it back; of one that was moved, the time before."""
    codes = event.codes
    starts_at, ends_at = visit.starts_at, visit.ends_at
    if event.kind == "appointment.rescheduled":
        starts_at, ends_at = (datetime.fromisoformat(codes[name]) for name in ("was_starts_at", "was_ends_at"))
        actors = list(Actor.objects.filter(uuid__in=codes["was_with"]).values_list("pk", flat=True))
    else:
        parts = Participant.objects.filter(appointment=visit, actor__schedule__isnull=False)
        actors = list(parts.values_list("actor", flat=True))
    if starts_at > at:
        for actor in actors:
            note(actor, starts_at, ends_at, FreedBy.CANCELLED, at=at)


def _open(schedule: Schedule, at: datetime) -> None:
    until = min(at + suitability.AHEAD, schedule.open_until)
    if until > at:
        note(schedule.actor_id, at, until, FreedBy.OPENED, at=at)


def note(actor: int, starts_at: datetime, ends_at: datetime, cause: FreedBy, *, at: datetime) -> bool:
    """Write down that time of an actor may be offered, due now; return whether it was not due already."""
    known = FreedTime.objects.filter(actor=actor, starts_at=starts_at, ends_at=ends_at, due_at__isnull=False)
    if known.exists():
        return False
    FreedTime.objects.create(
        actor_id=actor, starts_at=starts_at, ends_at=ends_at, cause=cause, due_at=at, created_at=at
    )
    return True


def look_again(*, at: datetime, limit: int = 20) -> int:
    """Search for those who were not searched for since yesterday, and note what suits them; return how many. A sweep.

    So what no event told of (a day that came within the horizon, a new volunteer) reaches them too.
    """
    due = WaitlistEntry.objects.filter(status="waiting", look_at__lte=at).order_by("look_at")
    return sum(_look(entry, at) for entry in due.select_related("patient").prefetch_related("hours")[:limit])


def _look(entry: WaitlistEntry, at: datetime) -> int:
    """Note the first open time that suits somebody and is noted for nobody else; who has it, the round decides."""
    mine: int = WaitlistEntry.objects.filter(pk=entry.pk, look_at__lte=at).update(look_at=at + LOOK_EVERY)
    for found in suitability.open_times(entry, at=at) if mine else []:
        host = Actor.objects.get(uuid=found.slot.actors[0])
        if note(host.pk, found.slot.starts_at, found.ends_at, FreedBy.FOUND, at=at):
            break
    return mine


# --- rounds ----------------------------------------------------------------------------------------------------------


def offer_due(*, at: datetime) -> int:
    """Offer what is due to those who wait, best overall; return how many freed times were looked at. A sweep."""
    due = _leased(at)
    if not due:
        return 0
    judgement = suitability.judge(due, _in_line(at), at=at)
    made = _hand_out(judgement.candidates, at)
    _write_trace(judgement, made, at)
    for freed in due:
        _settle(freed, judgement, made, at)
    return len(due)


@transaction.atomic
def _leased(at: datetime) -> list[FreedTime]:
    """Take what is due out of others' hands for a minute; a round that dies is followed by another."""
    rows = FreedTime.objects.select_for_update(skip_locked=True, of=("self",)).filter(due_at__lte=at)
    due = list(rows.select_related("actor__clinician", "actor__chair").order_by("due_at", "pk")[:TOGETHER])
    FreedTime.objects.filter(pk__in=[freed.pk for freed in due]).update(due_at=at + LEASE)
    return due


def _in_line(at: datetime) -> list[WaitlistEntry]:
    """Return who waits or has an offer, the most urgent and then the longest first."""
    listed = WaitlistEntry.objects.on_the_list().select_related("patient__data_key").prefetch_related("hours")
    entries = [entry for entry in listed if not suitability.is_over(entry, at=at)]
    return sorted(entries, key=lambda entry: -suitability.weight(entry, at=at))[:LONGEST]


def _hand_out(candidates: Sequence[Candidate], at: datetime) -> list[Candidate]:
    """Make the best offers; what somebody else was quicker with is left out, and the best of the rest made, until none.

    Return those that were made.
    """
    made: list[Candidate] = []
    while chosen := _best(candidates):
        made += [one for one in chosen if offers.make(one.entry, one.found.slot, one.freed, until=one.until, at=at)]
        served = {one.entry.pk for one in made}
        candidates = [
            one
            for one in candidates
            if one.entry.pk not in served and one not in chosen and not any(one.overlaps(other) for other in made)
        ]
    return made


def _best(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the assignment of people to times that serves most and costs least."""
    cheapest: dict[tuple[int, object], Candidate] = {}
    for one in candidates:
        key = (one.entry.pk, one.time)
        if key not in cheapest or one.cost < cheapest[key].cost:
            cheapest[key] = one
    people, times = list({person for person, _ in cheapest}), list({time for _, time in cheapest})
    known = [[cheapest.get((person, time)) for time in times] for person in people]
    pairs = assignment.assign([[one.cost if one else None for one in row] for row in known])
    return [chosen for row, column in pairs if (chosen := known[row][column])]


def _write_trace(judgement: Judgement, made: Sequence[Candidate], at: datetime) -> None:
    """Write down for each time who was not offered it, and why: what was written before is overwritten."""
    served, offered = {(one.freed.pk, one.entry.pk) for one in made}, {one.entry.pk for one in made}
    waiting = {(one.freed.pk, one.entry.pk) for one in judgement.candidates} - served
    trace = judgement.skips | {
        (freed, entry): SkipReason.HAS_OFFER if entry in offered else SkipReason.OUTRANKED for freed, entry in waiting
    }
    OfferSkip.objects.bulk_create(
        [OfferSkip(freed_id=freed, entry_id=entry, because=why, at=at) for (freed, entry), why in trace.items()],
        update_conflicts=True,
        unique_fields=["freed", "entry"],
        update_fields=["because", "at"],
    )


def _settle(freed: FreedTime, judgement: Judgement, made: Sequence[Candidate], at: datetime) -> None:
    """Say when a freed time is due again: once those who would want it are awake, or never.

    One that is offered comes back when the offer is not taken.
    """
    taken = any(one.freed.pk == freed.pk for one in made) and freed.cause != FreedBy.OPENED
    mornings = [morning for (time, _), morning in judgement.wakes_at.items() if time == freed.pk]
    soonest = min((morning for morning in mornings if morning < freed.ends_at), default=None)
    due = None if taken else soonest
    # Unless an offer of it was declined in the meantime, which made it due at once.
    FreedTime.objects.filter(pk=freed.pk, due_at=at + LEASE).update(due_at=due)
