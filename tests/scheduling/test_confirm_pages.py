"""From a held time to a booked visit: who it is for, the code on the phone, done. Nothing typed is lost on the way."""

import pytest
from django.test import Client

from scheduling.models import Appointment, Patient, PhoneCode
from tests import factories
from tests.reading import read
from tests.walks import LUPITA, ask_for_code, book, hold, wrong

pytestmark = pytest.mark.usefixtures("dr_ramos")


def test_a_phone_and_its_code_book_the_visit(client, outbox):
    page = read(client.get(book(client, outbox)))
    assert "Confirmada" in page.words
    assert "Lunes 8 de junio 10:00 a. m." in page.words
    assert "Me duele la cabeza" in page.words


def test_who_books_begins_an_account_with_what_they_said(client, outbox):
    book(client, outbox)
    lupita = Patient.objects.get()
    assert (lupita.preferred_name, lupita.phone, lupita.state) == ("Lupita", "+17135550142", "TX")


def test_who_books_again_is_the_same_patient(client, outbox, lupita):
    visit = book(client, outbox)
    assert Appointment.objects.get(uuid=visit.split("/")[2]).patient == lupita
    assert Patient.objects.count() == 1


def test_the_code_says_where_it_went_without_saying_the_number(client, outbox):
    page = read(client.get(ask_for_code(client, hold(client))))
    assert "termina en 42" in page.words
    assert "555" not in page.words.split("¿Prefiere hablar?")[0]


def test_the_message_says_nothing_of_what_it_is_about(client, outbox):
    ask_for_code(client, hold(client))
    [message] = outbox.messages("code")
    assert message.address == "+17135550142"
    assert not {"cita", "médico", "doctor", "salud", "Acompaña"} & set(message.body.split())


# --- the code --------------------------------------------------------------------------------------------------------


def test_a_wrong_code_keeps_the_page_and_says_how_many_tries_are_left(client, outbox):
    wants_code = ask_for_code(client, hold(client))
    page = read(client.post(wants_code, {"code": wrong(outbox.code())}))
    assert page.status == 422
    assert page.title == "Esta hora es suya"
    assert page.fields["code"] == wrong(outbox.code())
    [error] = page.errors
    assert "no es" in error
    assert "Le quedan 4" in error


def test_after_a_wrong_code_the_right_one_books(client, outbox):
    wants_code = ask_for_code(client, hold(client))
    client.post(wants_code, {"code": wrong(outbox.code())})
    assert client.post(wants_code, {"code": outbox.code()}).url.startswith("/citas/")


def test_after_five_wrong_codes_the_right_one_does_not_work(client, outbox):
    wants_code = ask_for_code(client, hold(client))
    answers = [client.post(wants_code, {"code": wrong(outbox.code())}) for _ in range(5)]
    assert "pida otro" in read(answers[-1]).errors[0].lower()
    late = client.post(wants_code, {"code": outbox.code()})
    assert (late.status_code, Appointment.objects.get().status) == (410, "proposed")


def test_a_code_that_is_too_old_does_not_work(client, outbox, clock):
    wants_code = ask_for_code(client, hold(client))
    code = outbox.code()
    Appointment.objects.update(held_until=factories.AT.replace(hour=15))
    clock.move(minutes=11)
    page = read(client.post(wants_code, {"code": code}))
    assert page.status == 410
    assert "ya no sirve" in page.errors[0]


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567"])
def test_what_is_no_code_costs_no_try(client, outbox, typed):
    wants_code = ask_for_code(client, hold(client))
    page = read(client.post(wants_code, {"code": typed}))
    assert page.errors
    assert PhoneCode.objects.get().tries_left == 5


def test_a_code_may_be_written_with_a_space(client, outbox):
    wants_code = ask_for_code(client, hold(client))
    code = outbox.code()
    assert client.post(wants_code, {"code": f" {code[:3]} {code[3:]} "}).url.startswith("/citas/")


def test_a_code_read_over_a_shoulder_is_useless_in_another_browser(client, outbox):
    stranger = Client()
    theirs = ask_for_code(stranger, hold(stranger), phone="713 555 0145")
    ask_for_code(client, hold(client))
    assert stranger.post(theirs, {"code": outbox.code()}).status_code == 422


def test_without_a_code_sent_the_page_goes_back_a_step(client, clock):
    held = hold(client)
    assert client.get(f"{held}clave/").url == held


def test_a_sixth_code_in_an_hour_is_not_sent(client, outbox):
    held = hold(client)
    for _ in range(5):
        ask_for_code(client, held)
    page = read(client.post(held, LUPITA))
    assert len(outbox.messages("code")) == 5
    assert "muchos códigos" in page.errors[0]
    assert "En 60 minutos puede pedir otro" in page.errors[0]


# --- what stands in the way ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["", "clave/"])
def test_a_hold_that_is_over_is_not_booked(client, outbox, clock, step):
    held = hold(client)
    ask_for_code(client, held)
    code = outbox.code()
    clock.move(minutes=6)
    response = client.post(held + step, LUPITA | {"code": code})
    assert (response.status_code, Appointment.objects.get().status) == (410, "proposed")
    assert "sigue libre" in read(response).words


def test_held_again_what_was_typed_is_still_there(client, outbox, clock):
    held = hold(client)
    ask_for_code(client, held)
    clock.move(minutes=6)
    again = client.post("/apartar/", {"slot": read(client.get(held)).slots[0]}).url
    assert read(client.get(again)).fields["reason"] == LUPITA["reason"]


def test_two_visits_at_one_time_are_one_too_many(client, outbox, lupita, acompana, elena):
    factories.clinician("Vega", acompana, elena)
    factories.booked(lupita)
    client.force_login(factories.user_of(lupita))
    response = client.post(hold(client), {"reason": ""})
    assert response.status_code == 409
    assert "Ver mis citas" in read(response).links


def test_confirming_twice_leads_to_the_same_visit(client, outbox):
    held = hold(client)
    wants_code = ask_for_code(client, held)
    visit = client.post(wants_code, {"code": outbox.code()}).url
    assert client.post(wants_code, {"code": outbox.code()}).url == visit
    assert client.get(held).url == visit


# --- somebody we know already ----------------------------------------------------------------------------------------


def test_who_is_signed_in_needs_no_code(client, outbox, lupita):
    client.force_login(factories.user_of(lupita))
    held = hold(client)
    assert set(read(client.get(held)).fields) == {"csrfmiddlewaretoken", "whom", "their_name", "relation", "reason"}
    visit = client.post(held, {"reason": "Tos"}).url
    assert "Tos" in read(client.get(visit)).words
    assert outbox.messages("code") == []


def test_the_code_signs_in(client, outbox, lupita):
    book(client, outbox)
    assert client.session["_auth_user_id"] == str(factories.user_of(lupita).pk)


def test_a_hold_of_this_browser_is_still_its_own_after_signing_in(client, clock, lupita):
    held = hold(client)
    client.force_login(factories.user_of(lupita))
    assert client.get(held).status_code == 200
