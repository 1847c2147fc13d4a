"""Joining, changing, being put first, leaving and growing old on the list: who may, what it changes, what is noted."""

import threading
from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from scheduling import accounts, freed, offers, waitlist
from scheduling.models import Event, GrantScope, Offer, SuitableHours, Urgency, WaitlistEntry
from scheduling.refusals import NotPossibleNow
from scheduling.waiting import Span
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer
from tests.racing import PATIENCE, meanwhile, wait_until_somebody_waits

pytestmark = pytest.mark.django_db

TUESDAY = [Hours(1, time(10), time(10, 30))]
MONDAYS, FRIDAYS = Span(0, time(8), time(12)), Span(4, time(8), time(12))


@pytest.fixture
def ramos(acompana, elena, consulta):
    made = factories.clinician("Ramos", acompana, elena, hours=TUESDAY, schedule={"horizon_days": 7})
    freed.read(at=AT)
    return made


def happened(entry):
    return list(Event.objects.filter(subject=entry.uuid).order_by("pk").values_list("kind", flat=True))


def as_(who, at=AT):
    return viewer(user_of(who), at=at)


# --- joining ---------------------------------------------------------------------------------------------------------


def test_whoever_joins_waits_from_then_on(acompana, lupita):
    entry = factories.waits(lupita, at=AT + HOUR)
    assert (entry.status, entry.urgency, entry.created_at, entry.look_at) == (
        "waiting",
        "routine",
        AT + HOUR,
        AT + HOUR,
    )
    assert happened(entry) == ["waitlist.joined"]


def test_joining_tells_the_events_nothing_about_health(acompana, lupita):
    entry = factories.waits(lupita, language="mxb")
    event = Event.objects.get(subject=entry.uuid)
    assert (event.by_user, event.codes) == (user_of(lupita), {})


@pytest.mark.parametrize(
    ("state", "slug"), [("TX", "acompana"), ("CA", "casa-pacifico"), ("OR", "casa-pacifico"), ("FL", "acompana")]
)
def test_who_looks_after_them_is_whoever_serves_their_state(acompana, settings, lupita, state, slug):
    factories.organization("casa-pacifico", ["CA", "OR"])
    settings.DEFAULT_ORGANIZATION = "acompana"
    assert factories.waits(lupita, state=state).organization.slug == slug


def test_changing_what_suits_replaces_it_all_and_keeps_the_place(acompana, lupita):
    first = factories.waits(lupita, hours=(MONDAYS,), last_day=date(2026, 7, 1))
    again = factories.waits(lupita, at=AT + DAY, hours=(FRIDAYS,))
    assert (again.pk, again.created_at, again.last_day) == (first.pk, AT, None)
    assert [one.weekday for one in SuitableHours.objects.all()] == [4]
    assert happened(first) == ["waitlist.joined", "waitlist.changed"]


def test_whoever_changes_what_suits_is_looked_for_at_once(acompana, lupita):
    factories.waits(lupita)
    WaitlistEntry.objects.update(look_at=AT + DAY)
    assert factories.waits(lupita, at=AT + HOUR).look_at == AT + HOUR


def test_changing_what_suits_keeps_the_urgency(acompana, lupita, tomas):
    entry = factories.waits(lupita)
    waitlist.prioritise(entry, Urgency.URGENT, by=viewer(tomas), at=AT)
    assert factories.waits(lupita, at=AT + HOUR).urgency == "urgent"


def test_changing_what_suits_keeps_the_offer(ramos, lupita):
    factories.waits(lupita)
    factories.offers_go_out()
    assert factories.waits(lupita, at=AT + MINUTE, hours=(FRIDAYS,)).status == "offered"
    offer = Offer.objects.open().for_display().get()
    assert waitlist.accept(offer, by=as_(lupita), at=AT + MINUTE).status == "booked"


def test_two_people_wait_for_the_same_without_meeting(acompana, lupita, beto):
    assert factories.waits(lupita) != factories.waits(beto)
    assert WaitlistEntry.objects.on_the_list().count() == 2


@pytest.mark.parametrize("wish", [{"care": "whim"}, {"specialty": "whim"}, {"modality": "whim"}], ids=str)
def test_nobody_waits_for_what_there_is_not(acompana, lupita, wish):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.waits(lupita, **wish)
    assert not WaitlistEntry.objects.exists()


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_an_offer_made_while_somebody_changes_what_suits_is_not_forgotten(ramos, lupita):
    entry, locked = factories.waits(lupita), threading.Event()
    with meanwhile(lambda: locked.wait(PATIENCE) and factories.waits(lupita, hours=(FRIDAYS,))), transaction.atomic():
        held = offers.locked_entry(entry)
        locked.set()
        wait_until_somebody_waits()
        offers.move(held, "offered", "offered", by=offers.BY, at=AT)
    entry.refresh_from_db()
    assert (entry.status, entry.version) == ("offered", 3)


