"""Making a visit for somebody else, as a person does it: asked, permitted, listed, ended. Nothing typed is lost."""

import pytest

from scheduling.models import Appointment, Consent, Patient, Relation
from tests import factories
from tests.factories import user_of
from tests.reading import read
from tests.walks import ask_for_code, book, hold

pytestmark = pytest.mark.usefixtures("dr_ramos")

FOR_HER = {"whom": "other", "their_name": "Abuela Chela", "relation": "child", "permission": "on"}


@pytest.fixture
def at_home(client, clock, lupita):
    """Lupita's browser, signed in."""
    client.force_login(user_of(lupita))
    return client


@pytest.fixture
def her_visit(at_home, lupita):
    """The address of the visit Lupita makes for her grandmother."""
    return at_home.post(hold(at_home), FOR_HER | {"reason": "Le duele la rodilla"}).url


# --- who is new ------------------------------------------------------------------------------------------------------


def test_the_page_asks_for_whom_and_first_thinks_of_oneself(client, clock):
    page = read(client.get(hold(client)))
    assert "¿Para quién es la cita?" in page.words
    assert page.fields["whom"] == "me"
    assert {"their_name", "name", "phone"} <= set(page.fields)


def test_the_page_asks_in_english_too(client, clock):
    held = hold(client)
    words = read(client.get(held, headers={"Accept-Language": "en"})).words
    assert "Whom is the appointment for?" in words
    assert "They gave me permission to make the appointment" in words


def test_a_code_on_the_phone_books_for_somebody_else(client, outbox):
    book(client, outbox, **FOR_HER)
    visit = Appointment.objects.get()
    assert (visit.patient.preferred_name, visit.patient.phone) == ("Abuela Chela", "+17135550142")
    speaks = visit.patient.representatives.get()
    assert (speaks.relation, speaks.user.preferred_name) == (Relation.CHILD, "Lupita")


def test_for_oneself_what_was_typed_of_another_is_not_read(client, outbox):
    book(client, outbox, **FOR_HER | {"whom": "me"})
    assert Appointment.objects.get().patient.preferred_name == "Lupita"
    assert Consent.objects.count() == 0


def test_back_from_the_code_everything_typed_is_there(client, outbox):
    held = hold(client)
    ask_for_code(client, held, **FOR_HER)
    fields = read(client.get(held)).fields
    assert {name: fields[name] for name in FOR_HER} == FOR_HER


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("their_name", "Escriba su nombre o un apodo."),
        ("relation", "Elija qué es de usted."),
        ("permission", "Pregúntele primero."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, outbox, missing, words):
    held = hold(client)
    typed = {name: value for name, value in FOR_HER.items() if name != missing}
    said = {"name": "Lupita", "country": "US", "phone": "713 555 0142", "reason": "Tos"}
    page = read(client.post(held, typed | said))
    assert words in page.errors[0]
    assert len(page.errors) == 1
    assert {name: page.fields[name] for name in typed | said} == typed | said
    assert outbox.messages("code") == []


def test_without_a_permission_nothing_is_begun(at_home):
    answer = at_home.post(hold(at_home), FOR_HER | {"permission": ""})
    assert read(answer).errors
    assert Patient.objects.count() == 1
    assert Appointment.objects.get().status == "proposed"


@pytest.mark.parametrize("typed", [{"relation": "self"}, {"relation": "boss"}, {"whom": "everybody"}])
def test_what_was_not_offered_is_refused(at_home, typed):
    assert read(at_home.post(hold(at_home), FOR_HER | typed)).errors
    assert Consent.objects.count() == 0


# --- who is known ----------------------------------------------------------------------------------------------------


def test_who_is_signed_in_books_for_another_without_a_code(at_home, her_visit, outbox):
    page = read(at_home.get(her_visit))
    assert "Le duele la rodilla" in page.words
    assert Appointment.objects.get().patient.preferred_name == "Abuela Chela"
    assert outbox.messages("code") == []


def test_a_second_visit_for_the_same_person_is_the_same_patients(at_home, her_visit):
    at_home.post(hold(at_home), FOR_HER)
    assert Appointment.objects.filter(status="booked").values("patient").distinct().count() == 1


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_says_for_whom_and_who_they_are(at_home, her_visit, lupita):
    factories.booked(lupita, number=1)
    page = read(at_home.get("/citas/"))
    assert "Personas por quienes hablo" in page.headings
    assert page.words.count("Para Abuela Chela") == 1
    assert her_visit in page.links.values()


def test_who_speaks_for_nobody_sees_no_such_list(at_home):
    assert "Personas por quienes hablo" not in read(at_home.get("/citas/")).words


def test_a_button_ends_it_and_the_visit_is_gone_from_there(at_home, her_visit):
    [end] = [action for action in read(at_home.get("/citas/")).actions if "/personas/" in action]
    page = read(at_home.post(end, follow=True))
    assert "Usted ya no habla por esa persona" in page.words
    assert "Abuela Chela" not in page.words
    assert at_home.get(her_visit).status_code == 404
    assert Appointment.objects.get().status == "booked"


def test_another_account_cannot_end_it(at_home, her_visit, client, beto):
    [end] = [action for action in read(at_home.get("/citas/")).actions if "/personas/" in action]
    client.force_login(user_of(beto))
    assert client.post(end).status_code == 404
    assert Consent.objects.get().revoked_at is None


# --- as programs see it ----------------------------------------------------------------------------------------------


def test_a_program_books_for_somebody_its_account_speaks_for(at_home, her_visit, lupita):
    """Whoever was begun on the page is known to the API by the same rule; when it ends, no longer."""
    hers = Appointment.objects.get().patient
    held = factories.hold(factories.viewer(user_of(lupita), at_home.session["holder"]))
    body = {"hold": str(held.uuid), "patient": str(hers.uuid)}
    answer = at_home.post("/api/v1/appointments", body, content_type="application/json")
    assert (answer.status_code, Appointment.objects.filter(patient=hers).count()) == (201, 2)


def test_a_program_no_longer_books_for_somebody_once_it_ended(at_home, her_visit, lupita):
    hers = Appointment.objects.get().patient
    [end] = [action for action in read(at_home.get("/citas/")).actions if "/personas/" in action]
    at_home.post(end)
    held = factories.hold(factories.viewer(user_of(lupita), at_home.session["holder"]))
    body = {"hold": str(held.uuid), "patient": str(hers.uuid)}
    answer = at_home.post("/api/v1/appointments", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("name", ["<b>Chela</b>", "Chela & Beto", "Nʉmʉ", "x" * 80])
def test_whatever_somebody_is_called_is_shown_as_typed(at_home, name):
    at_home.post(hold(at_home), FOR_HER | {"their_name": name})
    assert f"Para {name}" in read(at_home.get("/citas/")).words


def test_a_name_too_long_is_refused_and_kept(at_home):
    page = read(at_home.post(hold(at_home), FOR_HER | {"their_name": "x" * 81}))
    assert page.fields["their_name"] == "x" * 81
    assert page.errors


def test_looking_at_the_end_ends_nothing(at_home, her_visit):
    [end] = [action for action in read(at_home.get("/citas/")).actions if "/personas/" in action]
    assert at_home.get(end).status_code == 405
    assert Consent.objects.get().revoked_at is None


def test_signed_out_nobody_ends_anything(at_home, her_visit):
    [end] = [action for action in read(at_home.get("/citas/")).actions if "/personas/" in action]
    at_home.logout()
    assert at_home.post(end).status_code == 404
