"""What suits somebody who waits, how long an offer stands, and what an assignment of people to times costs. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from scheduling.quiet import NIGHT, Rule, awake_at

LIFE: Final = timedelta(minutes=30)
LEAST: Final = timedelta(minutes=10)
HOUR: Final = timedelta(hours=1)

URGENCY: Final = {"routine": 1, "soon": 4, "urgent": 16}
UNSERVED_HOURS: Final = 24 * 28  # what not being served now counts for: four weeks more
CONTINUITY_HOURS: Final = 48  # seeing the same clinician again is worth two days of waiting
FULL_LOAD_HOURS: Final = 40  # a clinician who gave more counts as one who gave so much


@dataclass(frozen=True)
class Span:
    """Hours of a weekday (0 is Monday) by a wall clock: the start is in it, the end is not."""

    weekday: int
    starts: time
    ends: time


def suits(hours: Iterable[Span], first: date | None, last: date | None, starts_at: datetime, zone: str) -> bool:
    """Return whether a visit that begins then suits somebody by the clock of their zone: no hours means any.

    Both days are included.
    """
    local = starts_at.astimezone(ZoneInfo(zone))
    if (first and local.date() < first) or (last and local.date() > last):
        return False
    spans = list(hours)
    wall = local.time()
    return not spans or any(one.weekday == local.weekday() and one.starts <= wall < one.ends for one in spans)


def deadline(at: datetime, *, latest: datetime, zone: str, rule: Rule = NIGHT) -> datetime | None:
    """Return until when an offer made now stands, in UTC: half an hour, which does not run in quiet hours.

    Never after `latest`. None if that leaves less than ten minutes to answer, or if it is night there now.
    """
    if awake_at(at, zone, rule) > at:
        return None
    due = at + LIFE
    if (morning := awake_at(due, zone, rule)) > due:
        due = morning + (due - _nightfall(due, zone, rule))
    due = min(due, latest)
    if awake_at(due, zone, rule) > due:
        due = _nightfall(due, zone, rule)
    return due if due - at >= LEAST else None


def _nightfall(instant: datetime, zone: str, rule: Rule) -> datetime:
    """Return when the quiet hours began in which an instant lies, in UTC."""
    local = instant.astimezone(ZoneInfo(zone))
    began = datetime.combine(local.date(), rule.begins, local.tzinfo)
    if began > local:
        began = datetime.combine(local.date() - timedelta(days=1), rule.begins, local.tzinfo)
    return began.astimezone(UTC)


def weight(urgency: str, waited: timedelta) -> int:
    """Return how much each hour of somebody's waiting counts: by urgency, and more with each day on the list.

    After a week an hour counts double; somebody urgent who came today goes before somebody who waits three months.
    """
    return URGENCY[urgency] * (7 + max(waited.days, 0))


def cost(weight: int, until: timedelta, *, known: bool, given: timedelta) -> int:
    """Return what it costs to offer somebody a time, in weighted hours of waiting: the less the better, below nought.

    `until` is how long it is until the visit; `known` that its clinician is the one they saw before; `given` what the
    clinician gave lately: each hour counts as one of waiting, so that of two the one who gave less is asked.
    """
    hours = until // HOUR - UNSERVED_HOURS + min(given // HOUR, FULL_LOAD_HOURS)
    return weight * (hours - (CONTINUITY_HOURS if known else 0))
