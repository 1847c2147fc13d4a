from datetime import timedelta

from django.apps import AppConfig


class NavigationConfig(AppConfig):
    name = "navigation"
    verbose_name = "Why, and what next"

    def ready(self) -> None:
        from navigation import escalation, follow_up, listeners, written
        from scheduling import events, notifications, sweeps
        from scheduling.models import Queue

        listeners.connect()
        notifications.register(escalation.PAGE, escalation.compose_page)
        sweeps.register("escalate", escalation.step_due, every=timedelta(seconds=5), queue=Queue.PAGES)
        events.register(follow_up.READER, follow_up.KINDS)
        events.register(written.READER, written.KINDS)
        sweeps.register("read_written", written.read, every=timedelta(seconds=5), queue=Queue.PAGES)
        sweeps.register("follow_up", follow_up.read, every=timedelta(seconds=10))
