"""Limits, notice, extra hours, pauses and clocks as they are typed: what is understood, kept, and told to be wrong."""

from datetime import date

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduling.schedules import RANGES, Terms
from scheduling.views.terms_forms import (
    HORIZONS,
    NOTICES,
    DayOffForm,
    ExtraForm,
    PauseForm,
    TermsForm,
    ZoneForm,
)
from scheduling.weeks import MINUTES_OF_A_WEEK

NOW = Terms(notice_minutes=45, horizon_days=10)


@pytest.fixture(autouse=True)
def in_spanish():
    with translation.override("es"):
        yield


def shown(terms):
    """Return what the page shows of terms, as a browser sends it back."""
    form = TermsForm(terms=terms)
    return {name: "" if form[name].value() is None else str(form[name].value()) for name in form.fields}


def sent(terms=NOW, **typed):
    form = TermsForm(shown(terms) | typed, terms=terms)
    form.is_valid()
    return form


whole_terms = st.builds(
    Terms,
    **{
        name: st.one_of(st.none(), st.integers(allowed.start, allowed.stop - 1))
        if name.startswith(("visits", "minutes"))
        else st.integers(allowed.start, allowed.stop - 1)
        for name, allowed in RANGES.items()
    }
    | {"minutes_a_week": st.one_of(st.none(), st.integers(15, MINUTES_OF_A_WEEK))},
)

# --- how much --------------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(whole_terms)
def test_saving_what_is_shown_changes_nothing(terms):
    form = sent(terms)
    assert form.errors == {}
    assert form.terms() == terms


@settings(max_examples=30)
@given(st.integers(15, MINUTES_OF_A_WEEK))
@example(44)
def test_a_weeks_minutes_survive_being_shown_as_hours(minutes):
    terms = Terms(minutes_a_week=minutes)
    assert sent(terms).terms().minutes_a_week == minutes


@pytest.mark.parametrize(
    ("hours", "minutes"), [("", None), ("0.25", 15), ("1", 60), ("2.5", 150), ("1.33", 80), ("168", 168 * 60)]
)
def test_hours_a_week_are_minutes(hours, minutes):
    assert sent(hours_a_week=hours).terms().minutes_a_week == minutes


@pytest.mark.parametrize("hours", ["0", "-1", "169", "NaN", "Infinity", "2,5", "dos", "1e9", "0.001"])
def test_hours_nobody_can_give_are_refused(hours):
    assert set(sent(hours_a_week=hours).errors) == {"hours_a_week"}


WHOLE = ["rest_minutes", "before_minutes", "after_minutes", "visits_a_day", "visits_a_week"]


@pytest.mark.parametrize("name", WHOLE)
def test_the_form_takes_what_the_verb_takes_and_no_more(name):
    low, high = RANGES[name].start, RANGES[name].stop - 1
    assert not sent(**{name: str(low)}).errors
    assert not sent(**{name: str(high)}).errors
    assert set(sent(**{name: str(low - 1)}).errors) == {name}
    assert set(sent(**{name: str(high + 1)}).errors) == {name}


@pytest.mark.parametrize("name", ["rest_minutes", "before_minutes", "after_minutes"])
def test_minutes_are_written_down_also_when_there_are_none(name):
    assert set(sent(**{name: ""}).errors) == {name}
    assert getattr(sent(**{name: "0"}).terms(), name) == 0


@pytest.mark.parametrize("name", ["visits_a_day", "visits_a_week", "hours_a_week"])
def test_a_limit_left_empty_is_no_limit(name):
    terms = Terms(minutes_a_week=60, visits_a_day=1, visits_a_week=1)
    field = "minutes_a_week" if name == "hours_a_week" else name
    assert getattr(sent(terms, **{name: ""}).terms(), field) is None


@pytest.mark.parametrize("name", [*WHOLE, "hours_a_week"])
@pytest.mark.parametrize(("language", "word"), [("es", "Escriba"), ("en", "Write")])
def test_nonsense_is_told_in_the_readers_language(name, language, word):
    with translation.override(language):
        assert word in str(sent(**{name: "x"}).errors[name])


