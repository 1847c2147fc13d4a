"""What an interpreter may do with a visit they were booked for: leave it. Another who bridges it is seated at once.

In one transaction the time of whoever leaves is free, another has the seat, and everybody is owed the news. Where
nobody else is free the visit stands, everybody is told, the organization's coordinators too, and a person of it gets a
case (navigation reads `appointment.interpreter_missing`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q

from scheduling import eligibility, events, invitations, matching, notifications, open_starts, sql
from scheduling.access import Viewer
from scheduling.appointments import locked
from scheduling.matching import Criteria, Voice
from scheduling.models import (
    UPCOMING,
    Appointment,
    Channel,
    Clinician,
    Encounter,
    Membership,
    Notification,
    Participant,
    ParticipantRole,
    Role,
    User,
    VisitType,
)
from scheduling.notifications import Composed, Recipient
from scheduling.open_starts import Ask, Offer, Taken
from scheduling.refusals import NotFound, NotPossibleNow

CHANGED, MISSING, LEFT = "interpreter_changed", "interpreter_missing", "interpreter_left"


class _Busy(Exception):
    """Somebody who was to be seated was booked meanwhile: look again, without them."""


def withdraw(appointment: Appointment, *, by: Viewer, at: datetime) -> Appointment:
    """Let the interpreter who asks leave a visit to come, and seat another if one is free; tell everybody.

    Raises NotFound if they do not interpret in it, NotPossibleNow if it is over.
    """
    busy: set[int] = set()
    while True:
        try:
            with transaction.atomic():
                return _withdraw(appointment, busy, by=by, at=at)
        except _Busy as error:
            busy.update(error.args)
        except OperationalError as error:  # others were long in the way
            raise NotPossibleNow from error


def _withdraw(appointment: Appointment, busy: set[int], *, by: Viewer, at: datetime) -> Appointment:
    seats, come = _seats(appointment, by, busy, at=at)
    appointment = locked(appointment, also=[voice.actor for voice in come])
    leaving = _seat_of(appointment, by)
    if leaving is None:
        raise NotFound
    if appointment.status not in UPCOMING or appointment.ends_at <= at:
        raise NotPossibleNow
    stay = {voice.actor for voice in seats or ()} - {voice.actor for voice in come}
    gone = [part for part in _voices(appointment) if part == leaving or (seats and part.actor_id not in stay)]
    _rise(gone)
    _sit(appointment, come, at=at)
    _shut_out(appointment)
    appointment.version += 1
    appointment.save(update_fields=["version"])
    kind = "appointment.interpreter_replaced" if seats is not None else "appointment.interpreter_missing"
    events.record(kind, appointment, by=by, at=at, left=[str(part.uuid) for part in gone])
    _tell(appointment, gone, come, found=seats is not None, at=at)
    return appointment


def _seat_of(appointment: Appointment, by: Viewer) -> Participant | None:
    """Return as what the asker interprets in a visit."""
    if by.user is None:
        return None
    found: Participant | None = _voices(appointment).filter(actor__interpreter__user=by.user).first()
    return found


def _voices(appointment: Appointment) -> Any:
    """Return those who interpret in a visit: a query to go on with."""
    parts = Participant.objects.filter(appointment=appointment, role=ParticipantRole.INTERPRETER)
    return parts.select_related("actor__schedule", "actor__interpreter").order_by("pk")


def _seats(
    appointment: Appointment, by: Viewer, busy: set[int], *, at: datetime
) -> tuple[Sequence[Voice] | None, list[Voice]]:
    """Return who could interpret from now on, None if nobody, and who of them is to come: what nobody is locked for."""
    kept = [
        Voice(part.actor_id, frozenset(part.actor.interpreter.languages))
        for part in _voices(appointment)
        if part.actor.interpreter.user_id != (by.user.pk if by.user else None)
    ]
    speaks = _speaks(appointment)
    free = [voice for voice in _free(appointment, at=at) if voice.actor not in busy]
    seats = matching.seats(matching.tongues(appointment.language), kept, free, speaks)
    return seats, [voice for voice in seats or () if voice not in kept]


def _speaks(appointment: Appointment) -> list[str]:
    """Return the languages of a visit's clinician; none at a clinic."""
    hosts = Clinician.objects.filter(actor__participations__appointment=appointment)
    found: list[str] | None = hosts.values_list("languages", flat=True).first()
    return found or []


_FREE = f"""
SELECT i.actor_id, i.languages FROM scheduling_interpreter i JOIN scheduling_schedule s ON s.actor_id = i.actor_id
JOIN scheduling_openstart o ON o.actor_id = i.actor_id
WHERE i.status = 'approved' AND o.starts_at = %(since)s AND {eligibility.IN_TIME}
ORDER BY s.{eligibility.LOAD}, i.actor_id
"""


def _free(appointment: Appointment, *, at: datetime) -> list[Voice]:
    """Return the interpreters who are free for all of a visit, those who have given less lately first."""
    begins = appointment.starts_at
    wanted = Criteria(appointment.patient_state, "", begins, begins + timedelta(microseconds=1), appointment.zone)
    visit_type = VisitType.objects.get(pk=appointment.visit_type_id)
    known = eligibility.parameters(wanted, visit_type)
    minutes = int((appointment.ends_at - begins) / timedelta(minutes=1))
    return [
        Voice(actor, frozenset(spoken)) for actor, spoken in sql.rows(_FREE, known | {"at": at, "minutes": minutes})
    ]


