"""Other calendars of volunteers: added, read again, failing, told about, removed; visits stand whatever they say."""

import json

import pytest
from django.db import connection

from scheduling import busy_apart, busy_feeds
from scheduling.models import BusyFeed, BusyInterval, Event, Notification, NotificationStatus
from scheduling.refusals import Invalid
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, viewer
from tests.factories.feeds import feed
from tests.ics_files import calendar, event

pytestmark = pytest.mark.django_db

TEN = AT + HOUR
BUSY_AT_TEN = calendar(event("DTSTART:20260608T150000Z", "DURATION:PT1H"))
FREE = calendar()


def add(one, address, at=AT):
    return busy_feeds.add(one.actor.schedule, address, by=viewer(one.user), at=at)


def refused(one, address):
    with pytest.raises(Invalid) as refusal:
        add(one, address)
    return refusal.value.detail


@pytest.fixture
def known(dr_ramos, web_server):
    """A calendar of Dr. Ramos, read once, in which he is busy at ten."""
    web_server.gives(BUSY_AT_TEN, ETag='"1"')
    return add(dr_ramos, web_server.address)


def starts(at=AT):
    return [found.slot.starts_at for found in factories.open_slots(at)]


def refresh(at):
    count = busy_feeds.refresh_due(at=at)
    factories.assert_the_copy_is_true(at)
    return count


# --- adding ----------------------------------------------------------------------------------------------------------


def test_what_it_says_is_no_longer_offered(known):
    assert starts()[0] == TEN + HOUR
    factories.assert_the_copy_is_true()


def test_its_address_is_sealed_and_nothing_of_its_words_is_kept(known, web_server):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(f)::text FROM scheduling_busyfeed f")
        [(row,)] = cursor.fetchall()
    assert "127.0.0.1" not in row
    assert BusyFeed.objects.get().address == web_server.address
    assert {field.name for field in BusyInterval._meta.fields} == {"id", "feed", "starts_at", "ends_at"}


def test_it_is_recorded_by_codes(known, dr_ramos):
    added = Event.objects.get(kind="busy_feed.added")
    assert (added.by_user, added.subject, added.codes) == (dr_ramos.user, known.uuid, {})


def test_webcal_is_another_name_for_https(dr_ramos, monkeypatch):
    asked = []
    monkeypatch.setattr(busy_feeds.web, "fetch", lambda address, **_: asked.append(address) or busy_feeds.Fetched(FREE))
    add(dr_ramos, "  WebCal://calendar.example/secret.ics ")
    assert asked == ["https://calendar.example/secret.ics"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://10.0.0.1/feed.ics", "private_address"),
        ("file:///etc/passwd", "bad_address"),
        ("https://me:word@calendar.example/", "has_password"),
        ("", "bad_address"),
    ],
)
def test_addresses_that_are_refused(dr_ramos, address, code):
    assert refused(dr_ramos, address) == code
    assert not BusyFeed.objects.exists()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 404}, "not_found"),
        ({"status": 401}, "needs_password"),
        ({"body": "<!doctype html>"}, "not_a_calendar"),
        ({"body": b"x" * (5 * 1024 * 1024 + 1)}, "too_big"),
    ],
)
def test_calendars_that_cannot_be_read_are_refused(dr_ramos, web_server, answer, code):
    web_server.gives(**answer)
    assert refused(dr_ramos, web_server.address) == code
    assert not BusyFeed.objects.exists()


def test_the_same_calendar_twice(known, dr_ramos, web_server):
    assert refused(dr_ramos, web_server.address) == "already_there"


def test_not_more_than_five(dr_ramos, web_server):
    for number in range(busy_feeds.MOST):
        feed(dr_ramos, address=f"https://calendar.example/{number}")
    assert refused(dr_ramos, web_server.address) == "too_many"


def test_events_that_cannot_be_read_are_counted(dr_ramos, web_server):
    dense = event("DTSTART:20260608T150000Z", "RRULE:FREQ=SECONDLY;BYMONTH=6", "DURATION:PT0S", uid="dense")
    web_server.gives(
        calendar(event("DTSTART:soon"), dense, event("DTSTART:20260608T150000Z", "DURATION:PT1H", uid="x"))
    )
    made = add(dr_ramos, web_server.address)
    assert (made.broken, made.endless) == (1, 1)
    assert starts()[0] == TEN + HOUR


def test_what_the_owner_declined_and_our_own_visits_are_not_busy(dr_ramos, web_server):
    hour = ["DTSTART:20260608T150000Z", "DURATION:PT1H"]
    declined = event(*hour, f"ATTENDEE;PARTSTAT=DECLINED:mailto:{dr_ramos.user.email}")
    web_server.gives(calendar(declined, event(*hour, uid="5f0e@acompana")))
    add(dr_ramos, web_server.address)
    assert starts()[0] == TEN


