"""Telling what one needs: danger opens a case at once, and what was said is readable to nobody else."""

from datetime import timedelta

import pytest
from django.db import connection

from navigation import cases, intake
from navigation.models import Case, CaseKind, CaseStatus, Intake, Level, Tier
from scheduling.access import Viewer
from scheduling.models import Event
from tests import factories
from tests.factories import AT, help

pytestmark = pytest.mark.usefixtures("acompana")
BROWSER = Viewer(at=AT, holder="lupita's browser")
LATER = AT + timedelta(minutes=2)
KNEE, CHEST = "Quiero una cita para mi rodilla", "Me duele mucho el pecho y no puedo respirar"


def begun(text: str = KNEE, **known) -> Intake:
    known = {"language": "es", "state": "TX", "zone": "America/Chicago", "by": BROWSER, "at": AT} | known
    return intake.begin(text, **known)


def answered(one: Intake, **answers: str) -> Intake:
    return intake.answer(one, answers, by=BROWSER, at=LATER)


# --- what opens a case -----------------------------------------------------------------------------------------------


def test_words_without_danger_open_no_case():
    one = begun()
    assert (one.level, one.case, Case.objects.count()) == (Level.ROUTINE, None, 0)


def test_words_that_tell_of_danger_open_a_case_at_once():
    one = begun(CHEST)
    assert (one.level, one.case.tier, one.case.kind) == (Level.EMERGENCY, Tier.RED, CaseKind.MEDICAL)
    assert one.case.escalation.due_at == AT


def test_the_case_knows_what_was_found_and_whom_they_were_told_to_call():
    one = begun(CHEST, state="NM", language="mxb").case
    assert ("CHEST" in one.flags, one.told_to_call, one.state, one.language) == (True, "911", "NM", "mxb")


def test_a_death_in_the_family_has_an_urgency_of_its_own():
    one = begun("Murió mi papá anoche").case
    assert (one.kind, one.tier) == (CaseKind.FUNERAL, Tier.FUNERAL)


def test_a_death_with_a_life_in_danger_is_a_life_in_danger():
    assert begun("Murió mi papá anoche y a mí me duele mucho el pecho").case.tier == Tier.RED


@pytest.mark.parametrize("said", ["yes", "unsure"])
def test_a_yes_and_a_doubt_open_a_case(said):
    one = answered(begun(), CHEST=said)
    assert (one.case.tier, one.flags, one.answered_at) == (Tier.RED, ["CHEST"], LATER)


def test_no_to_everything_opens_no_case():
    one = answered(begun(), CHEST="no", AIR="no", SOS="no")
    assert (one.level, one.case) == (Level.ROUTINE, None)


def test_a_question_that_a_deployment_switched_off_opens_no_case(settings):
    settings.RED_FLAGS_OFF = ["CHEST"]
    assert answered(begun(), CHEST="yes").case is None


# --- answering again -------------------------------------------------------------------------------------------------


def test_answering_again_adds_to_the_same_case():
    first = answered(begun(), CHEST="yes")
    again = answered(first, AIR="yes")
    assert again.case == first.case
    assert again.case.flags == ["AIR", "CHEST"]
    assert Case.objects.count() == 1


def test_what_was_answered_before_still_counts():
    one = answered(answered(begun(), CHEST="no"), AIR="no")
    assert intake.given(one) == {"CHEST": "no", "AIR": "no"}


def test_taking_a_yes_back_does_not_take_the_case_back():
    one = answered(answered(begun(), CHEST="yes"), CHEST="no")
    assert (one.level, one.case.status) == (Level.ROUTINE, CaseStatus.OPEN)


def test_a_worse_answer_makes_the_case_more_urgent():
    one = answered(begun(), VIOLENCE="yes")
    assert (one.case.tier, one.case.told_to_call) == (Tier.ORANGE, "1-800-799-7233")
    one = answered(one, VIOL="yes")
    assert (one.case.tier, one.case.told_to_call) == (Tier.RED, "911")


def test_danger_after_the_case_was_closed_opens_another(tomas):
    one = answered(begun(), CHEST="yes")
    closed = cases.resolve(one.case, "helped", by=factories.viewer(tomas), at=AT)
    again = answered(one, AIR="yes")
    assert (again.case != closed, again.case.status) == (True, CaseStatus.OPEN)


# --- what is kept, and for whom --------------------------------------------------------------------------------------


def test_words_and_answers_lie_sealed():
    one = answered(begun(), CHEST="no")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM navigation_intake i WHERE id = %s", [one.pk])
        [row] = cursor.fetchone()
    assert "rodilla" not in row
    assert "CHEST" not in row


def test_words_and_answers_are_read_again_by_those_who_may():
    kept = Intake.objects.get(pk=answered(begun(), CHEST="no").pk)
    assert (kept.text, intake.given(kept)) == (KNEE, {"CHEST": "no"})


def test_another_browser_sees_nothing_of_it():
    one = begun()
    seen = [
        Intake.objects.visible_to(viewer).filter(pk=one.pk).exists()
        for viewer in (BROWSER, Viewer(at=AT, holder="another browser"), Viewer(at=AT), Viewer())
    ]
    assert seen == [True, False, False, False]


def test_without_a_browser_of_ones_own_an_intake_without_one_is_not_seen():
    begun(by=Viewer(at=AT))
    assert not Intake.objects.visible_to(Viewer(at=AT)).exists()


def test_each_judgement_is_recorded_with_its_level_alone():
    one = answered(begun(), CHEST="yes")
    events = Event.objects.filter(subject=one.uuid).order_by("pk")
    assert [(event.kind, event.at, event.codes) for event in events] == [
        ("intake.judged", AT, {"level": "routine"}),
        ("intake.judged", LATER, {"level": "emergency"}),
    ]


def test_who_is_signed_in_finds_their_case_again(lupita):
    user = factories.user_of(lupita)
    one = begun(CHEST, by=factories.viewer(user))
    assert one.case.opened_by == user


# --- urgency ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "tier"),
    [(CaseKind.MEDICAL, Tier.RED), (CaseKind.FUNERAL, Tier.FUNERAL), (CaseKind.HELP, Tier.FOLLOW_UP)]
    + [(kind, Tier.ORANGE) for kind in CaseKind if kind not in (CaseKind.MEDICAL, CaseKind.FUNERAL, CaseKind.HELP)],
)
def test_a_kind_alone_is_taken_as_urgent_as_it_can_be(kind, tier):
    assert intake.tier_of_kind(kind) == tier


@pytest.mark.parametrize(("language", "spoken"), [("en", "en"), ("es", "es"), ("mxb", "es"), ("", "es")])
def test_who_speaks_neither_of_our_languages_is_spoken_to_in_spanish(language, spoken):
    assert intake.speaks(language) == spoken


def test_judging_costs_a_fixed_number_of_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        help.case()
    with django_assert_max_num_queries(24):
        begun(CHEST)
