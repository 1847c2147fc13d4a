"""Somebody else's visit looks exactly like one that does not exist: the same status and the same words."""

import uuid

import pytest

from tests import factories
from tests.reading import read

PARTS = ["", "estado/", "calendario.ics", "cancelar/"]


@pytest.fixture
def visit(clock, dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def strangers(acompana, elena, beto, nayeli):
    """Everybody who has no business with Lupita's visit, by name."""
    elsewhere = factories.organization("casa-pacifico", states=["CA"])
    return {
        "nobody": None,
        "another patient": factories.user_of(beto),
        "another clinician": factories.clinician("Vega", acompana, elena).user,
        "an interpreter who is not in it": nayeli.user,
        "a coordinator of another organization": factories.staff("Joel", elsewhere, "coordinator"),
    }


WHO = [
    "nobody",
    "another patient",
    "another clinician",
    "an interpreter who is not in it",
    "a coordinator of another organization",
]


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("part", PARTS)
def test_looking(client, visit, strangers, who, part):
    if strangers[who]:
        client.force_login(strangers[who])
    theirs, nobodys = client.get(f"/citas/{visit.uuid}/{part}"), client.get(f"/citas/{uuid.uuid4()}/{part}")
    assert theirs.status_code == nobodys.status_code == 404
    assert read(theirs).words == read(nobodys).words


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("part", ["cancelar/", "terminar/"])
def test_acting(client, visit, strangers, who, part):
    if strangers[who]:
        client.force_login(strangers[who])
    theirs, nobodys = client.post(f"/citas/{visit.uuid}/{part}"), client.post(f"/citas/{uuid.uuid4()}/{part}")
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert theirs.status_code == nobodys.status_code
    assert read(theirs).words == read(nobodys).words


def test_a_hold_is_no_visit_to_look_at(client, visit, lupita):
    held = factories.hold(factories.viewer(factories.user_of(lupita)))
    client.force_login(factories.user_of(lupita))
    assert client.get(f"/citas/{held.uuid}/").status_code == 404


@pytest.mark.parametrize(
    "who", ["lupita", "dr_ramos", "tomas", "carmen", "elena"], ids=lambda name: name.replace("_", " ")
)
def test_who_has_business_with_it_sees_it(client, request, visit, who):
    found = request.getfixturevalue(who)
    user = {"lupita": factories.user_of, "dr_ramos": lambda one: one.user}.get(who, lambda one: one)(found)
    client.force_login(user)
    assert client.get(f"/citas/{visit.uuid}/").status_code == 200
