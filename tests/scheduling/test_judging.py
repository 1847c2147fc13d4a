"""Who fits a question, judged all at once: one reason for each, and how far interpreters reach."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import eligibility
from scheduling.eligibility import Group
from scheduling.matching import Reason
from scheduling.models import Clinician, Interpreter, Licence, PracticeStatus, VisitType
from tests import factories
from tests.factories import AT, DAY, criteria

# --- how far interpreters reach --------------------------------------------------------------------------------------

LANGUAGES = ["es", "en", "nah", "mix", "quc", "fr"]
tongues = st.sets(st.sampled_from(LANGUAGES), min_size=1, max_size=3).map(frozenset)
voices = st.lists(st.builds(lambda spoken: Group(spoken, 1, [1]), tongues), max_size=5)


def by_hand(own, groups, most):
    """Return the languages that at the most so many people in a row bring it into, trying every row."""
    found = set()
    for length in range(1, most + 1):
        for row in product(groups, repeat=length):
            heard = own
            for voice in row:
                heard = voice.languages if voice.languages & heard else frozenset()
            found |= heard
    return frozenset(found) - own


@given(tongues, voices)
def test_one_interpreter_reaches_what_somebody_speaks_beside_it(own, groups):
    assert eligibility.directly(own, groups) == by_hand(own, groups, 1)


@given(tongues, voices)
def test_a_relay_reaches_what_two_in_a_row_do(own, groups):
    assert eligibility.reach(own, groups) == by_hand(own, groups, 2)


@given(tongues, voices, voices)
def test_one_interpreter_more_never_reaches_less(own, groups, more):
    assert eligibility.reach(own, groups) <= eligibility.reach(own, [*groups, *more])
    assert eligibility.directly(own, groups) <= eligibility.reach(own, groups)


@given(voices)
def test_who_said_no_language_needs_nobody(groups):
    assert eligibility.reach([], groups) == frozenset()


# --- the judgement ---------------------------------------------------------------------------------------------------


@pytest.fixture
def judge(consulta):
    def ask(only=None, **wanted):
        return eligibility.judge(criteria(**wanted), VisitType.objects.get(code="consulta-video"), only)

    return ask


def becomes(**fields):
    return lambda: Clinician.objects.update(**fields)


LICENCE = Licence.objects
WRONG = {
    Reason.SPECIALTY: becomes(specialties=["dental"]),
    Reason.MODALITY: becomes(modalities=["phone"]),
    Reason.NO_LICENCE: lambda: LICENCE.update(state="CA"),
    Reason.LANGUAGE: becomes(languages=["fr"]),
    Reason.AGE: becomes(min_age=60),
}


def test_who_fits_is_named_and_refused_for_nothing(judge, dr_ramos):
    judged = judge(age=30)
    assert (judged.actors, judged.refusals, judged.unheard) == ([dr_ramos.actor_id], {}, [])


@pytest.mark.parametrize("reason", WRONG)
def test_whoever_does_not_fit_is_counted_under_the_reason(judge, dr_ramos, reason):
    WRONG[reason]()
    judged = judge(age=30)
    assert (judged.actors, judged.refusals) == ([], {reason: 1})


@pytest.mark.parametrize(
    ("first", "second"),
    [pair for pair in product(WRONG, WRONG) if list(WRONG).index(pair[0]) < list(WRONG).index(pair[1])],
)
def test_of_two_reasons_the_first_counts_and_only_that(judge, dr_ramos, first, second):
    WRONG[second](), WRONG[first]()
    assert judge(age=30).refusals == {first: 1}


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        (lambda: LICENCE.update(verified_at=None, verified_by=None, source=""), False),
        (lambda: LICENCE.update(expires_on=AT.date()), False),
        (lambda: LICENCE.update(expires_on=AT.date() + DAY), True),
        (lambda: LICENCE.update(country="MX", state=""), False),
        (lambda: LICENCE.all().delete(), False),
    ],
    ids=["nobody looked at it", "ends today", "ends tomorrow", "of another country", "none"],
)
def test_only_a_licence_that_was_looked_at_and_holds_counts(judge, dr_ramos, change, fits):
    change()
    assert bool(judge().actors) is fits


@pytest.mark.parametrize(("age", "fits"), [(None, True), (17, False), (18, True), (65, True), (66, False)])
def test_an_age_is_within_both_ends(judge, dr_ramos, age, fits):
    Clinician.objects.update(min_age=18, max_age=65)
    assert bool(judge(age=age).actors) is fits


@pytest.mark.parametrize("status", [status for status in PracticeStatus.values if status != "approved"])
def test_whoever_is_not_approved_is_not_even_refused(judge, dr_ramos, status):
    Clinician.objects.update(status=status)
    assert (judge().actors, judge().refusals) == ([], {})


def test_in_any_language_everybody_is_heard(judge, dr_ramos):
    Clinician.objects.update(languages=["fr"])
    assert judge(language="").actors == [dr_ramos.actor_id]
    assert judge(language="es").refusals == {Reason.LANGUAGE: 1}


def test_orientation_asks_for_no_licence(judge, dr_ramos):
    LICENCE.all().delete()
    VisitType.objects.update(care="orientation")
    assert judge().actors == [dr_ramos.actor_id]


def test_only_those_who_are_asked_about_are_judged(judge, dr_ramos, acompana, elena):
    vega = factories.clinician("Vega", acompana, elena)
    assert set(judge().actors) == {dr_ramos.actor_id, vega.actor_id}
    assert judge(only=[vega.actor_id]).actors == [vega.actor_id]
    assert judge(clinician=dr_ramos.uuid).actors == [dr_ramos.actor_id]
    assert judge(only=[]).actors == []


def test_many_are_judged_in_one_question(judge, dr_ramos, acompana, elena, nayeli, django_assert_num_queries):
    for name in ("Vega", "Luna", "Sol"):
        factories.clinician(name, acompana, elena)
    asked = criteria(), VisitType.objects.get(code="consulta-video")
    with django_assert_num_queries(1):
        assert len(eligibility.judge(*asked).actors) == 4


# --- whom an interpreter brings within reach -------------------------------------------------------------------------


@pytest.fixture
def only_french(dr_ramos):
    Clinician.objects.update(languages=["fr"])
    return dr_ramos


def speaks(acompana, elena, *rows):
    for number, languages in enumerate(rows):
        factories.interpreter(f"Voice{number}", acompana, elena, languages)


@pytest.mark.parametrize(
    ("rows", "reached"),
    [
        ([["es", "fr"]], True),
        ([["es", "en"], ["en", "fr"]], True),
        ([["es", "en"], ["nah", "fr"]], False),
        ([["en", "fr"]], False),
        ([["es", "en"], ["en", "nah"], ["nah", "fr"]], False),
    ],
    ids=["one", "a relay", "no common language", "nobody who hears", "three would be needed"],
)
def test_a_language_is_no_reason_against_whom_interpreters_reach(judge, only_french, acompana, elena, rows, reached):
    speaks(acompana, elena, *rows)
    judged = judge()
    assert [group.actors for group in judged.unheard] == ([[only_french.actor_id]] if reached else [])
    assert judged.refusals == ({} if reached else {Reason.LANGUAGE: 1})


def test_whom_they_reach_must_still_be_of_the_right_age(judge, only_french, acompana, elena):
    speaks(acompana, elena, ["es", "fr"])
    Clinician.objects.update(min_age=60)
    judged = judge(age=30)
    assert (judged.unheard, judged.refusals) == ([], {Reason.AGE: 1})


def test_an_interpreter_who_is_not_approved_reaches_nobody(judge, only_french, acompana, elena):
    speaks(acompana, elena, ["es", "fr"])
    Interpreter.objects.update(status="applied")
    assert judge().refusals == {Reason.LANGUAGE: 1}
