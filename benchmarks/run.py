"""`make bench`: search, booking and races of the whole service, its memory, and beside it a peer and the bare database."""

import os
import shutil
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from benchmarks import service
from benchmarks.load import Tally, ask, at_once, in_turn

DATA = service.BASE / ".data" / "bench"
os.environ |= service.environment(DATA) | {"DJANGO_SETTINGS_MODULE": "config.settings"}

CLINICIANS, DAYS = int(os.environ.get("BENCH_CLINICIANS", "10000")), 28
PATIENTS = 400
FILTERS = {
    "family, Spanish, Texas (many fit)": "state=TX&language=es&specialty=family",
    "mental health, Spanish, Texas": "state=TX&language=es&specialty=mental&modality=video",
    "women’s health, Mixteco, Texas (few fit)": "state=TX&language=mxb&specialty=women&modality=video",
    "women’s health, Zapoteco, Virginia (nobody)": "state=VA&language=zai&specialty=women&modality=video",
}


def main() -> None:
    print(f"# Measured {datetime.now(UTC):%Y-%m-%d} · {service.machine()}")
    _seed()
    print(f"# {service.sync_writes(DATA)} synchronous 8 kB writes a second\n")
    tokens = _patients()
    with service.workers(2, DATA) as port:
        search(port)
        booking(port, tokens)
    with service.workers(8, DATA) as port:
        races(port, tokens)
    beside()
    footprint()


