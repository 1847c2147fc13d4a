"""A Mexican cédula, or a licence of another state: orientation and nothing else, judged on the day of the visit."""

from dataclasses import replace
from datetime import time

import pytest

from scheduling import appointments, search
from scheduling.matching import Reason
from scheduling.models import Licence
from scheduling.refusals import SlotTaken
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, criteria, viewer

pytestmark = pytest.mark.django_db

HERS = viewer(holder="lupita's phone")
ELSEWHERE = {
    "a Mexican cédula": {"country": "MX", "state": ""},
    "a licence of California": {"country": "US", "state": "CA"},
    "a licence nobody verified": {"verified_at": None, "verified_by": None, "source": ""},
    "a licence that lapsed": {"expires_on": AT.date()},
}


@pytest.fixture
def orientacion(consulta):
    return factories.visit_type("orientacion", care="orientation")


@pytest.fixture(params=ELSEWHERE)
def quiroz(request, acompana, elena, consulta):
    """Somebody who may not practise in Texas, for one reason or another."""
    made = factories.clinician("Quiroz", acompana, elena)
    Licence.objects.filter(clinician=made).update(**ELSEWHERE[request.param])
    return made


def look(**wanted):
    return search.find(criteria(**wanted), at=AT)


def test_they_are_found_for_orientation_only(quiroz, orientacion):
    assert look().found == []
    assert {(one.code, one.count) for one in look().refusals} == {(Reason.NO_LICENCE, 1)}
    assert {one.clinician for one in look(care="orientation").found} == {quiroz}


def test_they_are_held_for_orientation_only(quiroz, orientacion, consulta):
    slot = look(care="orientation").found[0].slot
    with pytest.raises(SlotTaken):
        appointments.hold(replace(slot, visit_type=consulta.uuid), by=HERS, at=AT)
    assert appointments.hold(slot, by=HERS, at=AT).visit_type == orientacion


def test_with_an_interpreter_it_is_no_different(quiroz, orientacion, consulta, nayeli):
    assert look(language="mxb").found == []
    slot = look(language="mxb", care="orientation").found[0].slot
    with pytest.raises(SlotTaken):
        appointments.hold(replace(slot, visit_type=consulta.uuid), by=HERS, at=AT)
    assert appointments.hold(slot, by=HERS, at=AT).participants.count() == 2


def test_in_another_state_the_slot_is_not_held(dr_ramos):
    slot = look().found[0].slot
    with pytest.raises(SlotTaken):
        appointments.hold(replace(slot, state="CA"), by=HERS, at=AT)


def test_the_licence_counts_on_the_day_of_the_visit_not_of_the_search(acompana, elena, consulta):
    factories.clinician("Ramos", acompana, elena, licensed_until=AT + 2 * DAY)
    last = look(limit=50).found[-1].slot
    assert last.starts_at < AT + 2 * DAY
    assert appointments.hold(last, by=HERS, at=AT).status == "proposed"
    with pytest.raises(SlotTaken):
        appointments.hold(replace(last, starts_at=last.starts_at + DAY), by=viewer(holder="another"), at=AT)


def test_its_last_day_is_that_of_the_patients_wall_clock(acompana, elena, consulta):
    """It ends on Wednesday. Half past midnight in Houston, that Wednesday, is still Tuesday in Honolulu."""
    night = [Hours(2, time(0), time(2))]
    factories.clinician("Ramos", acompana, elena, licensed_until=AT + 2 * DAY, hours=night)
    slot = look(zone="Pacific/Honolulu").found[0].slot
    assert look(zone="America/Chicago").found == []
    with pytest.raises(SlotTaken):
        appointments.hold(replace(slot, zone="America/Chicago"), by=HERS, at=AT)
    assert appointments.hold(slot, by=HERS, at=AT).zone == "Pacific/Honolulu"


def test_a_licence_renewed_since_the_search_counts_at_once(quiroz, orientacion, consulta, elena):
    slot = replace(look(care="orientation").found[0].slot, visit_type=consulta.uuid)
    Licence.objects.update(
        country="US", state="TX", verified_at=AT, verified_by=elena, source="board", expires_on=(AT + 9 * DAY).date()
    )
    assert appointments.hold(slot, by=HERS, at=AT + HOUR / 60).status == "proposed"
