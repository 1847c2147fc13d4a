from argparse import ArgumentParser
from typing import Any

from config.demo import bulk, people, seed
from scheduling import clock
from scheduling.management import DatabaseCommand


class Command(DatabaseCommand):
    help = "Plant the demo: organizations, clinicians, clinics, coordinators, patients and their week."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clinicians", type=int, default=0, help="so many more, invented by number")
        parser.add_argument("--days", type=int, default=14, help="how far ahead the hours are open")
        parser.add_argument("--seed", type=int, default=1, help="the same number gives the same clinicians")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.database_now()
        if not seed.planted():
            seed.plant(at=at, days=options["days"], say=lambda words: self.stderr.write(f"  {words}"))
        seed.refresh(at=at)
        if options["clinicians"]:
            bulk.plant(options["clinicians"], days=options["days"], seed=options["seed"], at=at)
        self.stdout.write(f"Demo ready. Staff sign in as NAME@acompana.example with the password {people.PASSWORD}")
