"""iCalendar files as foreign programs write them: lines, components, properties and zones; nothing is expanded here.

Read with forbearance (broken folding, byte order marks, several calendars in one file) and by need: only the properties
that say when somebody is busy are looked at, so that whatever else a file holds cannot break the reading of it, and no
title is ever in our hands.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Timezone
from icalendar.parser import Contentline
from icalendar.prop import vDDDTypes
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

Time = date | datetime
Zones = dict[str, tzinfo]

_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[;:]")
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_TIMES = ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"]
_WANTED = frozenset([*_TIMES, "UID", "SEQUENCE", "STATUS", "TRANSP", "ATTENDEE", "METHOD"])
_MONTHLY_OR_RARER = re.compile(r"FREQ=(YEARLY|MONTHLY)\b", re.IGNORECASE)


class NotACalendar(ValueError):
    """The bytes are no iCalendar file: there is not one BEGIN:VCALENDAR in them."""


class Broken(ValueError):
    """A component does not say when it is."""


@dataclass
class Block:
    """A component: its kind, the lines directly in it, and the components in it; `whole` once its END was there."""

    kind: str
    lines: list[str] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)
    whole: bool = False

    def text(self) -> str:
        """Return it as iCalendar text again."""
        inside = [*self.lines, *(block.text().rstrip("\r\n") for block in self.blocks)]
        return "\r\n".join([f"BEGIN:{self.kind}", *inside, f"END:{self.kind}", ""])


@dataclass(frozen=True)
class Property:
    """One property: its parameters, names in capitals, and its value as text."""

    params: dict[str, str]
    value: str


def calendars(data: bytes) -> list[Block]:
    """Return each VCALENDAR of a file; raises NotACalendar if there is none."""
    root = Block("FILE")
    stack = [root]
    for line in _lines(data):
        name = _name(line)
        if name == "BEGIN":
            _begin(stack, line)
        elif name == "END":
            _end(stack, line)
        elif name in _WANTED or _in_zone(stack):
            stack[-1].lines.append(line)
    found = [block for block in root.blocks if block.kind == "VCALENDAR"]
    if not found:
        raise NotACalendar
    return found


def _lines(data: bytes) -> Iterator[str]:
    """Unfold before decoding, for a fold may cut a letter in two; what is no property continues the line before it."""
    encoding = _UTF16.get(data[:2])
    if encoding:
        data = data.decode(encoding, "replace").encode()
    kept = ""
    for line in re.split(r"[\r\n]+", _FOLD.sub(b"", data).decode("utf-8", "replace").lstrip("\ufeff")):
        line = line.replace("\0", "")
        if _NAME.match(line):
            yield kept
            kept = line
        else:
            kept += line.strip()
    yield kept


def _name(line: str) -> str:
    found = _NAME.match(line)
    return found[1].upper() if found else ""


def _begin(stack: list[Block], line: str) -> None:
    block = Block(line.partition(":")[2].strip().upper())
    if block.kind in ("VCALENDAR", "VEVENT"):  # neither is ever in another event: the one before was cut off
        depth = next((n for n, one in enumerate(stack) if one.kind in (block.kind, "VEVENT")), len(stack))
        del stack[max(depth, 1) :]
    stack[-1].blocks.append(block)
    stack.append(block)


def _end(stack: list[Block], line: str) -> None:
    kind = line.partition(":")[2].strip().upper()
    depth = next((n for n in range(len(stack) - 1, 0, -1) if stack[n].kind == kind), 0)
    if depth:
        stack[depth].whole = True
        del stack[depth:]


def _in_zone(stack: list[Block]) -> bool:
    return any(block.kind == "VTIMEZONE" for block in stack)


def properties(block: Block) -> dict[str, list[Property]]:
    """Return the properties directly in a component by name; raises Broken for one that cannot be taken apart."""
    found: dict[str, list[Property]] = {}
    for line in block.lines:
        try:
            name, params, value = Contentline(line).parts()
        except ValueError:
            if _name(line) == "ATTENDEE":  # names of people are written in every way; they say nothing about time
                continue
            raise Broken(_name(line)) from None
        known = {key.upper(): value if isinstance(value, str) else ",".join(value) for key, value in params.items()}
        found.setdefault(name.upper(), []).append(Property(known, value))
    return found


# --- times -----------------------------------------------------------------------------------------------------------


def times(prop: Property, zones: Zones, zone: tzinfo) -> list[Any]:
    """Return the dates, instants or periods (start, end or timedelta) of a property, each instant in its own zone.

    Floating ones, and those of a zone nobody knows, are in `zone`. Raises Broken.
    """
    try:
        return [_time(text.strip(), prop, zones, zone) for text in prop.value.split(",") if text.strip()]
    except (ValueError, TypeError, OverflowError):
        raise Broken("time") from None


def _time(text: str, prop: Property, zones: Zones, zone: tzinfo) -> Any:
    read = vDDDTypes.from_ical(text)
    here = _zone_of(prop.params.get("TZID", ""), zones, zone)
    if isinstance(read, tuple):
        return tuple(_placed(part, here) for part in read)
    if prop.params.get("VALUE", "").upper() == "DATE" and isinstance(read, datetime):
        return read.date()
    if not isinstance(read, date):  # a time of day, or a duration
        raise Broken("time")
    return _placed(read, here)


def _placed(read: Any, zone: tzinfo) -> Any:
    """Give a wall-clock reading its zone; a Z in the text has given it UTC already, and wins over any TZID."""
    if isinstance(read, datetime) and read.tzinfo is None:
        return read.replace(tzinfo=zone)
    return read


def duration(prop: Property) -> timedelta:
    """Return a DURATION; raises Broken for a negative one."""
    try:
        read = vDDDTypes.from_ical(prop.value.strip())
    except ValueError:
        raise Broken("duration") from None
    if not isinstance(read, timedelta) or read < timedelta(0):
        raise Broken("duration")
    return read


# --- zones -----------------------------------------------------------------------------------------------------------


def zones(blocks: Iterable[Block]) -> Zones:
    """Return the zones a file defines itself, by their TZID; those that cannot be read are left out."""
    found: Zones = {}
    for block in blocks:
        if block.kind == "VTIMEZONE":
            found.update(_own_zone(block))
    return found


def _own_zone(block: Block) -> Zones:
    rules = [line for part in block.blocks for line in part.lines if _name(line) == "RRULE"]
    if not all(_MONTHLY_OR_RARER.search(rule) for rule in rules):  # no clock changes every second
        return {}
    try:
        zone = Timezone.from_ical(block.text())
        made: tzinfo = zone.to_tz(lookup_tzid=False)  # type: ignore[attr-defined]
        made.utcoffset(datetime(2026, 1, 1))  # noqa: DTZ001 - read once, so that what is broken in it shows here
        return {str(zone["TZID"]).strip().strip('"'): made}
    except Exception:  # icalendar and dateutil raise what comes to hand
        return {}


def _zone_of(tzid: str, own: Zones, zone: tzinfo) -> tzinfo:
    """Return a zone by what a file calls it: IANA's name, Windows', one with a prefix, the file's own; else `zone`."""
    name = tzid.strip().strip('"')
    if not name:
        return zone
    parts = name.strip("/").split("/")
    for known in (name, WINDOWS_TO_OLSON.get(name, ""), "/".join(parts[-3:]), "/".join(parts[-2:])):
        try:
            if known:
                return ZoneInfo(known)
        except (LookupError, ValueError, OSError):
            continue
    return own.get(name, zone)
