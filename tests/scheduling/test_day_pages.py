"""The clinician's day: who is next, who is at the door, the way in, and the end of a visit."""

from datetime import timedelta

import pytest

from scheduling import appointments, attendance, encounters
from scheduling.models import Appointment, Encounter, Presence, VisitType
from tests import factories
from tests.reading import read


@pytest.fixture
def visit(clock, dr_ramos, lupita) -> Appointment:
    """Lupita's visit with Dr. Ramos, today at 10:00."""
    return factories.booked(lupita, reason="Me duele la cabeza")


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser."""
    client.force_login(dr_ramos.user)
    return client


def arrive(visit: Appointment, at) -> Presence:
    """Let the patient come to the door."""
    by = factories.viewer(visit.patient.representatives.get().user, at=at)
    return encounters.arrive(encounters.seat(visit, by=by), by=by, at=at)


def begin(visit: Appointment, dr_ramos, at) -> None:
    """Let the patient in."""
    encounters.admit(arrive(visit, at), by=factories.viewer(dr_ramos.user, at=at), at=at)


def test_who_said_yes_is_seen_at_once_and_who_moved_is_asked_anew(at_work, visit):
    assert "Dijo que sí" not in at_work.get("/dia/").content.decode()
    attendance.confirm(visit, by=factories.viewer(factories.user_of(visit.patient)), at=factories.AT)
    assert "Dijo que sí" in at_work.get("/dia/partes/").content.decode()
    Appointment.objects.update(confirmed_for=visit.starts_at - timedelta(days=1))
    assert "Dijo que sí" not in at_work.get("/dia/").content.decode()


def test_a_day_without_visits_says_so_and_leads_to_the_hours(at_work):
    page = read(at_work.get("/dia/"))
    assert page.title == "Lunes 8 de junio"
    assert "/horario/" in page.links.values()


def test_the_next_visit_is_shown_with_what_the_patient_said(at_work, visit):
    words = read(at_work.get("/dia/")).words
    assert "10:00 a. m. · Lupita" in words
    assert "Hoy, lunes 8 de junio" in words
    assert "Me duele la cabeza" in words


def test_the_following_days_are_listed_after_it(at_work, visit, beto):
    factories.booked(beto, number=3)
    words = read(at_work.get("/dia/")).words
    assert words.index("Lupita") < words.index("Beto")


def test_beyond_a_week_nothing_is_shown(at_work, clock, dr_ramos, lupita):
    limit = factories.open_slots(since=clock.at + timedelta(days=7))[0]
    held = appointments.hold(limit.slot, by=(by := factories.viewer(factories.user_of(lupita))), at=clock.at)
    appointments.confirm(held, patient=lupita, by=by, at=clock.at)
    assert "Lupita" not in read(at_work.get("/dia/")).words
    clock.move(days=1)
    assert "Lupita" in read(at_work.get("/dia/")).words


def test_other_clinicians_visits_are_not_in_it(client, clock, visit, acompana, elena):
    client.force_login(factories.clinician("Vega", acompana, elena).user)
    assert "Lupita" not in read(client.get("/dia/")).words


def test_a_hold_is_nobody_yet(at_work, dr_ramos):
    factories.hold(factories.viewer())
    assert "10:00 a. m." not in read(at_work.get("/dia/")).words


@pytest.mark.parametrize(("minutes", "open_door"), [(29, False), (30, True), (75, True)])
def test_the_way_in_opens_half_an_hour_before(at_work, clock, visit, minutes, open_door):
    clock.move(minutes=minutes)
    assert (f"/citas/{visit.uuid}/sala/" in read(at_work.get("/dia/")).links.values()) is open_door


def test_a_visit_by_phone_shows_the_number_to_call(at_work, visit):
    VisitType.objects.update(modality="phone")
    assert "tel:+17135550142" in read(at_work.get("/dia/")).links.values()


def test_who_is_at_the_door_shows(at_work, clock, visit):
    clock.move(minutes=50)
    assert "En la puerta" not in read(at_work.get("/dia/partes/")).words
    arrive(visit, clock.at)
    assert "En la puerta" in read(at_work.get("/dia/partes/")).words


def test_who_went_away_is_not_at_the_door(at_work, clock, visit):
    clock.move(minutes=50)
    presence = arrive(visit, clock.at)
    encounters.leave(presence, by=factories.viewer(factories.user_of(visit.patient)), at=clock.at)
    assert "En la puerta" not in read(at_work.get("/dia/partes/")).words


def test_a_visit_that_has_begun_can_be_finished_from_here(at_work, clock, visit, dr_ramos):
    clock.move(minutes=60)
    assert f"/citas/{visit.uuid}/terminar/" not in read(at_work.get("/dia/")).actions
    begin(visit, dr_ramos, clock.at)
    assert f"/citas/{visit.uuid}/terminar/" in read(at_work.get("/dia/")).actions


def test_finishing_ends_the_visit_and_says_so(at_work, clock, visit, dr_ramos):
    clock.move(minutes=60)
    begin(visit, dr_ramos, clock.at)
    page = read(at_work.post(f"/citas/{visit.uuid}/terminar/", follow=True))
    visit.refresh_from_db()
    assert (visit.status, Encounter.objects.get().status) == ("fulfilled", "finished")
    assert "terminó" in page.words or "terminada" in page.words
    assert page.title == "Nota para Lupita"
    assert "Lupita" not in read(at_work.get("/dia/")).words


def test_finishing_what_never_began_is_refused(at_work, visit):
    assert at_work.post(f"/citas/{visit.uuid}/terminar/").status_code == 409
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_colleague_cannot_finish_it(client, clock, visit, dr_ramos, acompana, elena):
    clock.move(minutes=60)
    begin(visit, dr_ramos, clock.at)
    client.force_login(factories.clinician("Vega", acompana, elena).user)
    assert client.post(f"/citas/{visit.uuid}/terminar/").status_code == 404
    visit.refresh_from_db()
    assert visit.status == "checked-in"


def test_a_link_finishes_nothing(at_work, visit):
    assert at_work.get(f"/citas/{visit.uuid}/terminar/").status_code == 405


def test_the_parts_are_only_what_changes(at_work, visit):
    assert "<html" not in at_work.get("/dia/partes/").content.decode()


def test_the_day_costs_few_queries_however_full(at_work, dr_ramos, lupita, beto, django_assert_max_num_queries):
    for number in range(4):
        factories.booked(lupita if number % 2 else beto, number=number * 2)
    with django_assert_max_num_queries(9):
        at_work.get("/dia/partes/")
