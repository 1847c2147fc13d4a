"""The copy of the open starts as a whole: derived anew for everybody, and held against the truth bit by bit.

Verbs keep the copy true to what they change (`open_starts`), so that there should be nothing to find here. A sweep
looks all the same, some schedules at a time and each within a day: what it repairs is a mistake of ours, and is logged.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from scheduling import open_starts
from scheduling.models import Actor, OpenStart, Schedule

log = logging.getLogger(__name__)

BATCH = 100  # schedules in one transaction: about a second
EACH = timedelta(days=1)  # within which every schedule is compared once


def rebuild_all(*, at: datetime) -> Iterator[int]:
    """Derive everybody's open starts anew, up to their horizons; yield how many rows each batch has, as it is done.

    Each batch locks its actors, like every verb that changes what they have open, so bookings go on meanwhile.
    """
    OpenStart.objects.filter(starts_at__lt=at - open_starts.DAY).delete()
    for actors in _batches(Schedule.objects.all()):
        yield _rebuild(actors, at)


@transaction.atomic
def _rebuild(actors: Sequence[int], at: datetime) -> int:
    schedules = _locked(actors)
    for schedule in schedules:
        schedule.open_until, schedule.compared_at = open_starts.end_of_horizon(schedule, at=at), at
    Schedule.objects.bulk_update(schedules, ["open_until", "compared_at"])
    OpenStart.objects.filter(actor__in=actors, starts_at__gte=at - open_starts.DAY).delete()
    return open_starts.rebuild(schedules, at, max(schedule.open_until for schedule in schedules))


def different(schedules: Sequence[Schedule], *, at: datetime) -> list[Schedule]:
    """Return the schedules whose copy, from `at` on, is not what follows from rules, exceptions and visits."""
    actors = [schedule.actor_id for schedule in schedules]
    if not actors:
        return []
    copied: dict[int, list[open_starts.Row]] = {actor: [] for actor in actors}
    rows = OpenStart.objects.filter(actor__in=actors, starts_at__gte=at).order_by("actor", "starts_at")
    for actor, starts_at, free_minutes, rule in rows.values_list("actor", "starts_at", "free_minutes", "rule"):
        copied[actor].append((starts_at, free_minutes, rule))
    truth = open_starts.derived(schedules, at, max(schedule.open_until for schedule in schedules))
    return [schedule for schedule in schedules if copied[schedule.actor_id] != truth[schedule.actor_id]]


def check_all(*, at: datetime) -> Iterator[tuple[int, list[Schedule]]]:
    """Compare everybody's copy with the truth; yield how many schedules each batch has, and those that differ."""
    for actors in _batches(Schedule.objects.all()):
        yield len(actors), _surely(actors, at)


def compare(*, at: datetime, limit: int = BATCH) -> int:
    """Compare the copies that were not compared within a day, and repair what differs; return how many were repaired.

    A sweep: a few schedules at a time, those longest ago first.
    """
    due = Schedule.objects.filter(compared_at__lt=at - EACH).order_by("compared_at")
    actors = list(due.values_list("actor", flat=True)[:limit])
    wrong = _surely(actors, at)
    for schedule in wrong:
        log.error("the open starts of schedule %s were not true and are derived again", schedule.pk)
        _rebuild([schedule.actor_id], at)
    Schedule.objects.filter(actor__in=actors).update(compared_at=at)
    return len(wrong)


def _surely(actors: Sequence[int], at: datetime) -> list[Schedule]:
    """Return who differs, looking twice: the second time nobody books meanwhile, for their actors are locked."""
    suspected = different(list(Schedule.objects.filter(actor__in=actors)), at=at)
    if not suspected:
        return []
    with transaction.atomic():
        return different(_locked([schedule.actor_id for schedule in suspected]), at=at)


def _locked(actors: Sequence[int]) -> list[Schedule]:
    list(Actor.objects.select_for_update(no_key=True).filter(pk__in=actors).order_by("pk"))
    return list(Schedule.objects.filter(actor__in=actors).order_by("actor"))


def _batches(schedules: "QuerySet[Schedule]") -> Iterator[list[int]]:
    everybody = list(schedules.order_by("actor").values_list("actor", flat=True))
    for first in range(0, len(everybody), BATCH):
        yield everybody[first : first + BATCH]
