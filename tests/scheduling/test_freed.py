"""What becomes free is noted once, offered to who wants it, kept for the morning, and let go when it is over."""

from datetime import time

import pytest

from scheduling import appointments, contacts, freed, schedules, waitlist
from scheduling.freed import LEASE, LOOK_EVERY
from scheduling.models import Actor, Event, FreedBy, FreedTime, Offer, OfferSkip, WaitlistEntry, phone_hash
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

TUESDAY = [Hours(1, time(10), time(10, 30))]
NIGHT = AT + 14 * HOUR  # eleven at night in Houston
TEN = AT + DAY + HOUR  # Tuesday at ten


@pytest.fixture
def ramos(acompana, elena, consulta):
    """A doctor with half an hour a week; that her hours were opened, nobody waited for."""
    made = factories.clinician("Ramos", acompana, elena, hours=TUESDAY, schedule={"horizon_days": 7})
    freed.read(at=AT)
    return made


@pytest.fixture
def actor(ramos):
    return ramos.actor


def note(actor, starts_at=TEN, minutes=30, at=AT):
    return freed.note(actor.pk, starts_at, starts_at + minutes * MINUTE, FreedBy.CANCELLED, at=at)


def as_(who, at=AT):
    return viewer(user_of(who), at=at)


def due():
    return FreedTime.objects.get().due_at


# --- what is noted ---------------------------------------------------------------------------------------------------


def test_the_same_time_is_noted_once_while_it_is_due(actor):
    assert [note(actor), note(actor, at=AT + MINUTE)] == [True, False]
    assert (FreedTime.objects.count(), due()) == (1, AT)


def test_what_was_settled_may_become_free_again(actor):
    note(actor)
    FreedTime.objects.update(due_at=None)
    assert note(actor, at=AT + HOUR)
    assert FreedTime.objects.count() == 2


def test_another_time_or_another_person_is_noted_beside_it(actor, acompana, elena):
    other = factories.clinician("Vega", acompana, elena, hours=TUESDAY)
    assert note(actor) and note(actor, TEN + DAY) and note(actor, minutes=15) and note(other.actor)
    assert FreedTime.objects.count() == 4


@pytest.mark.parametrize("status", ["booked", "left", "expired"])
def test_for_those_who_wait_no_more_nothing_is_noted(ramos, lupita, beto, status):
    factories.waits(lupita)
    WaitlistEntry.objects.update(status=status)
    appointments.cancel(factories.booked(beto), because="patient", by=as_(beto), at=AT)
    freed.read(at=AT)
    assert not FreedTime.objects.exists()


@pytest.mark.parametrize(("late", "noted"), [(-MINUTE, 1), (0 * MINUTE, 0), (MINUTE, 0)])
def test_time_that_has_begun_is_given_to_nobody(ramos, lupita, beto, late, noted):
    visit = factories.booked(beto)
    factories.waits(lupita)
    appointments.cancel(visit, because="patient", by=as_(beto), at=AT)
    freed.read(at=visit.starts_at + late)
    assert FreedTime.objects.count() == noted


def test_of_a_visit_with_an_interpreter_both_have_their_time_back(ramos, lupita, beto, nayeli):
    visit = factories.booked(beto)
    factories.interprets(nayeli, visit)
    factories.waits(lupita)
    freed.read(at=AT)
    FreedTime.objects.all().delete()
    appointments.cancel(visit, because="patient", by=as_(beto), at=AT)
    freed.read(at=AT)
    assert set(Actor.objects.filter(pk__in=FreedTime.objects.values("actor"))) == {ramos.actor, nayeli.actor}


def test_each_event_is_read_once(ramos, lupita, beto):
    visit = factories.booked(beto)
    factories.waits(lupita)
    appointments.cancel(visit, because="patient", by=as_(beto), at=AT)
    assert (freed.read(at=AT), freed.read(at=AT)) == (1, 0)


def test_a_week_that_is_opened_is_noted_as_far_as_it_is_open(ramos, lupita):
    factories.waits(lupita)
    schedules.set_week(ramos.actor.schedule, [*TUESDAY, Hours(3, time(9), time(10))], by=viewer(ramos.user), at=AT)
    freed.read(at=AT)
    opened = FreedTime.objects.get()
    schedule = ramos.actor.schedule
    schedule.refresh_from_db()
    assert (opened.cause, opened.starts_at, opened.ends_at) == ("opened", AT, schedule.open_until)


# --- looking again ---------------------------------------------------------------------------------------------------


def test_somebody_is_looked_for_once_a_day(ramos, lupita):
    factories.waits(lupita)
    assert [freed.look_again(at=AT + hours * HOUR) for hours in (0, 1, 23, 24, 25)] == [1, 0, 0, 1, 0]
    assert WaitlistEntry.objects.get().look_at == AT + DAY + LOOK_EVERY


