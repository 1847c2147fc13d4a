"""Opening a case, and adding to it: nobody is left alone between the two."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from navigation import cases, escalation
from navigation.models import CODE_LETTERS, Case, CaseKind, CaseStatus, Escalation, EscalationStatus, Tier
from scheduling.models import DataKey, Event, Patient, phone_hash
from scheduling.refusals import NotFound
from tests import factories
from tests.factories import AT, MAKER, help

LATER = AT + timedelta(minutes=3)


def tell(one: Case, at=LATER, **known) -> Case:
    return cases.tell_more(one, help.report(**known), by=factories.viewer(at=at), at=at)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_case_is_born_with_somebody_due_to_be_called_at_once(acompana):
    engine = help.case().escalation
    assert (engine.status, engine.step, engine.due_at) == (EscalationStatus.RUNNING, 0, AT)


def test_a_case_whose_calling_cannot_begin_is_not_kept(acompana, monkeypatch):
    def broken(case, *, at):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(escalation, "start", broken)
    with pytest.raises(RuntimeError):
        help.case()
    assert not Case.objects.exists()


def test_the_database_refuses_a_calling_without_a_time(acompana):
    help.case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.update(due_at=None)


def test_opening_is_recorded_with_codes_alone(acompana, lupita):
    one = help.case(by=factories.viewer(factories.user_of(lupita)), flags=["CHEST"], place="Rancho El Sol")
    event = Event.objects.get(subject=one.uuid)
    assert (event.kind, event.by_user, event.organization) == ("case.opened", factories.user_of(lupita), acompana)
    assert event.codes == {"tier": "red", "matter": "medical", "flags": ["CHEST"]}


def test_flags_are_kept_once_each(acompana):
    assert help.case(flags=["CHEST", "AIR", "CHEST"]).flags == ["AIR", "CHEST"]


# --- codes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tier", Tier)
def test_the_code_says_how_urgent_it_is(acompana, tier):
    one = help.case(tier=tier)
    assert re.fullmatch(rf"{CODE_LETTERS[tier]}-[1-9]\d{{3}}", one.code)


def test_each_urgency_has_a_letter_of_its_own():
    assert len(set(CODE_LETTERS.values())) == len(Tier)


def test_two_cases_never_share_a_code(acompana):
    codes = [help.case().code for _ in range(12)]
    assert len(set(codes)) == 12


def test_codes_grow_a_digit_when_four_are_crowded(acompana, monkeypatch):
    monkeypatch.setattr(cases.secrets, "randbelow", lambda sides: 0)
    assert [help.case().code, help.case().code] == ["R-1000", "R-10000"]


def test_the_database_refuses_a_code_twice(acompana):
    one, other = help.case(), help.case()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=other.pk).update(code=one.code)


# --- what identifies somebody ----------------------------------------------------------------------------------------

SECRETS = {"callback": help.PHONE, "place": "Rancho El Sol", "preferred_name": "Lupita"}


def _row(one: Case) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM navigation_case c WHERE id = %s", [one.pk])
        return cursor.fetchone()[0]


def test_what_identifies_somebody_lies_sealed(acompana):
    one = help.case(**SECRETS)
    assert not [secret for secret in SECRETS.values() if secret in _row(one)]


def test_whoever_may_see_it_reads_what_was_said(acompana):
    one = Case.objects.get(pk=help.case(**SECRETS).pk)
    assert {name: getattr(one, name) for name in SECRETS} == SECRETS


def test_a_number_is_found_again_without_being_readable(acompana):
    one = help.case(**SECRETS)
    assert list(Case.objects.filter(callback_hash=phone_hash(help.PHONE))) == [one]


def test_destroying_a_cases_key_forgets_that_case_alone(acompana):
    forgotten, kept = help.case(**SECRETS), help.case(**SECRETS)
    DataKey.objects.filter(pk=forgotten.data_key_id).update(sealed=None, destroyed_at=LATER)
    assert Case.objects.get(pk=forgotten.pk).place == ""
    assert Case.objects.get(pk=kept.pk).place == "Rancho El Sol"


def test_a_case_never_borrows_the_key_of_who_reported_it(acompana, lupita: Patient):
    one = help.case(by=factories.viewer(factories.user_of(lupita)), callback=lupita.phone)
    assert one.data_key_id != lupita.data_key_id


# --- what is told next -----------------------------------------------------------------------------------------------


def test_what_is_told_next_is_added(acompana):
    one = help.case(place="Rancho El Sol", flags=["AIR"])
    tell(one, callback=help.PHONE, present="alone", flags=["CHEST"])
    one = Case.objects.get(pk=one.pk)
    assert (one.place, one.callback, one.present) == ("Rancho El Sol", help.PHONE, "alone")
    assert one.flags == ["AIR", "CHEST"]


def test_what_is_told_next_is_recorded_by_the_names_of_its_fields(acompana):
    one = help.case()
    tell(one, callback=help.PHONE, place="Rancho El Sol")
    assert Event.objects.get(subject=one.uuid, kind="case.told_more").codes == {"fields": ["place", "callback"]}


def test_screens_notice_what_is_told_next(acompana):
    one = help.case()
    assert tell(one).version > one.version


@pytest.mark.parametrize("told", list(Tier))
@pytest.mark.parametrize("was", list(Tier))
def test_a_case_becomes_more_urgent_but_never_less(acompana, was, told):
    urgency = [Tier.RED, Tier.ORANGE, Tier.FUNERAL, Tier.FOLLOW_UP]
    one = tell(help.case(tier=was), tier=told)
    assert one.tier == min(was, told, key=urgency.index)


def test_a_case_that_becomes_more_urgent_climbs_its_new_ladder_from_the_first_step(rota):
    one = help.case(tier=Tier.FOLLOW_UP, kind=CaseKind.HELP)
    escalation.step_due(at=AT)
    tell(one, at=LATER, tier=Tier.RED)
    escalation.step_due(at=LATER)
    escalation.step_due(at=LATER + timedelta(minutes=2))
    assert help.calls(one) == [(0, ["Tomas"]), (3, ["Tomas"]), (5, ["Tomas", "Rosa"])]


def test_what_is_no_more_urgent_leaves_the_ladder_where_it_was(rota):
    one = help.case()
    escalation.step_due(at=AT)
    tell(one, at=LATER, tier=Tier.ORANGE)
    assert Escalation.objects.get(case=one).step == 1


def test_a_taken_case_that_turns_into_danger_is_called_out_again(rota, tomas, rosa):
    one = help.taken(help.case(tier=Tier.ORANGE, kind=CaseKind.VIOLENCE), by=tomas)
    told = tell(one, at=LATER, tier=Tier.RED)
    assert (told.status, told.owner, told.kind) == (CaseStatus.OPEN, None, CaseKind.MEDICAL)
    assert escalation.step_due(at=LATER) == 1
    assert help.taken(told, by=rosa, at=LATER).owner == rosa


def test_danger_told_about_a_closed_case_opens_another(rota, tomas):
    closed = cases.resolve(help.case(), "helped", by=factories.viewer(tomas), at=AT)
    other = tell(closed, at=LATER, callback=help.PHONE)
    assert other.pk != closed.pk
    assert (other.status, other.organization, other.escalation.due_at) == (CaseStatus.OPEN, rota, LATER)
    assert Case.objects.get(pk=closed.pk).status == CaseStatus.RESOLVED


def test_a_system_opens_cases_under_its_own_name(acompana):
    one = cases.open(help.report(), by=MAKER, at=AT)
    assert Event.objects.get(subject=one.uuid).by_system == "tests"


def test_nobody_unknown_may_write_about_a_case(acompana):
    with pytest.raises(NotFound):
        cases.note(help.case(), "x", by=factories.viewer(), at=AT)
