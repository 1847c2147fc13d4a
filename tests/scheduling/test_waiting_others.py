"""The waiting list's pages to whom they are not meant for, answered oddly, in English, and for the office."""

from datetime import time

import pytest
from django.test import Client

from scheduling import freed, waitlist
from scheduling.models import Offer, PhoneCode, Role, Urgency, WaitlistEntry
from scheduling.waiting import Span
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, user_of, viewer
from tests.reading import read

pytestmark = pytest.mark.django_db

WAIT = "/espera/?state=TX&language=es&specialty=family&care=clinical"
HERS = {"name": "Lupita", "country": "US", "phone": "713 555 0142"}
TUESDAY = [Hours(1, time(10), time(10, 30))]


@pytest.fixture
def ramos(acompana, elena, consulta, clock):
    made = factories.clinician("Ramos", acompana, elena, hours=TUESDAY, schedule={"horizon_days": 7})
    freed.read(at=AT)
    return made


@pytest.fixture
def entry(ramos, lupita):
    return factories.waits(lupita)


@pytest.fixture
def offer(entry):
    factories.offers_go_out()
    return Offer.objects.select_related("appointment").get()


@pytest.fixture
def signed_in(client):
    def sign_in(who):
        client.force_login(factories.account(who))
        return client

    return sign_in


def at_offer(offer):
    return f"/espera/oferta/{offer.uuid}/"


def status(row):
    row.refresh_from_db()
    return str(row.status)


# --- not theirs ------------------------------------------------------------------------------------------------------

STRANGERS = ["beto", "ramos", "nayeli"]


@pytest.mark.parametrize("name", STRANGERS)
def test_whose_entry_it_is_not_finds_nothing(request, signed_in, entry, name):
    client = signed_in(request.getfixturevalue(name))
    assert client.get(f"/espera/{entry.uuid}/").status_code == 404
    assert client.post(f"/espera/{entry.uuid}/salir/").status_code == 404
    assert status(entry) == "waiting"


@pytest.mark.parametrize("name", STRANGERS)
@pytest.mark.parametrize("answer", ["yes", "no", "", "maybe"])
def test_whose_offer_it_is_not_answers_nothing(request, signed_in, offer, name, answer):
    client = signed_in(request.getfixturevalue(name))
    assert client.post(at_offer(offer), {"answer": answer}).status_code == 404
    assert status(offer) == "open"


def test_nobody_signed_in_is_asked_to_sign_in_and_leaves_nobody(client, entry):
    assert client.get(f"/espera/{entry.uuid}/").status_code == 302
    assert client.post(f"/espera/{entry.uuid}/salir/").status_code == 404
    assert status(entry) == "waiting"


@pytest.mark.parametrize("name", [*STRANGERS, "lupita"])
def test_only_the_office_sees_who_waits(request, signed_in, entry, name):
    client = signed_in(request.getfixturevalue(name))
    answer = client.get("/espera/lista/")
    assert answer.status_code in (302, 403, 404)
    assert "Lupita" not in answer.content.decode()


@pytest.mark.parametrize("name", [*STRANGERS, "lupita", "carmen"])
def test_only_a_coordinator_says_who_goes_first(request, signed_in, entry, name):
    client = signed_in(request.getfixturevalue(name))
    assert client.post(f"/espera/{entry.uuid}/urgencia/", {"urgency": "urgent"}).status_code in (302, 403, 404)
    entry.refresh_from_db()
    assert entry.urgency == "routine"


def test_a_coordinator_of_elsewhere_puts_nobody_first(signed_in, entry):
    casa = factories.organization("casa-pacifico", ["CA"])
    client = signed_in(factories.staff("Joel", casa, Role.COORDINATOR))
    assert client.post(f"/espera/{entry.uuid}/urgencia/", {"urgency": "urgent"}).status_code == 404
    entry.refresh_from_db()
    assert entry.urgency == "routine"


@pytest.mark.parametrize("path", ["salir/", "urgencia/"])
def test_what_changes_something_is_never_a_link(signed_in, entry, tomas, path):
    assert signed_in(tomas).get(f"/espera/{entry.uuid}/{path}").status_code == 405


# --- answered oddly --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [{}, {"answer": ""}, {"answer": "maybe"}, {"answer": "YES"}, {"otra": "no"}], ids=str)
def test_what_is_no_answer_costs_nobody_their_time(signed_in, offer, lupita, typed):
    client = signed_in(lupita)
    assert client.post(at_offer(offer), typed).url == at_offer(offer)
    assert (status(offer), status(offer.appointment)) == ("open", "proposed")
    assert read(client.get(at_offer(offer))).title == "Se abrió una hora para usted"


def test_looking_at_an_offer_answers_nothing(signed_in, offer, lupita):
    client = signed_in(lupita)
    assert client.get(at_offer(offer), {"answer": "no"}).status_code == client.head(at_offer(offer)).status_code == 200
    assert status(offer) == "open"


def test_pressing_twice_books_once(signed_in, offer, lupita):
    client = signed_in(lupita)
    first, second = (client.post(at_offer(offer), {"answer": "yes"}).url for _ in range(2))
    assert first == second == f"/citas/{offer.appointment.uuid}/"


def test_no_after_yes_keeps_the_visit(signed_in, offer, lupita):
    client = signed_in(lupita)
    client.post(at_offer(offer), {"answer": "yes"}), client.post(at_offer(offer), {"answer": "no"})
    assert (status(offer), status(offer.appointment)) == ("accepted", "booked")


