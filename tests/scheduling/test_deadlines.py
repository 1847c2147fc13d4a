"""Until when a visit may be changed, and from when on that is late: by the minute, by office, by who changes it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import appointments, deadlines, impact, rescheduling
from scheduling.access import System
from scheduling.models import Appointment, Event, Organization
from scheduling.refusals import VisitBegan
from tests import factories
from tests.factories import AT, HOUR, MINUTE, user_of, viewer
from tests.reading import read
from tests.scheduling.test_rescheduling import everything, slot_at

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
OVER = ["fulfilled", "cancelled", "noshow", "entered-in-error"]


@pytest.fixture
def visit(dr_ramos, lupita):
    """Lupita sees Dr. Ramos at ten, an hour from now."""
    return factories.booked(lupita)


@pytest.fixture
def asked(visit):
    """The same, and Dr. Ramos asked her to choose another time."""
    impact.ask_to_move(visit, by=System("tests"), at=AT)
    return Appointment.objects.get(pk=visit.pk)


def hours(number):
    Organization.objects.update(late_change_hours=number)


def in_time(visit, at):
    """Return what the patient is told: early, late, or that it has begun."""
    try:
        return "late" if deadlines.still_in_time(visit, at=at) else "early"
    except VisitBegan:
        return "begun"


# --- by the minute ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (5 * HOUR, "early"),
        (4 * HOUR, "early"),
        (4 * HOUR - SECOND, "late"),
        (MINUTE, "late"),
        (SECOND, "late"),
        (timedelta(0), "begun"),
        (-MINUTE, "begun"),
        (-30 * HOUR, "begun"),
    ],
)
def test_it_is_late_within_four_hours_and_impossible_once_it_has_begun(visit, before, expected):
    assert in_time(visit, visit.starts_at - before) == expected


@pytest.mark.parametrize(("count", "expected"), [(0, "early"), (1, "early"), (2, "late"), (48, "late")])
def test_each_office_counts_its_own_hours(visit, count, expected):
    hours(count)
    assert in_time(visit, visit.starts_at - HOUR) == expected


def test_another_offices_hours_do_not_count(visit):
    other = factories.organization("other")
    Organization.objects.filter(pk=other.pk).update(late_change_hours=100)
    assert in_time(visit, visit.starts_at - 5 * HOUR) == "early"


@pytest.mark.parametrize("status", OVER)
def test_of_a_visit_that_is_over_it_is_not_said_that_it_began(visit, status):
    """What is over is refused for what became of it, which says more than that it is too late."""
    visit.status = status
    assert in_time(visit, visit.starts_at + HOUR) == "late"


@pytest.mark.parametrize("status", ["booked", "arrived", "checked-in", "pending"])
def test_whatever_is_still_to_come_has_begun_at_its_start(visit, status):
    visit.status = status
    assert in_time(visit, visit.starts_at) == "begun"


@given(count=st.integers(0, 48), minutes=st.integers(0, 20_000), later=st.integers(0, 20_000))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_late_once_stays_late(visit, count, minutes, later):
    hours(count)
    first, second = (visit.starts_at - part * MINUTE for part in (minutes + later, minutes))
    assert deadlines.is_late(visit, at=first) <= deadlines.is_late(visit, at=second)
    assert deadlines.is_late(visit, at=second) == (minutes < count * 60)


# --- whom it binds ---------------------------------------------------------------------------------------------------


def test_a_visit_its_clinician_asked_to_move_is_never_late(asked):
    by = viewer(user_of(asked.patient))
    rescheduling.reschedule(asked, slot_at(asked, HOUR), by=by, at=asked.starts_at - MINUTE)
    assert "late" not in Event.objects.get(kind="appointment.rescheduled").codes


@pytest.mark.parametrize("minutes", [0, 1, 25, 60])
def test_once_it_has_begun_not_even_that_one_is_moved_by_its_patient(asked, minutes):
    before = everything(asked)
    by, at = viewer(user_of(asked.patient)), asked.starts_at + minutes * MINUTE
    with pytest.raises(VisitBegan):
        rescheduling.reschedule(asked, slot_at(asked, 24 * HOUR), by=by, at=at)
    assert everything(asked) == before


def test_moved_by_itself_it_is_late_again_the_next_time(asked):
    """The question was about the time before; the new one is the patient's own choice."""
    by = viewer(user_of(asked.patient))
    moved = rescheduling.reschedule(asked, slot_at(asked, HOUR), by=by, at=AT)
    rescheduling.reschedule(moved, slot_at(moved, HOUR / 2), by=by, at=AT)
    events = Event.objects.filter(kind="appointment.rescheduled").order_by("pk")
    assert ["late" in event.codes for event in events] == [False, True]


@pytest.mark.parametrize("because", ["clinician", "organization"])
def test_others_may_cancel_after_it_began_and_are_never_late(visit, tomas, because):
    appointments.cancel(visit, because=because, by=viewer(tomas), at=visit.starts_at + MINUTE)
    assert "late" not in Event.objects.get(kind="appointment.cancelled").codes


def test_the_service_itself_may_move_it_and_is_never_late(visit):
    rescheduling.reschedule(visit, slot_at(visit, HOUR), by=System("tests"), at=AT)
    codes = Event.objects.get(kind="appointment.rescheduled").codes
    assert (codes["because"], "late" in codes) == ("organization", False)


def test_whoever_holds_the_link_is_on_the_patients_side(client, clock, visit):
    _grant, secret = factories.accounts.grant_link("appointment", visit.uuid, at=AT)
    client.get(f"/l/{secret}")
    clock.at = visit.starts_at
    page = read(client.post(f"/citas/{visit.uuid}/cambiar/confirmar/", {"slot": slot_at(visit, HOUR).id}))
    assert (page.status, page.title) == (409, "Esta cita ya empezó")
    assert Appointment.objects.get().sequence == 0


# --- on the pages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "words"), [("", "Faltan menos de 2 horas"), ("?lang=en", "Less than 2 hours")])
def test_the_pages_count_as_the_office_does_in_both_languages(client, clock, visit, query, words):
    hours(2)
    client.force_login(user_of(visit.patient))
    assert words in read(client.get(f"/citas/{visit.uuid}/cancelar/{query}")).words


def test_an_office_that_counts_no_hours_warns_of_none(client, clock, visit):
    hours(0)
    client.force_login(user_of(visit.patient))
    for part in ("cambiar/", "cancelar/"):
        assert "Faltan menos" not in read(client.get(f"/citas/{visit.uuid}/{part}")).words


@pytest.mark.parametrize(
    ("query", "title"), [("", "Esta cita ya empezó"), ("?lang=en", "This visit has already begun")]
)
def test_a_page_that_was_left_open_says_that_it_began(client, clock, asked, query, title):
    slot = slot_at(asked, 24 * HOUR).id
    client.force_login(user_of(asked.patient))
    clock.at = asked.starts_at + MINUTE
    page = read(client.post(f"/citas/{asked.uuid}/cambiar/confirmar/{query}", {"slot": slot}))
    assert (page.status, page.title) == (409, title)
    assert Appointment.objects.get().starts_at == asked.starts_at
