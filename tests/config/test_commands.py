"""`manage.py api_token`, `sweep` and `seed_demo`, as somebody at a terminal uses them."""

import io
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from scheduling import sweeps
from scheduling.models import (
    Appointment,
    Clinician,
    Event,
    Interpreter,
    Location,
    Organization,
    Patient,
    Queue,
    SweepRun,
    User,
)
from tests import factories


def run(*arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


# --- api_token -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["{0.email}", "{0.uuid}", "+17135550131", " TOMAS@acompana.example "])
def test_a_token_is_printed_for_whoever_is_named(tomas, clock, name):
    token = run("api_token", name.format(tomas)).strip()
    answer = Client(headers={"authorization": f"Bearer {token}"}).get("/api/v1/cases")
    assert answer.status_code == 200


def test_a_demo_person_is_known_by_name(db, clock):
    lupita = User.objects.create(uuid=uuid5(NAMESPACE_URL, "acompana-demo/lupita"), phone="+17135550142")
    assert run("api_token", "lupita").strip()
    assert lupita.api_tokens.count() == 1


@pytest.mark.parametrize(
    "name", ["nadie", "nadie@acompana.example", "+15005550006", "00000000-0000-4000-8000-000000000000"]
)
def test_a_name_nobody_has_is_told_so(db, name):
    with pytest.raises(CommandError, match="Nobody is known"):
        run("api_token", name)


def test_the_token_itself_is_kept_nowhere(tomas, clock):
    token = run("api_token", tomas.email).strip()
    assert token not in str(list(tomas.api_tokens.values()))
    assert Event.objects.get(kind="user.token_issued").by_system == "api_token"


# --- sweep -----------------------------------------------------------------------------------------------------------


def test_every_sweep_runs_once_and_says_how_much_it_did(db, dr_ramos):
    factories.hold(factories.viewer())
    said = dict(line.split(": ") for line in run("sweep").splitlines())
    assert set(said) == {each.name for each in sweeps.registered()}
    assert said["lapse_holds"] == "1"
    assert SweepRun.objects.count() == len(said)


def test_a_broken_sweep_stops_no_other(db, monkeypatch):
    def broken(*, at):
        raise ZeroDivisionError

    monkeypatch.setitem(
        sweeps._sweeps, "lapse_holds", sweeps.Sweep("lapse_holds", sweeps.LEAST_PATIENCE, Queue.WORK, broken)
    )
    with pytest.raises(CommandError, match="These sweeps broke: lapse_holds"):
        run("sweep")
    assert SweepRun.objects.filter(failed_at=None).count() == len(sweeps.registered()) - 1
    assert SweepRun.objects.get(name="lapse_holds").error == "ZeroDivisionError"


# --- seed_demo -------------------------------------------------------------------------------------------------------


def rows() -> dict[str, int]:
    ours = [model for app in ("scheduling", "navigation") for model in apps.get_app_config(app).get_models()]
    return {model.__name__: model.objects.count() for model in ours}


def test_the_demo_is_planted_once(db):
    run("seed_demo", days=2)
    planted = rows()
    run("seed_demo", days=2)
    assert rows() == planted


def test_the_demo_is_believable(db, settings):
    run("seed_demo", days=2)
    assert Organization.objects.count() == 2
    assert Clinician.objects.count() >= 12
    assert Interpreter.objects.count() >= 1
    assert Location.objects.filter(chairs__isnull=False).distinct().count() == 2
    assert Patient.objects.filter(preferred_name="").count() == 0
    assert Appointment.objects.filter(status="booked").exists()
    assert User.objects.get(email="tomas@acompana.example").check_password("acompana-demo")


def test_more_clinicians_may_be_asked_for(db):
    run("seed_demo", days=2, clinicians=40)
    assert Clinician.objects.count() >= 52


def test_what_it_says_is_who_to_be(db):
    assert "acompana-demo" in run("seed_demo", days=2)