def test_whole_days_are_the_schedules(dr_ramos, web_server):
    web_server.gives(calendar(event("DTSTART;VALUE=DATE:20260609")))
    made = add(dr_ramos, web_server.address)
    [span] = made.intervals.all()
    assert (span.starts_at.isoformat(), span.ends_at.isoformat()) == (
        "2026-06-09T05:00:00+00:00",
        "2026-06-10T05:00:00+00:00",
    )


def test_an_interpreter_has_calendars_too(nayeli, web_server):
    web_server.gives(BUSY_AT_TEN)
    add(nayeli, web_server.address)
    factories.assert_the_copy_is_true()


# --- reading again ---------------------------------------------------------------------------------------------------


def test_nothing_is_read_before_it_is_due(known, web_server):
    assert refresh(AT + 14 * MINUTE) == 0
    assert len(web_server.asked) == 1


def test_it_is_read_again_and_what_changed_is_offered(known, web_server):
    web_server.gives(calendar(event("DTSTART:20260608T160000Z", "DURATION:PT1H")), ETag='"2"')
    assert refresh(AT + 15 * MINUTE) == 1
    assert starts(AT + 15 * MINUTE)[:3] == [TEN, TEN + HOUR / 2, TEN + DAY]
    again = BusyFeed.objects.get()
    assert (again.etag, again.due_at, again.fresh_until) == ('"2"', AT + 30 * MINUTE, AT + 15 * MINUTE + 2 * HOUR)


def test_what_did_not_change_stays_and_is_fresh_again(known, web_server):
    web_server.gives(status=304)
    refresh(AT + 15 * MINUTE)
    assert web_server.asked[-1][1]["If-None-Match"] == '"1"'
    again = BusyFeed.objects.get()
    assert (again.fetched_at, again.etag, again.intervals.count()) == (AT + 15 * MINUTE, '"1"', 1)
    assert starts()[0] == TEN + HOUR


def test_it_is_read_whole_when_the_horizon_comes_near(known, web_server):
    """A rule that never ends was expanded only so far; "not modified" must not end it."""
    later = AT + 31 * DAY
    web_server.gives(BUSY_AT_TEN)
    busy_feeds.refresh_due(at=later)
    assert "If-None-Match" not in web_server.asked[-1][1]
    assert BusyFeed.objects.get().known_until > later + 14 * DAY


def test_what_says_the_same_writes_nothing_anew(known, web_server):
    before = BusyInterval.objects.get().pk
    refresh(AT + 15 * MINUTE)
    assert BusyInterval.objects.get().pk == before


def test_somebody_who_has_it_is_left_alone_until_the_lease_ends(known, web_server):
    due = AT + 15 * MINUTE
    BusyFeed.objects.update(lease_until=due + MINUTE)
    assert refresh(due) == 0
    assert refresh(due + MINUTE) == 1


def test_as_many_as_asked_for(dr_ramos, web_server):
    for number in range(3):
        feed(dr_ramos, address=f"{web_server.address}?{number}", due_at=AT)
    web_server.gives(FREE)
    assert [busy_feeds.refresh_due(at=AT, limit=2), busy_feeds.refresh_due(at=AT), busy_feeds.refresh_due(at=AT)] == [
        2,
        1,
        0,
    ]


# --- failing ---------------------------------------------------------------------------------------------------------


def fail(web_server, at, **answer):
    web_server.gives(**({"status": 500} | answer))
    refresh(at)
    return BusyFeed.objects.get()


def test_a_failure_keeps_what_was_said_and_comes_again_soon(known, web_server):
    failed = fail(web_server, AT + 15 * MINUTE)
    assert (failed.error, failed.failing_since) == ("server_error", AT + 15 * MINUTE)
    assert (failed.due_at, failed.fetched_at) == (AT + 20 * MINUTE, AT)
    assert starts(AT + 16 * MINUTE)[0] == TEN + HOUR
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("answer", "error"),
    [({"status": 404}, "not_found"), ({"status": 200, "body": "<html>"}, "not_a_calendar")],
)
def test_why_it_failed(known, web_server, answer, error):
    assert fail(web_server, AT + 15 * MINUTE, **answer).error == error


def test_a_redirect_that_asks_for_a_password_is_unreachable(known, web_server):
    failed = fail(web_server, AT + 15 * MINUTE, status=302, Location="http://me:word@127.0.0.1/")
    assert failed.error == "unreachable"


def test_since_when_it_fails_is_the_first_time(known, web_server):
    fail(web_server, AT + 15 * MINUTE)
    assert fail(web_server, AT + 25 * MINUTE).failing_since == AT + 15 * MINUTE


