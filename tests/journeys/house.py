"""The service as it is run, in processes of its own: distributed if the environment names services, else embedded."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg

from tests.processes import ROOT, environment, free_port, until

WELL_WITHIN = 90
SERVICES = ("DATABASE_URL", "REDIS_URL")
# Talks to the house's database in the house's own environment: one question a line, one answer a line.
INSIDE = """
import json, sys, django
django.setup()
from datetime import timedelta
from django.utils import timezone
from scheduling.models import Appointment, OutboxMessage

def messages(kind):
    found = OutboxMessage.objects.filter(notification__kind=kind).select_related("notification").order_by("pk")
    return [{"to": one.address, "body": one.body, "calendar": one.calendar} for one in found]

def let_lapse(uuid):
    return Appointment.objects.filter(uuid=uuid).update(held_until=timezone.now() - timedelta(seconds=1))

for line in sys.stdin:
    name, argument = json.loads(line)
    print(json.dumps(globals()[name](argument)), flush=True)
"""


class House:
    """Processes that serve one address until they are stopped."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []
        self.env = environment(folder / "data", SITE_URL=self.address, DJANGO_SETTINGS_MODULE="config.settings")

    @property
    def staff_need_a_second_factor(self) -> bool:
        return False

    def start(self) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """End every process that was started, and wait until it has."""
        for process in reversed(self.running):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self.running):
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()

    def run(self, *arguments: str) -> None:
        """Run Python in the house's environment until it ends well."""
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=self.env, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()

    def begin(self, *arguments: str) -> None:
        """Start Python in the house's environment; what it says goes to a file."""
        words = (self.folder / f"{len(self.running)}.log").open("wb")
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.env, stdout=words, stderr=words)
        self.running.append(process)

    def until_well(self) -> None:
        until(self._well, f"healthy: {self.said()}", WELL_WITHIN)

    def _well(self) -> bool:
        gone = [process.args for process in self.running if process.poll() is not None]
        assert not gone, f"{gone} ended: {self.said()}"
        try:
            with urlopen(f"{self.address}/healthz", timeout=10) as answer:
                return bool(answer.status == 200)
        except (HTTPError, URLError, OSError):
            time.sleep(0.3)
            return False

    def said(self) -> str:
        """Return the last words of every process."""
        return "\n".join(path.read_text(errors="replace")[-2000:] for path in sorted(self.folder.glob("*.log")))

    def let_in(self) -> "Inside":
        return Inside(self.env)


class Embedded(House):
    """`make run`: everything in one process, with a PostgreSQL of its own."""

    def start(self) -> None:
        self.begin("manage.py", "serve", "--port", str(self.port), "--days", "3")
        self.until_well()


class Distributed(House):
    """Daphne, a worker for each queue, a beat; PostgreSQL and Redis are somebody else's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = os.environ["DATABASE_URL"]
        self.name = f"acompana_journey_{os.getpid()}"
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        gateway = "scheduling.gateways.outbox"
        self.env |= {
            "DATABASE_URL": urlsplit(self.server)._replace(path=f"/{self.name}").geturl(),
            "REDIS_URL": os.environ["REDIS_URL"],
            "SECRET_KEY": secrets.token_urlsafe(48),
            "DATA_KEYS": f"k1:{key}",
            "SMS_GATEWAY": gateway,
            "EMAIL_GATEWAY": gateway,
        }

    @property
    def staff_need_a_second_factor(self) -> bool:
        return True

    def start(self) -> None:
        self._on_the_server(f"CREATE DATABASE {self.name}")
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("manage.py", "seed_demo", "--days", "3")
        self.begin("-m", "daphne", "--bind", "127.0.0.1", "--port", str(self.port), "config.asgi:application")
        for queue in ("pages", "work"):
            options = [
                "--queues",
                queue,
                "--pool",
                "threads",
                "--concurrency",
                "2",
                "--hostname",
                f"{queue}@{self.name}",
            ]
            self.begin("-m", "celery", "-A", "config", "worker", *options)
        self.begin("-m", "celery", "-A", "config", "beat", "--schedule", str(self.folder / "beat"), "--pidfile", "")
        self.until_well()

    def stop(self) -> None:
        super().stop()
        self._on_the_server(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _on_the_server(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


class Inside:
    """Somebody who can look at the house's telephones, and at its clock."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", INSIDE], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _ask(self, name: str, argument: str) -> object:
        self.process.stdin.write(json.dumps([name, argument]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def last_message(self, kind: str, to: str, after: int = 0) -> dict[str, str]:
        """Return the last message of a kind to an address, once there are more than `after` of them."""

        def received() -> dict[str, str] | None:
            found = [one for one in self._ask("messages", kind) if one["to"] == to]
            return found[-1] if len(found) > after else None

        return until(received, f"a message {kind} to {to}", 20)

    def count(self, kind: str, to: str) -> int:
        return sum(one["to"] == to for one in self._ask("messages", kind))

    def let_lapse(self, uuid: str) -> None:
        """Let a hold's five minutes be over."""
        assert self._ask("let_lapse", uuid) == 1

    def leave(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)


def house(folder: Path) -> House:
    """Return the house the environment asks for."""
    return Distributed(folder) if all(name in os.environ for name in SERVICES) else Embedded(folder)
