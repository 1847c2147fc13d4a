"""How a case is shown: who is told what in words, and never more than they may know."""

from datetime import timedelta

import pytest
from django.utils import translation

from navigation import cases, escalation, shown
from navigation.models import Case, CaseKind, Tier
from navigation.triage import page
from navigation.triage.flags import book
from scheduling import notifications
from scheduling.models import Queue
from tests import factories
from tests.factories import AT, help

LATER = AT + timedelta(minutes=3)
SECRETS = {"callback": "+17135550142", "place": "Rancho El Sol", "preferred_name": "Lupita", "present": "alone"}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def plain(words: str) -> str:
    """Return words with spaces that break."""
    return words.replace("\u00a0", " ")


def card(one: Case, asker=None, at=AT) -> shown.Card:
    one = Case.objects.for_board().get(pk=one.pk)
    return shown.for_board(one, shown.paged([one]), asker or factories.viewer(), at)


# --- to programs -----------------------------------------------------------------------------------------------------


def test_a_card_for_programs_names_nobody_but_who_has_the_case(acompana, tomas):
    one = help.taken(help.case(flags=["CHEST"], **SECRETS), by=tomas, at=LATER)
    assert shown.card(one) == {
        "code": one.code,
        "id": str(one.uuid),
        "kind": "medical",
        "tier": "red",
        "status": "acknowledged",
        "flags": ["CHEST"],
        "organization": "acompana",
        "owner": {"id": str(tomas.uuid), "name": "Tomas"},
        "opened_at": "2026-06-08T14:00:00+00:00",
        "acted_at": "2026-06-08T14:03:00+00:00",
        "version": one.version,
    }


def test_who_asks_learns_whether_the_case_is_theirs(acompana, tomas, rosa):
    one = help.taken(help.case(), by=tomas)
    assert [shown.card(one, factories.viewer(who))["yours"] for who in (tomas, rosa, None)] == [True, False, False]


def test_the_timeline_says_what_happened_and_by_whom_in_order(rota, tomas):
    one = help.case()
    escalation.step_due(at=AT)
    help.taken(one, by=tomas, at=LATER)
    told = [(entry["kind"], entry["by"]) for entry in shown.timeline(one)]
    assert told == [("case.opened", "public"), ("case.paged", "escalation"), ("case.acknowledged", "Tomas")]


def test_the_timeline_says_when_it_was_somebody_who_holds_the_link(acompana):
    one = help.case()
    cases.tell_more(one, help.report(), by=help.with_link(one), at=LATER)
    assert [entry["by"] for entry in shown.timeline(one)] == ["public", "link"]


# --- on the board ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (48 * 3600 - 1, "47 h"),
        (48 * 3600, "2 days"),
    ],
)
def test_a_stretch_of_time_is_said_in_the_unit_a_person_would_use(seconds, words):
    assert plain(shown.span(timedelta(seconds=seconds))) == words


@pytest.mark.parametrize("tier", Tier)
def test_each_urgency_has_a_tone_and_an_icon_of_its_own(tier):
    assert len(set(shown.TONES.values())) == len(set(shown.ICONS.values())) == len(Tier)
    assert shown.TONES[tier] != shown.ICONS[tier]


def test_a_card_says_how_long_nobody_has_done_anything(acompana):
    assert plain(card(help.case(), at=LATER).waiting) == "3 min"


NEXT = [
    (0, "In 0 s whoever is on call is called"),
    (1, "In 2 min the second coordinator is called too"),
    (2, "In 3 min all coordinators are called"),
    (3, "In 3 min the last-resort group is called"),
    (4, "In 3 min the last-resort group is called"),
]


@pytest.mark.parametrize(("turns", "words"), NEXT)
def test_a_card_says_what_happens_next_and_when(rota, turns, words):
    one, at = help.case(), AT
    for _ in range(turns):
        at = one.escalation.due_at
        escalation.step_due(at=at)
        one = Case.objects.for_board().get(pk=one.pk)
    assert plain(card(one, at=at).next_step) == words


