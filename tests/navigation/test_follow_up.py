"""A visit that we cancelled: its patient is not left alone with it."""

from datetime import timedelta

import pytest

from navigation import follow_up
from navigation.models import Case, CaseKind, Escalation, Tier
from scheduling import appointments, interpreting
from scheduling.models import DataKey, Event, EventClaim
from tests import factories
from tests.factories import AT
from tests.racing import at_once

LATER = AT + timedelta(minutes=1)


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


def cancelled(visit, because: str) -> None:
    appointments.cancel(visit, because=because, by=factories.viewer(factories.user_of(visit.patient)), at=AT)


def read(at=LATER) -> int:
    return follow_up.read(at=at)


@pytest.mark.parametrize("because", ["clinician", "organization"])
def test_a_visit_that_we_cancel_opens_a_case_for_its_patient(visit, lupita, because):
    cancelled(visit, because)
    assert read() == 1
    one = Case.objects.get()
    assert (one.kind, one.tier, one.flags, one.state) == (CaseKind.HELP, Tier.FOLLOW_UP, ["REBOOK"], "TX")
    assert (one.callback, one.preferred_name, one.language) == (lupita.phone, "Lupita", "es")


def test_a_visit_that_lost_its_interpreter_opens_a_case_for_its_patient(acompana, elena, consulta, nayeli, lupita):
    factories.clinician("Park", acompana, elena, languages=["en"])
    by = factories.viewer(factories.user_of(lupita))
    held = appointments.hold(factories.open_slots(language="mxb")[0].slot, by=by, at=AT)
    visit = appointments.confirm(held, patient=lupita, by=by, at=AT)
    interpreting.withdraw(visit, by=factories.viewer(nayeli.user), at=AT)
    assert read() == 1
    one = Case.objects.get()
    assert (one.kind, one.flags, one.organization) == (CaseKind.HELP, ["INTERPRETER"], acompana)


def test_a_visit_whose_interpreter_was_replaced_opens_none(acompana, elena, consulta, nayeli, lupita):
    factories.clinician("Park", acompana, elena, languages=["en"])
    factories.interpreter("Ana", acompana, elena, ["mxb", "en"])
    by = factories.viewer(factories.user_of(lupita))
    held = appointments.hold(factories.open_slots(language="mxb")[0].slot, by=by, at=AT)
    visit = appointments.confirm(held, patient=lupita, by=by, at=AT)
    voice = visit.participants.get(role="interpreter").actor.interpreter
    interpreting.withdraw(visit, by=factories.viewer(voice.user), at=AT)
    assert (read(), Case.objects.count()) == (0, 0)


def test_the_case_goes_to_the_organization_of_the_visit_and_is_called_out(visit, acompana):
    cancelled(visit, "clinician")
    read()
    assert Case.objects.get().organization == acompana
    assert Escalation.objects.get().due_at == LATER


def test_the_case_is_opened_by_name_of_the_system(visit):
    cancelled(visit, "clinician")
    read()
    assert Event.objects.get(kind="case.opened").by_system == "navigation.follow_up"


def test_a_cancelled_visit_opens_one_case_however_often_it_is_looked_at(visit):
    cancelled(visit, "clinician")
    assert [read(), read(), read()] == [1, 0, 0]
    assert Case.objects.count() == 1


def test_a_visit_that_the_patient_cancels_opens_no_case(visit):
    cancelled(visit, "patient")
    read()
    assert not Case.objects.exists()
    assert not EventClaim.objects.filter(reader=follow_up.READER).exists()


def test_a_hold_that_lapses_opens_no_case(dr_ramos):
    factories.hold(factories.viewer())
    appointments.lapse_holds(at=AT + timedelta(hours=1))
    read(AT + timedelta(hours=1))
    assert not Case.objects.exists()


def test_what_cannot_be_read_now_is_read_half_a_minute_later(visit, lupita):
    cancelled(visit, "clinician")
    key = DataKey.objects.get(pk=lupita.data_key_id)
    DataKey.objects.update(sealed=b"a key the keyring lost:")
    assert [read(), read(LATER + timedelta(seconds=29))] == [0, 0]
    assert EventClaim.objects.get(reader=follow_up.READER).attempts == 1
    key.save()
    assert read(LATER + timedelta(seconds=30)) == 1
    assert Case.objects.get().preferred_name == "Lupita"


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_open_one_case(visit):
    cancelled(visit, "clinician")
    assert sum(at_once([read, read])) == 1
    assert Case.objects.count() == 1