def _seed() -> None:
    if "--keep" not in sys.argv:
        shutil.rmtree(DATA, ignore_errors=True)
    command = [sys.executable, "manage.py", "seed_demo", "--clinicians", str(CLINICIANS), "--days", str(DAYS)]
    subprocess.run(command, check=True, cwd=service.BASE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    import django

    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _patients() -> list[str]:
    """Return bearer tokens of patients made for this run."""
    from scheduling import accounts
    from scheduling.access import System
    from scheduling.models import User

    at, by, tokens = datetime.now(UTC), System("bench"), []
    for number in range(PATIENTS):
        user = User.objects.create(phone=f"+1713{at:%S}{number:05}", preferred_name=f"Paciente {number}")
        accounts.patient_of(user, about={"state": "TX"}, by=by, at=at)
        tokens.append(accounts.issue_token(user, by=by, at=at))
    return tokens


# --- search ----------------------------------------------------------------------------------------------------------


def search(port: int) -> None:
    print(f"## Open times, {CLINICIANS:,} clinicians, {_count('OpenStart'):,} open starts, 2 workers, 1 client\n")
    print("| search | found | p50 | p95 | queries | goal |\n| --- | --- | --- | --- | --- | --- |")
    for name, query in FILTERS.items():
        _row(port, name, f"/api/v1/slots?{query}", "p95 < 50 ms, ≤ 6")
    whole = f"/api/v1/slots?state=TX&language=es&limit=1000&clinician={_busy_clinician()}"
    _row(port, "one clinician, 28 days", whole, "p95 < 40 ms, ≤ 6")
    print()


def _row(port: int, name: str, path: str, goal: str) -> None:
    ask(port, "GET", path)
    tally = in_turn([lambda: ask(port, "GET", path)] * 100)
    found = len(ask(port, "GET", path).json["slots"])
    p50, p95 = tally.percentile(0.5), tally.percentile(0.95)
    print(f"| {name} | {found} | {p50:.1f} ms | {p95:.1f} ms | {_queries(path)} | {goal} |", flush=True)


def _queries(path: str) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        Client().get(path)
    return len(captured)


def _busy_clinician() -> str:
    """Return a clinician licensed in Texas who speaks Spanish and offers full weeks."""
    from scheduling.models import Clinician

    suitable = Clinician.objects.filter(
        licences__state="TX", languages__contains=["es"], specialties__contains=["family"]
    )
    return str(
        suitable.filter(actor__schedule__rules__starts="09:00", user__email__startswith="clinician-").first().uuid
    )


def _count(model: str) -> int:
    from django.apps import apps

    return apps.get_model("scheduling", model).objects.count()


# --- booking ---------------------------------------------------------------------------------------------------------


def booking(port: int, tokens: list[str]) -> None:
    print("## Booking over HTTP, 2 workers: hold a time, confirm it (invitations owed, history written)\n")
    print("| clients | step | p50 | p95 | per second | statuses | goal |\n| --- | --- | --- | --- | --- | --- | --- |")
    slots = _distinct_slots(1400)
    alone = _book(port, tokens[:100], slots[:100], clients=1)
    together = _book(port, tokens[100:], slots[100:700], clients=8)
    for clients, (holds, confirms, wall) in ((1, alone), (8, together)):
        goal = "≥ 185/s" if clients == 8 else ""
        for step, tally in (("hold", holds), ("confirm", confirms)):
            print(
                f"| {clients} | {step} | {tally.percentile(0.5):.1f} ms | {tally.percentile(0.95):.1f} ms | | {_statuses(tally)} | |"
            )
        print(f"| {clients} | **hold + confirm** | | | **{len(confirms.times) / wall:.0f}** | | {goal} |", flush=True)
    holds = _only_holds(port, tokens, slots[700:], clients=8)
    print(
        f"| 8 | hold only | {holds.percentile(0.5):.1f} ms | {holds.percentile(0.95):.1f} ms | {holds.rate:.0f} | {_statuses(holds)} | |\n"
    )


def _distinct_slots(count: int) -> list[str]:
    """Return slot ids of so many clinicians, one each, spread over the days."""
    from scheduling.models import Clinician, OpenStart, VisitType
    from scheduling.slots import Slot

    kind = VisitType.objects.get(code="consulta-video")
    suitable = Clinician.objects.filter(
        licences__state="TX", specialties__contains=["family"], user__email__startswith="clinician-"
    )
    soon = datetime.now(UTC) + timedelta(hours=2)
    slots = []
    for number, actor in enumerate(suitable.values_list("actor", flat=True)[:count]):
        free = OpenStart.objects.filter(actor=actor, starts_at__gt=soon, free_minutes__gte=20).select_related("actor")
        start = free.order_by("starts_at")[number % 10]
        slots.append(Slot(start.starts_at, kind.uuid, (start.actor.uuid,), "TX", "America/Chicago").id)
    return slots


def _book(port: int, tokens: list[str], slots: list[str], clients: int) -> tuple[Tally, Tally, float]:
    holds, confirms, lock = Tally(), Tally(), threading.Lock()
    work: SimpleQueue[tuple[str, str]] = SimpleQueue()
    for number, slot in enumerate(slots):
        work.put((tokens[number % len(tokens)], slot))

    def client() -> None:
        while True:
            try:
                token, slot = work.get_nowait()
            except Empty:
                return
            held = ask(port, "POST", "/api/v1/holds", {"slot": slot}, token)
            with lock:
                holds.add(held)
            if held.status == 201:
                booked = ask(port, "POST", "/api/v1/appointments", {"hold": held.json["id"]}, token)
                with lock:
                    confirms.add(booked)

    return holds, confirms, at_once([client] * clients)


def _only_holds(port: int, tokens: list[str], slots: list[str], clients: int) -> Tally:
    tally, lock = Tally(), threading.Lock()
    work: SimpleQueue[tuple[str, str]] = SimpleQueue()
    for number, slot in enumerate(slots[: 2 * len(tokens)]):  # nobody holds more than two
        work.put((tokens[number % len(tokens)], slot))

    def client() -> None:
        while True:
            try:
                token, slot = work.get_nowait()
            except Empty:
                return
            held = ask(port, "POST", "/api/v1/holds", {"slot": slot}, token)
            with lock:
                tally.add(held)

    tally.wall = at_once([client] * clients)
    return tally


def _statuses(tally: Tally) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(tally.statuses.items()))


# --- races -----------------------------------------------------------------------------------------------------------


