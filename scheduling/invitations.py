"""What everybody in an appointment is told: booked, moved, cancelled, each in their own language and zone.

The patient's phone gets a blind message with a link; whoever gave an e-mail address gets the invitation their calendar
understands. One UID for the appointment's life; SEQUENCE is the appointment's own.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from scheduling import accounts, calendars, notifications, quiet, spoken, sql
from scheduling.calendars import Invitation, Method
from scheduling.models import Appointment, Channel, GrantScope, Notification
from scheduling.notifications import Composed, Recipient

BOOKED, CANCELLED = "appointment_booked", "appointment_cancelled"
PLEASE_MOVE = "appointment_please_move"
METHODS = {BOOKED: Method.REQUEST, CANCELLED: Method.CANCEL, "interpreter_left": Method.CANCEL}

_WHO = """
SELECT u.id, p.id, coalesce(u.language, p.language), u.email <> '' OR p.email <> '', p.phone <> ''
FROM scheduling_participant t
LEFT JOIN scheduling_clinician c ON c.actor_id = t.actor_id
LEFT JOIN scheduling_interpreter i ON i.actor_id = t.actor_id
LEFT JOIN scheduling_user u ON u.id = coalesce(c.user_id, i.user_id, t.user_id)
LEFT JOIN scheduling_patient p ON p.actor_id = t.actor_id
WHERE t.appointment_id = %s AND (u.id IS NOT NULL OR p.id IS NOT NULL)
"""


def send(appointment: Appointment, *, at: datetime) -> None:
    """Owe everybody the news that the visit is booked."""
    _tell(appointment, BOOKED, at)


def withdraw(appointment: Appointment, *, at: datetime) -> None:
    """Owe everybody the news that the visit is cancelled; what was still owed about it before is withdrawn."""
    notifications.void(topic(appointment), below_version=appointment.version)
    _tell(appointment, CANCELLED, at)


def ask_to_move(appointment: Appointment, *, at: datetime) -> None:
    """Owe the patient the question whether they can come at another time; until they choose one, this one stands."""
    _tell(appointment, PLEASE_MOVE, at, to=[one for one in recipients(appointment) if one.patient_id])


def _tell(appointment: Appointment, kind: str, at: datetime, to: Iterable[Recipient] | None = None) -> None:
    notifications.owe(
        kind,
        recipients(appointment) if to is None else to,
        at=at,
        wakes=kind == BOOKED or is_near(appointment, at),
        subject=appointment.uuid,
        topic=topic(appointment),
        topic_version=appointment.version,
    )


def is_near(appointment: Appointment, at: datetime) -> bool:
    """Return whether the visit would begin before, or soon after, the night is over: such news does not wait for it."""
    return appointment.starts_at < quiet.awake_at(at, appointment.zone) + timedelta(hours=1)


def recipients(appointment: Appointment) -> Iterator[Recipient]:
    """Yield each person by every channel they gave for this: staff by e-mail, patients by phone and perhaps e-mail."""
    for user, patient, language, has_email, has_phone in sql.rows(_WHO, [appointment.pk]):
        if has_phone:
            yield Recipient(Channel.SMS, language, patient_id=patient)
        if has_email:
            yield Recipient(Channel.EMAIL, language, user_id=user, patient_id=patient)


def compose(notification: Notification, at: datetime) -> Composed:
    """Return what a message about an appointment is made of, as the appointment is now."""
    appointment: Appointment = Appointment.objects.get(uuid=notification.subject)  # type: ignore[misc]
    by_mail = notification.channel == Channel.EMAIL
    zone = notification.user.zone if notification.user else appointment.zone
    language = notification.language
    address = _page(appointment) if notification.user else link(appointment, at=at)
    context = {
        "day": spoken.day(appointment.starts_at, zone, language),
        "hour": spoken.hour(appointment.starts_at, zone, language),
        "zone": spoken.zone(zone, language),
        "link": address,
        "help_phone": settings.HELP_PHONE,
    }
    with_calendar = by_mail and notification.kind in METHODS
    return Composed(context, _calendar(appointment, notification, at) if with_calendar else "")


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


def _page(appointment: Appointment) -> str:
    return f"{settings.SITE_URL}/citas/{appointment.uuid}/"


def link(appointment: Appointment, *, at: datetime) -> str:
    """Return a link that opens the visit's page without an account; its secret is made now and kept nowhere."""
    _grant, secret = accounts.grant_link(GrantScope.APPOINTMENT, appointment.uuid, at=at)
    return f"{settings.SITE_URL}/l/{secret}"


def topic(appointment: Appointment) -> str:
    """Return under which topic everything is owed that is said about a visit."""
    return f"appointment:{appointment.uuid}"