def test_what_is_noted_for_one_is_not_noted_for_the_next(ramos, lupita, beto):
    for who in (lupita, beto):
        factories.waits(who)
    assert freed.look_again(at=AT) == 2
    assert FreedTime.objects.get().cause == "found"


def test_a_sweep_looks_for_no_more_than_it_is_told_to(ramos, lupita, beto):
    factories.waits(lupita), factories.waits(beto, at=AT + MINUTE)
    freed.look_again(at=AT + HOUR, limit=1)
    assert WaitlistEntry.objects.filter(look_at__gt=AT + HOUR).get().patient == lupita


def test_where_nothing_is_free_looking_leaves_nothing_behind(acompana, lupita):
    factories.waits(lupita)
    assert freed.look_again(at=AT) == 1
    assert not FreedTime.objects.exists()


# --- rounds ----------------------------------------------------------------------------------------------------------


def test_without_anything_due_there_is_no_round(ramos, lupita):
    factories.waits(lupita)
    assert freed.offer_due(at=AT) == 0
    assert not OfferSkip.objects.exists()


def test_what_nobody_waits_for_is_settled(actor):
    note(actor)
    assert freed.offer_due(at=AT) == 1
    assert due() is None


def test_a_time_nobody_may_have_is_settled_and_says_why(actor, lupita):
    factories.waits(lupita, state="CA")
    note(actor)
    freed.offer_due(at=AT)
    assert (due(), OfferSkip.objects.get().because) == (None, "not_eligible")


@pytest.mark.parametrize(("after", "rounds"), [(LEASE - MINUTE / 60, 0), (LEASE, 1)])
def test_a_round_that_died_is_followed_by_another_a_minute_later(actor, lupita, monkeypatch, after, rounds):
    factories.waits(lupita)
    note(actor)
    with monkeypatch.context() as patch:
        patch.setattr(freed, "_in_line", lambda at: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            freed.offer_due(at=AT)
    assert freed.offer_due(at=AT + after) == rounds
    assert Offer.objects.count() == rounds


def test_by_night_it_waits_until_they_are_awake(ramos, actor, lupita):
    factories.waits(lupita)
    note(actor, TEN, at=NIGHT - DAY)
    freed.offer_due(at=NIGHT - DAY)
    assert OfferSkip.objects.get().because == "quiet_hours"
    assert due() == AT - HOUR


def test_what_is_over_by_the_morning_is_not_kept_for_it(actor, lupita):
    factories.waits(lupita)
    note(actor, AT + DAY - 2 * HOUR, at=NIGHT)
    freed.offer_due(at=NIGHT)
    assert due() is None


@pytest.mark.parametrize("answer", ["decline", "lapse"])
def test_a_time_that_nobody_wants_in_the_end_is_settled(actor, lupita, answer):
    factories.waits(lupita)
    note(actor)
    freed.offer_due(at=AT)
    if answer == "decline":
        waitlist.decline(Offer.objects.get(), by=as_(lupita), at=AT + MINUTE)
    waitlist.lapse_due(at=AT + HOUR)
    assert (due(), Offer.objects.open().exists()) == (None, False)
    assert len(factories.open_slots(at=AT + HOUR)) == 1


def test_whoever_wants_no_messages_is_offered_none_and_it_is_noted(actor, lupita):
    factories.waits(lupita)
    contacts.stop(phone_hash(lupita.phone), "sms", at=AT)
    note(actor)
    freed.offer_due(at=AT)
    assert (OfferSkip.objects.get().because, Offer.objects.exists()) == ("opted_out", False)


def test_the_trace_keeps_the_last_word_for_each_time(actor, lupita):
    factories.waits(lupita, state="CA")
    note(actor)
    freed.offer_due(at=AT)
    factories.waits(lupita, hours=(waitlist.Span(6, time(6), time(7)),))
    note(actor, TEN + 7 * DAY), FreedTime.objects.update(due_at=AT + HOUR)
    freed.offer_due(at=AT + HOUR)
    assert {skip.at for skip in OfferSkip.objects.all()} == {AT + HOUR}
    assert set(OfferSkip.objects.values_list("because", flat=True)) == {"hours", "not_eligible"}


def test_an_offer_says_in_the_events_what_was_held_for_whom_by_ids_alone(actor, lupita):
    entry = factories.waits(lupita)
    note(actor)
    freed.offer_due(at=AT)
    offer = Offer.objects.select_related("appointment").get()
    made = Event.objects.get(kind="offer.made")
    assert made.codes == {"entry": str(entry.uuid), "appointment": str(offer.appointment.uuid)}