def test_yes_after_no_comes_too_late(signed_in, offer, lupita):
    client = signed_in(lupita)
    client.post(at_offer(offer), {"answer": "no"}), client.post(at_offer(offer), {"answer": "yes"})
    assert (status(offer), status(offer.appointment)) == ("declined", "cancelled")


def test_leaving_twice_is_leaving_once(signed_in, entry, lupita):
    client = signed_in(lupita)
    pages = [client.post(f"/espera/{entry.uuid}/salir/").url for _ in range(2)]
    assert set(pages) == {f"/espera/{entry.uuid}/"}
    assert read(client.get(pages[0])).title == "No está en la lista"


@pytest.mark.parametrize("urgency", ["", "URGENT", "urgente", "routine "])
def test_an_urgency_we_do_not_have_changes_nothing(signed_in, entry, tomas, urgency):
    assert signed_in(tomas).post(f"/espera/{entry.uuid}/urgencia/", {"urgency": urgency}).status_code == 404


def test_who_waits_no_more_cannot_be_put_first(signed_in, entry, lupita, tomas):
    waitlist.leave(entry, by=viewer(user_of(lupita)), at=AT)
    answer = signed_in(tomas).post(f"/espera/{entry.uuid}/urgencia/", {"urgency": "soon"})
    assert answer.status_code == 409
    assert "Lupita" not in answer.content.decode()


# --- the code on the way in ------------------------------------------------------------------------------------------


def test_without_a_code_asked_for_there_is_no_page_for_it(client, ramos):
    wants_code = Client().post(WAIT, HERS).url
    assert client.get(wants_code).status_code == 302
    assert client.post(wants_code, {"code": "123456"}).status_code == 302


def test_a_code_asked_for_in_one_browser_is_typed_in_that_one(client, ramos, outbox):
    wants_code = client.post(WAIT, HERS).url
    Client().post(wants_code, {"code": outbox.code()})
    assert not WaitlistEntry.objects.exists()
    client.post(wants_code, {"code": outbox.code()})
    assert WaitlistEntry.objects.count() == 1


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "1234567"])
def test_what_is_no_code_is_refused_and_may_be_typed_again(client, ramos, outbox, code):
    wants_code = client.post(WAIT, HERS).url
    page = read(client.post(wants_code, {"code": code}))
    assert len(page.errors) == 1
    client.post(wants_code, {"code": outbox.code()})
    assert WaitlistEntry.objects.count() == 1


def test_an_old_code_lets_nobody_in(client, ramos, outbox, clock):
    wants_code = client.post(WAIT, HERS).url
    code = outbox.code()
    clock.move(hours=1)
    assert client.post(wants_code, {"code": code}).status_code >= 400
    assert not WaitlistEntry.objects.exists()


def test_many_codes_to_one_phone_are_too_many_and_it_is_said(client, ramos):
    answers = [read(client.post(WAIT, HERS)) for _ in range(12)]
    assert answers[-1].errors != [] and answers[-1].fields["name"] == "Lupita"
    assert PhoneCode.objects.count() < 12


# --- the office ------------------------------------------------------------------------------------------------------


def test_the_most_urgent_and_then_the_longest_waiting_stand_first(signed_in, ramos, lupita, beto, tomas, clock):
    ana = factories.patient("Ana", "+17135550146")
    factories.waits(beto, at=AT - 9 * DAY), factories.waits(lupita, at=AT - DAY)
    waitlist.prioritise(factories.waits(ana), Urgency.URGENT, by=viewer(tomas), at=AT)
    page = read(signed_in(tomas).get("/espera/lista/"))
    assert [words.partition(" ·")[0] for words in page.headings[1:4]] == ["Ana", "Beto", "Lupita"]


def test_a_navigator_sees_the_list_and_is_asked_nothing(signed_in, entry, carmen):
    page = read(signed_in(carmen).get("/espera/lista/"))
    assert "Lupita" in page.words
    assert not any("urgencia" in action for action in page.actions)


@pytest.mark.parametrize(("lang", "words"), [("es", "Quién espera"), ("en", "Who waits")])
def test_the_office_reads_it_in_its_language(signed_in, entry, tomas, lang, words):
    assert words in read(signed_in(tomas).get(f"/espera/lista/?lang={lang}")).headings


def test_who_left_stands_there_no_more(signed_in, entry, lupita, tomas):
    waitlist.leave(entry, by=viewer(user_of(lupita)), at=AT)
    assert "Lupita" not in read(signed_in(tomas).get("/espera/lista/")).words


@pytest.mark.parametrize("lang", ["es", "en"])
def test_her_page_reads_in_her_language_and_names_her_hours(signed_in, ramos, lupita, lang):
    made = factories.waits(lupita, hours=(Span(0, time(8), time(12)),))
    page = read(signed_in(lupita).get(f"/espera/{made.uuid}/?lang={lang}"))
    assert page.language == lang
    assert {"es": "Lunes: 8:00 a. m.", "en": "Monday: 8:00 a.m."}[lang] in page.words.replace("AM", "a.m.")


def test_an_offer_that_is_over_leads_to_all_the_times(signed_in, offer, lupita, clock):
    clock.at = offer.due_at
    page = read(signed_in(lupita).get(at_offer(offer)))
    assert page.links["Ver todas las horas"].startswith("/horas/?state=TX")
