"""GET /healthz: 200 when all is well, 503 when something is not; never cached, nothing about anybody."""

from datetime import timedelta

import pytest
from celery import Celery
from django.db import DatabaseError

from config import health
from scheduling import sweeps
from scheduling.models import SweepRun
from tests import factories


@pytest.fixture
def swept(db, clock):
    """Every sweep ran just now."""
    SweepRun.objects.bulk_create(SweepRun(name=each.name, finished_at=clock.at) for each in sweeps.registered())


def test_all_is_well_when_every_sweep_ran(client, swept):
    answer = client.get("/healthz")
    body = answer.json()
    assert (answer.status_code, body["status"], body["database"], body["broker"]) == (200, "ok", True, True)
    assert {run["name"] for run in body["sweeps"]} == {each.name for each in sweeps.registered()}
    assert answer["Cache-Control"] == "no-store"


def test_nothing_is_well_before_the_first_sweep(client, db, clock):
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert all(run["late"] and run["age_seconds"] is None for run in answer.json()["sweeps"])


def test_one_late_sweep_is_enough(client, swept, clock):
    late = next(each for each in sweeps.registered() if each.name == "escalate")
    SweepRun.objects.filter(name="escalate").update(finished_at=clock.at - late.patience - timedelta(seconds=1))
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert [run["name"] for run in answer.json()["sweeps"] if run["late"]] == ["escalate"]


def test_a_sweep_within_its_patience_is_not_late(client, swept, clock):
    late = next(each for each in sweeps.registered() if each.name == "escalate")
    SweepRun.objects.filter(name="escalate").update(finished_at=clock.at - late.patience)
    assert client.get("/healthz").status_code == 200


def test_a_database_that_is_away_is_told(client, swept, monkeypatch):
    def away(at):
        raise DatabaseError

    monkeypatch.setattr(sweeps, "health", away)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


def test_a_broker_that_is_away_is_told(client, swept, monkeypatch):
    monkeypatch.setattr(health, "app", Celery(broker="redis://127.0.0.1:1/0", set_as_current=False))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["broker"]) == (503, False)


def test_it_asks_the_database_little(client, swept, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get("/healthz")


def test_it_says_nothing_about_anybody(client, swept, dr_ramos, lupita):
    factories.booked(lupita)
    assert not [name for name in ("Lupita", "Ramos", "713") if name in client.get("/healthz").content.decode()]