# --- notice and horizon ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "choices"), [("notice_minutes", NOTICES), ("horizon_days", HORIZONS)])
def test_what_holds_now_is_among_the_choices_in_order(name, choices):
    offered = [int(value) for value, _ in TermsForm(terms=NOW).fields[name].choices]
    assert offered == sorted({*choices, getattr(NOW, name)})


@pytest.mark.parametrize("name", ["notice_minutes", "horizon_days"])
@pytest.mark.parametrize("value", ["", "7777", "-1", "x", "28.0"])
def test_a_choice_that_was_not_offered_is_refused(name, value):
    assert set(sent(**{name: value}).errors) == {name}


@pytest.mark.parametrize(
    ("minutes", "spanish", "english"),
    [
        (0, "Hasta que empieza", "Until it begins"),
        (1, "1 minuto antes", "1 minute before"),
        (45, "45 minutos antes", "45 minutes before"),
        (60, "1 hora antes", "1 hour before"),
        (2880, "48 horas antes", "48 hours before"),
    ],
)
def test_notice_is_said_in_words(minutes, spanish, english):
    for language, words in (("es", spanish), ("en", english)):
        with translation.override(language):
            said = dict(TermsForm(terms=Terms(notice_minutes=minutes)).fields["notice_minutes"].choices)
        assert words in said[minutes]


@pytest.mark.parametrize(
    ("days", "spanish", "english"),
    [(1, "1 día", "1 day"), (10, "10 días", "10 days"), (7, "1 semana", "1 week"), (84, "12 semanas", "12 weeks")],
)
def test_the_horizon_is_said_in_words(days, spanish, english):
    for language, words in (("es", spanish), ("en", english)):
        with translation.override(language):
            said = dict(TermsForm(terms=Terms(horizon_days=days)).fields["horizon_days"].choices)
        assert said[days] == words


# --- once, and not now -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "end"),
    [
        ("10:00", "12:00", "2026-06-09 12:00"),
        ("22:00", "01:00", "2026-06-10 01:00"),
        ("10:00", "00:00", "2026-06-10 00:00"),
        ("00:00", "23:59", "2026-06-09 23:59"),
    ],
)
def test_extra_hours_that_end_before_they_start_end_the_next_day(starts, ends, end):
    form = ExtraForm({"day": "2026-06-09", "starts": starts, "ends": ends})
    assert form.is_valid()
    assert f"{form.span()[1]:%Y-%m-%d %H:%M}" == end


@pytest.mark.parametrize("name", ["day", "starts", "ends"])
def test_extra_hours_want_all_three(name):
    typed = {"day": "2026-06-09", "starts": "10:00", "ends": "12:00"} | {name: ""}
    assert set(ExtraForm(typed).errors) == {name}


@pytest.mark.parametrize("until", ["2026-06-31", "0001-01-01", "9999-12-31", "mañana", "06/12/26x"])
def test_a_pause_ends_on_a_day_of_the_calendar(until):
    assert set(PauseForm({"until": until}).errors) == {"until"}


def test_a_pause_needs_no_end():
    form = PauseForm({"until": ""})
    assert form.is_valid()
    assert form.cleaned_data["until"] is None


@pytest.mark.parametrize(("last", "until"), [("", date(2026, 6, 9)), ("2026-06-12", date(2026, 6, 12))])
def test_a_day_off_without_an_end_is_one_day(last, until):
    form = DayOffForm({"first": "2026-06-09", "last": last})
    assert form.is_valid()
    assert form.cleaned_data["last"] == until


@pytest.mark.parametrize(
    ("first", "last", "field"), [("2026-06-09", "2026-06-08", "last"), ("", "2026-06-08", "first")]
)
def test_a_wrong_day_off_is_told_once(first, last, field):
    assert set(DayOffForm({"first": first, "last": last}).errors) == {field}


@pytest.mark.parametrize("zone", ["", "America/Nowhere", "UTC", "america/chicago"])
def test_only_clocks_of_the_list_are_chosen(zone):
    form = ZoneForm({"zone": zone}, zones=[("America/Chicago", "Houston")])
    assert set(form.errors) == {"zone"}
