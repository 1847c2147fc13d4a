"""Hours that are kept for a kind of visit stay kept when the page is saved, whatever became of the kind."""

import pytest

from scheduling import schedules
from scheduling.models import AvailabilityRule, Clinician, VisitType
from tests import factories
from tests.factories import AT, MAKER
from tests.reading import read

TYPED = {"MO_1_from": "10:00", "MO_1_to": "12:00", "MO_1_types": ["consulta-telefono"]}


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser, with hours kept for visits by phone."""
    factories.visit_type("consulta-telefono", modality="phone", name_es="Por teléfono")
    client.force_login(dr_ramos.user)
    client.post("/horario/", TYPED)
    return client


def kept_for():
    return AvailabilityRule.objects.get(valid_until=None).visit_types


def save_what_is_shown(browser):
    page = read(browser.get("/horario/"))
    week = {name: value for name, value in page.fields.items() if name[:3].isupper() or name[2:3] == "_"}
    return read(browser.post("/horario/", week, follow=True))


def test_saving_again_changes_nothing(at_work):
    save_what_is_shown(at_work)
    assert kept_for() == ["consulta-telefono"]


@pytest.mark.parametrize(
    "became",
    [
        lambda: VisitType.objects.filter(code="consulta-telefono").update(active=False),
        lambda: VisitType.objects.filter(code="consulta-telefono").update(specialty="dental"),
        lambda: Clinician.objects.update(modalities=["video"]),
        lambda: VisitType.objects.filter(code="consulta-video").update(active=False),
    ],
    ids=["no longer offered", "of another specialty", "no longer given", "the only one left"],
)
def test_hours_kept_for_a_visit_do_not_open_to_everybody(at_work, became):
    became()
    save_what_is_shown(at_work)
    assert kept_for() == ["consulta-telefono"]
    assert [found.visit_type.code for found in factories.open_slots(visit_type="consulta-video")] == []


def test_they_open_when_somebody_says_so(at_work):
    at_work.post("/horario/", TYPED | {"MO_1_types": []})
    assert kept_for() == []


def test_what_is_neither_given_nor_kept_for_is_not_asked_about(at_work, dr_ramos):
    factories.visit_type("dentista", specialty="dental")
    asked = {kind.code for kind in schedules.visit_types(dr_ramos.actor.schedule)}
    assert asked == {"consulta-video", "consulta-telefono"}


def test_one_clinicians_kept_hours_are_no_question_to_another(at_work, acompana, elena):
    vega = factories.clinician("Vega", acompana, elena, modalities=["video"])
    assert [kind.code for kind in schedules.visit_types(vega.actor.schedule)] == ["consulta-video"]


def test_an_interpreter_may_keep_hours_for_any_visit(at_work, nayeli):
    schedules.set_week(nayeli.actor.schedule, factories.EVERY_DAY, by=MAKER, at=AT)
    assert len(schedules.visit_types(nayeli.actor.schedule)) == 2
