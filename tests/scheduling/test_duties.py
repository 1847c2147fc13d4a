"""A code sent to a phone makes nobody a coordinator or a clinician: phones are lent, lost and taken over."""

import pytest

from scheduling import access
from scheduling.models import Appointment, Interpreter, PracticeStatus, User, phone_hash
from tests import factories
from tests.factories import AT, DAY
from tests.reading import read
from tests.walks import ask_for_code, hold

PASSWORD = "correcto-caballo-pila"
OF_RAMOS, OF_TOMAS = "713 555 0110", "713 555 0131"


@pytest.fixture
def ramos(dr_ramos) -> User:
    user = dr_ramos.user
    user.phone, user.phone_hash = "+17135550110", phone_hash("+17135550110")
    user.set_password(PASSWORD)
    user.save()
    return user


def by_phone(client, outbox, phone: str):
    client.post("/entrar/", {"country": "US", "phone": phone})
    return client.post("/entrar/clave/", {"code": outbox.code()})


@pytest.mark.parametrize("phone", [OF_RAMOS, OF_TOMAS])
def test_who_has_duties_is_asked_for_their_password(client, outbox, ramos, tomas, phone):
    answer = by_phone(client, outbox, phone)
    assert answer.url == "/cuenta/login/?next=/citas/"
    assert "_auth_user_id" not in client.session
    assert "correo y contraseña" in read(client.get(answer.url)).words


@pytest.mark.parametrize("page", ["/tablero/", "/dia/", "/horario/", "/citas/"])
def test_their_phone_alone_opens_none_of_their_pages(client, outbox, ramos, tomas, page):
    for phone in (OF_TOMAS, OF_RAMOS):
        by_phone(client, outbox, phone)
        assert client.get(page).status_code == 302
    assert client.get("/api/v1/cases").status_code == client.get("/api/v1/appointments").status_code == 401


def test_a_code_used_so_is_used(client, outbox, tomas):
    by_phone(client, outbox, OF_TOMAS)
    assert client.post("/entrar/clave/", {"code": outbox.code()}).status_code == 410


def test_who_has_duties_books_for_themselves_once_they_proved_who_they_are(client, outbox, ramos):
    held = hold(client)
    answer = client.post(ask_for_code(client, held, phone=OF_RAMOS), {"code": outbox.code()})
    assert answer.url == f"/cuenta/login/?next={held}"
    there = client.post(answer.url, {"login": ramos.email, "password": PASSWORD}).url
    page = read(client.get(there))
    assert page.fields["reason"] == "Me duele la cabeza"  # what was typed before is still there
    assert client.post(there, {"reason": page.fields["reason"]}).status_code == 302
    assert Appointment.objects.get().patient.representatives.get().user == ramos


def test_whose_duties_ended_comes_in_by_phone_again(client, clock, outbox, tomas):
    tomas.memberships.update(valid_until=clock.at.date())
    assert by_phone(client, outbox, OF_TOMAS).url == "/citas/"


@pytest.mark.parametrize(
    ("status", "known"),
    [(PracticeStatus.APPLIED, False), (PracticeStatus.PAUSED, True), (PracticeStatus.SUSPENDED, True)],
)
def test_a_volunteer_has_duties_from_the_day_somebody_looked_at_them(nayeli, status, known):
    nayeli.user.memberships.all().delete()
    Interpreter.objects.update(status=status)
    assert access.has_duties(nayeli.user, at=AT) is known


def test_a_patient_has_none(lupita):
    assert not access.has_duties(factories.user_of(lupita), at=AT)


def test_duties_that_have_not_begun_are_none(tomas):
    assert not access.has_duties(tomas, at=AT - 31 * DAY)


def test_who_gets_duties_while_signed_in_by_phone_does_not_get_them_there(client, clock, outbox, acompana, dr_ramos):
    """A volunteer approved today may have been a patient yesterday; that browser proved a phone and no more."""
    by_phone(client, outbox, "713 555 0199")
    user = User.objects.get(pk=client.session["_auth_user_id"])
    user.memberships.create(organization=acompana, role="coordinator", valid_from=clock.at.date())
    visit = factories.booked(factories.patient("Lupita", "+17135550142"))
    visit.participants.create(user=user, role="coordinator")
    assert client.get("/tablero/").status_code == 404
    assert client.get(f"/citas/{visit.uuid}/").status_code == 404
    assert client.get("/api/v1/cases").json() == {"cases": []}
    assert client.get("/api/v1/appointments").json() == {"appointments": []}
    client.force_login(user)
    assert client.get("/tablero/").status_code == client.get(f"/citas/{visit.uuid}/").status_code == 200
