"""The register of sweeps: what must be looked at again and again, how often, and on which queue.

A sweep is a verb with a keyword `at` that claims due rows, acts on them, and returns how many; running it twice is
harmless. Register one in AppConfig.ready() and it is run by beat, by `manage.py sweep`, and watched by /healthz.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from scheduling.models import Queue, SweepRun

MISSED_TURNS = 6
LEAST_PATIENCE = timedelta(seconds=60)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # when a sweep that has only ever failed came to a good end


class Act(Protocol):
    """A verb that acts on what is due at an instant and returns how many."""

    def __call__(self, *, at: datetime) -> int: ...


@dataclass(frozen=True)
class Sweep:
    """One sweep: its name, how often it should run, its queue, and the verb that does it."""

    name: str
    every: timedelta
    queue: Queue
    act: Act

    @property
    def patience(self) -> timedelta:
        """Return after how long without a run it counts as late."""
        return max(self.every * MISSED_TURNS, LEAST_PATIENCE)


@dataclass(frozen=True)
class Health:
    """How a sweep is doing: seconds since its last good end (None: never), and whether that is too long."""

    name: str
    age_seconds: int | None
    late: bool


_sweeps: dict[str, Sweep] = {}


def register(name: str, act: Act, *, every: timedelta, queue: Queue = Queue.WORK) -> None:
    """Add a sweep; called from AppConfig.ready()."""
    _sweeps[name] = Sweep(name, every, queue, act)


def registered() -> list[Sweep]:
    """Return all sweeps, in the order of registration."""
    return list(_sweeps.values())


def queue_of(name: str) -> str:
    """Return the queue a sweep runs on."""
    return str(_sweeps[name].queue)


def run(name: str, *, at: datetime) -> int:
    """Run one sweep and note when it ended; what it raises is noted and raised again."""
    try:
        count = _sweeps[name].act(at=at)
    except Exception as error:
        SweepRun.objects.update_or_create(
            name=name,
            defaults={"failed_at": at, "error": type(error).__name__},
            create_defaults={"finished_at": NEVER, "failed_at": at, "error": type(error).__name__},
        )
        raise
    SweepRun.objects.update_or_create(name=name, defaults={"finished_at": at, "failed_at": None, "error": ""})
    return count


def health(at: datetime) -> list[Health]:
    """Return how each registered sweep is doing: one query."""
    runs = {run.name: run for run in SweepRun.objects.filter(name__in=_sweeps)}
    return [_health(sweep, runs.get(sweep.name), at) for sweep in _sweeps.values()]


def _health(sweep: Sweep, run: SweepRun | None, at: datetime) -> Health:
    if run is None or run.finished_at == NEVER:
        return Health(sweep.name, None, True)
    age = at - run.finished_at
    return Health(sweep.name, int(age.total_seconds()), age > sweep.patience)
