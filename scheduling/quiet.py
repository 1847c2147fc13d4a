"""Quiet hours: when somebody may be written to, by the clock of the place where they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = 3  # no end of quiet hours is farther away, however the clocks change


@dataclass(frozen=True, slots=True)
class Rule:
    """Between which local times nobody is written to, the first included; equal times mean at no time."""

    begins: time
    ends: time

    def holds_at(self, wall: time) -> bool:
        """Return whether a wall-clock time is within the quiet hours, which may cross midnight."""
        if self.begins <= self.ends:
            return self.begins <= wall < self.ends
        return wall >= self.begins or wall < self.ends


NIGHT: Final = Rule(time(21), time(8))
NEVER: Final = Rule(time(0), time(0))


def awake_at(at: datetime, zone: str, rule: Rule = NIGHT) -> datetime:
    """Return `at`, or the next instant at which somebody in that zone may be written to, in UTC.

    The clock on their wall decides, so a night that loses an hour is shorter. Quiet hours whose end falls into the hour
    that is lost in spring end up to an hour later; into the one repeated in autumn, when it first strikes.
    """
    at, place = at.astimezone(UTC), ZoneInfo(zone)
    if not _quiet(at, place, rule):
        return at
    return min(end for end in _ends(at, place, rule) if end > at and not _quiet(end, place, rule))


def _quiet(at: datetime, place: ZoneInfo, rule: Rule) -> bool:
    return rule.holds_at(at.astimezone(place).time())


def _ends(at: datetime, place: ZoneInfo, rule: Rule) -> Iterator[datetime]:
    """Yield the instants, in UTC, at which the clock strikes the end of the quiet hours on the days around."""
    today = at.astimezone(place).date()
    for days in range(DAYS):
        for fold in (0, 1):
            wall = datetime.combine(today + timedelta(days=days), rule.ends, place)
            yield wall.replace(fold=fold).astimezone(UTC)
