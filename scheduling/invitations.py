"""What everybody in an appointment is told: booked, moved, cancelled, each in their own language and zone.

The patient's phone gets a blind message with a link; whoever gave an e-mail address gets the invitation their calendar
understands. One UID for the appointment's life; SEQUENCE is the appointment's own.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from scheduling import accounts, calendars, notifications, quiet, shifts, spoken, sql
from scheduling.calendars import Invitation, Method
from scheduling.models import Appointment, Channel, GrantScope, Notification, User
from scheduling.notifications import Composed, Recipient

BOOKED, MOVED, CANCELLED = "appointment_booked", "appointment_moved", "appointment_cancelled"
LEFT = "appointment_left"  # to those who no longer take part in a visit that goes on without them
MISSED = "appointment_missed"
PLEASE_MOVE = "appointment_please_move"
METHODS = {
    BOOKED: Method.REQUEST,
    MOVED: Method.REQUEST,
    LEFT: Method.CANCEL,
    "interpreter_left": Method.CANCEL,
    CANCELLED: Method.CANCEL,
}
KINDS = (BOOKED, MOVED, LEFT, CANCELLED, MISSED, PLEASE_MOVE)

_WHO = """
SELECT t.actor_id, u.id, p.id, coalesce(u.language, p.language), u.email <> '' OR p.email <> '', p.phone <> '',
       u.phone <> ''
