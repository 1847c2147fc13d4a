"""Open times over the whole community, and a month of one clinician."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import stage
from benchmarks.load import ask, in_turn
from scheduling.models import OpenStart

WITH_FILTERS = {
    "family, Spanish, Texas (many fit)": "state=TX&language=es&specialty=family",
    "mental health, Spanish, Texas": "state=TX&language=es&specialty=mental&modality=video",
    "women’s health, Mixteco, Texas (few fit)": "state=TX&language=mxb&specialty=women&modality=video",
    "women’s health, Zapoteco, Virginia (few fit)": "state=VA&language=zai&specialty=women&modality=video",
}
ACROSS = {
    "women’s health, Nahuatl, Texas: an interpreter": "state=TX&language=nhe&specialty=women&modality=video",
    "family, Nahuatl, Texas: an interpreter (many fit)": "state=TX&language=nhe&specialty=family&modality=video",
    "teeth, Nahuatl, Texas: relay; 5 fit, free in week 4": "state=TX&language=nhe&visit_type=bench-teeth",
    "teeth, English, Texas: 5 fit, free in week 4": "state=TX&language=en&visit_type=bench-teeth",
    "family, any language, Texas (all fit)": "state=TX&specialty=family&modality=video",
}


def report(port: int) -> None:
    """Print how long `GET /slots` takes."""
    print(f"### `GET /slots`: {stage.CLINICIANS:,} clinicians, {OpenStart.objects.count():,} open starts, 2 workers\n")
    print("| search | times | p50 | p95 | queries | goal |\n| --- | --- | --- | --- | --- | --- |")
    for name, query in WITH_FILTERS.items():
        _row(port, name, f"/api/v1/slots?{query}", "p95 < 50 ms, ≤ 6")
    stage.rare()
    for name, query in ACROSS.items():
        _row(port, name, f"/api/v1/slots?{query}", "p95 < 50 ms")
    month = f"/api/v1/slots?state=TX&language=es&limit=1000&clinician={stage.clinician()}"
    _row(port, "one clinician, 28 days", month, "p95 < 40 ms, ≤ 6")
    print()


def _row(port: int, name: str, path: str, goal: str) -> None:
    in_turn([lambda: ask(port, "GET", path)] * 20)
    tally = in_turn([lambda: ask(port, "GET", path)] * 200)
    times = len(ask(port, "GET", path).json["slots"])
    print(f"| {name} | {times} | {tally.spread()} | {_queries(path)} | {goal} |", flush=True)


def _queries(path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        Client().get(path)
    return len(captured)
