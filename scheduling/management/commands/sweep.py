from typing import Any

from django.core.management.base import CommandError

from scheduling import clock, sweeps
from scheduling.management import DatabaseCommand


class Command(DatabaseCommand):
    help = "Run every sweep once, now: holds, messages, escalations, and whatever else is due."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = [name for name in (each.name for each in sweeps.registered()) if not self._run(name)]
        if broken:
            raise CommandError(f"These sweeps broke: {', '.join(broken)}")

    def _run(self, name: str) -> bool:
        try:
            count = sweeps.run(name, at=clock.database_now())
        except Exception as error:
            self.stderr.write(f"{name}: {type(error).__name__}")
            return False
        self.stdout.write(f"{name}: {count}")
        return True