def test_a_calendar_too_heavy_to_read_is_a_failure(known, web_server, monkeypatch):
    def too_much(*_, **__):
        raise busy_apart.TooMuch

    monkeypatch.setattr(busy_feeds.busy_apart, "read", too_much)
    web_server.gives(FREE)
    refresh(AT + 15 * MINUTE)
    assert BusyFeed.objects.get().error == "too_much"


def test_past_its_freshness_the_hours_are_hidden_and_the_owner_is_told_once(known, web_server, outbox, clock):
    for minutes in (15, 119, 120, 130, 140):
        fail(web_server, AT + minutes * MINUTE)
    assert starts(AT + 2 * HOUR) == []
    clock.move(hours=3)
    [message] = outbox.messages("feed_stale")
    assert message.address == known.schedule.actor.clinician.user.email
    assert "9:00" in message.body
    assert "secret.ics" not in message.body + message.subject
    assert Event.objects.get(kind="busy_feed.went_stale").codes == {"error": "server_error"}


def test_the_first_good_reading_shows_the_hours_again(known, web_server):
    late = AT + 2 * HOUR
    fail(web_server, late)
    web_server.gives(FREE)
    refresh(late + 5 * MINUTE)
    again = BusyFeed.objects.get()
    assert (again.error, again.failing_since, again.told_at) == ("", None, None)
    assert starts(late + 5 * MINUTE) != []
    assert Notification.objects.get().status == NotificationStatus.VOID


def test_a_second_silence_is_told_again(known, web_server):
    late = AT + 2 * HOUR
    fail(web_server, late)
    web_server.gives(FREE)
    refresh(late + 5 * MINUTE)
    fail(web_server, late + 3 * HOUR)
    assert Notification.objects.filter(kind="feed_stale").count() == 2


def test_no_address_in_the_log(known, web_server, caplog):
    fail(web_server, AT + 2 * HOUR)
    assert "secret" not in caplog.text + json.dumps(list(Event.objects.values_list("codes", flat=True)))


# --- hours, visits, removing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], []),
        ([Hours(0, factories.time(9), factories.time(17))], [(540, 1020)]),
        ([Hours(1, factories.time(22), factories.time(2))], [(1440 + 1320, 2880 + 120)]),
        ([Hours(6, factories.time(22), factories.time(2))], [(6 * 1440 + 1320, 10080), (0, 120)]),
    ],
)
def test_the_hours_it_covers(known, hours, expected):
    busy_feeds.cover(known, hours, by=viewer(), at=AT)
    assert [(part.lower, part.upper) for part in BusyFeed.objects.get().hours] == expected


def test_a_silent_calendar_hides_the_hours_it_covers_alone(known, web_server):
    busy_feeds.cover(known, [Hours(1, factories.time(0), factories.time(0))], by=viewer(), at=AT)
    fail(web_server, AT + 2 * HOUR)
    assert starts(AT + 2 * HOUR)[:3] == [TEN + HOUR, TEN + 1.5 * HOUR, TEN + 2 * DAY]


def test_a_booked_visit_stands_and_is_shown_beside_what_it_meets(dr_ramos, lupita, web_server):
    visit = factories.booked(lupita)
    assert visit.starts_at == TEN
    web_server.gives(BUSY_AT_TEN)
    add(dr_ramos, web_server.address)
    visit.refresh_from_db()
    assert visit.status == "booked"
    assert busy_feeds.clashes(dr_ramos.actor.schedule, at=AT) == [visit]
    factories.assert_the_copy_is_true()


def test_a_visit_beside_the_busy_time_does_not_meet_it(dr_ramos, lupita):
    factories.booked(lupita)
    feed(dr_ramos, (TEN - HOUR, TEN), (TEN + HOUR / 2, TEN + HOUR))
    assert busy_feeds.clashes(dr_ramos.actor.schedule, at=AT) == []


def test_removing_it_offers_the_time_again_and_forgets_it(known):
    busy_feeds.remove(known, by=viewer(), at=AT)
    assert starts()[0] == TEN
    assert not BusyFeed.objects.exists()
    assert not BusyInterval.objects.exists()
    factories.assert_the_copy_is_true()


def test_removing_a_silent_one_shows_the_hours_again(known, web_server):
    fail(web_server, AT + 2 * HOUR)
    busy_feeds.remove(BusyFeed.objects.get(), by=viewer(), at=AT + 2 * HOUR)
    assert starts(AT + 2 * HOUR) != []


def test_one_that_was_removed_while_it_was_read_stays_removed(known, web_server, monkeypatch):
    ask = busy_feeds._ask

    def asked_while_it_is_removed(one, at):
        answer = ask(one, at)
        busy_feeds.remove(BusyFeed.objects.get(), by=viewer(), at=at)
        return answer

    monkeypatch.setattr(busy_feeds, "_ask", asked_while_it_is_removed)
    refresh(AT + 15 * MINUTE)
    web_server.gives(status=500)
    assert not BusyFeed.objects.exists()
