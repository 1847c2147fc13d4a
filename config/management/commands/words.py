from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import words


class Command(BaseCommand):
    help = "Bring locale/es up to date with the texts in the sources, and list those still without Spanish."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            words.update("es")
        missing = words.missing("es")
        for message in missing:
            self.stdout.write(message)
        if missing and options["check"]:
            raise CommandError(f"{len(missing)} texts have no Spanish yet")
