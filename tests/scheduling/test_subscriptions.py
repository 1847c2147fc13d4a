"""A calendar by a secret address: whose visits, nothing about others, the same until something changes, revocable."""

import pytest
from icalendar import Calendar

from scheduling import accounts, appointments, rescheduling, subscriptions
from scheduling.models import Event, LinkGrant
from tests import factories
from tests.factories import AT, DAY, HOUR, account, user_of, viewer
from tests.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita, reason="me duele el pecho")


def subscribed(who, at=AT):
    user = account(who)
    return subscriptions.subscribe(user, by=viewer(user), at=at)


def events(text):
    return Calendar.from_ical(text).walk("VEVENT")


def shown(who, at=AT):
    return events(subscriptions.read(subscribed(who), at=at).text)


def moved(visit, after):
    slot = factories.slot_of(visit)
    slot = type(slot)(**vars(slot) | {"starts_at": slot.starts_at + after})
    return rescheduling.reschedule(visit, slot, by=viewer(user_of(visit.patient)), at=AT)


# --- what it shows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["dr_ramos", "nayeli", "lupita"])
def test_everybody_in_a_visit_has_it_in_their_calendar(request, visit, nayeli, who):
    factories.interprets(nayeli, visit)
    [event] = shown(request.getfixturevalue(who))
    assert (event.start, event.end) == (visit.starts_at, visit.ends_at)
    assert str(event["UID"]) == f"{visit.uuid}@acompana"


def test_it_tells_nothing_of_the_other_or_of_why(visit, dr_ramos, lupita):
    for who in (dr_ramos, lupita):
        text = subscriptions.read(subscribed(who), at=AT).text
        assert "SUMMARY:Acompaña: cita" in text
        assert not [word for word in ("Lupita", "Ramos", "pecho", "video", "713", "mailto") if word in text]


def test_somebody_else_has_nothing_in_theirs(visit, beto, elena):
    assert shown(beto) == shown(elena) == []


def test_a_hold_is_in_nobodys(dr_ramos, lupita):
    factories.hold(viewer(user_of(lupita)))
    assert shown(dr_ramos) == []


def test_a_visit_that_moves_is_the_same_event_later_with_the_next_sequence(visit, dr_ramos):
    [before] = shown(dr_ramos)
    moved(visit, DAY)
    [after] = shown(dr_ramos)
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after.start - before.start == DAY


def test_a_cancelled_visit_leaves_the_calendar(visit, dr_ramos, lupita):
    appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT)
    assert shown(dr_ramos) == shown(lupita) == []


def test_a_month_later_it_leaves_too(visit, lupita):
    assert shown(lupita, at=AT + 29 * DAY)
    assert shown(lupita, at=AT + 31 * DAY) == []


def test_it_is_in_its_owners_language_and_zone(visit, dr_ramos):
    dr_ramos.user.language, dr_ramos.user.zone = "en", "America/Los_Angeles"
    dr_ramos.user.save()
    text = subscriptions.read(subscribed(dr_ramos), at=AT).text
    assert "SUMMARY:Acompaña: appointment" in text
    assert "DTSTART;TZID=America/Los_Angeles:20260608T080000" in text


# --- the address -----------------------------------------------------------------------------------------------------


@pytest.fixture
def feed(client, visit, lupita):
    address = f"/calendars/{subscribed(lupita)}.ics"
    return lambda **headers: client.get(address, headers=headers)


def test_what_has_not_changed_is_not_sent_again(feed, clock):
    first = feed()
    clock.move(minutes=20)
    again = feed(**{"If-None-Match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again["ETag"] == first["ETag"]


def test_what_has_changed_is(feed, visit):
    tag = feed()["ETag"]
    moved(visit, HOUR)
    again = feed(**{"If-None-Match": tag})
    assert again.status_code == 200
    assert again["ETag"] != tag


def test_it_is_a_calendar_and_nobody_between_may_keep_it(feed):
    answer = feed()
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]


def test_the_address_before_stops_when_a_new_one_is_made_and_all_when_it_is_taken_back(visit, lupita):
    old, new = subscribed(lupita), subscribed(lupita)
    assert subscriptions.read(old, at=AT) is None
    assert subscriptions.read(new, at=AT) is not None
    subscriptions.unsubscribe(user_of(lupita), by=viewer(user_of(lupita)), at=AT)
    assert subscriptions.read(new, at=AT) is None
    kinds = Event.objects.filter(kind__startswith="user.calendar").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["user.calendar_opened"] * 2 + ["user.calendar_closed"]


def test_only_a_trace_of_the_secret_is_kept(visit, lupita):
    secret = subscribed(lupita)
    assert secret not in str(list(LinkGrant.objects.values()))


def test_a_calendars_secret_opens_no_page_and_a_links_no_calendar(client, visit, lupita):
    assert accounts.open_link(subscribed(lupita), at=AT) is None
    assert client.get(f"/l/{subscribed(lupita)}").status_code == 404
    _grant, secret = accounts.grant_link("appointment", visit.uuid, at=AT)
    assert client.get(f"/calendars/{secret}.ics").status_code == 404


def test_somebody_who_is_gone_has_no_calendar(visit, dr_ramos):
    secret = subscribed(dr_ramos)
    dr_ramos.user.is_active = False
    dr_ramos.user.save()
    assert subscriptions.read(secret, at=AT) is None


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_address_is_shown_once_and_works(client, clock, visit, lupita):
    client.force_login(user_of(lupita))
    page = read(client.post("/citas/calendario/"))
    address = next(word for word in page.words.split() if word.endswith(".ics"))
    assert events(client.get("/calendars/" + address.rpartition("/")[2]).content)
    again = read(client.get("/citas/calendario/"))
    assert ".ics" not in again.words
    assert "no la volvemos a mostrar" in again.words.lower()


def test_it_is_stopped_on_the_same_page(client, clock, visit, lupita):
    client.force_login(user_of(lupita))
    secret = subscribed(lupita)
    assert client.post("/citas/calendario/", {"stop": "1"}).url == "/citas/calendario/"
    assert client.get(f"/calendars/{secret}.ics").status_code == 404


def test_whoever_is_not_signed_in_proves_their_phone_first(client, clock, db):
    assert client.get("/citas/calendario/").url == "/entrar/"
