"""What must be looked at again and again is registered, run, and late when it did not come to a good end in time."""

from datetime import timedelta

import pytest

from scheduling import clock, sweeps, tasks
from scheduling.models import Queue, SweepRun
from tests.factories import AT, MINUTE

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def register(monkeypatch):
    """A register of its own, so that no test adds a sweep to the service."""
    monkeypatch.setattr(sweeps, "_sweeps", {})
    return sweeps.register


def broken(*, at):
    raise RuntimeError("+17135550142 was on this line")


def health(at):
    return {one.name: (one.age_seconds, one.late) for one in sweeps.health(at)}


# --- running ---------------------------------------------------------------------------------------------------------


def test_a_sweep_acts_at_the_instant_it_is_given_and_says_on_how_many(register):
    acted = []
    register("water", lambda *, at: acted.append(at) or 3, every=MINUTE)
    assert sweeps.run("water", at=AT) == 3
    assert acted == [AT]
    run = SweepRun.objects.get()
    assert (run.name, run.finished_at, run.failed_at, run.error) == ("water", AT, None, "")


def test_what_a_sweep_raises_is_noted_without_its_words_and_raised_again(register):
    register("water", broken, every=MINUTE)
    with pytest.raises(RuntimeError):
        sweeps.run("water", at=AT)
    run = SweepRun.objects.get()
    assert (run.failed_at, run.error) == (AT, "RuntimeError")


def test_a_failure_does_not_make_the_last_good_end_any_younger(register):
    register("water", lambda *, at: 0, every=MINUTE)
    sweeps.run("water", at=AT)
    register("water", broken, every=MINUTE)
    with pytest.raises(RuntimeError):
        sweeps.run("water", at=AT + MINUTE)
    assert SweepRun.objects.get().finished_at == AT


def test_a_good_end_clears_the_failure(register):
    register("water", broken, every=MINUTE)
    with pytest.raises(RuntimeError):
        sweeps.run("water", at=AT)
    register("water", lambda *, at: 0, every=MINUTE)
    sweeps.run("water", at=AT + MINUTE)
    run = SweepRun.objects.get()
    assert (run.finished_at, run.failed_at, run.error) == (AT + MINUTE, None, "")


# --- late ------------------------------------------------------------------------------------------------------------


def test_a_sweep_that_never_ran_is_late(register):
    register("water", lambda *, at: 0, every=MINUTE)
    assert health(AT) == {"water": (None, True)}


def test_a_sweep_that_only_ever_failed_is_late(register):
    register("water", broken, every=MINUTE)
    with pytest.raises(RuntimeError):
        sweeps.run("water", at=AT)
    assert health(AT) == {"water": (None, True)}


@pytest.mark.parametrize(
    ("every", "patience"), [(SECOND, 60 * SECOND), (10 * SECOND, 60 * SECOND), (10 * MINUTE, 60 * MINUTE)]
)
def test_a_sweep_is_late_after_six_missed_turns_and_a_minute_at_least(register, every, patience):
    register("water", lambda *, at: 0, every=every)
    sweeps.run("water", at=AT)
    assert health(AT + patience)["water"] == (patience.total_seconds(), False)
    assert health(AT + patience + SECOND)["water"][1]


def test_a_sweep_that_keeps_failing_becomes_late(register):
    register("water", lambda *, at: 0, every=SECOND)
    sweeps.run("water", at=AT)
    register("water", broken, every=SECOND)
    for seconds in range(10, 80, 10):
        with pytest.raises(RuntimeError):
            sweeps.run("water", at=AT + seconds * SECOND)
    assert health(AT + 70 * SECOND) == {"water": (70, True)}


def test_what_is_no_longer_registered_is_not_asked_about(register):
    SweepRun.objects.create(name="old", finished_at=AT)
    assert health(AT) == {}


def test_all_is_known_in_one_query(register, django_assert_num_queries):
    for name in "abc":
        register(name, lambda *, at: 0, every=MINUTE)
    with django_assert_num_queries(1):
        assert len(sweeps.health(AT)) == 3


# --- the sweeps of this service --------------------------------------------------------------------------------------


def test_every_sweep_of_the_service_runs_when_there_is_nothing_to_do():
    assert {each.name: sweeps.run(each.name, at=AT) for each in sweeps.registered()} == {
        each.name: 0 for each in sweeps.registered()
    }
    assert not any(one.late for one in sweeps.health(AT))


def test_codes_and_pages_do_not_wait_behind_other_work():
    assert sweeps.queue_of("deliver_pages") == Queue.PAGES
    assert sweeps.queue_of("lapse_holds") == Queue.WORK


def test_a_woken_sweep_that_found_work_looks_again_at_once_on_its_own_queue(register, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks.sweep, "apply_async", lambda args, **how: woken.append((args, how["queue"])))
    monkeypatch.setattr(clock, "database_now", lambda: AT)
    left = [2, 0]
    register("water", lambda *, at: left.pop(0), every=MINUTE, queue=Queue.PAGES)
    tasks.sweep("water")
    assert woken == [(["water"], "pages")]
    tasks.sweep("water")
    assert len(woken) == 1