def _rise(gone: Sequence[Participant]) -> None:
    """Free the time of those who leave; what they may see of the visit ends with it."""
    times = [Taken(part.actor.schedule, part.occupied) for part in gone if part.actor and part.occupied]
    Participant.objects.filter(pk__in=[part.pk for part in gone]).delete()
    open_starts.free(times)


def _sit(appointment: Appointment, come: Sequence[Voice], *, at: datetime) -> None:
    """Seat those who come, whose actors are locked; raises _Busy for those who are not free any more."""
    if not come:
        return
    uuids = sql.rows("SELECT uuid FROM scheduling_actor WHERE id = ANY(%s)", [[voice.actor for voice in come]])
    offers = open_starts.lock(uuid for (uuid,) in uuids)
    ask = Ask(VisitType.objects.get(pk=appointment.visit_type_id).code, Viewer(), at)
    minutes = int((appointment.ends_at - appointment.starts_at) / timedelta(minutes=1))
    schedules = [offer.schedule for offer in offers]
    if busy := [one.actor_id for one in schedules if not open_starts.is_open(one, appointment.starts_at, minutes, ask)]:
        raise _Busy(*busy)
    Participant.objects.bulk_create(_part(appointment, offer) for offer in offers)
    open_starts.take([Taken(offer.schedule, _time(appointment, offer)) for offer in offers])


def _time(appointment: Appointment, offer: Offer) -> DateTimeTZRange:
    return offer.occupied(appointment.starts_at, appointment.ends_at)


def _part(appointment: Appointment, offer: Offer) -> Participant:
    return Participant(
        appointment=appointment,
        actor_id=offer.schedule.actor_id,
        role=ParticipantRole.INTERPRETER,
        occupied=_time(appointment, offer),
    )


def _shut_out(appointment: Appointment) -> None:
    """Make every token of the room useless: who still takes part asks for another at the door."""
    Encounter.objects.filter(appointment=appointment).update(room_epoch=F("room_epoch") + 1)


# --- who is told -----------------------------------------------------------------------------------------------------


def _tell(
    appointment: Appointment, gone: Sequence[Participant], come: Sequence[Voice], *, found: bool, at: datetime
) -> None:
    """Owe everybody the news: those who come an invitation, those who left its end, the others that it changed."""
    new = _mailed(User.objects.filter(interpreter__actor__in=[voice.actor for voice in come]))
    left = _mailed(User.objects.filter(interpreter__actor__in=[part.actor_id for part in gone]))
    others = [to for to in invitations.recipients(appointment) if to.user_id not in {one.user_id for one in new}]
    if not found:
        others += _watch(appointment, at)
    for kind, to in ((invitations.BOOKED, new), (LEFT, left), (CHANGED if found else MISSING, others)):
        notifications.owe(kind, to, at=at, subject=appointment.uuid, wakes=invitations.is_near(appointment, at=at))


def _mailed(users: Iterable[User]) -> list[Recipient]:
    return [Recipient(Channel.EMAIL, user.language, user_id=user.pk) for user in users if user.email]


def _watch(appointment: Appointment, at: datetime) -> list[Recipient]:
    """Return the organization's coordinators of today."""
    today = at.date()
    now = Q(valid_from__lte=today) & (Q(valid_until=None) | Q(valid_until__gt=today))
    office = Membership.objects.filter(now, organization=appointment.organization_id, role=Role.COORDINATOR)
    return _mailed(User.objects.filter(pk__in=office.values("user")))


def compose(notification: Notification, at: datetime) -> Composed:
    """Return what a message about a change of interpreters is made of; whoever left is led to their other turns."""
    composed = invitations.compose(notification, at)
    if notification.kind != LEFT:
        return composed
    return replace(composed, context=composed.context | {"link": f"{settings.SITE_URL}/turnos/"})


# --- what is shown ---------------------------------------------------------------------------------------------------


def pairs(appointment: Appointment) -> dict[int, tuple[str, str]]:
    """Return between which two languages each interpreter of a visit goes, by participant; needs `for_display`."""
    parts: list[Any] = list(appointment.participants.all())
    voices = [part for part in parts if part.role == ParticipantRole.INTERPRETER]
    hosts = [part.actor.clinician for part in parts if part.role == ParticipantRole.CLINICIAN]
    speaks = hosts[0].languages if hosts else []
    own = set(matching.tongues(appointment.language))
    voices.sort(key=lambda part: not own & set(part.actor.interpreter.languages))
    spoken = [part.actor.interpreter.languages for part in voices]
    return dict(zip((part.pk for part in voices), matching.links(own, spoken, speaks) or [], strict=False))


def is_bridged(appointment: Appointment) -> bool:
    """Return whether those who take part bring the patient's language to the clinician."""
    shown: Appointment = Appointment.objects.for_display().get(pk=appointment.pk)
    voices = _voices(appointment).count()
    speaks = _speaks(appointment)
    return len(pairs(shown)) == voices > 0 or matching.links(matching.tongues(appointment.language), [], speaks) == []
