"""What Celery wakes. A task carries a name, reads the clock once and calls one verb; running it twice is harmless."""

from celery import shared_task

from scheduling import clock, sweeps


@shared_task(name="sweep")
def sweep(name: str) -> None:
    """Run one sweep now."""
    sweeps.run(name, at=clock.database_now())
