"""Another time, as a person does it: from the visit to the times, old beside new, done; and when it does not work."""

import pytest

from scheduling.models import Appointment, OpenStart, Participant
from tests import factories
from tests.factories import HOUR, user_of
from tests.reading import read
from tests.scheduling.test_rescheduling import slot_at


@pytest.fixture
def dr_vega(acompana, elena, consulta):
    return factories.clinician("Vega", acompana, elena)


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def at_home(client, clock, visit, lupita):
    client.force_login(user_of(lupita))
    return client


def page_of(visit, part=""):
    return f"/citas/{visit.uuid}/{part}"


def first_time(page):
    return next(link for link in page.links.values() if "slot=" in link)


def test_from_the_visit_to_its_new_time(at_home, visit):
    page = read(at_home.get(page_of(visit)))
    choose = read(at_home.get(page.links["Cambiar la hora"]))
    sure = read(at_home.get(first_time(choose)))
    assert "Hora nueva" in sure.words
    done = read(at_home.post(page_of(visit, "cambiar/confirmar/"), {"slot": sure.slots[0]}, follow=True))
    assert "Su cita ya tiene la hora nueva" in done.words
    assert "10:30 a. m." in done.words
    assert Appointment.objects.get().sequence == 1


def test_until_it_is_confirmed_the_old_time_is_kept_and_the_pages_say_so(at_home, visit):
    choose = read(at_home.get(page_of(visit, "cambiar/")))
    assert "Sigue siendo suya hasta que confirme otra" in choose.words
    sure = read(at_home.get(first_time(choose)))
    assert "10:00 a. m." in sure.words
    assert "10:30 a. m." in sure.words
    assert "usted no pierde nada" in sure.words
    assert Participant.objects.get(role="clinician").occupied.lower == visit.starts_at


def test_the_same_person_comes_first(at_home, visit, dr_vega):
    headings = read(at_home.get(page_of(visit, "cambiar/"))).headings
    assert headings.index("Con la misma persona") < headings.index("Ramos")
    assert headings.index("Ramos") < headings.index("Con otras personas") < headings.index("Vega")


def test_the_confirmation_names_with_whom(at_home, visit, dr_vega):
    slot = next(found.slot for found in factories.open_slots(clinician=dr_vega.uuid))
    assert "Vega" in read(at_home.get(page_of(visit, "cambiar/confirmar/"), {"slot": slot.id})).words


def test_a_time_that_went_meanwhile_leaves_the_old_one_and_shows_what_is_left(at_home, visit, beto):
    slot = slot_at(visit, HOUR)
    factories.booked(beto, number=1)
    taken = read(at_home.post(page_of(visit, "cambiar/confirmar/"), {"slot": slot.id}))
    assert taken.status == 409
    assert "Otra persona la tomó hace un momento" in taken.words
    assert "Su cita sigue como estaba: lunes 8 de junio, 10:00 a. m." in taken.words
    left = [link for link in taken.links.values() if "slot=" in link]
    assert len(left) == 3
    assert all(link.startswith(page_of(visit, "cambiar/confirmar/")) for link in left)
    assert "Hora nueva" in read(at_home.get(left[0])).words


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_time_that_is_out_of_date_leads_back_to_the_visit(at_home, visit, method):
    page = read(getattr(at_home, method)(page_of(visit, "cambiar/confirmar/"), {"slot": "old"}))
    assert page.status == 422
    assert page.links["Ver mi cita"] == page_of(visit)


def test_when_there_is_no_other_time_a_person_can_be_called(at_home, visit):
    OpenStart.objects.all().delete()
    page = read(at_home.get(page_of(visit, "cambiar/")))
    assert "No hay otra hora libre" in page.words
    assert any(link.startswith("tel:") for link in page.links.values())


def test_in_the_last_hours_the_pages_say_honestly_what_that_means(at_home, visit):
    for part in ("cambiar/", "cancelar/"):
        words = read(at_home.get(page_of(visit, part))).words
        assert "Faltan menos de 4 horas" in words
        assert "ya nadie alcance a usar esta hora" in words


def test_in_good_time_they_do_not(client, clock, dr_ramos, lupita):
    visit = factories.booked(lupita, number=8)
    client.force_login(user_of(lupita))
    for part in ("cambiar/", "cancelar/"):
        assert "Faltan menos de" not in read(client.get(page_of(visit, part))).words


def test_once_it_has_begun_the_way_is_in_or_a_call(at_home, clock, visit):
    clock.at = visit.starts_at
    assert "Cambiar la hora" not in read(at_home.get(page_of(visit))).links
    page = read(at_home.get(page_of(visit, "cambiar/")))
    assert (page.status, page.title) == (409, "Esta cita ya empezó")
    assert read(at_home.post(page_of(visit, "cancelar/"))).title == "Esta cita ya empezó"


def test_a_cancelled_visit_cannot_be_moved(at_home, visit):
    at_home.post(page_of(visit, "cancelar/"))
    assert at_home.get(page_of(visit, "cambiar/")).status_code == 409


def test_cancelling_offers_to_change_the_time_instead(at_home, visit):
    page = read(at_home.get(page_of(visit, "cancelar/")))
    assert page.links["Mejor cambiar la hora"] == page_of(visit, "cambiar/")


@pytest.mark.parametrize("part", ["cambiar/", "cambiar/confirmar/"])
def test_another_persons_visit_is_not_there(client, clock, visit, beto, part):
    client.force_login(user_of(beto))
    slot = slot_at(visit, HOUR).id
    assert client.get(page_of(visit, part), {"slot": slot}).status_code == 404
    assert Appointment.objects.get().sequence == 0


def test_whoever_holds_the_link_of_the_visit_may_move_it(client, clock, visit):
    _grant, secret = factories.accounts.grant_link("appointment", visit.uuid, at=factories.AT)
    client.get(f"/l/{secret}")
    slot = slot_at(visit, HOUR).id
    assert client.post(page_of(visit, "cambiar/confirmar/"), {"slot": slot}).status_code == 302
    assert Appointment.objects.get().starts_at == visit.starts_at + HOUR


def test_the_pages_speak_english_too(at_home, visit):
    words = read(at_home.get(page_of(visit, "cambiar/?lang=en"))).words
    assert "Your time now. It stays yours until you confirm another one." in words


def test_choosing_costs_few_queries(at_home, visit, dr_vega, django_assert_max_num_queries):
    with django_assert_max_num_queries(24):
        at_home.get(page_of(visit, "cambiar/"))
