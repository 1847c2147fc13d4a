"""The Celery application: two queues, and a beat that wakes every registered sweep."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.apps import apps

if not apps.loading and not apps.ready:  # `celery -A config` begins here; everybody else comes from AppConfig.ready()
    django.setup()

from celery import Celery
from celery.signals import beat_embedded_init, beat_init
from kombu import Exchange
from kombu import Queue as Line

from scheduling import sweeps
from scheduling.models import Queue


def application() -> Celery:
    """Return a configured application.

    One process that works both queues needs two: what is consumed is the application's.
    """
    made = Celery("acompana", set_as_current=False)
    made.config_from_object("django.conf:settings", namespace="CELERY")
    # Each with an exchange of its own: by default all share one, and each would get what is meant for the other.
    made.conf.task_queues = [Line(queue.value, Exchange(queue.value), queue.value) for queue in Queue]
    made.conf.beat_schedule = {each.name: _entry(each) for each in sweeps.registered()}
    made.autodiscover_tasks()
    return made


def _entry(each: sweeps.Sweep) -> dict[str, object]:
    """Wake a sweep as often as it asks; a wake-up that nobody took in time is dropped, the next one does the work."""
    seconds = each.every.total_seconds()
    options = {"queue": str(each.queue), "expires": max(seconds, 5)}
    return {"task": "sweep", "args": [each.name], "schedule": each.every, "options": options}


app = application()
app.set_default()  # Celery's current application is thread-local; everywhere but in a worker, this is it


@beat_init.connect
@beat_embedded_init.connect
def wake_everything(**_: object) -> None:
    """Run every sweep once when the beat starts, so that none waits its whole interval after a pause of the service."""
    for each in sweeps.registered():
        app.send_task("sweep", [each.name], queue=str(each.queue), retry=False)
