"""What everybody in an appointment is told: booked, moved, cancelled, each in their own language and zone.

The patient's phone gets a blind message with a link; whoever gave an e-mail address gets the invitation their calendar
understands. One UID for the appointment's life; SEQUENCE is the appointment's own.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from scheduling import accounts, calendars, notifications, spoken
from scheduling.calendars import Invitation, Method
from scheduling.models import Appointment, Channel, GrantScope, Participant, Patient, User
from scheduling.notifications import Recipient

BOOKED, CANCELLED = "appointment_booked", "appointment_cancelled"


def send(appointment: Appointment, *, at: datetime) -> None:
    """Owe everybody the news that the visit is booked."""
    _tell(appointment, BOOKED, Method.REQUEST, at)


def withdraw(appointment: Appointment, *, at: datetime) -> None:
    """Owe everybody the news that the visit is cancelled; what was still owed about it before is withdrawn."""
    notifications.void(_topic(appointment), below_version=appointment.version)
    _tell(appointment, CANCELLED, Method.CANCEL, at)


def as_file(appointment: Appointment, *, language: str, url: str, at: datetime) -> str:
    """Return the appointment as a calendar file somebody saves themselves."""
    return calendars.render(_invitation(appointment, language, "", url, at), Method.PUBLISH)


def _tell(appointment: Appointment, kind: str, method: Method, at: datetime) -> None:
    for participant in Participant.objects.filter(appointment=appointment).for_display():
        person = participant.person
        if isinstance(person, Patient):
            _tell_patient(appointment, person, kind, method, at)
        elif isinstance(person, User) and person.email:
            _email(appointment, person.email, person.language, person.zone, person.data_key, kind, method, at)


def _tell_patient(appointment: Appointment, patient: Patient, kind: str, method: Method, at: datetime) -> None:
    zone = appointment.zone
    if patient.phone:
        _grant, secret = accounts.grant_link(GrantScope.APPOINTMENT, appointment.uuid, at=at)
        to = Recipient(Channel.SMS, patient.phone, patient.language, patient.data_key)
        _owe(appointment, kind, to, zone, at, link=f"{settings.SITE_URL}/l/{secret}")
    if patient.email:
        _email(appointment, patient.email, patient.language, zone, patient.data_key, kind, method, at)


def _email(
    appointment: Appointment, address: str, language: str, zone: str, key: Any, kind: str, method: Method, at: datetime
) -> None:
    url = f"{settings.SITE_URL}/citas/{appointment.uuid}/"
    invitation = _invitation(appointment, language, address, url, at)
    to = Recipient(Channel.EMAIL, address, language, key)
    _owe(appointment, kind, to, zone, at, link=url, calendar=calendars.render(invitation, method))


def _owe(
    appointment: Appointment, kind: str, to: Recipient, zone: str, at: datetime, *, link: str, calendar: str = ""
) -> None:
    context = {
        "day": spoken.day(appointment.starts_at, zone, to.language),
        "hour": spoken.hour(appointment.starts_at, zone, to.language),
        "zone": spoken.zone(zone, to.language),
        "link": link,
        "help_phone": settings.HELP_PHONE,
    }
    topic, version = _topic(appointment), appointment.version
    notifications.owe(kind, to, at=at, context=context, topic=topic, topic_version=version, calendar=calendar)


def _invitation(appointment: Appointment, language: str, attendee: str, url: str, at: datetime) -> Invitation:
    with translation.override(language):
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


def _topic(appointment: Appointment) -> str:
    return f"appointment:{appointment.uuid}"
