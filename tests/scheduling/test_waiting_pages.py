"""The waiting list as people meet it: going on it, a time offered, taking it or not, leaving; and who waits."""

from datetime import time

import pytest

from scheduling import appointments, freed, waitlist
from scheduling.models import Offer, WaitlistEntry
from scheduling.weeks import Hours
from tests import factories, walks
from tests.factories import AT, HOUR, MINUTE, user_of, viewer
from tests.reading import read

pytestmark = pytest.mark.django_db

WAIT = "/espera/?state=TX&language=es&specialty=family&care=clinical"
LUPITA = {"name": "Lupita", "country": "US", "phone": "713 555 0142"}
TUESDAY = [Hours(1, time(10), time(10, 30))]


@pytest.fixture
def ramos(acompana, elena, consulta):
    made = factories.clinician("Ramos", acompana, elena, hours=TUESDAY, schedule={"horizon_days": 7})
    freed.read(at=AT)
    return made


@pytest.fixture
def visit(ramos, beto):
    """Beto has the only hour there is."""
    return factories.booked(beto)


def wait(client, outbox, **typed):
    """Go on the list as somebody new; return the address of the entry's page."""
    wants_code = client.post(WAIT, LUPITA | typed).url
    return client.post(wants_code, {"code": outbox.code()}).url


def given_back(visit, clock):
    appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=clock.at)
    factories.offers_go_out(clock.at)


def link(outbox):
    """Return the path of the link in the last message about an offer."""
    words = outbox.messages("offer")[-1].body.split()
    return next(word for word in words if "/l/" in word).partition("/l/")[2]


@pytest.fixture
def entry(client, visit, clock, outbox):
    return wait(client, outbox)


def test_where_there_is_no_time_the_waiting_list_is_a_door(client, visit, clock):
    page = walks.times(client)
    door = next(address for words, address in page.links.items() if "Lista de espera" in words)
    assert "Lista de espera" in read(client.get(door)).headings


def test_where_a_time_was_taken_the_waiting_list_is_offered(client, ramos, clock, beto):
    slot = walks.times(client).slots[0]
    factories.booked(beto)
    page = read(client.post("/apartar/", {"slot": slot}))
    assert "/espera/?state=TX" in page.links["Entre en la lista de espera"]


def test_an_address_that_names_no_state_leads_to_the_question(client, db):
    assert client.get("/espera/?state=ZZ").url == client.get("/horas/?state=ZZ").url


def test_a_phone_is_proved_before_anybody_waits(client, visit, clock, outbox):
    wants_code = client.post(WAIT, LUPITA).url
    assert WaitlistEntry.objects.count() == 0
    page = read(client.post(wants_code, {"code": walks.wrong(outbox.code())}))
    assert (page.status, WaitlistEntry.objects.count()) == (422, 0)
    client.post(wants_code, {"code": outbox.code()})
    assert WaitlistEntry.objects.get().patient.preferred_name == "Lupita"


def test_days_and_hours_are_kept(client, visit, clock, outbox):
    address = wait(client, outbox, days=["0", "2"], parts=["morning", "evening"], last_day="2026-06-30")
    entry = WaitlistEntry.objects.get()
    assert {(one.weekday, one.starts.hour) for one in entry.hours.all()} == {(0, 6), (0, 17), (2, 6), (2, 17)}
    page = read(client.get(address))
    assert "Lunes: 6:00 a. m. – 12:00 p. m., 5:00 p. m. – 11:00 p. m." in page.words
    assert "30 de junio" in page.words


def test_an_hour_without_a_day_is_of_every_day(client, visit, clock, outbox):
    wait(client, outbox, parts=["afternoon"])
    assert WaitlistEntry.objects.get().hours.count() == 7


def test_what_is_typed_wrong_is_said_and_nothing_is_lost(client, visit, clock):
    page = read(client.post(WAIT, LUPITA | {"phone": "713", "days": ["1"], "name": "Lupita"}))
    assert len(page.errors) == 1
    assert page.fields["name"] == "Lupita"


def test_whoever_is_signed_in_is_not_asked_again(client, visit, clock, lupita):
    client.force_login(user_of(lupita))
    page = read(client.get(WAIT))
    assert "phone" not in page.fields
    address = client.post(WAIT, {"days": ["1"]}).url
    assert "Está en la lista" in read(client.get(address)).title


def test_what_suits_already_is_shown_after_joining(client, ramos, clock, outbox):
    page = read(client.get(wait(client, outbox)))
    assert len(page.slots) == 1
    assert "libres ahora" in page.words


def test_the_page_says_what_somebody_waits_for(client, entry):
    page = read(client.get(entry))
    assert page.title == "Está en la lista"
    assert "Texas" in page.words
    assert "Cualquier día" in page.words