def races(port: int, tokens: list[str]) -> None:
    print("## Races: 50 clients, 8 workers, 20 rounds\n")
    print("| race | one winner | statuses | slowest round | goal |\n| --- | --- | --- | --- | --- |")
    from scheduling.models import OpenStart, VisitType

    long = VisitType.objects.create(
        code="bench-larga",
        name_es="Larga",
        name_en="Long",
        minutes=50,
        modality="video",
        care="clinical",
        specialty="family",
    )
    short = VisitType.objects.get(code="consulta-video")
    starts = _roomy_starts(40)
    _race(port, tokens, "one time", [[(start, short)] * 50 for start in starts[:20]])
    step = timedelta(minutes=30)
    unequal = [[(start, long), (start + step, short)] * 25 for start in starts[20:]]
    _race(port, tokens, "overlapping unequal times", unequal)
    assert OpenStart.objects.exists()
    print()


def _roomy_starts(count: int) -> list[Any]:
    """Return an open start, with room behind it, of so many different clinicians."""
    from scheduling.models import Clinician, OpenStart

    suitable = Clinician.objects.filter(
        licences__state="TX", specialties__contains=["family"], user__email__startswith="clinician-"
    )
    soon, found = datetime.now(UTC) + timedelta(days=2), []
    for actor in suitable.order_by("-pk").values_list("actor", flat=True)[:count]:
        roomy = OpenStart.objects.filter(actor=actor, starts_at__gt=soon, free_minutes__gte=120)
        start = roomy.select_related("actor").order_by("starts_at").first()
        found.append(_Start(start.starts_at, start.actor.uuid, actor))
    return found


class _Start:
    def __init__(self, at: datetime, actor: Any, pk: int) -> None:
        self.at, self.actor, self.pk = at, actor, pk

    def __add__(self, later: timedelta) -> "_Start":
        return _Start(self.at + later, self.actor, self.pk)


def _race(port: int, tokens: list[str], name: str, rounds: list[list[Any]]) -> None:
    from scheduling.models import Participant
    from scheduling.slots import Slot

    tally, winners, slowest = Tally(), 0, 0.0
    for number, wanted in enumerate(rounds):
        slots = [Slot(start.at, kind.uuid, (start.actor,), "TX", "America/Chicago").id for start, kind in wanted]
        rivals = [tokens[(number * 50 + place) % len(tokens)] for place in range(50)]
        ask(port, "GET", "/api/v1/openapi.json")
        works = [
            lambda slot=slot, token=token: tally.add(ask(port, "POST", "/api/v1/holds", {"slot": slot}, token))
            for slot, token in zip(slots, rivals, strict=True)
        ]
        before = tally.statuses[201]
        slowest = max(slowest, at_once(works))
        start = wanted[0][0]
        taken = Participant.objects.occupying([start.pk], start.at, start.at + timedelta(minutes=60)).count()
        winners += tally.statuses[201] - before == 1 == taken
    trouble = sum(count for status, count in tally.statuses.items() if status >= 500)
    assert not trouble, tally.statuses
    print(
        f"| {name} | {winners} of {len(rounds)} | {_statuses(tally)} | {slowest:.2f} s | 20 of 20, no 5xx, < 1 s |",
        flush=True,
    )


# --- beside ----------------------------------------------------------------------------------------------------------


def beside() -> None:
    from benchmarks import limits, peers

    limits.report()
    peers.report()


def footprint() -> None:
    print("## The embedded service\n")
    seen = service.embedded(Path(service.BASE / ".data" / "bench-serve"))
    print("| what | measured | goal |\n| --- | --- | --- |")
    print(f"| first start, seeding the demo | {seen['first']:.1f} s | |")
    print(f"| second start, until pages answer | {seen['second']:.1f} s | ≤ 8 s |")
    print(f"| memory, idle, PostgreSQL included (PSS) | {seen['memory']:.0f} MB | ≤ 350 MB |")


if __name__ == "__main__":
    main()
