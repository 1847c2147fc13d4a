"""What a case is: every move that exists and none other, and every rule that the database keeps by itself."""

import itertools

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from navigation import moves
from navigation.models import (
    TRANSITIONS,
    Case,
    CaseStatus,
    Escalation,
    EscalationPolicy,
    EscalationStatus,
    EscalationStep,
    Intake,
    OnCallShift,
    Target,
    Tier,
)
from scheduling.models import DataKey
from scheduling.refusals import NotPossibleNow
from tests import factories
from tests.factories import AT, help


def standing(status: str, owner) -> Case:
    """A case that stands where the test wants it."""
    one = help.case()
    ended = {"resolved_at": AT, "outcome": "helped"} if status == CaseStatus.RESOLVED else {}
    Case.objects.filter(pk=one.pk).update(status=status, owner=owner, **ended)
    return Case.objects.get(pk=one.pk)


@pytest.mark.parametrize(("was", "to"), itertools.product(CaseStatus, CaseStatus))
def test_a_case_moves_only_along_the_table(acompana, tomas, was, to):
    one = standing(was, tomas)
    if to == CaseStatus.RESOLVED:
        one.resolved_at, one.outcome = AT, "helped"
    try:
        moves.move(one, to, by=factories.viewer(tomas), at=AT)
        moved = True
    except NotPossibleNow:
        moved = False
    assert moved == (to in TRANSITIONS[was])
    assert Case.objects.get(pk=one.pk).status == (to if moved else was)


def test_the_table_knows_every_status():
    assert set(TRANSITIONS) == set(CaseStatus)
    assert set().union(*TRANSITIONS.values()) <= set(CaseStatus)


def test_a_closed_case_has_no_way_back():
    assert TRANSITIONS[CaseStatus.RESOLVED] == frozenset()


# --- what the database refuses by itself -----------------------------------------------------------------------------


@pytest.fixture
def rows(acompana, tomas):
    """One row of each kind, as the verbs leave it."""
    help.case()
    help.on_call(tomas, acompana)
    help.policy(acompana, [(0, Target.ON_CALL)])
    Intake.objects.create(
        data_key=DataKey.objects.create(), holder="b", language="es", zone="America/Chicago", created_at=AT
    )


# Constraint → the row, and what nobody may ever write into it.
BROKEN = {
    "case_kind_known": (Case, {"kind": "boredom"}),
    "case_tier_known": (Case, {"tier": "purple"}),
    "case_status_known": (Case, {"status": "lost"}),
    "case_presence_known": (Case, {"present": "ghosts"}),
    "case_acknowledged_has_an_owner": (Case, {"status": CaseStatus.ACKNOWLEDGED, "owner": None}),
    "case_resolved_says_how": (Case, {"status": CaseStatus.RESOLVED, "resolved_at": AT, "outcome": ""}),
    "escalation_status_known": (Escalation, {"status": "asleep"}),
    "escalation_answered_says_when": (Escalation, {"status": EscalationStatus.ANSWERED, "answered_at": None}),
    "escalation_policy_tier_known": (EscalationPolicy, {"tier": "purple"}),
    "escalation_policy_repeats": (EscalationPolicy, {"repeat_after": 0}),
    "escalation_step_target_known": (EscalationStep, {"target": "the mayor"}),
    "intake_level_known": (Intake, {"level": "boring"}),
    "shift_ends_after_start": (OnCallShift, {"ends_at": AT}),
    "shift_rank_first_or_second": (OnCallShift, {"rank": 3}),
}


def _refused_by(write) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        write()
    return refused.value.__cause__.diag.constraint_name


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses_what_no_verb_would_write(rows, name):
    model, values = BROKEN[name]
    assert _refused_by(lambda: model.objects.update(**values)) == name


def test_an_organization_has_one_ladder_for_each_urgency(rows, acompana):
    twice = EscalationPolicy(organization=acompana, tier=Tier.RED, repeat_after=60, answer_expires_after=60)
    assert _refused_by(twice.save) == "escalation_policy_once"


@pytest.mark.parametrize("half", [{"resolved_at": AT}, {"outcome": "helped"}])
def test_a_case_that_goes_on_says_nothing_about_its_end(rows, half):
    assert _refused_by(lambda: Case.objects.update(**half)) == "case_resolved_says_how"


def test_an_answer_that_never_expires_is_refused(rows):
    forever = {"answer_expires_after": 0}
    assert _refused_by(lambda: EscalationPolicy.objects.update(**forever)) == "escalation_policy_repeats"


def test_every_constraint_is_tripped_once():
    models = apps.get_app_config("navigation").get_models()
    constraints = [rule for model in models for rule in model._meta.constraints]
    assert {type(rule) for rule in constraints} == {CheckConstraint, UniqueConstraint}
    assert {rule.name for rule in constraints} == set(BROKEN) | {"escalation_policy_once"}