def test_a_link_opens_the_offer_and_it_can_be_taken_without_an_account(client, entry, visit, clock, outbox):
    given_back(visit, clock)
    stranger = type(client)()
    address = stranger.get(f"/l/{link(outbox)}").url
    page = read(stranger.get(address))
    assert "10:00 a. m." in page.words
    assert "hasta las 9:30 a. m." in page.words
    assert "sigue en la lista" in page.words
    booked = stranger.post(address, {"answer": "yes"}).url
    assert "Confirmada" in read(stranger.get(booked)).words


def test_whoever_cannot_stays_on_the_list(client, entry, visit, clock, outbox):
    given_back(visit, clock)
    address = client.get(f"/l/{link(outbox)}").url
    assert client.post(address, {"answer": "no"}).url == address
    assert "Sigue en la lista" in read(client.get(address)).words
    assert read(client.get(entry)).title == "Está en la lista"


def test_after_the_deadline_the_page_says_so_and_books_nothing(client, entry, visit, clock, outbox):
    given_back(visit, clock)
    address = client.get(f"/l/{link(outbox)}").url
    clock.move(minutes=30)
    assert read(client.get(address)).title == "Se acabó el tiempo para contestar"
    assert client.post(address, {"answer": "yes"}).url == address
    assert Offer.objects.get().appointment.status == "proposed"


def test_an_old_link_leads_whoever_took_the_time_to_their_visit(client, entry, visit, clock, outbox):
    given_back(visit, clock)
    address = client.get(f"/l/{link(outbox)}").url
    booked = client.post(address, {"answer": "yes"}).url
    assert client.get(address).url == booked


def test_an_offer_is_nobody_elses(client, entry, visit, clock, beto):
    given_back(visit, clock)
    stranger = type(client)()
    stranger.force_login(user_of(beto))
    address = f"/espera/oferta/{Offer.objects.get().uuid}/"
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"answer": "yes"}).status_code == 404


def test_the_list_is_among_the_visits_and_can_be_left(client, entry):
    page = read(client.get("/citas/"))
    assert entry in page.links.values()
    client.post(f"{entry}salir/")
    assert read(client.get(entry)).title == "No está en la lista"
    assert entry not in read(client.get("/citas/")).links.values()


def test_an_offer_is_seen_on_the_entrys_page(client, entry, visit, clock):
    given_back(visit, clock)
    page = read(client.get(entry))
    assert page.title == "Se abrió una hora para usted"
    assert f"/espera/oferta/{Offer.objects.get().uuid}/" in page.links.values()


@pytest.mark.parametrize("path", ["", "espera"])
def test_in_english_it_is_all_english(client, visit, clock, path):
    page = read(client.get(f"{WAIT}&lang=en"))
    assert page.title == "Waiting list"
    assert "At night we do not write to you" in page.words


# --- coordinators ----------------------------------------------------------------------------------------------------


def test_coordinators_see_who_waits_how_long_and_why(client, visit, clock, lupita, tomas):
    factories.waits(lupita, hours=(waitlist.Span(0, time(6), time(7)),))
    given_back(visit, clock)
    clock.move(days=3)
    client.force_login(tomas)
    page = read(client.get("/espera/lista/"))
    assert "1 persona" in page.words
    assert "la que más, 3 días" in page.words
    assert "Lupita" in page.words
    assert "la hora no le queda" in page.words


def test_unanswered_offers_are_a_reason_to_call(client, visit, clock, lupita, tomas):
    factories.waits(lupita)
    given_back(visit, clock)
    waitlist.lapse_due(at=clock.at + HOUR)
    client.force_login(tomas)
    assert "mejor llame" in read(client.get("/espera/lista/")).words


def test_a_coordinator_says_who_goes_first(client, visit, clock, lupita, tomas):
    entry = factories.waits(lupita)
    client.force_login(tomas)
    client.post(f"/espera/{entry.uuid}/urgencia/", {"urgency": "urgent"})
    entry.refresh_from_db()
    assert entry.urgency == "urgent"
    assert client.post(f"/espera/{entry.uuid}/urgencia/", {"urgency": "whim"}).status_code == 404


def test_another_organization_sees_nobody(client, visit, clock, lupita):
    factories.waits(lupita)
    elsewhere = factories.organization("casa-pacifico", states=["CA"])
    client.force_login(factories.staff("Joel", elsewhere, factories.Role.COORDINATOR))
    assert "Nadie está esperando" in read(client.get("/espera/lista/")).words


def test_somebody_new_on_the_list_is_shown_to_nobody_by_day_zero(client, visit, clock, lupita, tomas):
    factories.waits(lupita, at=clock.at - MINUTE)
    client.force_login(tomas)
    assert "desde hoy" in read(client.get("/espera/lista/")).words
