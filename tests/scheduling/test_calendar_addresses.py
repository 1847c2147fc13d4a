"""The address of a calendar as programs use it: what they may ask, when it ends, and what it never says to anybody."""

import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduling import accounts, appointments, calendars, subscriptions
from scheduling.access import Viewer
from scheduling.calendars import Invitation
from scheduling.models import AppointmentStatus, Event, GrantScope, LinkGrant
from scheduling.refusals import PasswordNeeded
from tests import factories
from tests.factories import AT, DAY, HOUR, account, user_of, viewer
from tests.reading import read

PAGE = "/citas/calendario/"
ZONES = ["America/Chicago", "America/Phoenix", "America/Mexico_City", "Pacific/Honolulu"]


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita, reason="me duele el pecho")


def subscribed(who, at=AT):
    user = account(who)
    return subscriptions.subscribe(user, by=viewer(user), at=at)


@pytest.fixture
def address(visit, lupita):
    return f"/calendars/{subscribed(lupita)}.ics"


# --- what programs ask -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("{tag}", 304),
        ("W/{tag}", 304),
        ('"other", {tag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("{bare}", 200),
        ("", 200),
    ],
)
def test_a_tag_is_recognized_however_a_program_writes_it(client, address, asked, status):
    tag = client.get(address)["ETag"]
    header = asked.format(tag=tag, bare=tag.strip('"'))
    answer = client.get(address, headers={"If-None-Match": header})
    assert (answer.status_code, bool(answer.content)) == (status, status == 200)


def test_nobody_between_keeps_even_the_answer_that_nothing_changed(client, address):
    tag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert again["Cache-Control"] == "private, no-cache"
    assert not again.cookies


