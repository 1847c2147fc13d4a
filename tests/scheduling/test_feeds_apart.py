"""Other calendars, each apart: whose they are, who reads which now, what one failure means for the rest."""

import pytest
from django.test import Client

from scheduling import busy_feeds, feed_forms
from scheduling.access import System
from scheduling.gateways import GatewayError, web
from scheduling.models import BusyFeed, BusyInterval, Event, FeedError, Notification
from scheduling.refusals import NotFound
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, viewer
from tests.factories.feeds import feed
from tests.reading import read

pytestmark = pytest.mark.django_db

PAGE = "/horario/calendarios/"
TEN = AT + HOUR
ITSELF = System("tests")


@pytest.fixture
def dr_vega(acompana, elena, consulta):
    return factories.clinician("Vega", acompana, elena)


@pytest.fixture
def failing(monkeypatch):
    """Let every calendar that is fetched fail with a code; return which addresses were asked for."""

    def fail(code):
        asked = []

        def fetch(address, **_known):
            asked.append(address)
            raise GatewayError(code)

        monkeypatch.setattr(web, "fetch", fetch)
        return asked

    return fail


def of(number):
    return f"https://calendar.example/{number}.ics"


# --- whose they are --------------------------------------------------------------------------------------------------


def test_each_sees_their_own_alone(dr_ramos, dr_vega, nayeli):
    people = (dr_ramos, dr_vega, nayeli)
    made = [feed(one, address=of(number)) for number, one in enumerate(people)]
    assert [busy_feeds.of_viewer(viewer(one.user)) for one in people] == [[one] for one in made]


@pytest.mark.parametrize("who", ["lupita", "tomas", "carmen", "elena"])
def test_who_sees_no_patients_has_no_such_list(request, dr_ramos, who):
    feed(dr_ramos)
    user = factories.account(request.getfixturevalue(who))
    with pytest.raises(NotFound):
        busy_feeds.of_viewer(viewer(user))


@pytest.mark.parametrize("who", ["lupita", "tomas", "carmen"])
@pytest.mark.parametrize("what", ["", "{}/horas/", "{}/quitar/"])
def test_their_pages_are_not_there_for_others(request, clock, dr_ramos, who, what):
    made = feed(dr_ramos)
    browser = Client()
    browser.force_login(factories.account(request.getfixturevalue(who)))
    answer = browser.post(PAGE + what.format(made.uuid), {"address": of(2), "starts": "10:00", "ends": "11:00"})
    assert answer.status_code == 404
    assert BusyFeed.objects.get().hours == []


@pytest.mark.parametrize("what", ["horas", "quitar"])
def test_nothing_changes_by_looking(client, clock, dr_ramos, what):
    made = feed(dr_ramos)
    client.force_login(dr_ramos.user)
    assert client.get(f"{PAGE}{made.uuid}/{what}/").status_code == 405
    assert BusyFeed.objects.exists()


def test_whoever_is_not_signed_in_is_asked_who_they_are(clock, dr_ramos):
    made = feed(dr_ramos)
    assert Client().post(f"{PAGE}{made.uuid}/quitar/").status_code == 302
    assert BusyFeed.objects.exists()


def test_what_one_is_busy_with_takes_no_time_of_another(dr_ramos, dr_vega):
    feed(dr_ramos, (TEN, TEN + 2 * HOUR))
    starts = {found.clinician: found.slot.starts_at for found in reversed(factories.open_slots())}
    assert starts == {dr_vega: TEN, dr_ramos: TEN + DAY}


def test_one_address_may_be_read_for_two_people(dr_ramos, dr_vega):
    """A calendar of the practice they share: neither learns of the other."""
    first, second = feed(dr_ramos, (TEN, TEN + HOUR)), feed(dr_vega, (TEN, TEN + HOUR))
    busy_feeds.remove(first, by=ITSELF, at=AT)
    assert list(BusyFeed.objects.all()) == [second]
    assert BusyInterval.objects.get().feed == second


def test_of_two_calendars_of_one_person_each_takes_its_own_time(dr_ramos):
    first = feed(dr_ramos, (TEN, TEN + HOUR), address=of(1))
    feed(dr_ramos, (TEN, TEN + HOUR / 2), address=of(2))
    busy_feeds.remove(first, by=ITSELF, at=AT)
    assert factories.open_slots()[0].slot.starts_at == TEN + HOUR / 2
    factories.assert_the_copy_is_true()


# --- who reads which, and when ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "lease", "asked"),
    [
        (-1, None, 1),
        (0, None, 1),
        (1, None, 0),
        (-1, 1, 0),
        (-1, 0, 1),
        (-1, -1, 1),
    ],
)
def test_one_is_read_when_it_is_due_and_nobody_else_reads_it(dr_ramos, failing, due, lease, asked):
    failing("not_found")
    until = AT + lease * MINUTE if lease is not None else None
    feed(dr_ramos, due_at=AT + due * MINUTE, lease_until=until)
    assert busy_feeds.refresh_due(at=AT) == asked


