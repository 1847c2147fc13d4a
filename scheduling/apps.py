from datetime import timedelta
from functools import partial

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Who, where and when"

    def ready(self) -> None:
        from scheduling import accounts, appointments, listeners, notifications, open_starts, sweeps
        from scheduling.models import Queue

        listeners.connect()
        for queue in Queue:
            sweeps.register(
                f"deliver_{queue}", partial(_at, notifications.deliver_due, queue), every=timedelta(seconds=5), queue=queue
            )
        sweeps.register("lapse_holds", partial(_at, appointments.lapse_holds), every=timedelta(seconds=10))
        sweeps.register("extend_open_starts", partial(_at, open_starts.extend), every=timedelta(minutes=10))
        sweeps.register("forget_codes", partial(_at, accounts.forget_codes), every=timedelta(minutes=10))


def _at(verb, *args):  # type: ignore[no-untyped-def]
    """Call a verb, whose `at` is keyword-only, with the sweep's instant in last place."""
    *before, at = args
    return verb(*before, at=at)
