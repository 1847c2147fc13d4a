"""What an answer does to the ladder: it stops it, and unless somebody does something, only for a while."""

from datetime import datetime, timedelta

import pytest

from navigation import cases, escalation
from navigation.models import Case, CaseKind, CaseStatus, Escalation, EscalationStatus, Tier
from scheduling.models import Event
from tests import factories
from tests.factories import AT, help


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def run_until(end: datetime) -> None:
    """Let the engine take a turn every minute."""
    at = AT
    while at <= end:
        escalation.step_due(at=at)
        at += timedelta(minutes=1)


def engine(one: Case) -> Escalation:
    return Escalation.objects.get(case=one)


def test_after_an_answer_nobody_is_called(rota, tomas):
    one = help.case()
    run_until(minutes(1))
    help.taken(one, by=tomas, at=minutes(1))
    run_until(minutes(10))
    assert help.calls(one) == [(0, ["Tomas"])]


def test_an_answer_after_which_nothing_is_done_expires_and_the_ladder_begins_again(rota, tomas):
    one = help.taken(help.case(), by=tomas, at=AT)
    run_until(minutes(15))
    assert help.calls(one) == [(10, ["Tomas"]), (12, ["Tomas", "Rosa"]), (15, ["Tomas", "Rosa", "Elena"])]


def test_a_case_whose_answer_expired_belongs_to_nobody(rota, tomas, rosa):
    one = help.taken(help.case(), by=tomas, at=AT)
    escalation.step_due(at=minutes(10))
    one = Case.objects.get(pk=one.pk)
    assert (one.status, one.owner, engine(one).answered_at) == (CaseStatus.OPEN, None, None)
    assert help.taken(one, by=rosa, at=minutes(11)).owner == rosa


def test_an_answer_that_expired_is_written_down_and_is_no_human_act(rota, tomas):
    one = help.taken(help.case(), by=tomas, at=AT)
    escalation.step_due(at=minutes(10))
    expired = Event.objects.get(subject=one.uuid, kind="case.answer_expired")
    assert (expired.by_system, expired.at) == ("escalation", minutes(10))
    assert Case.objects.get(pk=one.pk).acted_at == AT


@pytest.mark.parametrize(
    ("tier", "lasts"),
    [
        (Tier.RED, timedelta(minutes=10)),
        (Tier.ORANGE, timedelta(hours=1)),
        (Tier.FUNERAL, timedelta(hours=24)),
        (Tier.FOLLOW_UP, timedelta(hours=72)),
    ],
)
def test_an_answer_lasts_as_long_as_its_urgency_allows(rota, tomas, tier, lasts):
    one = help.taken(help.case(tier=tier), by=tomas)
    assert escalation.step_due(at=AT + lasts - timedelta(seconds=1)) == 0
    assert escalation.step_due(at=AT + lasts) == 1
    assert engine(one).status == EscalationStatus.RUNNING


def test_whatever_is_done_postpones_the_end_of_the_answer(rota, tomas):
    one = help.taken(help.case(), by=tomas)
    for minute in (9, 18, 27):
        cases.note(one, "Sigo con él", by=factories.viewer(tomas), at=minutes(minute))
    run_until(minutes(36))
    assert help.calls(one) == []
    run_until(minutes(37))
    assert help.calls(one) == [(37, ["Tomas"])]


def test_a_closed_case_never_calls_anybody_again(rota, tomas):
    one = cases.resolve(help.taken(help.case(), by=tomas), "helped", by=factories.viewer(tomas), at=minutes(1))
    assert escalation.step_due(at=AT + timedelta(days=365)) == 0
    assert help.calls(one) == []


def test_more_urgent_news_about_an_answered_case_begins_the_new_ladder_and_not_the_old(rota, tomas):
    one = help.taken(help.case(tier=Tier.ORANGE, kind=CaseKind.VIOLENCE), by=tomas)
    cases.tell_more(one, help.report(), by=factories.viewer(), at=minutes(1))
    escalation.step_due(at=minutes(1))
    ladder = engine(one)
    assert ladder.ladder["answer_expires_after"] == 600
    assert (ladder.status, ladder.due_at) == (EscalationStatus.RUNNING, minutes(3))


def test_pages_owed_before_an_answer_carry_a_lower_version_than_what_follows(rota, tomas):
    one = help.case()
    escalation.step_due(at=AT)
    help.taken(one, by=tomas, at=minutes(1))
    escalation.step_due(at=minutes(11))
    first, second = help.pages(one)
    assert first.topic_version < second.topic_version == engine(one).version
