"""Invitations as iCalendar (RFC 5545, 5546): one UID for the life of an appointment, a rising SEQUENCE, UTC instants.

UTC instants need no VTIMEZONE, which several readers get wrong; each reader shows them in its own zone. No health
words: a calendar is seen by whoever shares the phone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from icalendar import Alarm, Calendar, Event, vCalAddress

PRODID = "-//Acompana//Appointments//ES"


class Method(StrEnum):
    """What the message asks of the calendar (RFC 5546), or PUBLISH for a file somebody saves."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True)
class Invitation:
    """One appointment as one recipient's calendar should show it; instants aware, in UTC."""

    uid: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    summary: str
    description: str = ""
    url: str = ""
    organizer: str = ""
    attendee: str = ""


def render(invitation: Invitation, method: Method) -> str:
    """Return the iCalendar text, folded and with CRLF line ends."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(invitation, method))
    return str(calendar.to_ical().decode())


def _event(invitation: Invitation, method: Method) -> Event:
    event = Event()
    event.add("uid", f"{invitation.uid}@acompana")
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamp)
    event.add("dtstart", invitation.starts_at)
    event.add("dtend", invitation.ends_at)
    event.add("summary", _one_line(invitation.summary))
    event.add("status", "CANCELLED" if method == Method.CANCEL else "CONFIRMED")
    for name, text in (("description", invitation.description), ("url", invitation.url)):
        if text:
            event.add(name, text)
    _people(event, invitation)
    if method != Method.CANCEL:
        event.add_component(_alarm(invitation.summary))
    return event


def _people(event: Event, invitation: Invitation) -> None:
    if invitation.organizer:
        event.add("organizer", vCalAddress(f"mailto:{invitation.organizer}"))
    if invitation.attendee:
        attendee = vCalAddress(f"mailto:{invitation.attendee}")
        attendee.params["PARTSTAT"] = "ACCEPTED"
        event.add("attendee", attendee)


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(minutes=-15))
    alarm.add("description", _one_line(words))
    return alarm


def _one_line(text: str) -> str:
    return " ".join(text.split())  # a line break in SUMMARY breaks some readers
