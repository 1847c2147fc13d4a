"""Each sweep that stands still is told by its name, whatever else runs; and what only a demo shows."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from scheduling import sweeps
from scheduling.models import SweepRun
from tests.factories import user_of
from tests.reading import read

SECOND = timedelta(seconds=1)
NAMES = sorted(each.name for each in sweeps.registered())


@pytest.fixture
def swept(db, clock):
    """Every sweep ran just now."""
    SweepRun.objects.bulk_create(SweepRun(name=name, finished_at=clock.at) for name in NAMES)


def late(client) -> list[str]:
    return sorted(run["name"] for run in client.get("/healthz").json()["sweeps"] if run["late"])


def patience(name: str) -> timedelta:
    return next(each.patience for each in sweeps.registered() if each.name == name)


def test_there_are_sweeps_and_no_two_have_one_name():
    assert len(NAMES) == len(set(NAMES)) > 5


@pytest.mark.parametrize("name", NAMES)
def test_each_sweep_that_stands_still_is_named(client, swept, clock, name):
    SweepRun.objects.filter(name=name).update(finished_at=clock.at - patience(name) - SECOND)
    assert late(client) == [name]
    assert client.get("/healthz").status_code == 503


@pytest.mark.parametrize("name", NAMES)
def test_each_sweep_that_never_ran_is_named(client, swept, name):
    SweepRun.objects.filter(name=name).delete()
    assert late(client) == [name]


@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_that_runs_again_makes_it_well(client, swept, clock, name):
    clock.at += patience(name) + SECOND
    SweepRun.objects.exclude(name=name).update(finished_at=clock.at)
    assert name in late(client)
    SweepRun.objects.filter(name=name).update(finished_at=clock.at)
    assert (late(client), client.get("/healthz").status_code) == ([], 200)


def test_as_time_goes_by_nothing_that_is_late_becomes_well_by_itself(client, swept, clock):
    before: list[str] = []
    for minutes in (1, 5, 30, 24 * 60, 30 * 24 * 60):
        clock.move(minutes=minutes)
        assert set(before) <= set(late(client))
        before = late(client)
    assert before == NAMES


def test_a_program_may_read_it_whatever_language_it_speaks(swept):
    answers = [Client(headers={"accept-language": tongue}).get("/healthz").content for tongue in ("es", "en")]
    assert json.loads(answers[0]) == json.loads(answers[1])


# --- what only a demo shows ------------------------------------------------------------------------------------------


@pytest.mark.embedded
def test_the_demo_says_that_it_is_one(client, settings):
    assert settings.DEMO
    assert "/demo/" in " ".join(read(client.get("/")).links.values())


@pytest.mark.embedded
@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("address", ["/demo/", "/demo/outbox"])
def test_the_pages_of_the_demo_speak_both_languages(client, db, address, language):
    page = read(client.get(address, {"lang": language}))
    assert (page.status, page.language) == (200, language)


@pytest.mark.embedded
def test_whoever_is_signed_in_sees_the_demo_like_everybody(client, lupita):
    client.force_login(user_of(lupita))
    assert client.get("/demo/").status_code == 200
