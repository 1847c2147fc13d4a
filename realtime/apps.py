from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"
    verbose_name = "Right now"

    def ready(self) -> None:
        from realtime import listeners

        listeners.connect()
