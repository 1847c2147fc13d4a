from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Wiring"

    def ready(self) -> None:
        from config import celery  # noqa: F401 - becomes the current application, for tasks sent from anywhere