def test_an_answered_card_says_when_it_rings_again(rota, tomas):
    one = help.taken(help.case(), by=tomas)
    assert plain(card(one, at=LATER).next_step) == "In 7 min it rings again, if nothing is written down"


def test_a_card_says_who_was_called_and_what_became_of_the_message(rota, outbox):
    one = help.case()
    escalation.step_due(at=AT)
    assert card(one).paged == ["Tomas: on its way"]
    notifications.deliver_due(Queue.PAGES, at=AT)
    assert card(one).paged == ["Tomas: sent"]


def test_somebody_called_twice_is_named_once_with_the_last_message(rota, tomas, outbox):
    one = help.case()
    escalation.step_due(at=AT)
    outbox.messages()
    escalation.step_due(at=AT + timedelta(minutes=2))
    help.taken(one, by=tomas, at=LATER)
    assert card(one).paged == ["Tomas: withdrawn", "Rosa: withdrawn"]


def test_a_card_is_mine_when_i_have_the_case(acompana, tomas, rosa):
    one = help.taken(help.case(), by=tomas)
    assert [card(one, factories.viewer(who)).mine for who in (tomas, rosa, None)] == [True, False, False]
    assert (card(one).alone, card(help.case()).alone) == (False, True)


# --- to those who work on it, and to those who wait ------------------------------------------------------------------


def test_the_history_is_in_words_newest_first(rota, tomas):
    one = help.case(tier=Tier.ORANGE, kind=CaseKind.VIOLENCE)
    escalation.step_due(at=AT)
    one = help.taken(one, by=tomas)
    cases.tell_more(one, help.report(), by=factories.viewer(), at=LATER)
    one = help.taken(one, by=tomas, at=LATER)
    escalation.step_due(at=LATER + timedelta(minutes=10))
    cases.note(one, "x", by=factories.viewer(tomas), at=LATER)
    cases.resolve(one, "helped", by=factories.viewer(tomas), at=LATER)
    words = [entry["words"] for entry in shown.history(one)]
    assert words[:2] == ["Tomas closed the case", "Tomas wrote a note"]
    assert words[-1] == "The case was opened"
    assert not [said for said in words if said.startswith("case.")]


def test_who_waits_learns_whose_telephone_rings(rota):
    one = help.case()
    assert shown.being_called(one) == ""
    escalation.step_due(at=AT)
    assert shown.being_called(one) == "Tomas"


def test_who_waits_is_told_of_nobody_while_nobody_can_be_called(acompana):
    one = help.case()
    escalation.step_due(at=AT)
    assert shown.being_called(one) == ""


def test_the_numbers_and_the_advice_are_those_of_the_cases_flags(acompana):
    calls, advice = shown.actions(help.case(flags=["SUI", "REBOOK"]), "en")
    assert "988" in [action.number for action in calls]
    assert [action.number for action in advice] == [None]


def test_a_case_without_flags_has_no_advice_of_its_own(acompana):
    assert shown.actions(help.case(), "es") == ([], [])


def test_signs_are_shown_in_the_few_words_of_the_page_that_asks(acompana):
    assert shown.signs(help.case(flags=["CHEST"]), "es") == ["Dolor o presión en el pecho"]
    [english] = shown.signs(help.case(flags=["CHEST"]), "en")
    assert "chest" in english.lower()


def test_a_sign_that_page_never_asks_is_shown_in_the_words_of_its_question(acompana):
    asked = dict(page.signs("es"))
    flag = next(flag for flag in book().flags if flag.code not in asked)
    assert shown.signs(help.case(flags=[flag.code]), "es") == [flag.question.text["es"]]


def test_finding_who_was_called_costs_two_queries_for_all_cards(rota, django_assert_num_queries):
    every = [help.case() for _ in range(4)]
    escalation.step_due(at=AT)
    with django_assert_num_queries(2):
        assert len(shown.paged(every)) == 4
