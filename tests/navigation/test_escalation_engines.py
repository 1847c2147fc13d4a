"""Several engines, and cases that break: each step is taken once, and one case never stands in the way of another."""

from datetime import timedelta

import pytest
from django.db import transaction

from navigation import escalation
from navigation.models import Case, CaseStatus, Escalation
from scheduling.models import Event, NotificationStatus
from tests.factories import AT, help
from tests.racing import at_once, meanwhile

SOON = AT + escalation.POISON_PAUSE


def turn(at=AT) -> int:
    return escalation.step_due(at=at)


# --- two engines -----------------------------------------------------------------------------------------------------


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_call_each_person_once(rota):
    cases = [help.case() for _ in range(6)]
    moved = at_once([turn, turn])
    assert sum(moved) == 6
    assert [help.calls(one) for one in cases] == [[(0, ["Tomas"])]] * 6


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_an_engine_passes_over_a_case_that_somebody_is_working_on(rota):
    busy, free = help.case(), help.case()
    with transaction.atomic():
        escalation.locked(busy)
        with meanwhile(turn) as engine:
            assert engine.result(5) == 1
    assert (help.calls(busy), help.calls(free)) == ([], [(0, ["Tomas"])])


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_an_answer_and_a_step_at_once_leave_no_page_behind(rota, tomas):
    for _ in range(5):
        one = help.case()
        at_once([turn, lambda one=one: help.taken(one, by=tomas)])
        one = Case.objects.get(pk=one.pk)
        assert (one.status, one.owner) == (CaseStatus.ACKNOWLEDGED, tomas)
        assert NotificationStatus.OWED not in {page.status for page in help.pages(one)}


def test_the_most_overdue_is_called_first(rota, monkeypatch):
    newer = help.case(at=AT)
    older = help.case(at=AT - timedelta(minutes=1))
    assert escalation.step_due(at=AT, limit=1) == 1
    assert (len(help.pages(older)), len(help.pages(newer))) == (1, 0)


# --- a case that breaks ----------------------------------------------------------------------------------------------


@pytest.fixture
def poisoned(rota) -> Case:
    """A case whose ladder cannot be read."""
    one = help.case(at=AT - timedelta(minutes=1))
    Escalation.objects.filter(case=one).update(ladder={})
    return one


def test_a_case_that_breaks_does_not_keep_others_from_being_called(poisoned):
    other = help.case()
    turn()
    assert help.calls(other) == [(0, ["Tomas"])]


def test_a_case_that_breaks_is_put_off_half_a_minute_and_counted(poisoned):
    turn()
    broken = Escalation.objects.get(case=poisoned)
    assert (broken.due_at, broken.failures) == (SOON, 1)
    turn(SOON)
    assert Escalation.objects.get(case=poisoned).failures == 2


def test_a_case_that_breaks_leaves_nothing_half_done(poisoned):
    turn()
    assert help.pages(poisoned) == []
    assert not Event.objects.filter(subject=poisoned.uuid, by_system="escalation").exists()


def test_a_case_that_works_again_forgets_its_failures(poisoned):
    turn()
    Escalation.objects.filter(case=poisoned).update(ladder=help.case().escalation.ladder)
    turn(SOON)
    assert Escalation.objects.get(case=poisoned).failures == 0
    assert [names for _, names in help.calls(poisoned)] == [["Tomas"]]


# --- what a turn costs -----------------------------------------------------------------------------------------------


def test_a_turn_with_nothing_to_do_costs_one_question(rota, django_assert_max_num_queries):
    help.case(at=AT + timedelta(minutes=1))
    with django_assert_max_num_queries(3):  # the question, inside a savepoint of the test's transaction
        assert turn() == 0


def test_a_step_costs_the_same_however_many_are_called(rota, django_assert_max_num_queries):
    help.case()
    with django_assert_max_num_queries(14):
        assert turn() == 1
