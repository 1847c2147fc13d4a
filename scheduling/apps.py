from datetime import timedelta
from functools import partial

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Who, where and when"

    def ready(self) -> None:
        from scheduling import (
            accounts,
            appointments,
            encounters,
            invitations,
            listeners,
            notifications,
            open_starts,
            sweeps,
        )
        from scheduling.models import Queue

        listeners.connect()
        for kind in (invitations.BOOKED, invitations.CANCELLED, invitations.PLEASE_MOVE):
            notifications.register(kind, invitations.compose)
        for queue in Queue:
            sweeps.register(
                f"deliver_{queue}",
                partial(notifications.deliver_due, queue),
                every=timedelta(seconds=5),
                queue=queue,
            )
        sweeps.register("lapse_holds", appointments.lapse_holds, every=timedelta(seconds=10))
        sweeps.register("lose_silent", encounters.lose_silent, every=timedelta(seconds=15))
        sweeps.register("extend_open_starts", open_starts.extend, every=timedelta(minutes=10))
        sweeps.register("forget_codes", accounts.forget_codes, every=timedelta(minutes=10))
