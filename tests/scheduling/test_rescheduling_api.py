"""Programs move a visit too: one address, the same refusals, and nothing about visits of others."""

import pytest

from scheduling import accounts
from scheduling.access import System
from scheduling.models import Appointment
from tests import factories
from tests.factories import HOUR, user_of, viewer
from tests.scheduling.test_rescheduling import slot_at


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita)


@pytest.fixture
def ask(client, visit):
    """Ask to move the visit, as a program of somebody's."""

    def post(who, body, address=None):
        token = accounts.issue_token(user_of(who), by=System("tests"), at=factories.AT)
        path = f"/api/v1/appointments/{address or visit.uuid}/reschedule"
        return client.post(path, body, content_type="application/json", headers={"Authorization": f"Bearer {token}"})

    return post


def test_the_visit_is_answered_as_it_is_now(ask, visit, lupita):
    answer = ask(lupita, {"slot": slot_at(visit, HOUR).id})
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["starts_at"]) == (str(visit.uuid), "2026-06-08T11:00:00-05:00")
    assert answer.json()["participants"][0]["name"] == "Ramos"


def test_a_time_that_is_taken_says_so_with_the_next_three_and_keeps_the_old_one(ask, visit, lupita):
    held = factories.hold(viewer(holder="beto's phone"))
    answer = ask(lupita, {"slot": factories.slot_of(held).id})
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_taken")
    assert len(answer.json()["alternatives"]) == 3
    assert Appointment.objects.get(pk=visit.pk).starts_at == visit.starts_at


def test_one_of_those_three_can_be_had(ask, visit, lupita):
    held = factories.hold(viewer(holder="beto's phone"))
    others = ask(lupita, {"slot": factories.slot_of(held).id}).json()["alternatives"]
    assert ask(lupita, {"slot": others[0]["id"]}).json()["starts_at"] == others[0]["starts_at"]


@pytest.mark.parametrize(
    ("body", "field"), [({}, "slot"), ({"slot": "x", "time": "5 pm"}, "time"), ({"slot": 5}, "slot")]
)
def test_a_field_that_is_missing_wrong_or_unknown_is_named(ask, lupita, body, field):
    answer = ask(lupita, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_slot_that_is_not_ours_is_invalid(ask, lupita):
    answer = ask(lupita, {"slot": "made-up"})
    assert (answer.status_code, answer.json()["code"]) == (422, "slot_invalid")


def test_another_persons_visit_is_not_there(ask, visit, beto):
    assert ask(beto, {"slot": slot_at(visit, HOUR).id}).status_code == 404
    assert Appointment.objects.get(pk=visit.pk).sequence == 0


def test_a_visit_that_has_begun_says_so(ask, clock, visit, lupita):
    slot = slot_at(visit, HOUR).id
    clock.at = visit.starts_at
    answer = ask(lupita, {"slot": slot})
    assert (answer.status_code, answer.json()["code"]) == (409, "visit_began")
    assert answer.json()["title"] == "Esta cita ya empezó"
