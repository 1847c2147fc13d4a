"""Two foreign programs follow our calendar: vdirsyncer subscribes, khal shows it, through create, update and cancel.

Run by `make prove`, which installs both into .venv-prove. Serves the service's own feed from a database of its own,
over HTTP on this machine, and prints what khal shows after each step beside what it should.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server
from zoneinfo import ZoneInfo

import django

BIN = Path(os.environ.get("PROVE_BIN", ".venv-prove/bin")).absolute()
ZONES = ("America/Chicago", "America/Mexico_City")
VDIRSYNCER = """
[general]
status_path = "{here}/status/"
[pair visits]
a = "ours"
b = "copy"
collections = null
[storage ours]
type = "http"
url = "{address}"
[storage copy]
type = "filesystem"
path = "{here}/events/"
fileext = ".ics"
"""
KHAL = """
[calendars]
[[visits]]
path = {here}/events
type = calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {here}/khal.db
"""


class Quiet(WSGIRequestHandler):
    """Keeps the address, which is a secret, out of the output."""

    def log_message(self, *_args) -> None:
        pass


@contextmanager
def served(application) -> Iterator[str]:
    """Serve an application on a port of its own; yield its address."""
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def run(here: Path, *command: str) -> str:
    known = os.environ | {"HOME": str(here), "XDG_CONFIG_HOME": str(here), "XDG_CACHE_HOME": str(here)}
    done = subprocess.run(command, env=known, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def follow(address: str, here: Path, zone: str) -> list[str]:
    """Let vdirsyncer fetch the feed and khal show it in a zone; return the lines khal prints.

    No UID: vdirsyncer names what it reads over HTTP by a hash of its own.
    """
    (here / "events").mkdir(parents=True, exist_ok=True)
    (here / "vdirsyncer.conf").write_text(VDIRSYNCER.format(here=here, address=address))
    (here / "khal.conf").write_text(KHAL.format(here=here, zone=zone))
    vdirsyncer = [str(BIN / "vdirsyncer"), "-c", str(here / "vdirsyncer.conf")]
    if not (here / "status").exists():
        run(here, *vdirsyncer, "discover")
    run(here, *vdirsyncer, "sync", "--force-delete")
    how = ["--day-format", "", "--format", "{start} {end} {title}", "2026-06-01", "30d"]
    shown = run(here, str(BIN / "khal"), "-c", str(here / "khal.conf"), "list", *how)
    return [line for line in shown.splitlines() if "cita" in line]


def expected(visit, zone: str) -> str:
    start, end = (at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") for at in (visit.starts_at, visit.ends_at))
    return f"{start} {end} Acompaña: cita"


class Walk:
    """One visit from its booking to its end, and two people whose calendars follow it from two zones."""

    def __init__(self, site: str, folder: Path, addresses: dict[str, str]) -> None:
        self.site, self.folder, self.addresses, self.good = site, folder, addresses, True

    def look(self, step: str, visits: list) -> None:
        for who, secret in self.addresses.items():
            for zone in ZONES:
                here = self.folder / who / zone.replace("/", "-")
                seen = follow(f"{self.site}/calendars/{secret}.ics", here, zone)
                wanted = [expected(visit, zone) for visit in visits]
                self.good &= seen == wanted
                print("ok " if seen == wanted else f"BAD, not {wanted}:", f"{step}; {who}'s calendar in {zone}:", seen)


def walk(site: str, folder: Path) -> bool:
    from scheduling import appointments, clock, rescheduling, subscriptions
    from tests import factories

    at = factories.AT
    clock.now = lambda: at  # the visits are of a June that may be over
    acompana = factories.organization()
    elena = factories.staff("Elena", acompana, factories.Role.ADMIN)
    factories.visit_type()
    ramos = factories.clinician("Ramos", acompana, elena)
    lupita = factories.patient("Lupita", "+17135550142")
    hers = factories.viewer(factories.user_of(lupita))
    owners = {"clinician": ramos.user, "patient": hers.user}
    new = Walk(site, folder, {who: subscriptions.subscribe(user, by=hers, at=at) for who, user in owners.items()})
    new.look("nothing booked", [])
    visit = factories.booked(lupita)
    new.look("created", [visit])
    visit = rescheduling.reschedule(visit, factories.open_slots()[9].slot, by=hers, at=at)
    new.look("updated", [visit])
    appointments.cancel(visit, because="patient", by=hers, at=at)
    new.look("cancelled", [])
    return new.good


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.core.wsgi import get_wsgi_application
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    made = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory() as folder, served(get_wsgi_application()) as site:
            return 0 if walk(site, Path(folder)) else 1
    finally:
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
