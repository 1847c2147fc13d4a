"""What is told for who sees the patient is read by nobody else; an interpreter leaves a visit, never takes it."""

import pytest

from scheduling import encounters
from scheduling.access import side_of
from scheduling.refusals import NotFound
from tests import factories
from tests.factories import viewer
from tests.reading import read

pytestmark = pytest.mark.usefixtures("clock")
TOLD = "Me duele la rodilla"


@pytest.fixture
def visit(dr_ramos, nayeli, lupita):
    booked = factories.booked(lupita, reason=TOLD)
    factories.interprets(nayeli, booked)
    return booked


def shown(client, visit, who) -> str:
    client.force_login(factories.account(who))
    return read(client.get(f"/citas/{visit.uuid}/")).words


@pytest.mark.parametrize(
    ("who", "role", "reads"),
    [
        ("lupita", "patient", True),
        ("dr_ramos", "clinician", True),
        ("nayeli", "interpreter", False),
        ("tomas", "", False),
        ("carmen", "", False),
        ("elena", "", False),
    ],
)
def test_what_the_patient_told_is_read_by_them_and_who_sees_them(request, client, visit, who, role, reads):
    person = request.getfixturevalue(who)
    assert encounters.part_of(visit, by=viewer(factories.account(person))) == role
    assert (TOLD in shown(client, visit, person)) == reads


def test_an_interpreter_is_shown_how_to_leave_and_not_how_to_cancel(client, visit, nayeli):
    client.force_login(nayeli.user)
    leads = set(read(client.get(f"/citas/{visit.uuid}/")).links.values())
    assert f"/turnos/{visit.uuid}/no-puedo/" in leads
    assert f"/citas/{visit.uuid}/cancelar/" not in leads


def test_an_interpreter_cannot_cancel_on_the_page_nor_by_program(client, visit, nayeli):
    client.force_login(nayeli.user)
    assert client.post(f"/citas/{visit.uuid}/cancelar/").status_code == 404
    answer = client.post(f"/api/v1/appointments/{visit.uuid}/cancel", content_type="application/json")
    assert answer.status_code == 404
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_the_verb_knows_it_too(visit, nayeli):
    with pytest.raises(NotFound):
        side_of(visit, by=viewer(nayeli.user))
