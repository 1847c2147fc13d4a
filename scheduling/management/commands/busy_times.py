"""`manage.py busy_times`: when somebody is busy by an iCalendar file, for people and other programs."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scheduling import busy_apart, ics, places
from scheduling.availability import Interval
from scheduling.busy import Busy

YEARS = range(1970, 2200)
FAILED = 2


class Command(BaseCommand):
    """Print one JSON list of merged ``[start, end]`` UTC pairs; needs no database."""

    help = 'Read when somebody is busy between two instants from an iCalendar file; "-" reads standard input.'
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.ics")
        parser.add_argument(
            "--from",
            dest="since",
            required=True,
            metavar="T",
            help="an instant; by the zone's clock without Z or offset",
        )
        parser.add_argument("--to", dest="until", required=True, metavar="T", help="an instant after it")
        parser.add_argument("--zone", default="UTC", metavar="Z", help="the owner's IANA zone: whole days, no zone")
        parser.add_argument("--owner", default="", metavar="EMAIL", help="what they declined is not busy")

    def handle(self, *, file: str, since: str, until: str, zone: str, owner: str, **options: Any) -> None:
        home = _zone(zone)
        begins, ends = _instant(since, "--from", home), _instant(until, "--to", home)
        if ends < begins:
            raise CommandError("--to is before --from", returncode=FAILED)
        found = _read(file, begins, ends, home, owner)
        for count, words in ((found.broken, "do not say when they are"), (found.endless, "repeat too often")):
            if count:
                self.stderr.write(f"{count} of {found.events} events {words} and were left out")
        self.stdout.write(json.dumps([_pair(one) for one in found.intervals]))


def _read(file: str, since: datetime, until: datetime, zone: ZoneInfo, owner: str) -> Busy:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return busy_apart.read(data, since, until, zone=zone, owner=owner)
    except OSError as problem:
        raise CommandError(f"{file}: {problem.strerror}", returncode=FAILED) from None
    except ics.NotACalendar:
        raise CommandError(f"{file}: not an iCalendar file", returncode=FAILED) from None
    except busy_apart.TooMuch:
        raise CommandError(f"{file}: takes too long to read", returncode=FAILED) from None


def _pair(one: Interval) -> list[str]:
    return [edge.isoformat().replace("+00:00", "Z") for edge in (one.start, one.end)]


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(places.zone_named(name))
    except places.PlaceUnknown:
        raise CommandError(f"--zone: there is no time zone {name!r}", returncode=FAILED) from None


def _instant(text: str, option: str, zone: ZoneInfo) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option}: expected an instant, got {text!r}", returncode=FAILED) from None
    if read.year not in YEARS:
        raise CommandError(f"{option}: expected a year from {YEARS[0]} to {YEARS[-1]}", returncode=FAILED)
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)