# --- who goes first --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("urgency", Urgency.values)
def test_saying_what_is_so_already_changes_nothing(acompana, lupita, tomas, urgency):
    entry = waitlist.prioritise(factories.waits(lupita), Urgency(urgency), by=viewer(tomas), at=AT)
    version, events = entry.version, Event.objects.count()
    assert waitlist.prioritise(entry, Urgency(urgency), by=viewer(tomas), at=AT + HOUR).version == version
    assert Event.objects.count() == events


def test_who_said_it_and_how_urgent_is_noted(acompana, lupita, tomas):
    entry = waitlist.prioritise(factories.waits(lupita), Urgency.SOON, by=viewer(tomas), at=AT + HOUR)
    event = Event.objects.get(kind="waitlist.prioritised")
    assert (event.by_user, event.codes) == (tomas, {"urgency": "soon"})
    assert entry.look_at == AT + HOUR


@pytest.mark.parametrize("status", ["booked", "left", "expired"])
def test_nobody_who_waits_no_more_is_put_first(acompana, lupita, tomas, status):
    entry = factories.waits(lupita)
    WaitlistEntry.objects.update(status=status)
    with pytest.raises(NotPossibleNow):
        waitlist.prioritise(entry, Urgency.URGENT, by=viewer(tomas), at=AT)


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_whoever_leaves_is_searched_for_no_more(ramos, lupita):
    entry = waitlist.leave(factories.waits(lupita), by=as_(lupita), at=AT)
    factories.offers_go_out(AT + 2 * DAY)
    assert (entry.status, Offer.objects.exists()) == ("left", False)


@pytest.mark.parametrize("status", ["booked", "left", "expired"])
def test_an_end_is_an_end(acompana, lupita, status):
    entry = factories.waits(lupita)
    WaitlistEntry.objects.update(status=status)
    assert waitlist.leave(entry, by=as_(lupita), at=AT).status == status
    assert happened(entry) == ["waitlist.joined"]


def test_an_offer_of_somebody_who_left_cannot_be_taken(ramos, lupita):
    entry = factories.waits(lupita)
    factories.offers_go_out()
    offer = Offer.objects.open().for_display().get()
    waitlist.leave(entry, by=as_(lupita), at=AT)
    with pytest.raises(waitlist.OfferOver):
        waitlist.accept(offer, by=as_(lupita), at=AT + MINUTE)
    assert len(factories.open_slots()) == 1


@pytest.mark.parametrize(
    ("zone", "hours", "status"),
    [
        ("America/Chicago", 14, "waiting"),
        ("America/Chicago", 15, "expired"),
        ("America/New_York", 14, "expired"),
        ("Pacific/Honolulu", 15, "waiting"),
        ("Pacific/Honolulu", 20, "expired"),
    ],
)
def test_the_last_day_ends_at_midnight_where_they_are(acompana, lupita, zone, hours, status):
    """AT is nine in the morning in Houston, ten in New York and four in Honolulu."""
    entry = factories.waits(lupita, zone=zone, last_day=AT.date())
    waitlist.expire(at=AT + hours * HOUR)
    entry.refresh_from_db()
    assert entry.status == status


def test_an_offer_ends_with_the_last_day(ramos, lupita):
    entry = factories.waits(lupita, last_day=date(2026, 6, 9))
    factories.offers_go_out()
    assert waitlist.expire(at=AT + 3 * DAY) == 1
    entry.refresh_from_db()
    assert (entry.status, Offer.objects.get().status) == ("expired", "withdrawn")


# --- who may see it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["tomas", "carmen", "elena"])
def test_the_office_sees_who_waits_in_its_states(request, acompana, lupita, name):
    entry = factories.waits(lupita)
    assert list(WaitlistEntry.objects.visible_to(viewer(request.getfixturevalue(name)))) == [entry]


def test_nobody_else_sees_that_somebody_waits(ramos, lupita, beto, nayeli):
    factories.waits(lupita)
    factories.offers_go_out()
    for who in (viewer(), as_(beto), viewer(ramos.user), viewer(nayeli.user)):
        assert not WaitlistEntry.objects.visible_to(who).exists()
        assert not Offer.objects.visible_to(who).exists()


def test_a_link_shows_its_own_offer_and_not_the_entry(ramos, lupita):
    factories.waits(lupita)
    factories.offers_go_out()
    offer = Offer.objects.get()
    grant, _secret = accounts.grant_link(GrantScope.OFFER, offer.uuid, at=AT)
    holder = factories.Viewer(at=AT, links=(str(grant.uuid),), holder="somebody")
    assert list(Offer.objects.visible_to(holder)) == [offer]
    assert not WaitlistEntry.objects.visible_to(holder).exists()


def test_a_link_to_something_else_shows_no_offer(ramos, lupita):
    factories.waits(lupita)
    factories.offers_go_out()
    grant, _secret = accounts.grant_link(GrantScope.CASE, Offer.objects.get().uuid, at=AT)
    holder = factories.Viewer(at=AT, links=(str(grant.uuid),), holder="somebody")
    assert not Offer.objects.visible_to(holder).exists()
