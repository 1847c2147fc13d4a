"""`manage.py open_starts`: derive the copy that search reads anew, or hold it against the truth."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from scheduling import clock, derived
from scheduling.management import DatabaseCommand


class Command(DatabaseCommand):
    """Print how many rows were derived, or how many schedules were compared; fail if some are not true."""

    help = "Derive everybody's open starts anew (--rebuild), or compare them with the computed truth (--check)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="derive everything anew, in batches")
        parser.add_argument("--check", action="store_true", help="compare; after --rebuild if both are given")

    def handle(self, *args: Any, rebuild: bool, check: bool, **options: Any) -> None:
        if not rebuild and not check:
            raise CommandError("Say --rebuild, --check or both.")
        if rebuild:
            rows = sum(derived.rebuild_all(at=clock.database_now()))
            self.stdout.write(f"{rows} open starts derived")
        if check:
            self._check()

    def _check(self) -> None:
        answers = list(derived.check_all(at=clock.database_now()))
        wrong = [schedule.pk for _, different in answers for schedule in different]
        self.stdout.write(f"{sum(count for count, _ in answers)} schedules compared, {len(wrong)} not true")
        if wrong:
            raise CommandError(f"Not true: schedules {', '.join(map(str, wrong))}. --rebuild derives them anew.")
