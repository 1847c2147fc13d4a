"""Invitations as iCalendar (RFC 5545, 5546): one UID for the life of an appointment, a rising SEQUENCE, UTC instants.

UTC instants need no VTIMEZONE, which several readers get wrong; each reader shows them in its own zone. A feed, which
one person reads, is in that person's zone, defined by yearly rules, which all readers get right (tests/prove). No
health words: a calendar is seen by whoever shares the phone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress

from scheduling import timezones

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
    zone: str = ""  # IANA; empty: the instants are written in UTC


def render(invitation: Invitation, method: Method) -> str:
    """Return the iCalendar text, folded and with CRLF line ends."""
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(invitation, method))
    return str(calendar.to_ical().decode())


def render_feed(invitations: Iterable[Invitation], *, name: str, zone: str, since: datetime) -> str:
    """Return a calendar others subscribe to, with the definition of the zone in which its times are written.

    The same invitations give the same text. Where the zone follows no yearly rule, times are written in UTC.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _one_line(name))
    definition = timezones.definition(zone, since)
    if definition is not None:
        calendar.add_component(definition)
    for invitation in invitations:
        there = replace(invitation, zone=zone if definition is not None else "")
        calendar.add_component(_event(there, Method.PUBLISH))
    return str(calendar.to_ical().decode())


def _event(invitation: Invitation, method: Method) -> Event:
    event = Event()
    event.add("uid", f"{invitation.uid}@acompana")
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", invitation.stamp)
    event.add("dtstart", _written(invitation.starts_at, invitation.zone))
    event.add("dtend", _written(invitation.ends_at, invitation.zone))
    event.add("summary", _one_line(invitation.summary))
    event.add("status", "CANCELLED" if method == Method.CANCEL else "CONFIRMED")
    for name, text in (("description", invitation.description), ("url", invitation.url)):
        if text:
            event.add(name, text)
    _people(event, invitation)
    if method != Method.CANCEL:
        event.add_component(_alarm(invitation.summary))
    return event


def _written(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)) if zone else instant


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
