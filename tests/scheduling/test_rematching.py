"""A booked visit whose clinician may not give it: its patient is told, and it closes when it is settled."""

from datetime import timedelta

import pytest

from navigation import follow_up
from navigation.models import Case
from scheduling import appointments, rematching, vetting
from scheduling.models import Event, Licence, Notification, Rematch
from tests import factories
from tests.factories import AT, viewer
from tests.reading import read

NIGHT = AT + timedelta(hours=14)


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


def lapses(visit, days: int) -> None:
    Licence.objects.update(expires_on=visit.starts_at.date() + timedelta(days=days))


def swept() -> int:
    return rematching.sweep(at=AT)


def test_a_visit_that_may_be_given_is_left_alone(visit):
    assert swept() == 0
    assert not Rematch.objects.exists()


def test_a_licence_that_lapses_before_the_visit_opens_a_rematch(visit, lupita):
    lapses(visit, 0)
    assert swept() == 1
    assert (Rematch.objects.get().appointment, Rematch.objects.get().because) == (visit, "licence")
    assert Notification.objects.get(kind=rematching.KIND).patient == lupita
    assert Event.objects.get(kind="appointment.rematch_opened").codes == {"because": "licence"}


def test_a_licence_that_is_good_on_the_day_is_good(visit):
    lapses(visit, 1)
    assert swept() == 0


def test_it_is_opened_once_however_often_it_is_looked_at(visit):
    lapses(visit, 0)
    assert [swept(), swept(), swept()] == [1, 0, 0]
    assert Notification.objects.filter(kind=rematching.KIND).count() == 1


def test_the_visit_stands_until_there_is_another(visit):
    lapses(visit, 0)
    swept()
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_suspended_clinician_leaves_nobody_waiting_in_vain(visit, dr_ramos, elena):
    vetting.suspend(dr_ramos, by=viewer(elena), at=AT)
    swept()
    assert Rematch.objects.get().because == "suspended"


def test_it_closes_when_the_licence_is_renewed(visit):
    lapses(visit, 0)
    swept()
    lapses(visit, 300)
    assert swept() == 1
    assert Rematch.objects.get().closed_at == AT
    assert not rematching.is_open(visit)


def test_it_closes_when_the_visit_is_cancelled(visit, lupita):
    lapses(visit, 0)
    swept()
    appointments.cancel(visit, because="patient", by=viewer(factories.user_of(lupita)), at=AT)
    swept()
    assert Rematch.objects.get().closed_at == AT


def test_a_person_of_the_organization_gets_it(visit, acompana):
    lapses(visit, 0)
    swept()
    follow_up.read(at=AT)
    assert (Case.objects.get().organization, Case.objects.get().flags) == (acompana, ["REBOOK"])


def test_the_visit_page_says_so_and_leads_to_other_times(client, clock, visit, lupita):
    lapses(visit, 0)
    swept()
    client.force_login(factories.user_of(lupita))
    page = read(client.get(f"/citas/{visit.uuid}/"))
    assert "Este médico no podrá verle ese día" in page.words
    assert "/horas/?state=TX" in page.links["Elegir otra hora"]


def test_a_visit_as_it_should_be_says_nothing_of_it(client, clock, visit, lupita):
    client.force_login(factories.user_of(lupita))
    assert "no podrá verle" not in read(client.get(f"/citas/{visit.uuid}/")).words


def test_the_message_is_blind(visit, outbox):
    lapses(visit, 0)
    swept()
    [message] = outbox.messages(rematching.KIND)
    assert "Ramos" not in message.body
    assert message.body.startswith("Tiene un mensaje.")
