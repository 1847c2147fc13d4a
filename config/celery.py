"""The Celery application: two queues, and a beat that wakes every registered sweep."""

from typing import Any

from celery import Celery

from scheduling import sweeps

app = Celery("acompana")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # Celery's current application is thread-local; ours is the only one


@app.on_after_finalize.connect
def schedule_sweeps(sender: Celery, **_: Any) -> None:
    """Wake each sweep as often as it asks; a wake-up that nobody took in time is dropped, the next one does the work."""
    for each in sweeps.registered():
        seconds = each.every.total_seconds()
        sender.add_periodic_task(
            seconds, sender.tasks["sweep"].s(each.name).set(queue=each.queue, expires=max(seconds, 5)), name=each.name
        )
