"""The form of the week: how hours become fields and fields hours, and what one press fills in."""

from datetime import date, time

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.models import VisitType
from scheduling.views import hours_forms
from scheduling.views.hours_forms import MOST_WINDOWS, RELEASES, WINDOWS, WeekForm
from scheduling.weeks import Hours

KINDS = [
    VisitType(code="consulta-video", name_es="Por video", name_en="By video"),
    VisitType(code="consulta-telefono", name_es="Por teléfono", name_en="By phone"),
]
FEW = settings(max_examples=15, deadline=None)  # a form of the week has hundreds of fields
CODES = [kind.code for kind in KINDS]
NINE, TEN, NOON = time(9), time(10), time(12)

quarters = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@st.composite
def windows(draw):
    starts = draw(quarters)
    ends = draw(quarters.filter(lambda moment: moment != starts))
    types = draw(st.lists(st.sampled_from(CODES), unique=True).map(tuple))
    return Hours(draw(st.integers(0, 6)), starts, ends, types, draw(st.sampled_from([None, *RELEASES])))


@pytest.fixture(autouse=True)
def in_spanish():
    with translation.override("es"):
        yield


def posted(values):
    """Return values as a browser sends them."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def sent(kinds=KINDS, **values):
    form = WeekForm(posted(values), kinds=kinds)
    form.is_valid()
    return form


def wrong(form):
    return {name: " ".join(errors) for name, errors in form.errors.items()}


# --- there and back --------------------------------------------------------------------------------------------------


@FEW
@given(st.lists(windows(), max_size=8))
def test_what_the_page_shows_is_what_is_saved(week):
    """Shown and saved unchanged, a week is the same week; only one that contradicts itself is held back."""
    form = sent(**hours_forms.week_of(week))
    assert all("se enciman" in said for said in wrong(form).values())
    if not form.errors:
        assert sorted(form.hours(), key=repr) == sorted(week, key=repr)


@FEW
@given(st.lists(windows(), max_size=8))
def test_each_day_has_a_window_to_fill_in_and_shows_all_it_has(week):
    form = WeekForm(initial=hours_forms.week_of(week), kinds=KINDS)
    for number, day in enumerate(form.days()):
        mine = [one for one in week if one.weekday == number]
        assert len(day.windows) == max(1, len(mine))
        assert len(day.windows) + len(day.more) == form.count
        assert not any(one.is_empty for one in day.windows[: len(mine)])


@pytest.mark.parametrize(("number", "count"), [(1, WINDOWS), (3, 3), (4, 4), (12, 12), (13, 12), (99, MOST_WINDOWS)])
def test_a_day_has_as_many_windows_as_were_sent_up_to_a_dozen(number, count):
    assert WeekForm(posted({f"MO_{number}_from": "09:00"})).count == count


@pytest.mark.parametrize("name", ["MO_999_from", "mo_7_from", "MO_7_to", "MO_-7_from", "MO_7_from ", "MON_7_from"])
def test_a_name_like_a_window_makes_no_room(name):
    assert WeekForm(posted({name: "09:00"})).count == WINDOWS


def test_a_gap_between_windows_is_no_window():
    form = sent(MO_1_from="09:00", MO_1_to="10:00", MO_3_from="11:00", MO_3_to="12:00")
    assert form.hours() == [Hours(0, NINE, TEN), Hours(0, time(11), NOON)]
    assert [len(day.windows) for day in form.days()] == [3, 1, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("values", "open_day"),
    [
        ({}, False),
        ({"MO_1_from": "09:00", "MO_1_to": "10:00"}, False),
        ({"MO_1_from": "09:00", "MO_1_to": "10:00", "MO_1_kept": "24"}, True),
        ({"MO_1_from": "09:00", "MO_1_to": "10:00", "MO_1_types": ["consulta-telefono"]}, True),
        ({"MO_2_kept": "24"}, True),
    ],
)
def test_the_folded_part_is_open_when_something_in_it_was_chosen(values, open_day):
    assert WeekForm(initial=values, kinds=KINDS).days()[0].is_open is open_day


# --- what is asked about ---------------------------------------------------------------------------------------------


def test_whoever_gives_one_kind_of_visit_is_not_asked_which():
    assert "MO_1_types" not in WeekForm(kinds=KINDS[:1]).fields
    assert WeekForm(kinds=KINDS[:1]).days()[0].windows[0].types is None


def test_hours_kept_for_the_one_kind_there_is_stay_kept():
    shown = WeekForm(initial={"MO_1_types": ["consulta-video"]}, kinds=KINDS[:1])
    assert "MO_1_types" in shown.fields
    form = sent(KINDS[:1], MO_1_from="09:00", MO_1_to="10:00", MO_1_types=["consulta-video"])
    assert form.hours() == [Hours(0, NINE, TEN, ("consulta-video",))]


@pytest.mark.parametrize(
    ("language", "names"), [("es", ["Por video", "Por teléfono"]), ("en", ["By video", "By phone"])]
)
def test_kinds_of_visits_are_named_in_the_readers_language(language, names):
    form = WeekForm(kinds=KINDS, language=language)
    assert [name for _, name in form.fields["MO_1_types"].choices] == names


@pytest.mark.parametrize(
    ("language", "first", "monday"),
    [("es", "Cualquier persona", "lunes"), ("en", "Everybody", "monday")],
)
def test_the_words_are_the_readers(language, first, monday):
    with translation.override(language):
        form = WeekForm(kinds=KINDS)
        assert form.fields["MO_1_from"].label.lower().startswith(monday)
        said = [words for _, words in form.fields["MO_1_kept"].choices]
    assert len(said) == len(set(said)) == 1 + len(RELEASES)
    assert all(str(hours) in words for hours, words in zip(RELEASES, said[1:], strict=True))


@pytest.mark.parametrize("kept", ["1", "0", "-2", "siempre", "24.0"])
def test_a_release_that_is_not_on_the_list_is_refused(kept):
    assert "MO_1_kept" in wrong(sent(MO_1_from="09:00", MO_1_to="10:00", MO_1_kept=kept))


def test_a_kind_of_visit_that_is_not_on_the_list_is_refused():
    assert "MO_1_types" in wrong(sent(MO_1_from="09:00", MO_1_to="10:00", MO_1_types=["dentista"]))


# --- wrong hours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"SU_2_from": "09:00"}, "SU_2_to"),
        ({"SU_2_to": "09:00"}, "SU_2_from"),
        ({"SU_2_from": "09:00", "SU_2_to": "09:00"}, "SU_2_to"),
        ({"SU_2_from": "25:00", "SU_2_to": "09:00"}, "SU_2_from"),
        ({"SU_2_from": "09:00", "SU_2_to": "9 y media"}, "SU_2_to"),
        ({"SU_2_from": "25:00"}, "SU_2_from"),
    ],
)
def test_the_fault_is_told_at_the_field_that_has_it_and_nowhere_else(typed, field):
    assert set(wrong(sent(**typed))) == {field}


def test_each_wrong_day_is_told():
    form = sent(MO_1_from="09:00", WE_1_to="10:00", FR_1_from="11:00", FR_1_to="11:00")
    assert set(wrong(form)) == {"MO_1_to", "WE_1_from", "FR_1_to"}


def test_an_overlap_over_the_end_of_the_week_is_told_on_the_later_of_the_two():
    night = {"MO_1_from": "01:00", "MO_1_to": "03:00", "SU_1_from": "22:00", "SU_1_to": "02:00", "SU_1_kept": "24"}
    form = sent(**night)
    assert set(wrong(form)) == {"SU_1_from"}
    assert "domingo" in wrong(form)["SU_1_from"].lower()


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-06-15", "2026-06-15", None),
        ("2026-06-15", "2026-06-14", "to_day"),
        ("2026-06-15", "", "to_day"),
        ("", "2026-06-15", "from_day"),
        ("2026-02-30", "2026-06-15", "from_day"),
        ("1999-12-31", "2026-06-15", "from_day"),
        ("2026-06-15", "3000-01-01", "to_day"),
    ],
)
def test_dates_are_both_there_and_in_order(first, last, field):
    form = sent(MO_1_from="09:00", MO_1_to="10:00", from_day=first, to_day=last)
    assert set(wrong(form)) == ({field} if field else set())


def test_one_day_of_other_hours_is_a_day():
    form = sent(MO_1_from="09:00", MO_1_to="10:00", from_day="2026-06-15", to_day="2026-06-15")
    assert form.cleaned_data["from_day"] == form.cleaned_data["to_day"] == date(2026, 6, 15)
