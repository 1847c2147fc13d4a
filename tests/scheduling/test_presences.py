"""Who is in a visit right now: they leave, come back, open a second page, fall silent; and the visit ends."""

import pytest

from scheduling import encounters
from scheduling.encounters import SILENCE
from scheduling.models import Appointment, Encounter, Event, Presence
from scheduling.refusals import NotFound, NotPossibleNow, RoomClosed
from tests import factories
from tests.factories import MINUTE, user_of, viewer
from tests.racing import at_once

pytestmark = pytest.mark.django_db

SECOND = MINUTE / 60


@pytest.fixture
def visit(dr_ramos, lupita):
    """Lupita sees Dr. Ramos at ten."""
    return Appointment.objects.get(pk=factories.booked(lupita).pk)


@pytest.fixture
def hers(lupita):
    return viewer(user_of(lupita))


@pytest.fixture
def his(dr_ramos):
    return viewer(dr_ramos.user)


@pytest.fixture
def inside(visit, hers, his):
    """Lupita was let in; the visit goes on."""
    presence = arrive(visit, hers, at=visit.starts_at)
    return encounters.admit(presence, by=his, at=visit.starts_at)


def arrive(visit, by, at, **how):
    return encounters.arrive(encounters.seat(visit, by=by), by=by, at=at, **how)


def here():
    return list(Presence.objects.here().order_by("pk"))


# --- going and coming back -------------------------------------------------------------------------------------------


def test_whoever_was_in_goes_straight_in_when_they_come_back(visit, hers, inside):
    encounters.leave(inside, by=hers, at=visit.starts_at + MINUTE)
    again = arrive(visit, hers, at=visit.starts_at + 2 * MINUTE)
    assert again.admitted_at == visit.starts_at + 2 * MINUTE
    assert here() == [again]
    assert list(Presence.objects.admitted()) == [again]


def test_whoever_only_waited_waits_again(visit, hers):
    first = arrive(visit, hers, at=visit.starts_at)
    encounters.leave(first, by=hers, at=visit.starts_at)
    assert arrive(visit, hers, at=visit.starts_at + MINUTE).admitted_at is None


def test_a_second_page_takes_the_place_of_the_first(visit, hers, inside):
    second = arrive(visit, hers, at=visit.starts_at + MINUTE, client="page-2")
    inside.refresh_from_db()
    assert (inside.left_at, second.left_at) == (visit.starts_at + MINUTE, None)
    assert here() == [second]


def test_one_person_coming_does_not_end_the_place_of_another(visit, his, inside):
    clinician = arrive(visit, his, at=visit.starts_at)
    assert here() == [inside, clinician]


def test_leaving_is_an_event_once(visit, hers, inside):
    encounters.leave(inside, by=hers, at=visit.ends_at)
    encounters.leave(inside, by=hers, at=visit.ends_at + MINUTE)
    inside.refresh_from_db()
    assert inside.left_at == visit.ends_at
    assert Event.objects.filter(subject=inside.uuid, kind="presence.left").count() == 1


def test_leaving_does_not_end_the_visit(visit, hers, inside):
    encounters.leave(inside, by=hers, at=visit.starts_at)
    assert Appointment.objects.get(pk=visit.pk).status == "checked-in"
    assert Encounter.objects.get().status == "in-progress"


# --- silence ---------------------------------------------------------------------------------------------------------


def test_whoever_falls_silent_for_half_a_minute_is_gone(visit, inside):
    assert encounters.lose_silent(at=visit.starts_at + SILENCE) == 0
    assert encounters.lose_silent(at=visit.starts_at + SILENCE + SECOND) == 1
    inside.refresh_from_db()
    assert inside.left_at == visit.starts_at + SILENCE + SECOND
    assert Event.objects.get(subject=inside.uuid, kind="presence.left").by_system == "line"


def test_whoever_is_heard_of_stays(visit, inside):
    encounters.seen(inside, at=visit.starts_at + SILENCE)
    assert encounters.lose_silent(at=visit.starts_at + 2 * SILENCE) == 0


def test_a_line_that_is_heard_of_after_it_was_lost_does_not_come_back_by_itself(visit, inside):
    encounters.lose_silent(at=visit.starts_at + MINUTE)
    encounters.seen(inside, at=visit.starts_at + 2 * MINUTE)
    assert here() == []
    assert encounters.lose_silent(at=visit.starts_at + 10 * MINUTE) == 0


# --- the end ---------------------------------------------------------------------------------------------------------


def test_finishing_ends_the_visit_and_sends_everybody_out(visit, his, inside):
    arrive(visit, his, at=visit.starts_at)
    encounter = encounters.finish(visit, by=his, at=visit.ends_at)
    assert (encounter.status, encounter.finished_at) == ("finished", visit.ends_at)
    assert Appointment.objects.get(pk=visit.pk).status == "fulfilled"
    assert here() == []


def test_finishing_makes_every_token_of_the_room_useless(visit, his, inside):
    before = Encounter.objects.get().room_epoch
    encounters.finish(visit, by=his, at=visit.ends_at)
    assert Encounter.objects.get().room_epoch == before + 1


def test_finishing_twice_changes_nothing_the_second_time(visit, his, inside):
    first = encounters.finish(visit, by=his, at=visit.ends_at)
    again = encounters.finish(visit, by=his, at=visit.ends_at + MINUTE)
    assert (again.finished_at, again.room_epoch) == (first.finished_at, first.room_epoch)
    assert Event.objects.filter(kind="encounter.finished").count() == 1


def test_only_the_clinician_finishes(visit, hers, tomas, inside):
    for by in (hers, viewer(tomas), viewer()):
        with pytest.raises(NotFound):
            encounters.finish(visit, by=by, at=visit.ends_at)
    assert Encounter.objects.get().status == "in-progress"


def test_a_visit_that_never_began_is_not_finished(visit, hers, his):
    arrive(visit, hers, at=visit.starts_at)
    with pytest.raises(NotPossibleNow):
        encounters.finish(visit, by=his, at=visit.ends_at)
    assert Encounter.objects.get().room_epoch == 1


def test_nobody_comes_back_into_a_finished_visit(visit, hers, his, inside):
    encounters.finish(visit, by=his, at=visit.ends_at)
    with pytest.raises(RoomClosed):
        arrive(visit, hers, at=visit.ends_at)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_pages_of_one_person_opened_at_once_are_one_place(visit, hers):
    outcomes = at_once([lambda: arrive(visit, hers, at=visit.starts_at)] * 8)
    assert all(isinstance(one, Presence) for one in outcomes)
    assert len(here()) == 1
    assert Event.objects.filter(kind="appointment.arrived").count() == 1
