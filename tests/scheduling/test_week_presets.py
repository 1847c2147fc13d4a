"""What one press fills in: presets, and a day's hours on every workday; what else was typed stays."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduling.views import hours_forms
from scheduling.views.hours_forms import PRESETS, WORKDAYS
from tests.scheduling.test_week_forms import CODES, FEW, in_spanish, posted, sent, windows

__all__ = ["in_spanish"]  # every test here reads Spanish too


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_is_hours_that_can_be_saved(preset):
    days, start, end = PRESETS[preset]
    found = sent(**hours_forms.filled({}, preset)).hours()
    assert len(found) == len(days)
    assert {(str(one.starts)[:5], str(one.ends)[:5]) for one in found} == {(start, end)}


@FEW
@given(st.lists(windows(), max_size=8), st.sampled_from(sorted(PRESETS)))
def test_a_preset_leaves_the_other_days_alone(week, preset):
    values = hours_forms.week_of(week)
    form = sent(**hours_forms.filled(values, preset))
    assume(not form.errors)
    found = form.hours()
    days = PRESETS[preset][0]
    others = [one for one in week if hours_forms.Weekday(one.weekday).name not in days]
    assert {one for one in found if hours_forms.Weekday(one.weekday).name not in days} == set(others)


@FEW
@given(st.lists(windows(), max_size=8), st.sampled_from(["MO", "WE", "SA"]))
def test_a_copied_day_is_the_same_on_every_workday(week, day):
    form = sent(**hours_forms.copied(hours_forms.week_of(week), day))
    assume(not form.errors)
    found = form.hours()
    of = lambda name: {(h.starts, h.ends, h.kept) for h in found if hours_forms.Weekday(h.weekday).name == name}  # noqa: E731
    mine = {(h.starts, h.ends, h.kept) for h in week if hours_forms.Weekday(h.weekday).name == day}
    assert all(of(name) == mine for name in {*WORKDAYS, day})


@pytest.mark.parametrize("name", ["from_day", "to_day"])
def test_filling_in_keeps_the_dates(name):
    values = {name: "2026-06-15", "MO_1_from": "09:00"}
    assert hours_forms.filled(values, "evenings")[name] == "2026-06-15"
    assert hours_forms.copied(values, "MO")[name] == "2026-06-15"


@pytest.mark.parametrize("nonsense", ["", "XX", "M", "from", "MO_1", "csrfmiddlewaretoken"])
def test_copying_what_is_no_day_changes_nothing(nonsense):
    values = {"MO_1_from": "09:00", "MO_1_to": "10:00", "from_day": "2026-06-15"}
    assert hours_forms.copied(values, nonsense) == values


def test_what_was_typed_keeps_every_chosen_kind():
    data = posted({"MO_1_types": CODES, "MO_1_from": "nueve"})
    assert hours_forms.typed(data) == {"MO_1_types": CODES, "MO_1_from": "nueve"}
