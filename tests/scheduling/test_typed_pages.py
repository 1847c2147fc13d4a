"""What a person types about themselves: read as it is meant, and never lost on the way to the visit."""

import pytest

from tests.reading import read
from tests.walks import LUPITA, ask_for_code, book, hold

pytestmark = pytest.mark.usefixtures("dr_ramos")


def test_changing_the_number_brings_back_what_was_typed(client, outbox):
    held = hold(client)
    ask_for_code(client, held, email="lupita@ejemplo.mx")
    fields = read(client.get(held)).fields
    assert {name: fields[name] for name in LUPITA} == LUPITA | {"email": "lupita@ejemplo.mx"}


def test_another_code_goes_to_the_same_phone_and_keeps_what_was_typed(client, outbox):
    held = hold(client)
    ask_for_code(client, held)
    wants_code = client.post(f"{held}otra-clave/").url
    first, second = outbox.messages("code")
    assert first.address == second.address
    visit = client.post(wants_code, {"code": outbox.code()}).url
    assert "Me duele la cabeza" in read(client.get(visit)).words


def test_the_first_code_is_useless_once_another_was_sent(client, outbox):
    held = hold(client)
    wants_code = ask_for_code(client, held)
    first = outbox.code()
    client.post(f"{held}otra-clave/")
    second = outbox.code()
    assert first == second or client.post(wants_code, {"code": first}).status_code == 422


def test_too_many_codes_asked_for_again_keep_the_page(client, outbox):
    held = hold(client)
    for _ in range(5):
        ask_for_code(client, held)
    page = read(client.post(f"{held}otra-clave/"))
    assert page.status == 429
    assert "muchos códigos" in page.words
    assert "code" in page.fields


@pytest.mark.parametrize(
    ("country", "phone", "said"),
    [
        ("US", "713 555 014", "Escriba los 10 números, por ejemplo 713 555 0142. Usted escribió 9."),
        ("US", "713 555 01422", "Escriba los 10 números, por ejemplo 713 555 0142. Usted escribió 11."),
        ("MX", "55 1234 567", "Escriba los 10 números"),
        ("US", "", "Escriba el número"),
        ("US", "no tengo", "solo números"),
        ("US", "713 555 0142 ext 3", "sin extensión"),
        ("US", "000 000 0000", "no existe"),
    ],
)
def test_a_phone_that_is_none_says_what_is_expected(client, clock, country, phone, said):
    page = read(client.post(hold(client), LUPITA | {"country": country, "phone": phone}))
    assert said in page.errors[0]
    assert (page.fields["phone"], page.fields["country"], page.fields["reason"]) == (
        phone,
        country,
        LUPITA["reason"],
    )


@pytest.mark.parametrize("typed", ["044 55 1234 5678", "01 55 1234 5678", "+52 1 55 1234 5678", "55 1234 5678"])
def test_a_mexican_number_is_understood_as_it_was_always_dialled(client, outbox, typed):
    ask_for_code(client, hold(client), country="MX", phone=typed)
    assert outbox.messages("code")[0].address == "+525512345678"


def test_an_e_mail_that_is_none_is_told_apart(client, clock):
    page = read(client.post(hold(client), LUPITA | {"email": "lupita@", "name": ""}))
    assert len(page.errors) == 2
    assert page.fields["email"] == "lupita@"


def test_an_e_mail_brings_the_invitation(client, outbox):
    book(client, outbox, email="lupita@ejemplo.mx")
    [mail] = [one for one in outbox.messages("appointment_booked") if one.address == "lupita@ejemplo.mx"]
    assert "METHOD:REQUEST" in mail.calendar


def test_an_e_mail_given_now_is_taken_over_by_who_is_known_already(client, outbox, lupita):
    book(client, outbox, email="lupita@ejemplo.mx")
    assert "lupita@ejemplo.mx" in [message.address for message in outbox.messages("appointment_booked")]


def test_an_e_mail_left_out_leaves_the_one_that_is_there(client, outbox, lupita):
    lupita.email = "antes@ejemplo.mx"
    lupita.save()
    book(client, outbox)
    assert "antes@ejemplo.mx" in [message.address for message in outbox.messages("appointment_booked")]
