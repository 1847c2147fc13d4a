from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from config import serve
from config.demo import people, seed
from scheduling import clock
from scheduling.management import DatabaseCommand


class Command(DatabaseCommand):
    help = "Run everything in one process: pages, sockets, workers and beat. Embedded, plant the demo first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--days", type=int, default=14)

    def check_migrations(self) -> None:
        self._say("Database")
        super().check_migrations()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO:
            at = clock.database_now()
            if not seed.planted():
                seed.plant(at=at, days=options["days"], say=self._say)
            seed.refresh(at=at)
        address = f"http://{options['host']}:{options['port']}"
        serve.start_work()
        trouble = serve.run(options["host"], options["port"], ready=lambda: self._welcome(address))
        if trouble:
            hint = f"Is it running already? Look at {address}, or choose another port: manage.py serve --port 8010"
            raise CommandError(f"{trouble}\n{hint}")

    def _say(self, words: str) -> None:
        self.stdout.write(f"  {words} …")
        self.stdout.flush()

    def _welcome(self, address: str) -> None:
        lines = ["", f"Acompaña is running: {address}", ""]
        if settings.DEMO:
            lines += _who_is_who(address)
        self.stdout.write("\n".join([*lines, "Stop it with Ctrl-C; the data stays.", ""]))
        self.stdout.flush()


def _who_is_who(address: str) -> list[str]:
    lupita = people.PATIENTS[0]
    return [
        "  Who to be                     How to get in",
        f"  Lupita, a patient             {address}/  ·  her phone is {lupita.phone}",
        f"                                the code sent to it can be read at {address}/demo/outbox",
        f"  Dr. Ramos, a clinician        {address}/cuenta/login/  ·  dr_ramos@acompana.example",
        f"  Tomás, a coordinator          {address}/cuenta/login/  ·  tomas@acompana.example",
        f"  Their password                {people.PASSWORD}",
        f"  Everybody else                {address}/demo/",
        "",
    ]
