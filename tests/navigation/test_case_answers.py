"""Answering for a case: exactly one person has it, an answer stops the calling, and only a human act keeps it quiet."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import transaction

from navigation import cases, escalation
from navigation.models import Case, CaseStatus, Escalation, EscalationStatus
from scheduling.models import Event, NotificationStatus, Role
from scheduling.refusals import NotFound, NotPossibleNow
from tests import factories
from tests.factories import AT, help
from tests.racing import at_once, meanwhile, wait_until_somebody_waits

LATER = AT + timedelta(minutes=4)
ANSWER_LASTS = timedelta(minutes=10)  # for a life in danger


def engine(one: Case) -> Escalation:
    return Escalation.objects.get(case=one)


# --- taking ----------------------------------------------------------------------------------------------------------


def test_who_takes_a_case_has_it(acompana, tomas):
    one = help.taken(help.case(), by=tomas, at=LATER)
    assert (one.status, one.owner, one.acted_at) == (CaseStatus.ACKNOWLEDGED, tomas, LATER)


def test_taking_a_case_is_recorded(acompana, tomas):
    one = help.taken(help.case(), by=tomas, at=LATER)
    event = Event.objects.get(subject=one.uuid, kind="case.acknowledged")
    assert (event.by_user, event.at, event.subject_version) == (tomas, LATER, one.version)


def test_who_comes_second_is_told_who_has_it(acompana, tomas, rosa):
    one = help.taken(help.case(), by=tomas)
    again = help.taken(one, by=rosa, at=LATER)
    assert (again.owner, again.version, again.acted_at) == (tomas, one.version, AT)


def test_taking_twice_does_not_make_the_answer_last_longer(acompana, tomas):
    one = help.taken(help.case(), by=tomas)
    help.taken(one, by=tomas, at=LATER)
    assert engine(one).due_at == AT + ANSWER_LASTS


def test_an_admin_may_take_a_case(acompana, elena):
    assert help.taken(help.case(), by=elena).owner == elena


@pytest.mark.parametrize("who", ["carmen", "joel"])
@pytest.mark.parametrize("act", ["take", "note", "resolve"])
def test_neither_a_navigator_nor_another_organization_answers(acompana, request, who, act):
    one, by = help.case(), factories.viewer(request.getfixturevalue(who))
    acts = {
        "take": lambda: cases.acknowledge(one, by=by, at=AT),
        "note": lambda: cases.note(one, "x", by=by, at=AT),
        "resolve": lambda: cases.resolve(one, "helped", by=by, at=AT),
    }
    with pytest.raises(NotFound):
        acts[act]()
    assert Case.objects.get(pk=one.pk).status == CaseStatus.OPEN


def test_a_coordinator_who_left_answers_no_more(acompana, tomas):
    tomas.memberships.update(valid_until=AT.date())
    with pytest.raises(NotFound):
        help.taken(help.case(), by=tomas)


def test_who_coordinates_elsewhere_and_only_navigates_here_does_not_answer(acompana, casa, carmen):
    carmen.memberships.create(organization=casa, role=Role.COORDINATOR, valid_from=AT.date())
    with pytest.raises(NotFound):
        help.taken(help.case(), by=carmen)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_eight_who_take_a_case_at_once_exactly_one_has_it(acompana):
    one = help.case()
    people = [factories.staff(f"Person{number}", acompana, Role.COORDINATOR) for number in range(8)]
    answers = at_once([lambda who=who: help.taken(one, by=who) for who in people])
    owner = Case.objects.get(pk=one.pk).owner
    assert owner in people
    assert [answer.owner for answer in answers] == [owner] * 8
    assert Event.objects.filter(subject=one.uuid, kind="case.acknowledged").count() == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_note_written_while_somebody_takes_the_case_does_not_undo_the_taking(acompana, tomas, rosa):
    one = help.case()
    with ExitStack() as meanwhile_rosa, transaction.atomic():
        help.taken(one, by=tomas)
        meanwhile_rosa.enter_context(meanwhile(lambda: cases.note(one, "x", by=factories.viewer(rosa), at=LATER)))
        wait_until_somebody_waits()
    one = Case.objects.get(pk=one.pk)
    assert (one.status, one.owner, one.notes.count()) == (CaseStatus.ACKNOWLEDGED, tomas, 1)
    assert engine(one).due_at == LATER + ANSWER_LASTS


# --- what an answer does to the pages --------------------------------------------------------------------------------


def test_an_answer_withdraws_the_pages_not_yet_sent(rota, tomas):
    one = help.case()
    escalation.step_due(at=AT)
    escalation.step_due(at=AT + timedelta(minutes=2))
    help.taken(one, by=tomas, at=LATER)
    assert [page.status for page in help.pages(one)] == [NotificationStatus.VOID] * 3


def test_an_answer_leaves_the_pages_of_other_cases(rota, tomas):
    one, other = help.case(), help.case()
    escalation.step_due(at=AT)
    help.taken(one, by=tomas)
    assert [page.status for page in help.pages(other)] == [NotificationStatus.OWED]


# --- notes and ends --------------------------------------------------------------------------------------------------


def test_a_note_is_kept_sealed_under_the_cases_key(acompana, tomas):
    one = help.taken(help.case(), by=tomas)
    written = cases.note(one, "Le llamé: va al hospital", by=factories.viewer(tomas), at=LATER)
    assert (written.data_key_id, written.by_user, written.at) == (one.data_key_id, tomas, LATER)
    assert one.notes.extra(select={"raw": "text"}).values_list("raw", flat=True)[0].startswith(f"{one.data_key_id}.")


def test_a_note_keeps_the_answer_alive(acompana, tomas, rosa):
    one = help.taken(help.case(), by=tomas)
    cases.note(one, "Le llamé", by=factories.viewer(rosa), at=LATER)
    assert engine(one).due_at == LATER + ANSWER_LASTS
    assert Case.objects.get(pk=one.pk).acted_at == LATER


def test_a_note_on_a_case_that_nobody_took_does_not_stop_the_calling(acompana, tomas):
    one = help.case()
    cases.note(one, "Lo vi", by=factories.viewer(tomas), at=LATER)
    assert (engine(one).status, engine(one).due_at) == (EscalationStatus.RUNNING, AT)


def test_resolving_says_how_it_ended_and_ends_the_calling(rota, tomas):
    one = help.taken(help.case(), by=tomas)
    one = cases.resolve(one, "helped", by=factories.viewer(tomas), at=LATER)
    assert (one.status, one.outcome, one.resolved_at) == (CaseStatus.RESOLVED, "helped", LATER)
    assert engine(one).status == EscalationStatus.ENDED
    assert escalation.step_due(at=AT + timedelta(days=30)) == 0


def test_a_case_may_be_resolved_before_anybody_took_it(rota, tomas):
    one = help.case()
    escalation.step_due(at=AT)
    cases.resolve(one, "false_alarm", by=factories.viewer(tomas), at=LATER)
    assert [page.status for page in help.pages(one)] == [NotificationStatus.VOID]


def test_a_case_ends_once(acompana, tomas):
    one = cases.resolve(help.case(), "helped", by=factories.viewer(tomas), at=AT)
    with pytest.raises(NotPossibleNow):
        cases.resolve(one, "declined", by=factories.viewer(tomas), at=LATER)
    assert Case.objects.get(pk=one.pk).outcome == "helped"


def test_taking_a_closed_case_does_not_open_it_again(acompana, tomas, rosa):
    one = cases.resolve(help.case(), "helped", by=factories.viewer(tomas), at=AT)
    assert help.taken(one, by=rosa, at=LATER).status == CaseStatus.RESOLVED
    assert engine(one).status == EscalationStatus.ENDED
