"""That somebody did not come is noted late enough, by who may, against no fact; and answered kindly."""

import pytest

from navigation import follow_up
from navigation.models import Case
from scheduling import appointments, encounters, no_shows
from scheduling.access import System
from scheduling.models import Appointment, Event, Participant
from scheduling.refusals import NotFound, NotPossibleNow, PatientWasThere, TooSoon
from tests import factories
from tests.factories import AT, DAY, MINUTE, user_of, viewer
from tests.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def his(dr_ramos):
    return viewer(dr_ramos.user)


def late(visit):
    return visit.starts_at + no_shows.PATIENCE


def miss(visit, by, at=None):
    return no_shows.mark_noshow(visit, by=by, at=at or late(visit))


def test_it_is_noted_and_everybodys_time_is_free(visit, his):
    assert miss(visit, his).status == "noshow"
    assert not Participant.objects.filter(appointment=visit, occupied__isnull=False).exists()
    assert Event.objects.get(kind="appointment.noshow").codes == {"was": "booked", "somebody_waited": False}


def test_whoever_is_only_late_is_waited_for(visit, his):
    with pytest.raises(TooSoon) as refused:
        miss(visit, his, at=late(visit) - MINUTE)
    assert refused.value.again_at == late(visit)
    assert Appointment.objects.get().status == "booked"


def test_whoever_was_at_the_door_did_come(visit, his, lupita):
    hers = viewer(user_of(lupita))
    place = encounters.arrive(encounters.seat(visit, by=hers), by=hers, at=visit.starts_at)
    encounters.leave(place, by=hers, at=visit.starts_at + 5 * MINUTE)
    with pytest.raises(PatientWasThere):
        miss(visit, his)


def test_that_the_clinician_waited_is_noted(visit, his):
    encounters.arrive(encounters.seat(visit, by=his), by=his, at=visit.starts_at)
    miss(visit, his)
    assert Event.objects.get(kind="appointment.noshow").codes["somebody_waited"] is True


@pytest.mark.parametrize("who", ["lupita", "beto", "nayeli"])
def test_nobody_else_may_say_so(request, visit, nayeli, who):
    factories.interprets(nayeli, visit)
    with pytest.raises(NotFound):
        miss(visit, viewer(factories.account(request.getfixturevalue(who))))


def test_a_coordinator_may_and_so_may_the_service_itself(visit, lupita, tomas):
    other = factories.booked(lupita, number=3)
    assert miss(visit, viewer(tomas)).status == "noshow"
    assert miss(other, System("presence")).status == "noshow"


def test_a_visit_that_is_over_or_cancelled_was_not_missed(visit, his):
    appointments.cancel(visit, because="clinician", by=his, at=AT)
    with pytest.raises(NotPossibleNow):
        miss(visit, his)


def test_the_patient_hears_a_kind_blind_word_and_nobody_else_does(visit, his, outbox):
    outbox.messages()
    miss(visit, his)
    outbox.clock.at = late(visit)
    [message] = [one for one in outbox.messages() if one.notification.kind == "appointment_missed"]
    assert message.address == "+17135550142"
    assert "Tiene un mensaje" in message.body


def test_the_page_blames_nobody_and_leads_to_another_time(client, clock, visit, his, lupita):
    miss(visit, his)
    client.force_login(user_of(lupita))
    page = read(client.get(f"/citas/{visit.uuid}/"))
    assert "Esta vez no nos vimos" in page.words
    assert "/pedir/" in page.links.values()


def test_the_clinicians_day_offers_it_once_it_is_late_enough(client, clock, visit, dr_ramos):
    client.force_login(dr_ramos.user)
    clock.at = late(visit) - MINUTE
    assert "No llegó" not in read(client.get("/dia/")).words
    clock.at = late(visit)
    page = read(client.get("/dia/"))
    assert f"/citas/{visit.uuid}/no-llego/" in page.actions
    assert client.post(f"/citas/{visit.uuid}/no-llego/").url == f"/citas/{visit.uuid}/"
    assert Appointment.objects.get().status == "noshow"


def test_too_soon_the_page_says_from_when(client, clock, visit, dr_ramos):
    client.force_login(dr_ramos.user)
    clock.at = visit.starts_at
    page = read(client.post(f"/citas/{visit.uuid}/no-llego/"))
    assert (page.status, page.title) == (409, "Puede que venga en camino")


# --- again and again -------------------------------------------------------------------------------------------------


def again(lupita, his, number):
    other = factories.booked(lupita, number=number)
    return miss(other, his)


def test_the_first_time_nobody_calls(visit, his):
    miss(visit, his)
    follow_up.read(at=late(visit))
    assert not Case.objects.exists()


def test_the_second_time_a_person_calls_and_nobody_is_shut_out(visit, lupita, his, acompana):
    miss(visit, his)
    again(lupita, his, 4)
    follow_up.read(at=late(visit) + DAY)
    case = Case.objects.get()
    assert (case.kind, case.tier, case.flags) == ("help", "follow_up", ["MISSED_AGAIN"])
    assert (case.callback, case.organization) == (lupita.phone, acompana)
    assert factories.booked(lupita, number=6).status == "booked"


def test_what_is_half_a_year_ago_does_not_count(visit, lupita, his):
    miss(visit, his)
    Appointment.objects.filter(pk=visit.pk).update(
        starts_at=visit.starts_at - 181 * DAY, ends_at=visit.ends_at - 181 * DAY
    )
    again(lupita, his, 4)
    follow_up.read(at=late(visit) + DAY)
    assert not Case.objects.exists()
