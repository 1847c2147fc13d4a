from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"
    verbose_name = "Who, where and when"

    def ready(self) -> None:
        from scheduling import registrations

        registrations.begin()
