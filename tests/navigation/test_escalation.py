"""The ladder: who is called, when, and then who, for ever, until a person answers. The clock is simulated."""

from datetime import datetime, timedelta

import pytest

from navigation import escalation
from navigation.models import Escalation, EscalationPolicy, EscalationStep, Target, Tier
from scheduling.models import Event
from tests.factories import AT, help

TURN = timedelta(seconds=5)  # how often the engine looks


def run_until(end: datetime, since: datetime = AT) -> None:
    """Let the engine take its turns, as beat wakes it."""
    at = since
    while at <= end:
        escalation.step_due(at=at)
        at += TURN


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


EVERYBODY = ["Tomas", "Rosa", "Elena"]
TWO_HOURS = {
    Tier.RED: [(0, ["Tomas"]), (2, ["Tomas", "Rosa"]), (5, EVERYBODY), (8, ["Elena"]), (11, ["Elena"])],
    Tier.ORANGE: [(0, ["Tomas"]), (5, ["Tomas", "Rosa"]), (15, EVERYBODY), (30, ["Elena"]), (45, ["Elena"])],
    Tier.FUNERAL: [(0, ["Tomas"]), (15, ["Tomas", "Rosa"]), (45, EVERYBODY), (120, ["Elena"])],
    Tier.FOLLOW_UP: [(0, ["Tomas"])],
}


@pytest.mark.parametrize("tier", Tier)
def test_each_urgency_has_its_ladder(rota, tier):
    one = help.case(tier=tier)
    for minute in range(121):
        escalation.step_due(at=minutes(minute))
    said = help.calls(one)
    assert said[: len(TWO_HOURS[tier])] == TWO_HOURS[tier]


def test_a_life_in_danger_calls_one_then_two_then_all_then_the_last_resort_for_ever(rota):
    one = help.case()
    run_until(minutes(18))
    assert help.calls(one) == [*TWO_HOURS[Tier.RED], (14, ["Elena"]), (17, ["Elena"])]


def test_the_last_resort_is_called_every_three_minutes_however_long_it_takes(rota):
    one = help.case()
    for minute in range(8, 8 + 3 * 60, 3):
        escalation.step_due(at=minutes(minute))
    assert help.calls(one)[-2:] == [(182, ["Elena"]), (185, ["Elena"])]
    assert Escalation.objects.get(case=one).rounds == 60


def test_nobody_is_called_before_their_step(rota):
    one = help.case()
    escalation.step_due(at=AT)
    assert escalation.step_due(at=minutes(2) - timedelta(seconds=1)) == 0
    assert help.calls(one) == [(0, ["Tomas"])]


def test_a_step_with_nobody_to_call_does_not_wait(acompana, rosa, elena):
    help.on_call(rosa, acompana, rank=2)
    one = help.case()
    run_until(minutes(5))
    assert help.calls(one) == [(0, ["Rosa"]), (5, ["Rosa", "Elena"])]


def test_a_step_with_nobody_to_call_is_written_down(acompana, elena):
    one = help.case()
    escalation.step_due(at=AT)
    events = Event.objects.filter(subject=one.uuid, by_system="escalation")
    assert [(event.kind, event.codes["target"]) for event in events] == [
        ("case.step_empty", "on_call"),
        ("case.step_empty", "second"),
        ("case.paged", "coordinators"),
    ]


def test_with_nobody_on_call_and_no_coordinators_the_last_resort_is_called_at_once(acompana, elena, casa):
    one = help.case(casa)
    run_until(minutes(6))
    assert help.calls(one) == [(0, ["Elena"]), (3, ["Elena"]), (6, ["Elena"])]


def test_with_nobody_anywhere_the_engine_goes_on_looking(acompana):
    one = help.case()
    run_until(minutes(3))
    assert help.calls(one) == []
    assert Escalation.objects.get(case=one).due_at == minutes(6)


def test_somebody_without_a_phone_leaves_the_step_empty(acompana, tomas, elena):
    type(tomas).objects.filter(pk=tomas.pk).update(phone_hash=None, phone="")
    help.on_call(tomas, acompana)
    one = help.case()
    escalation.step_due(at=AT)
    assert help.calls(one) == [(0, ["Elena"])]


def test_a_change_of_shift_between_two_steps_is_honoured(acompana, tomas, rosa, elena):
    help.on_call(tomas, acompana, until=minutes(1))
    help.on_call(rosa, acompana, since=minutes(1))
    one = help.case()
    run_until(minutes(2))
    assert help.calls(one) == [(0, ["Tomas"]), (2, ["Rosa"])]


def test_an_engine_that_slept_does_what_it_missed_at_once(rota):
    one = help.case()
    escalation.step_due(at=minutes(6))
    assert help.calls(one) == [(6, ["Tomas", "Tomas", "Rosa", *EVERYBODY])]
    assert Escalation.objects.get(case=one).due_at == minutes(8)


# --- an organization's own ladder ------------------------------------------------------------------------------------


def test_an_organizations_own_ladder_is_used(rota):
    help.policy(rota, [(0, Target.COORDINATORS), (60, Target.LAST_RESORT)], repeat_after=30)
    one = help.case()
    run_until(minutes(2))
    assert help.calls(one) == [(0, EVERYBODY), (1, ["Elena"]), (1.5, ["Elena"]), (2, ["Elena"])]


def test_a_ladder_is_of_one_urgency_and_one_organization(rota, casa):
    help.policy(casa, [(0, Target.LAST_RESORT)])
    help.policy(rota, [(0, Target.LAST_RESORT)], tier=Tier.ORANGE)
    one = help.case()
    escalation.step_due(at=AT)
    assert help.calls(one) == [(0, ["Tomas"])]


def test_a_ladder_edited_later_changes_nothing_for_a_case_that_climbs_it(rota):
    help.policy(rota, [(0, Target.ON_CALL), (120, Target.SECOND)])
    one = help.case()
    escalation.step_due(at=AT)
    EscalationStep.objects.update(after=7200, target=Target.COORDINATORS)
    EscalationPolicy.objects.update(repeat_after=7200)
    run_until(minutes(3))
    assert help.calls(one) == [(0, ["Tomas"]), (2, ["Tomas", "Rosa"]), (3, ["Tomas", "Rosa"])]


def test_a_ladder_without_steps_calls_the_last_resort(rota):
    help.policy(rota, [])
    one = help.case()
    escalation.step_due(at=AT)
    assert help.calls(one) == [(0, ["Elena"])]