def test_whoever_waited_longest_is_read_first(dr_ramos, dr_vega, nayeli, failing):
    asked = failing("unreachable")
    for minutes, one in ((3, dr_ramos), (9, dr_vega), (6, nayeli)):
        feed(one, address=of(minutes), due_at=AT - minutes * MINUTE)
    busy_feeds.refresh_due(at=AT, limit=2)
    assert asked == [of(9), of(6)]


def test_one_that_fails_does_not_keep_the_others_from_being_read(dr_ramos, dr_vega, failing):
    asked = failing("server_error")
    for number, one in enumerate((dr_ramos, dr_vega)):
        feed(one, address=of(number), due_at=AT)
    assert busy_feeds.refresh_due(at=AT) == len(asked) == 2
    assert set(BusyFeed.objects.values_list("error", "lease_until")) == {("server_error", None)}


@pytest.mark.parametrize("minutes", [0, 4, 5])
def test_after_a_failure_it_is_asked_again_in_five_minutes(dr_ramos, failing, minutes):
    asked = failing("server_error")
    feed(dr_ramos, due_at=AT)
    for at in (AT, AT + minutes * MINUTE):
        busy_feeds.refresh_due(at=at)
    assert len(asked) == (2 if minutes >= 5 else 1)


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", FeedError.values)
def test_every_failure_is_kept_by_its_code_and_said_in_words_of_its_own(client, clock, dr_ramos, failing, code):
    failing(code)
    feed(dr_ramos, due_at=AT)
    busy_feeds.refresh_due(at=AT)
    assert BusyFeed.objects.get().error == code
    client.force_login(dr_ramos.user)
    spanish, english = (read(client.get(f"{PAGE}?lang={language}")).words for language in ("es", "en"))
    assert spanish != english
    assert feed_forms.feed_words(code) != ""


@pytest.mark.parametrize("code", ["", "made_up", "TIMEOUT", "http_418"])
def test_a_failure_we_have_no_name_for_is_that_it_was_not_reached(dr_ramos, failing, code):
    failing(code or "nothing")
    feed(dr_ramos, due_at=AT)
    busy_feeds.refresh_due(at=AT)
    assert BusyFeed.objects.get().error == FeedError.UNREACHABLE


def test_no_two_failures_are_said_in_the_same_words():
    said = [feed_forms.feed_words(code) for code in FeedError.values]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(("hours", "told"), [(1, 0), (2, 1), (3, 1)])
def test_the_owner_alone_is_told_once_it_is_no_longer_fresh(dr_ramos, dr_vega, failing, hours, told):
    failing("not_found")
    feed(dr_ramos, due_at=AT)
    feed(dr_vega, address=of(2), due_at=AT + 30 * DAY)
    for _ in range(2):
        busy_feeds.refresh_due(at=AT + hours * HOUR)
    found = Notification.objects.filter(kind=busy_feeds.STALE).values_list("user", flat=True)
    assert list(found) == [dr_ramos.user.pk] * told


def test_what_is_recorded_of_a_failure_is_a_code(dr_ramos, failing):
    failing("not_found")
    feed(dr_ramos, due_at=AT)
    busy_feeds.refresh_due(at=AT + 3 * HOUR)
    event = Event.objects.get(kind="busy_feed.went_stale")
    assert (event.by_system, event.codes) == ("feeds", {"error": "not_found"})


def test_the_letter_about_it_is_not_sent_once_it_was_removed(dr_ramos, failing, outbox):
    failing("not_found")
    made = feed(dr_ramos, due_at=AT)
    busy_feeds.refresh_due(at=AT + 3 * HOUR)
    busy_feeds.remove(made, by=viewer(dr_ramos.user), at=AT + 3 * HOUR)
    outbox.clock.at = AT + 3 * HOUR
    assert outbox.messages(busy_feeds.STALE) == []


@pytest.mark.parametrize(("language", "words"), [("es", "8 de junio"), ("en", "June 8")])
def test_the_letter_is_in_its_readers_language_and_names_no_address(dr_ramos, failing, outbox, language, words):
    dr_ramos.user.language = language
    dr_ramos.user.save()
    failing("not_found")
    feed(dr_ramos, due_at=AT)
    busy_feeds.refresh_due(at=AT + 3 * HOUR)
    outbox.clock.at = AT + 3 * HOUR
    [message] = outbox.messages(busy_feeds.STALE)
    assert words in message.body.replace("\u00a0", " ")
    assert "calendar.example" not in message.subject + message.body
