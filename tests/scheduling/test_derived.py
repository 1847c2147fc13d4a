"""The copy as a whole: derived anew in batches, compared with the truth, and repaired by a sweep that says so."""

import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from scheduling import derived, open_starts
from scheduling.models import OpenStart, Schedule
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE

pytestmark = pytest.mark.django_db

TEN = AT + HOUR


@pytest.fixture
def three(acompana, elena, consulta, monkeypatch):
    """Three clinicians, and batches of two."""
    monkeypatch.setattr(derived, "BATCH", 2)
    return [factories.clinician(name, acompana, elena) for name in ("Ramos", "Vega", "Cruz")]


def rows():
    return list(OpenStart.objects.order_by("actor", "starts_at").values_list("actor", "starts_at", "free_minutes"))


def spoil(one, how):
    mine = OpenStart.objects.filter(actor=one.actor)
    if how == "missing":
        mine.filter(starts_at=TEN).delete()
    elif how == "too long":
        mine.filter(starts_at=TEN).update(free_minutes=F("free_minutes") + 1)
    elif how == "invented":
        OpenStart.objects.create(actor=one.actor, starts_at=TEN + 7 * MINUTE, free_minutes=30)
    else:
        mine.filter(starts_at=TEN).update(rule=one.actor.schedule.rules.first())


SPOILT = pytest.mark.parametrize("how", ["missing", "too long", "invented", "kept"])


# --- anew ------------------------------------------------------------------------------------------------------------


def test_everybody_is_derived_anew_as_they_were(three):
    before = rows()
    OpenStart.objects.all().delete()
    assert sum(derived.rebuild_all(at=AT)) == len(before)
    assert rows() == before
    factories.assert_the_copy_is_true()


def test_batches_are_small(three):
    assert len(list(derived.rebuild_all(at=AT))) == 2


def test_deriving_anew_knows_visits_and_reaches_the_horizon(three, lupita):
    factories.booked(lupita)
    Schedule.objects.update(open_until=AT - DAY)
    list(derived.rebuild_all(at=AT))
    assert set(Schedule.objects.values_list("open_until", flat=True)) == {
        open_starts.end_of_horizon(schedule, at=AT) for schedule in Schedule.objects.all()
    }
    factories.assert_the_copy_is_true()


def test_what_is_over_is_dropped(three):
    list(derived.rebuild_all(at=AT + 5 * DAY))
    assert not OpenStart.objects.filter(starts_at__lt=AT + 3 * DAY).exists()
    factories.assert_the_copy_is_true(AT + 5 * DAY)


# --- compared --------------------------------------------------------------------------------------------------------


def test_a_true_copy_differs_nowhere(three, lupita):
    factories.booked(lupita)
    assert [(count, wrong) for count, wrong in derived.check_all(at=AT)] == [(2, []), (1, [])]


@SPOILT
def test_whatever_is_not_true_is_found(three, how):
    spoil(three[1], how)
    wrong = [schedule for _, found in derived.check_all(at=AT) for schedule in found]
    assert wrong == [three[1].actor.schedule]


@SPOILT
def test_the_sweep_repairs_it_and_says_so_without_names(three, how, caplog):
    spoil(three[1], how)
    Schedule.objects.update(compared_at=AT - 2 * DAY)
    with caplog.at_level(logging.ERROR):
        assert derived.compare(at=AT) == 1
    assert f"schedule {three[1].actor.schedule.pk}" in caplog.text
    assert "Vega" not in caplog.text
    factories.assert_the_copy_is_true()


def test_nothing_is_said_of_a_copy_that_is_true(three, caplog):
    assert derived.compare(at=AT) == 0
    assert caplog.text == ""


def test_each_schedule_is_compared_once_a_day_those_longest_ago_first(three, monkeypatch):
    asked = []
    monkeypatch.setattr(derived, "different", lambda schedules, *, at: asked.append([s.pk for s in schedules]) or [])
    first, second, third = (one.actor.schedule.pk for one in three)
    Schedule.objects.filter(pk=third).update(compared_at=AT - 3 * DAY)
    Schedule.objects.filter(pk=first).update(compared_at=AT - 2 * DAY)
    Schedule.objects.filter(pk=second).update(compared_at=AT - HOUR)
    derived.compare(at=AT, limit=1)
    derived.compare(at=AT, limit=1)
    derived.compare(at=AT, limit=1)
    assert asked[:2] == [[third], [first]]
    assert [keys for keys in asked[2:] if keys] == []


def test_a_booking_between_the_two_looks_is_no_difference(three, lupita, monkeypatch):
    """The first look is without a lock: what changes under it is looked at again with one."""
    looks = []
    real = derived.different

    def look(schedules, *, at):
        looks.append(len(schedules))
        return list(schedules)[:1] if len(looks) == 1 else real(schedules, at=at)

    monkeypatch.setattr(derived, "different", look)
    assert derived.compare(at=AT) == 0
    assert looks == [3, 1]


# --- the command -----------------------------------------------------------------------------------------------------


def run(*how):
    out = StringIO()
    call_command("open_starts", *how, stdout=out, skip_checks=True)
    return out.getvalue()


@pytest.fixture
def now(three, clock):
    return clock


def test_the_command_derives_anew_and_checks(now):
    OpenStart.objects.all().delete()
    said = run("--rebuild", "--check")
    assert f"{OpenStart.objects.count()} open starts derived" in said
    assert "3 schedules compared, 0 not true" in said


def test_the_command_fails_when_something_is_not_true(now, three):
    spoil(three[0], "missing")
    with pytest.raises(CommandError, match=str(three[0].actor.schedule.pk)):
        run("--check")
    assert not OpenStart.objects.filter(actor=three[0].actor, starts_at=TEN).exists()  # to check repairs nothing


def test_the_command_says_what_it_can_do(now):
    with pytest.raises(CommandError, match="--rebuild"):
        run()


def test_the_sweep_is_registered():
    from scheduling import sweeps

    assert "compare_open_starts" in {sweep.name for sweep in sweeps.registered()}


def test_nobodys_unknown_clock_stops_the_others(three):
    Schedule.objects.filter(pk=three[0].actor.schedule.pk).update(zone="Luna/Mar_Tranquilo")
    list(derived.rebuild_all(at=AT))
    assert not OpenStart.objects.filter(actor=three[0].actor).exists()
    assert OpenStart.objects.filter(actor=three[1].actor).exists()
    factories.assert_the_copy_is_true()
    assert MAKER.name == "tests"