def test_a_program_may_ask_for_the_head_alone(client, address):
    whole, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == whole["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_is_written_by_it(client, address, method):
    assert getattr(client, method)(address).status_code == 405


def test_the_calendars_of_both_in_a_visit_are_one_text_that_does_not_say_whose_it_is(client, visit, lupita, dr_ramos):
    hers, his = (client.get(f"/calendars/{subscribed(who)}.ics") for who in (lupita, dr_ramos))
    assert hers.content == his.content
    assert hers["ETag"] == his["ETag"]


@pytest.mark.parametrize("secret", ["x", "a" * 22, "a" * 500, "%20", "ñandú", "' OR 1=1 --", "..%2f.."])
def test_an_address_nobody_made_is_not_there(client, visit, secret):
    answer = client.get(f"/calendars/{secret}.ics")
    assert answer.status_code == 404
    assert "BEGIN:VCALENDAR" not in answer.content.decode()


def test_a_secret_cut_short_or_in_other_letters_opens_nothing(client, visit, lupita):
    secret = subscribed(lupita)
    for wrong in (secret[:-1], secret + "A", secret.swapcase()):
        assert client.get(f"/calendars/{wrong}.ics").status_code == 404
    assert client.get(f"/calendars/{secret}.ics").status_code == 200


@pytest.mark.parametrize("scope", [scope for scope in GrantScope.values if scope != "calendar"])
def test_the_secret_of_any_other_link_opens_no_calendar(client, clock, lupita, scope):
    _grant, secret = accounts.grant_link(scope, user_of(lupita).uuid, at=AT)
    assert client.get(f"/calendars/{secret}.ics").status_code == 404


# --- when it ends ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "there"), [(365, True), (3649, True), (3650, False), (4000, False)])
def test_it_lasts_ten_years(visit, lupita, days, there):
    secret = subscribed(lupita)
    assert (subscriptions.read(secret, at=AT + days * DAY) is not None) is there


def test_taking_back_an_address_leaves_those_of_others(visit, lupita, dr_ramos):
    hers, his = subscribed(lupita), subscribed(dr_ramos)
    subscriptions.unsubscribe(user_of(lupita), by=viewer(user_of(lupita)), at=AT)
    assert subscriptions.read(hers, at=AT) is None
    assert subscriptions.read(his, at=AT) is not None


def test_taking_back_what_is_not_there_is_no_event(lupita):
    subscriptions.unsubscribe(user_of(lupita), by=viewer(user_of(lupita)), at=AT)
    assert not Event.objects.filter(kind="user.calendar_closed").exists()


def test_a_link_to_a_visit_outlives_the_address_of_the_calendar(visit, lupita):
    _grant, link = accounts.grant_link("appointment", visit.uuid, at=AT)
    subscribed(lupita)
    subscriptions.unsubscribe(user_of(lupita), by=viewer(user_of(lupita)), at=AT)
    assert accounts.open_link(link, at=AT)


def test_pressed_again_and_again_one_address_works(visit, lupita):
    secrets = [subscribed(lupita) for _ in range(4)]
    assert [subscriptions.read(one, at=AT) is not None for one in secrets] == [False, False, False, True]
    assert LinkGrant.objects.filter(scope="calendar", revoked_at=None).count() == 1


# --- who may make one ------------------------------------------------------------------------------------------------


def test_a_phone_alone_opens_no_calendar_of_who_works_here(visit, dr_ramos):
    """That session may not see the visits; an address that outlives it would show them."""
    by = Viewer(dr_ramos.user, AT, by_phone=True)
    with pytest.raises(PasswordNeeded):
        subscriptions.subscribe(dr_ramos.user, by=by, at=AT)
    assert not LinkGrant.objects.filter(scope="calendar").exists()


def test_a_patient_needs_no_more_than_their_phone(client, clock, visit, lupita):
    client.force_login(user_of(lupita), backend="scheduling.backends.ByPhone")
    assert ".ics" in read(client.post(PAGE)).words


def test_who_got_duties_since_is_asked_for_their_password(client, clock, visit, lupita, acompana):
    user = user_of(lupita)
    client.force_login(user, backend="scheduling.backends.ByPhone")
    user.memberships.create(organization=acompana, role="navigator", valid_from=AT.date())
    assert client.post(PAGE).status_code == 403
    assert not LinkGrant.objects.filter(scope="calendar").exists()


@pytest.mark.parametrize("what", [{}, {"stop": "1"}])
def test_a_stranger_makes_and_stops_nothing(db, clock, what):
    assert Client().post(PAGE, what).url == "/entrar/"
    assert not LinkGrant.objects.exists()


@pytest.mark.parametrize(("query", "words"), [("?lang=es", "Calendario"), ("?lang=en", "calendar")])
def test_the_page_speaks_both_languages_and_is_kept_nowhere(client, clock, lupita, query, words):
    client.force_login(user_of(lupita))
    answer = client.get(PAGE + query)
    assert words.lower() in read(answer).words.lower()
    assert "no-store" in answer["Cache-Control"]


# --- what it never says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en"])
def test_of_a_visit_it_says_when_and_that_it_is_one_and_nothing_else(visit, dr_ramos, language):
    dr_ramos.user.language = language
    dr_ramos.user.save()
    [event] = Calendar.from_ical(subscriptions.read(subscribed(dr_ramos), at=AT).text).walk("VEVENT")
    known = {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "URL"}
    assert set(event) == known
    assert str(event["URL"]).endswith(f"/citas/{visit.uuid}/")


def test_its_address_is_not_in_it_and_no_secret_of_a_link_either(visit, lupita):
    secret = subscribed(lupita)
    text = subscriptions.read(secret, at=AT).text
    assert secret not in text
    assert "/l/" not in text


def test_a_visit_entered_in_error_is_in_nobodys(visit, lupita):
    appointments.move(visit, AppointmentStatus.ENTERED_IN_ERROR, by=factories.MAKER, at=AT)
    assert "BEGIN:VEVENT" not in subscriptions.read(subscribed(lupita), at=AT).text


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60)


@given(name=words, zone=st.sampled_from(ZONES), starts=st.lists(st.integers(0, 9000), max_size=5, unique=True))
def test_whatever_is_in_it_every_program_reads_the_same_instants_back(name, zone, starts):
    made = [invitation(AT + number * HOUR, number) for number in starts]
    text = calendars.render_feed(made, name=name, zone=zone, since=AT)
    found = Calendar.from_ical(text)
    assert [event.start for event in found.walk("VEVENT")] == [one.starts_at for one in made]
    assert "METHOD" not in found
    assert all(len(line.encode()) <= 75 for line in re.split("\r\n", text))


def invitation(starts_at, number):
    uid = f"00000000-0000-4000-8000-{number:012}"
    return Invitation(uid, number, starts_at, starts_at + HOUR, AT, "Acompaña: cita")