FROM scheduling_participant t
LEFT JOIN scheduling_clinician c ON c.actor_id = t.actor_id
LEFT JOIN scheduling_interpreter i ON i.actor_id = t.actor_id
LEFT JOIN scheduling_user u ON u.id = coalesce(c.user_id, i.user_id, t.user_id)
LEFT JOIN scheduling_patient p ON p.actor_id = t.actor_id
WHERE t.appointment_id = %s AND (u.id IS NOT NULL OR p.id IS NOT NULL)
"""


@dataclass(frozen=True)
class Change:
    """Who came to a visit and who left it when it moved (ids of actors), and when it was before."""

    joined: Collection[int]
    left: Collection[int]
    was_starts_at: datetime
    was_ends_at: datetime


def send(appointment: Appointment, *, at: datetime) -> None:
    """Owe everybody the news that the visit is booked."""
    _owe(appointment, BOOKED, [to for _, to in _recipients(appointment)], at)


def withdraw(appointment: Appointment, *, urgent: bool = False, at: datetime) -> None:
    """Owe everybody the news that the visit is cancelled; what was still owed about it before is withdrawn.

    What is urgent is told to staff by phone too.
    """
    notifications.void(topic(appointment), below_version=appointment.version)
    _owe(appointment, CANCELLED, [to for _, to in _recipients(appointment, urgent=urgent)], at)


def ask_to_move(appointment: Appointment, *, at: datetime) -> None:
    """Owe the patient the question whether they can come at another time; until they choose one, this one stands."""
    _owe(appointment, PLEASE_MOVE, [to for _, to in _recipients(appointment) if to.patient_id], at)


def move(appointment: Appointment, change: Change, *, urgent: bool = False, at: datetime) -> None:
    """Owe everybody the news that the visit has moved: an update to who stays, an invitation to who joins it.

    Who left it has it taken out of their calendar. What was still owed about the time before is withdrawn.
    """
    notifications.void(topic(appointment), below_version=appointment.version)
    everybody = list(_recipients(appointment, urgent=urgent))
    _owe(appointment, BOOKED, [to for actor, to in everybody if actor in change.joined], at)
    _owe(appointment, MOVED, [to for actor, to in everybody if actor not in change.joined], at)
    _let_go(appointment, change, urgent, at)


def missed(appointment: Appointment, *, at: datetime) -> None:
    """Owe the patient a kind word about a visit they did not come to; what was still owed about it is withdrawn."""
    notifications.void(topic(appointment), below_version=appointment.version)
    _owe(appointment, MISSED, [to for _, to in _recipients(appointment) if to.patient_id], at)


def _owe(appointment: Appointment, kind: str, to: list[Recipient], at: datetime) -> None:
    notifications.owe(
        kind,
        to,
        at=at,
        wakes=kind == BOOKED or is_near(appointment, at=at),
        subject=appointment.uuid,
        topic=topic(appointment),
        topic_version=appointment.version,
    )


def is_near(appointment: Appointment, *, at: datetime) -> bool:
    """Return whether the visit would begin before, or soon after, the night is over: such news does not wait for it."""
    return appointment.starts_at < quiet.awake_at(at, appointment.zone) + timedelta(hours=1)


def _let_go(appointment: Appointment, change: Change, urgent: bool, at: datetime) -> None:
    """Owe those who left a cancellation of what they knew; it has no topic, so that no later move withdraws it."""
    was = {
        "starts_at": change.was_starts_at.isoformat(),
        "ends_at": change.was_ends_at.isoformat(),
        "sequence": appointment.sequence,
    }
    gone = Q(clinician__actor__in=change.left) | Q(interpreter__actor__in=change.left)
    for user in User.objects.filter(gone) if change.left else ():
        channels = [Channel.EMAIL] * bool(user.email) + [Channel.SMS] * (urgent and bool(user.phone_hash))
        to = [Recipient(channel, user.language, user_id=user.pk, data_key=user.data_key) for channel in channels]
        notifications.owe(LEFT, to, at=at, wakes=urgent, subject=appointment.uuid, context=was)


def recipients(appointment: Appointment) -> Iterator[Recipient]:
    """Yield each person by every channel they gave for news of a visit."""
    return (to for _, to in _recipients(appointment))


def _recipients(appointment: Appointment, *, urgent: bool = False) -> Iterator[tuple[int | None, Recipient]]:
    """Yield each person by every channel they gave for this: staff by e-mail, patients by phone and perhaps e-mail."""
    for actor, user, patient, language, has_email, has_phone, staff_phone in sql.rows(_WHO, [appointment.pk]):
        if has_phone:
            yield actor, Recipient(Channel.SMS, language, patient_id=patient)
        if urgent and staff_phone:
            yield actor, Recipient(Channel.SMS, language, user_id=user)
        if has_email:
            yield actor, Recipient(Channel.EMAIL, language, user_id=user, patient_id=patient)


def compose(notification: Notification, at: datetime) -> Composed:
    """Return what a message about an appointment is made of, as the appointment is now."""
    appointment = _meant(notification)
    by_mail = notification.channel == Channel.EMAIL
    zone = notification.user.zone if notification.user else appointment.zone
    language = notification.language
    address = _own_page(notification, appointment) if notification.user else link(appointment, at=at)
    other = appointment.zone if notification.user else shifts.FAMILY
    shift = shifts.words(appointment.starts_at, zone, other, language, at=at)
    context = {
        "clock_shift": f" {shift}" if shift else "",
        "day": spoken.day(appointment.starts_at, zone, language),
        "hour": spoken.hour(appointment.starts_at, zone, language),
        "zone": spoken.zone(zone, language),
        "link": address,
        "help_phone": settings.HELP_PHONE,
    }
    with_calendar = by_mail and notification.kind in METHODS
    return Composed(context, _calendar(appointment, notification, at) if with_calendar else "")


def _meant(notification: Notification) -> Appointment:
    """Return the appointment as it is now; to those who left it, as it was when they did."""
    appointment: Appointment = Appointment.objects.get(uuid=notification.subject)  # type: ignore[misc]
    if notification.kind == LEFT:
        was = json.loads(notification.context)
        appointment.starts_at = datetime.fromisoformat(was["starts_at"])
        appointment.ends_at = datetime.fromisoformat(was["ends_at"])
        appointment.sequence = was["sequence"]
    return appointment


def _calendar(appointment: Appointment, notification: Notification, at: datetime) -> str:
    person = notification.user or notification.patient
    attendee = str(person.email) if person else ""
    invitation = _invitation(appointment, notification.language, attendee, _page(appointment), at)
    return calendars.render(invitation, METHODS[notification.kind])


def as_file(appointment: Appointment, *, language: str, url: str, at: datetime) -> str:
    """Return the appointment as a calendar file somebody saves themselves."""
    return calendars.render(_invitation(appointment, language, "", url, at), Method.PUBLISH)


def _invitation(appointment: Appointment, language: str, attendee: str, url: str, at: datetime) -> Invitation:
    with override(language):
        summary = _("Appointment")
    return Invitation(
        uid=appointment.uuid,
        sequence=appointment.sequence,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        stamp=at,
        summary=summary,
        url=url,
        organizer=settings.DEFAULT_FROM_EMAIL,
        attendee=attendee,
    )


def _own_page(notification: Notification, appointment: Appointment) -> str:
    """Return where staff read more: the visit, or their day if they are no longer in it."""
    return f"{settings.SITE_URL}/dia/" if notification.kind == LEFT else _page(appointment)


def _page(appointment: Appointment) -> str:
    return f"{settings.SITE_URL}/citas/{appointment.uuid}/"


def link(appointment: Appointment, *, at: datetime) -> str:
    """Return a link that opens the visit's page without an account; its secret is made now and kept nowhere."""
    _grant, secret = accounts.grant_link(GrantScope.APPOINTMENT, appointment.uuid, at=at)
    return f"{settings.SITE_URL}/l/{secret}"


def topic(appointment: Appointment) -> str:
    """Return under which topic everything is owed that is said about a visit."""
    return f"appointment:{appointment.uuid}"
