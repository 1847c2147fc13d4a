"""A lost link comes back to the phone itself; nobody who asks learns whether there was one."""

import pytest

from scheduling import accounts, appointments, recovery
from scheduling.models import DataKey, Notification, Recovery
from scheduling.refusals import TooManyCodes
from tests import factories
from tests.factories import AT, DAY, MINUTE, user_of, viewer
from tests.reading import read

pytestmark = pytest.mark.django_db

LUPITAS, STRANGERS = "+17135550142", "+17135550199"
TYPED = {LUPITAS: "713 555 0142", STRANGERS: "713 555 0199"}


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def links(outbox):
    """Ask for a phone's links, let the sweep find them, and return those that its messages bring."""

    def find(phone=LUPITAS):
        recovery.ask(phone, language="es", at=outbox.clock.at)
        recovery.send_due(at=outbox.clock.at)
        sent = outbox.messages(recovery.KIND)
        return [word.rpartition("/")[2] for word in sent[-1].body.split() if "/l/" in word] if sent else []

    return find


def ask(client, phone):
    return client.post("/citas/recuperar/", {"country": "US", "phone": TYPED[phone]})


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_answer_is_the_same_but_for_the_number(client, clock, visit):
    known, unknown = (ask(client, phone).content.decode() for phone in (LUPITAS, STRANGERS))
    assert "Revise sus mensajes" in known
    assert known.replace(">42<", ">99<") == unknown


def test_asking_costs_the_same_for_every_phone(client, clock, visit, django_assert_num_queries):
    counts = []
    for phone in (LUPITAS, STRANGERS):
        with django_assert_num_queries(8, exact=False) as counted:
            ask(client, phone)
        counts.append([query["sql"].split()[0] for query in counted.captured_queries if "SAVE" not in query["sql"]])
    assert counts[0] == counts[1]


def test_a_number_that_is_none_is_explained(client, clock):
    page = read(client.post("/citas/recuperar/", {"country": "US", "phone": "12"}))
    assert page.errors
    assert not Recovery.objects.exists()


def test_the_way_there_is_on_the_sign_in_page(client, clock):
    assert read(client.get("/entrar/")).links["Perdí mi enlace"] == "/citas/recuperar/"


def test_beyond_five_in_an_hour_it_waits_for_a_known_phone_and_an_unknown_one_alike(client, clock, visit):
    for phone in (LUPITAS, STRANGERS):
        for _ in range(5):
            assert "Revise sus mensajes" in read(ask(client, phone)).words
        assert read(ask(client, phone)).errors
    clock.move(minutes=61)
    assert "Revise sus mensajes" in read(ask(client, LUPITAS)).words


# --- what comes of it ------------------------------------------------------------------------------------------------


def test_the_phone_gets_one_message_with_a_link_that_opens_the_visit(links, visit):
    [secret] = links()
    assert accounts.open_link(secret, at=AT).subject == visit.uuid


def test_the_old_links_no_longer_work(links, visit):
    _grant, old = accounts.grant_link("appointment", visit.uuid, at=AT)
    links()
    assert accounts.open_link(old, at=AT) is None


def test_a_phone_without_visits_gets_nothing(links, visit, beto):
    before = Notification.objects.count()
    assert links(STRANGERS) == links(beto.phone) == []
    assert Notification.objects.count() == before


def test_a_visit_that_is_cancelled_or_over_is_not_sent(links, visit, lupita, outbox):
    other = factories.booked(lupita, number=3)
    appointments.cancel(other, because="patient", by=viewer(user_of(lupita)), at=AT)
    assert len(links()) == 1
    outbox.clock.at = AT + 3 * DAY
    recovery.ask(LUPITAS, language="es", at=outbox.clock.at)
    before = Notification.objects.filter(kind=recovery.KIND).count()
    recovery.send_due(at=outbox.clock.at)
    assert Notification.objects.filter(kind=recovery.KIND).count() == before


def test_of_many_visits_the_next_three_are_sent(links, visit, lupita):
    for number in (3, 5, 7):
        factories.booked(lupita, number=number)
    assert len(links()) == recovery.MOST


def test_the_message_is_blind(links, visit, outbox):
    links()
    words = outbox.messages(recovery.KIND)[0].body.split("http")[0]
    assert words.strip() == "Aquí está lo que pidió:"


def test_each_who_asked_is_answered_once(visit):
    recovery.ask(LUPITAS, language="es", at=AT)
    assert [recovery.send_due(at=AT), recovery.send_due(at=AT)] == [1, 0]


def test_beyond_the_limit_nothing_is_written(visit):
    for _ in range(recovery.PER_PHONE):
        recovery.ask(LUPITAS, language="es", at=AT)
    with pytest.raises(TooManyCodes) as refused:
        recovery.ask(LUPITAS, language="es", at=AT + MINUTE)
    assert refused.value.minutes == 59
    assert Recovery.objects.count() == recovery.PER_PHONE


def test_what_was_asked_is_forgotten_after_a_day_with_its_key(visit):
    recovery.ask(LUPITAS, language="es", at=AT)
    key = Recovery.objects.get().data_key_id
    assert recovery.forget(at=AT + DAY) == 0
    assert recovery.forget(at=AT + DAY + MINUTE) == 1
    assert DataKey.objects.get(pk=key).sealed is None
