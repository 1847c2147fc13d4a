"""`manage.py open_slots`: the starts that weekly windows, exceptions and busy time leave open, for other programs."""

import json
import reprlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scheduling.availability import Extra, Interval, Rule, open_starts, resolve, starts_for, windows_between

T = TypeVar("T", time, date, datetime)
Day = TypeVar("Day", date, datetime)
Json = dict[str, Any]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LONGEST_RANGE = 400  # days
LONGEST_VISIT = 24 * 60  # minutes
YEARS = range(1970, 2200)


class Command(BaseCommand):
    """Print one JSON object a case: ``{"starts": [utc, …]}``, or ``{"error": {"code", "field", "detail"}}``."""

    help = 'Compute open starts for a JSON list of cases; "-" reads standard input. Needs no database.'
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.json")

    def handle(self, *, file: str, **options: Any) -> None:
        for case in _cases(file):
            self.stdout.write(json.dumps(_answer(case)))


@dataclass
class CaseError(Exception):
    """One case cannot be computed: a stable code, the path of the field, and what was expected there."""

    code: str
    field: str
    detail: str


def _cases(file: str) -> list[object]:
    try:
        cases = json.loads(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as problem:
        raise CommandError(f"{file}: {problem.strerror}") from None
    except (ValueError, RecursionError) as problem:
        raise CommandError(f"{file}: not JSON: {problem}") from None
    if not isinstance(cases, list):
        raise CommandError(f"{file}: expected a JSON list of cases")
    return cases


def _answer(case: object) -> Json:
    try:
        return {"starts": [_utc(start) for start in _starts(case)]}
    except CaseError as problem:
        return {"error": {"code": problem.code, "field": problem.field, "detail": problem.detail}}


def _utc(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _starts(case: object) -> list[datetime]:
    fields = _object(case, "", required="zone windows slot_minutes from to", optional="step_minutes exceptions busy")
    zone = _zone(fields["zone"], "zone")
    minutes = _minutes(fields["slot_minutes"], "slot_minutes")
    step = _minutes(fields.get("step_minutes", minutes), "step_minutes")
    first, last = _range(fields)
    rules = [_rule(value, field, zone, step) for field, value in _items(fields, "windows")]
    exceptions = [_exception(value, field, zone, step) for field, value in _items(fields, "exceptions")]
    busy = [_busy(value, field) for field, value in _items(fields, "busy")]
    extras = [exception for exception in exceptions if isinstance(exception, Extra)]
    off = [exception for exception in exceptions if isinstance(exception, Interval)]
    return starts_for(open_starts(windows_between(rules, extras, first, last), off + busy, minutes), minutes)


# --- the parts of a case ---------------------------------------------------------------------------------------------


def _rule(value: object, field: str, zone: ZoneInfo, step: int) -> Rule:
    window = _object(value, field, required="weekday start end")
    if window["weekday"] not in WEEKDAYS:
        raise _refusal("unknown_weekday", f"{field}.weekday", "one of " + " ".join(WEEKDAYS), window["weekday"])
    start = _time(window["start"], f"{field}.start")
    # Midnight by its other name: as an end, 00:00 is that of the next day already.
    end = time(0) if window["end"] == "24:00" else _time(window["end"], f"{field}.end")
    return Rule(WEEKDAYS.index(window["weekday"]), start, end, zone, step)


def _exception(value: object, field: str, zone: ZoneInfo, step: int) -> Extra | Interval:
    fields = _object(value, field, required="kind start end")
    start, end = _wall(fields["start"], f"{field}.start"), _wall(fields["end"], f"{field}.end")
    if end <= start:
        raise _refusal("end_before_start", f"{field}.end", "a time after the start", fields["end"])
    if fields["kind"] == "extra":
        return Extra(start, end, zone, step)
    if fields["kind"] == "off":
        return resolve(start, end, zone)
    raise _refusal("unknown_kind", f"{field}.kind", "off or extra", fields["kind"])


def _busy(value: object, field: str) -> Interval:
    if not isinstance(value, list) or len(value) != 2:
        raise _refusal("not_a_pair", field, "[start, end]", value)
    start, end = (_instant(edge, f"{field}[{index}]") for index, edge in enumerate(value))
    if end < start:
        raise _refusal("end_before_start", field, "an end not before the start", value)
    return Interval(start, end)


def _range(fields: Json) -> tuple[date, date]:
    first, last = _date(fields["from"], "from"), _date(fields["to"], "to")
    if first > last:
        raise _refusal("from_after_to", "from", "a date not after `to`", fields["from"])
    if (last - first).days >= LONGEST_RANGE:
        raise _refusal("range_too_long", "to", f"at most {LONGEST_RANGE} days", fields["to"])
    return first, last


# --- readers that name the field in every refusal --------------------------------------------------------------------


def _refusal(code: str, field: str, expected: str, got: object) -> CaseError:
    return CaseError(code, field, f"expected {expected}, got {reprlib.repr(got)}")


def _object(value: object, field: str, required: str, optional: str = "") -> Json:
    if not isinstance(value, dict):
        raise _refusal("not_an_object", field, "an object", value)
    path = f"{field}." if field else ""
    for name in required.split():
        if name not in value:
            raise CaseError("missing_field", f"{path}{name}", "expected a value, got none")
    for name in value:
        if name not in f"{required} {optional}".split():
            raise CaseError("unknown_field", f"{path}{name}", f"expected only: {required} {optional}".rstrip())
    return value


def _items(fields: Json, field: str) -> Iterator[tuple[str, object]]:
    values = fields.get(field, [])
    if not isinstance(values, list):
        raise _refusal("not_a_list", field, "a list", values)
    return ((f"{field}[{index}]", value) for index, value in enumerate(values))


def _zone(value: object, field: str) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, such as America
        raise _refusal("unknown_zone", field, "an IANA time zone", value) from None


def _minutes(value: object, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _refusal("not_a_number", field, "whole minutes", value)
    if not 0 < value <= LONGEST_VISIT:
        raise _refusal("out_of_range", field, f"1 to {LONGEST_VISIT} minutes", value)
    return value


def _time(value: object, field: str) -> time:
    return _read(value, field, "not_a_time", "HH:MM", time.fromisoformat, "%H:%M")


def _date(value: object, field: str) -> date:
    read = _read(value, field, "not_a_date", "YYYY-MM-DD", date.fromisoformat, "%Y-%m-%d")
    return _in_years(read, field)


def _wall(value: object, field: str) -> datetime:
    forms = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
    read = _read(value, field, "not_a_wall_time", "YYYY-MM-DDTHH:MM, no zone", datetime.fromisoformat, *forms)
    return _in_years(read, field)


def _read(value: object, field: str, code: str, expected: str, read: Callable[[str], T], *forms: str) -> T:
    """Read a text of these forms only: Python's own readers take many more, so it must come out as it went in."""
    try:
        found = read(str(value))
    except ValueError:
        raise _refusal(code, field, expected, value) from None
    if value not in [found.strftime(form) for form in forms]:
        raise _refusal(code, field, expected, value)
    return found


def _instant(value: object, field: str) -> datetime:
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        raise _refusal("not_an_instant", field, "an instant with Z or an offset", value) from None
    if read.tzinfo is None:
        raise _refusal("not_an_instant", field, "an instant with Z or an offset", value)
    return _in_years(read, field).astimezone(UTC)


def _in_years(value: Day, field: str) -> Day:
    """Keep the arithmetic away from both ends of the calendar, where it has no next day."""
    if value.year not in YEARS:
        raise _refusal("out_of_range", field, f"a year from {YEARS[0]} to {YEARS[-1]}", str(value))
    return value
