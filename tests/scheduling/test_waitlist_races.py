"""An offer answered, lapsing and passed on at the same instant: one outcome, one booking, nothing left behind."""

from datetime import time
from itertools import pairwise

import pytest
from django.test import Client

from scheduling import accounts, appointments, freed, inbound, waitlist
from scheduling.models import Appointment, Event, Offer, Participant, WaitlistEntry, phone_hash
from scheduling.refusals import OfferOver, Refusal
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, MINUTE, user_of, viewer
from tests.racing import at_once

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

SECOND = MINUTE / 60
LAST, OVER = AT + 30 * MINUTE - SECOND, AT + 30 * MINUTE
TUESDAY = [Hours(1, time(10), time(10, 30))]


@pytest.fixture
def ramos(acompana, elena, consulta):
    """A doctor with half an hour a week."""
    return factories.clinician("Ramos", acompana, elena, hours=TUESDAY, schedule={"horizon_days": 7})


@pytest.fixture
def ana(db):
    return factories.patient("Ana", "+17135550146")


@pytest.fixture
def offer(ramos, lupita):
    factories.waits(lupita)
    factories.offers_go_out()
    return Offer.objects.for_display().get()


def as_(who):
    return viewer(user_of(who))


def outcomes(acts):
    """Let everybody act at once; nothing comes of it but success and refusals."""
    found = at_once(acts)
    assert [one for one in found if isinstance(one, Exception) and not isinstance(one, Refusal)] == []
    return found


def nothing_is_left_behind():
    """Nobody is double-booked, every open offer is a hold, and every hold of nobody's is an open offer's."""
    taken = Participant.objects.filter(occupied__isnull=False).order_by("actor", "occupied")
    spans = [(part.actor_id, part.occupied.lower, part.occupied.upper) for part in taken]
    assert all(one[0] != after[0] or one[2] <= after[1] for one, after in pairwise(spans))
    held = Appointment.objects.filter(status="proposed", held_by="").values_list("pk", flat=True)
    assert set(held) == set(Offer.objects.open().values_list("appointment", flat=True))
    offered = WaitlistEntry.objects.filter(status="offered").values_list("pk", flat=True)
    assert set(offered) == set(Offer.objects.open().values_list("entry", flat=True))
    factories.assert_the_copy_is_true()


@pytest.mark.parametrize("round_", range(4))
def test_an_offer_accepted_while_it_lapses_is_the_persons_or_the_nexts(offer, lupita, ana, round_):
    factories.waits(ana)
    acts = [
        lambda: waitlist.accept(offer, by=as_(lupita), at=LAST),
        lambda: waitlist.lapse_due(at=OVER),
        lambda: appointments.lapse_holds(at=OVER),
        lambda: freed.offer_due(at=OVER),
    ]
    outcomes(acts[round_:] + acts[:round_])
    waitlist.lapse_due(at=OVER)
    freed.offer_due(at=OVER)
    offer.refresh_from_db()
    nexts = Offer.objects.open().filter(entry__patient=ana).count()
    assert (offer.status, offer.appointment.status, nexts) in [("accepted", "booked", 0), ("lapsed", "cancelled", 1)]
    nothing_is_left_behind()


def test_an_offer_accepted_by_link_and_by_word_at_once_is_booked_once(offer, lupita):
    _grant, secret = accounts.grant_link("offer", offer.uuid, at=AT)
    [question] = inbound.questions(phone_hash(lupita.phone), AT)

    def by_link():
        browser = Client()
        browser.get(f"/l/{secret}")
        return waitlist.accept(offer, by=viewer(), at=AT + MINUTE)

    acts = [by_link, lambda: question.words["si"](by=as_(lupita), at=AT + MINUTE)] * 4
    found = outcomes(acts)
    assert not any(isinstance(one, Refusal) for one in found)
    assert lupita.appointments.filter(status="booked").count() == 1
    assert Event.objects.filter(kind="appointment.booked").count() == 1
    assert Event.objects.filter(kind="offer.accepted").count() == 1
    nothing_is_left_behind()


def test_an_offer_accepted_and_declined_at_once_has_one_answer(offer, lupita):
    acts = [
        lambda: waitlist.accept(offer, by=as_(lupita), at=AT),
        lambda: waitlist.decline(offer, by=as_(lupita), at=AT),
    ] * 4
    found = outcomes(acts)
    offer.refresh_from_db()
    assert (offer.status, offer.appointment.status) in [("accepted", "booked"), ("declined", "cancelled")]
    refused = [one for one in found if isinstance(one, OfferOver)]
    assert bool(refused) == (offer.status == "declined")
    nothing_is_left_behind()


def test_an_offer_accepted_while_the_person_leaves_has_one_outcome(offer, lupita):
    outcomes(
        [
            lambda: waitlist.accept(offer, by=as_(lupita), at=AT),
            lambda: waitlist.leave(offer.entry, by=as_(lupita), at=AT),
        ]
    )
    offer.refresh_from_db()
    entry = WaitlistEntry.objects.get()
    assert (offer.status, entry.status) in [("accepted", "booked"), ("withdrawn", "left")]
    nothing_is_left_behind()


def test_eight_rounds_at_once_offer_each_time_once(acompana, elena, consulta, ramos, lupita, ana, beto):
    factories.clinician("Vega", acompana, elena, hours=TUESDAY, schedule={"horizon_days": 7})
    for who in (lupita, ana, beto):
        factories.waits(who)
    freed.read(at=AT)
    outcomes([lambda: freed.offer_due(at=AT)] * 8)
    assert Offer.objects.open().count() == 2
    nothing_is_left_behind()


def test_eight_sweeps_at_once_lapse_an_offer_once(offer, ana):
    factories.waits(ana)
    outcomes([lambda: waitlist.lapse_due(at=OVER)] * 8)
    assert Event.objects.filter(kind="offer.lapsed").count() == 1
    assert Offer.objects.open().filter(entry__patient=ana).count() == 1
    nothing_is_left_behind()


def test_a_time_offered_while_a_browser_holds_it_is_one_persons(ramos, lupita, beto):
    factories.waits(lupita)
    freed.read(at=AT)
    freed.look_again(at=AT)
    slot = factories.open_slots()[0].slot
    outcomes([lambda: freed.offer_due(at=AT), *[lambda: appointments.hold(slot, by=as_(beto), at=AT)] * 4])
    assert Appointment.objects.filter(status="proposed").count() == 1
    nothing_is_left_behind()


def test_whoever_joins_eight_times_at_once_waits_once(ramos, lupita):
    outcomes([lambda: factories.waits(lupita)] * 8)
    assert WaitlistEntry.objects.on_the_list().count() == 1
