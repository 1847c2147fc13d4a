"""Visits that were missed: to the minute, by whom, what stays and what goes; and that nobody is called too soon."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navigation import follow_up
from navigation.models import Case
from scheduling import appointments, encounters, no_shows, rescheduling
from scheduling.access import System
from scheduling.models import Appointment, AppointmentStatus, Encounter, Event, Notification, Presence
from scheduling.refusals import NotFound, NotPossibleNow, PatientWasThere, TooSoon
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer
from tests.reading import read
from tests.scheduling.test_rescheduling import slot_at

pytestmark = pytest.mark.django_db

ITSELF = System("presence")
SECOND = timedelta(seconds=1)


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita)


@pytest.fixture
def his(dr_ramos):
    return viewer(dr_ramos.user)


def miss(visit, by=ITSELF, after=15 * MINUTE):
    return no_shows.mark_noshow(visit, by=by, at=visit.starts_at + after)


def copy_of(visit, days):
    """Return a visit that was missed so many days before another."""
    then = visit.starts_at - days * DAY
    fields = {field.attname: getattr(visit, field.attname) for field in visit._meta.concrete_fields}
    del fields["id"], fields["uuid"]
    return Appointment(**fields | {"status": "noshow", "starts_at": then, "ends_at": then + HOUR / 2})


# --- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [-DAY, -SECOND, 0 * MINUTE, 14 * MINUTE, 15 * MINUTE - SECOND])
def test_before_a_quarter_of_an_hour_it_is_too_soon_and_nothing_changes(visit, after):
    with pytest.raises(TooSoon):
        miss(visit, after=after)
    assert Appointment.objects.get().status == "booked"
    assert not Event.objects.filter(kind="appointment.noshow").exists()


@pytest.mark.parametrize("after", [15 * MINUTE, 16 * MINUTE, HOUR, 3 * DAY])
def test_from_then_on_it_may_be_noted(visit, after):
    assert miss(visit, after=after).status == "noshow"


def test_a_visit_that_moved_is_waited_for_at_its_new_time(visit, lupita):
    rescheduling.reschedule(visit, slot_at(visit, HOUR), by=viewer(user_of(lupita)), at=AT)
    with pytest.raises(TooSoon):
        miss(visit)
    assert miss(visit, after=HOUR + 15 * MINUTE).status == "noshow"


# --- against which facts ---------------------------------------------------------------------------------------------


def come(visit, by, at):
    encounters.arrive(encounters.seat(visit, by=by), by=by, at=at)


def test_who_came_and_left_again_did_come(visit, lupita):
    come(visit, viewer(user_of(lupita)), visit.starts_at - MINUTE)
    Presence.objects.update(left_at=visit.starts_at + MINUTE)
    with pytest.raises(PatientWasThere):
        miss(visit)


def test_that_they_were_at_the_door_of_the_time_before_does_not_count(visit, lupita):
    by = viewer(user_of(lupita))
    come(visit, by, visit.starts_at - 10 * MINUTE)
    moved = rescheduling.reschedule(visit, slot_at(visit, DAY), by=by, at=visit.starts_at - MINUTE)
    assert miss(moved).status == "noshow"


def test_whether_somebody_waited_is_a_fact_and_no_guess(visit):
    miss(visit)
    assert Event.objects.get(kind="appointment.noshow").codes["somebody_waited"] is False


@pytest.mark.parametrize("status", ["checked-in", "fulfilled", "cancelled", "noshow", "entered-in-error"])
def test_a_visit_that_took_place_or_is_over_was_not_missed(visit, status):
    path = {"fulfilled": ["checked-in", "fulfilled"]}.get(status, [status])
    for step in path:
        also = {"because": "patient"} if step == "cancelled" else {}
        if also:
            appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=AT)
        else:
            appointments.move(visit, AppointmentStatus(step), by=ITSELF, at=AT)
    with pytest.raises(NotPossibleNow):
        miss(visit)


# --- by whom ---------------------------------------------------------------------------------------------------------


def test_the_clinician_of_another_visit_may_not(visit, acompana, elena):
    other = factories.clinician("Vega", acompana, elena)
    with pytest.raises(NotFound):
        miss(visit, viewer(other.user))


@pytest.mark.parametrize("role", ["coordinator", "admin"])
def test_whoever_coordinates_another_organization_may_not(visit, role):
    other = factories.organization("other")
    stranger = factories.staff("Iris", other, role)
    with pytest.raises(NotFound):
        miss(visit, viewer(stranger))
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("who", ["nobody", "beto", "carmen"])
def test_on_the_page_nobody_else_may_say_so(request, client, visit, who):
    if who != "nobody":
        client.force_login(factories.account(request.getfixturevalue(who)))
    assert client.post(f"/citas/{visit.uuid}/no-llego/").status_code in (302, 404)
    assert Appointment.objects.get().status == "booked"


def test_it_is_not_noted_by_looking(client, visit, dr_ramos):
    client.force_login(dr_ramos.user)
    assert client.get(f"/citas/{visit.uuid}/no-llego/").status_code == 405


# --- what comes of it ------------------------------------------------------------------------------------------------


def test_the_room_is_closed_and_its_keys_are_useless(visit):
    before = Encounter.objects.get(appointment=visit)
    miss(visit)
    after = Encounter.objects.get(appointment=visit)
    assert (after.status, after.room_epoch) == ("cancelled", before.room_epoch + 1)


def test_the_time_left_of_it_is_free_for_somebody_who_needs_it_now(visit, beto):
    miss(visit)
    assert not visit.participants.filter(occupied__isnull=False).exists()
    factories.assert_the_copy_is_true()


def test_what_was_still_to_be_said_about_it_is_not_said(visit):
    miss(visit)
    owed = Notification.objects.filter(subject=visit.uuid, status="owed").values_list("kind", flat=True)
    assert list(owed) == ["appointment_missed"]


@pytest.mark.parametrize(
    ("query", "words"), [("?lang=es", "Esta vez no nos vimos"), ("?lang=en", "We did not meet this time")]
)
def test_its_page_says_so_kindly_in_both_languages(client, visit, lupita, query, words):
    miss(visit)
    client.force_login(user_of(lupita))
    page = read(client.get(f"/citas/{visit.uuid}/{query}"))
    assert words in page.words
    assert not [word for word in ("faltó", "culpa", "missed", "failed") if word in page.words.lower()]


def test_it_can_be_neither_moved_nor_cancelled_any_more(client, visit, lupita):
    miss(visit)
    slot = slot_at(visit, DAY).id
    client.force_login(user_of(lupita))
    for part in ("cambiar/confirmar/", "cancelar/"):
        assert client.post(f"/citas/{visit.uuid}/{part}", {"slot": slot}).status_code == 409
    assert Appointment.objects.get().status == "noshow"


# --- whom a person calls ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "calls"), [((), 0), ((30,), 1), ((179,), 1), ((181,), 0), ((30, 60), 1)])
def test_a_person_calls_after_the_second_within_half_a_year(visit, days, calls):
    miss(visit)
    Appointment.objects.bulk_create(copy_of(visit, number) for number in days)
    follow_up.read(at=visit.starts_at + HOUR)
    assert Case.objects.count() == calls


def test_what_others_missed_counts_for_nobody(visit, beto):
    miss(factories.booked(beto, number=3))
    miss(visit)
    follow_up.read(at=visit.starts_at + 2 * DAY)
    assert not Case.objects.exists()


@pytest.mark.parametrize("why", ["patient", "clinician"])
def test_what_was_cancelled_was_not_missed(visit, lupita, why):
    appointments.cancel(factories.booked(lupita, number=3), because=why, by=viewer(user_of(lupita)), at=AT)
    assert not no_shows.is_repeated(miss(visit))


@given(days=st.lists(st.integers(-30, 400), max_size=5))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_only_what_came_before_within_half_a_year_makes_it_repeated(visit, days):
    """The dates of other missed visits, in days before this one; those after it do not count yet."""
    others = [when for when in days if 0 <= when < no_shows.WITHIN.days]
    Appointment.objects.exclude(pk=visit.pk).delete()
    copies = [copy_of(visit, when) for when in days]
    Appointment.objects.bulk_create(copies)
    assert no_shows.is_repeated(visit) == (len(others) >= no_shows.OFTEN)
