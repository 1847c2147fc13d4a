"""The pages of vetting: an application nobody loses, and an admin's few clear steps."""

import re

import pytest

from scheduling.models import Clinician, Interpreter, Licence
from tests import factories
from tests.factories import AT
from tests.reading import read

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ines(acompana):
    """What Inés types."""
    return {
        "name": "Dra. Inés",
        "email": "ines@example.org",
        "organization": acompana.pk,
        "spoken": ["es"],
        "profession": "physician",
        "specialties": ["family"],
        "where": "TX",
        "number": "T-9",
        "expires_on": "2027-03-01",
    }


@pytest.fixture
def admin(client, elena):
    client.force_login(elena)
    return client


def test_the_first_page_of_volunteers_leads_both_ways(client, db):
    links = set(read(client.get("/voluntarios/")).links.values())
    assert {"/voluntarios/medicina/", "/voluntarios/interpretes/"} <= links


def test_a_clinician_applies(client, ines):
    assert client.post("/voluntarios/medicina/", ines).url == "/voluntarios/gracias/"
    assert Clinician.objects.get().licences.get().state == "TX"


def test_a_mexican_cedula_is_of_the_country(client, ines):
    client.post("/voluntarios/medicina/", ines | {"where": "MX"})
    assert (Licence.objects.get().country, Licence.objects.get().state) == ("MX", "")


def test_an_interpreter_applies_with_the_town_of_their_language(client, acompana):
    told = {"name": "Tino", "email": "t@example.org", "organization": acompana.pk, "spoken": ["es"]}
    answer = client.post("/voluntarios/interpretes/", told | {"group": "zap", "town": "Juchitán de Zaragoza"})
    assert answer.url == "/voluntarios/gracias/"
    assert Interpreter.objects.get().languages == ["es", "zai"]


def test_an_address_we_know_is_answered_the_same(client, ines, tomas):
    assert client.post("/voluntarios/medicina/", ines | {"email": tomas.email}).url == "/voluntarios/gracias/"
    assert not Clinician.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Escriba su nombre"),
        ("email", "ines", "Ese no es un correo"),
        ("spoken", [], "Elija al menos una"),
        ("specialties", [], "Elija al menos una"),
        ("where", "", "Elija el estado o país"),
        ("number", "", "Escriba el número"),
        ("expires_on", "mañana", "Escriba el día así"),
    ],
)
def test_a_mistake_says_what_to_do_and_loses_nothing(client, ines, field, typed, said):
    page = read(client.post("/voluntarios/medicina/", ines | {field: typed}))
    assert [error for error in page.errors if error.startswith(said)]
    kept = "number" if field != "number" else "name"
    assert page.fields[kept] == ines[kept]


def test_an_interpreter_without_a_second_language_is_told(client, acompana):
    told = {"name": "Tino", "email": "t@example.org", "organization": acompana.pk, "group": "zap"}
    page = read(client.post("/voluntarios/interpretes/", told | {"town": "Villa Inventada"}))
    assert len(page.errors) >= 2
    assert page.fields["town"] == "Villa Inventada"


# --- the admin -------------------------------------------------------------------------------------------------------


def test_the_list_shows_who_waits_first(client, admin, ines, dr_ramos):
    client.post("/voluntarios/medicina/", ines)
    page = read(admin.get("/voluntarios/lista/"))
    assert page.words.index("Dra. Inés") < page.words.index("Ramos")
    assert "1 espera respuesta" in page.words


def test_a_licence_about_to_lapse_is_marked(admin, dr_ramos):
    Licence.objects.update(expires_on=AT.date() + factories.DAY * 20)
    assert 'data-tone="urgent"' in read(admin.get("/voluntarios/lista/")).html


def steps(admin, ines) -> tuple[str, str]:
    admin.post("/voluntarios/medicina/", ines)
    one = Clinician.objects.get(user__email="ines@example.org")
    licence = one.licences.get().pk
    return f"/voluntarios/{one.uuid}/", f"/voluntarios/{one.uuid}/cedula/{licence}/"


def test_from_application_to_the_first_day(admin, ines, client, outbox):
    page, verify = steps(admin, ines)
    licence = Licence.objects.get(clinician__user__email="ines@example.org").pk
    form = {f"{licence}-source": "Texas Medical Board, 8 June", f"{licence}-expires_on": "2027-03-01"}
    assert admin.post(verify, form).url == page
    assert admin.post(f"{page}aprobar/", {"approval": "video call"}).url == page
    assert "Aprobado por Elena" in read(admin.get(page)).words
    [mail] = outbox.messages("volunteer_approved")
    key = re.search(r"http://[^/]+(/cuenta/password/reset/key/\S+/)", mail.body)[1]
    where = client.get(key, follow=True)
    chosen = "caballo-correcto-pila"
    client.post(where.redirect_chain[-1][0], {"password1": chosen, "password2": chosen})
    client.logout()
    assert client.post("/cuenta/login/", {"login": "ines@example.org", "password": chosen}).url == "/dia/"


def test_approving_before_verifying_says_what_comes_first(admin, ines):
    page, _ = steps(admin, ines)
    answer = read(admin.post(f"{page}aprobar/", {"approval": "video call"}))
    assert "Verifique antes una cédula" in answer.words
    assert answer.fields["approval"] == "video call"


def test_a_verification_without_a_source_is_none(admin, ines):
    _page, verify = steps(admin, ines)
    licence = Licence.objects.get().pk
    answer = read(admin.post(verify, {f"{licence}-source": "", f"{licence}-expires_on": "1026-01-01"}))
    assert len([error for error in answer.errors if error.startswith("Escriba")]) >= 2
    assert Licence.objects.get().verified_at is None


def test_suspending_says_what_happens(admin, dr_ramos):
    admin.post(f"/voluntarios/{dr_ramos.uuid}/suspender/")
    assert "Suspendido" in read(admin.get(f"/voluntarios/{dr_ramos.uuid}/")).words
