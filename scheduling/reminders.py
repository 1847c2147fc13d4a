"""Reminders: rows owed when a visit is booked, each true at whatever moment it is said.

Note [Never the absurd]. Each reminder has a time from which it is due and one after which it is not said any more;
those of one visit do not overlap. So whatever time the service was down, at most one of them is said when it comes
back, and "join now" never two hours late. Days and hours are put into words when it is sent. A visit booked at short
notice begins with the reminder that still makes sense.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from scheduling import invitations, notifications, spoken, sql
from scheduling.models import Appointment, AppointmentStatus, Channel, Notification, Queue
from scheduling.models.encounters import OPENS_BEFORE
from scheduling.notifications import Composed, Recipient, Unsaid

DAYS_BEFORE, HOUR_BEFORE, DOOR = "reminder", "reminder_hour", "reminder_door"
KINDS = [DAYS_BEFORE, HOUR_BEFORE, DOOR]
TOGETHER = {DAYS_BEFORE: timedelta(days=1), HOUR_BEFORE: timedelta(hours=2), DOOR: timedelta(0)}
LATE_AT_THE_DOOR = timedelta(minutes=10)
SHORT_OF_THE_DOOR = timedelta(minutes=5)  # the reminder of the hour gives way to the one that the room is open


@dataclass(frozen=True)
class Moment:
    """When one reminder is due, until when it may be said, and whether it may be said in quiet hours."""

    kind: str
    due_at: datetime
    expires_at: datetime
    wakes: bool = False


def moments(starts_at: datetime, zone: str, *, booked_at: datetime, has_room: bool) -> Iterator[Moment]:
    """Yield the reminders of a visit, leaving out those that would come too soon after it was booked.

    Days before mean the same time by the clock of `zone`; all instants are in UTC.
    """
    opens_at = starts_at - OPENS_BEFORE
    hour_ends = opens_at - SHORT_OF_THE_DOOR
    planned = [
        (timedelta(days=1), Moment(DAYS_BEFORE, _days_before(starts_at, zone, 7), _days_before(starts_at, zone, 2))),
        (timedelta(hours=6), Moment(DAYS_BEFORE, _days_before(starts_at, zone, 1), starts_at - timedelta(hours=3))),
        (timedelta(hours=1), Moment(HOUR_BEFORE, starts_at - timedelta(hours=1), hour_ends)),
    ]
    if has_room:
        planned.append((timedelta(0), Moment(DOOR, opens_at, starts_at + LATE_AT_THE_DOOR, wakes=True)))
    yield from (moment for notice, moment in planned if moment.due_at - booked_at >= notice)


def _days_before(starts_at: datetime, zone: str, days: int) -> datetime:
    """Return the same wall-clock time some days earlier, in UTC."""
    return (starts_at.astimezone(ZoneInfo(zone)) - timedelta(days=days)).astimezone(UTC)


def plan(appointment: Appointment, *, at: datetime) -> None:
    """Owe the patient the reminders of a visit at the time it now has, in the transaction that gave it.

    They are owed under the visit's topic and version: whoever cancels or moves it withdraws them with all else.
    """
    coming = list(moments(appointment.starts_at, appointment.zone, booked_at=at, has_room=appointment.by_remote))
    to = list(_recipients(appointment)) if coming else []
    about = {
        "queue": Queue.WORK,
        "subject": appointment.uuid,
        "topic": invitations.topic(appointment),
        "topic_version": appointment.version,
    }
    drafts = [notifications.draft(one.kind, to, at=at, **about, **_when(one, appointment)) for one in coming]
    notifications.write([*chain.from_iterable(drafts)])


def _when(moment: Moment, appointment: Appointment) -> dict[str, Any]:
    return {
        "due_at": moment.due_at,
        "expires_at": moment.expires_at,
        "wakes": moment.wakes,
        "bundle": _bundle(appointment, moment),
    }


_WHO = "SELECT language, phone <> '', email <> '' FROM scheduling_patient WHERE id = %s"


def _recipients(appointment: Appointment) -> Iterator[Recipient]:
    """Yield the patient by phone, or by mail if there is none. Staff and guests have their calendars."""
    for language, has_phone, has_email in sql.rows(_WHO, [appointment.patient_id]):
        if has_phone or has_email:
            yield Recipient(Channel.SMS if has_phone else Channel.EMAIL, language, patient_id=appointment.patient_id)


def _bundle(appointment: Appointment, moment: Moment) -> str:
    """Return the name under which what is due for one person's visits of one day may be said in one message."""
    if moment.kind == DOOR:
        return ""
    day = appointment.starts_at.astimezone(ZoneInfo(appointment.zone)).date()
    return f"{moment.kind}:{appointment.patient_id}:{day}"


def compose(notification: Notification, at: datetime) -> Composed:
    """Return what a reminder is made of, as its visits are now; raise Unsaid if it has nothing to say any more."""
    said = notifications.together(notification, at=at)
    visits = _still_coming([one.subject for one in said], at)
    if notification.subject not in visits:
        raise Unsaid
    also = [one for one in said if one.subject in visits and one.pk != notification.pk]
    return Composed(_context(list(visits.values()), notification, at), also=also)


def _still_coming(subjects: Iterable[object], at: datetime) -> dict[object, Appointment]:
    """Return those of the visits that are booked and not begun long ago, in their order; who arrived needs none."""
    visits = Appointment.objects.filter(uuid__in=list(subjects), status=AppointmentStatus.BOOKED)
    return {visit.uuid: visit for visit in visits.filter(starts_at__gt=at - LATE_AT_THE_DOOR)}


def _context(visits: Sequence[Appointment], notification: Notification, at: datetime) -> dict[str, object]:
    first, language = visits[0], notification.language
    hours = [spoken.at_hour(visit.starts_at, first.zone, language) for visit in visits]
    return {
        "day": spoken.on_day(first.starts_at, first.zone, language, at=at),
        "hours": spoken.listed(hours, language),
        "zone": spoken.zone(first.zone, language),
        "several": len(visits) > 1,
        "confirmed": all(visit.patient_confirmed for visit in visits),
        "link": SimpleLazyObject(lambda: invitations.link(first, at=at)),  # made only where the words ask for it
        "help_phone": settings.HELP_PHONE,
    }
