"""What Celery wakes. A task carries a name, reads the clock once and calls one verb; running it twice is harmless."""

from celery import shared_task

from scheduling import clock, sweeps


@shared_task(name="sweep")
def sweep(name: str) -> None:
    """Run one sweep now; one that found work looks again at once, so that much work is done in small pieces."""
    if sweeps.run(name, at=clock.database_now()):
        sweep.apply_async([name], queue=sweeps.queue_of(name), retry=False)
