"""A time that becomes free is held for somebody who waits, until they answer or their half hour is over."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling import appointments, freed, open_starts, rescheduling, waitlist
from scheduling.models import (
    Appointment,
    Event,
    EventClaim,
    FreedTime,
    Licence,
    Notification,
    Offer,
    OfferSkip,
    WaitlistEntry,
)
from scheduling.refusals import OfferOver, PatientBusy, SlotTaken
from scheduling.waiting import Span
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

TUESDAY = [Hours(1, time(10), time(10, 30))]
HALF_AN_HOUR = 30 * MINUTE


@pytest.fixture
def ramos(acompana, elena, consulta):
    """A doctor with half an hour a week: what one person has, nobody else can have."""
    made = factories.clinician("Ramos", acompana, elena, hours=TUESDAY, schedule={"horizon_days": 7})
    freed.read(at=AT)  # that her hours were opened, nobody waited for
    return made


@pytest.fixture
def visit(ramos, beto):
    """Beto has the only hour there is."""
    return factories.booked(beto)


@pytest.fixture
def ana(db):
    return factories.patient("Ana", "+17135550146")


def cancelled(visit, at=AT):
    appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=at)
    factories.offers_go_out(at)


def offer_to(who):
    return Offer.objects.open().for_display().filter(entry__patient=who).first()


def as_(who):
    return viewer(user_of(who))


def reason_of(who):
    return OfferSkip.objects.get(entry__patient=who).because


@pytest.fixture
def offer(visit, lupita):
    factories.waits(lupita)
    cancelled(visit)
    return offer_to(lupita)


def test_what_somebody_gives_back_is_held_for_whoever_waits(offer, lupita):
    held = offer.appointment
    assert (held.status, held.held_until, offer.due_at) == ("proposed", AT + HALF_AN_HOUR, AT + HALF_AN_HOUR)
    assert offer.entry.patient == lupita
    assert factories.open_slots() == []


def test_who_waits_is_asked_by_message(offer, outbox):
    [message] = outbox.messages("offer")
    assert message.address == "+17135550142"
    assert "/l/" in message.body


def test_whoever_accepts_has_the_visit_and_leaves_the_list(offer, lupita):
    booked = waitlist.accept(offer, by=as_(lupita), at=AT + MINUTE)
    entry = WaitlistEntry.objects.get()
    assert (booked.status, booked.patient, entry.status) == ("booked", lupita, "booked")
    assert booked.starts_at == offer.appointment.starts_at
    assert Notification.objects.filter(kind="appointment_booked", patient=lupita).exists()


def test_accepting_again_changes_nothing(offer, lupita):
    first = waitlist.accept(offer, by=as_(lupita), at=AT)
    events = Event.objects.count()
    assert waitlist.accept(offer, by=as_(lupita), at=AT + DAY) == first
    assert Event.objects.count() == events


def test_nobody_waiting_nothing_is_noted(visit):
    cancelled(visit)
    assert FreedTime.objects.count() == 0
    assert len(factories.open_slots()) == 1


def test_what_is_declined_goes_to_the_next_in_line_at_once(offer, lupita, ana):
    factories.waits(ana, at=AT + MINUTE)
    waitlist.decline(offer, by=as_(lupita), at=AT + 5 * MINUTE)
    offer.refresh_from_db()
    assert offer.status == "declined"
    assert offer_to(ana).due_at == AT + 35 * MINUTE
    assert WaitlistEntry.objects.get(patient=lupita).status == "waiting"


def test_an_offer_that_is_not_answered_goes_to_the_next_in_line_at_once(offer, lupita, ana):
    factories.waits(ana, at=AT + MINUTE)
    assert waitlist.lapse_due(at=AT + HALF_AN_HOUR - MINUTE) == 0
    assert waitlist.lapse_due(at=AT + HALF_AN_HOUR) == 1
    offer.refresh_from_db()
    assert (offer.status, offer_to(ana) is not None, offer_to(lupita)) == ("lapsed", True, None)


def test_whoever_declined_is_not_offered_the_same_time_again(offer, lupita):
    waitlist.decline(offer, by=as_(lupita), at=AT)
    factories.offers_go_out(AT + MINUTE)
    assert offer_to(lupita) is None
    assert reason_of(lupita) == "declined"
    assert len(factories.open_slots(at=AT + MINUTE)) == 1  # whoever searches finds it


@pytest.mark.parametrize("answer", [waitlist.accept, waitlist.decline])
def test_after_the_deadline_an_answer_changes_nothing(offer, lupita, answer):
    late = AT + HALF_AN_HOUR
    waitlist.lapse_due(at=late)
    if answer is waitlist.accept:
        with pytest.raises(OfferOver):
            answer(offer, by=as_(lupita), at=late)
    else:
        answer(offer, by=as_(lupita), at=late)
    offer.refresh_from_db()
    assert offer.status == "lapsed"


def test_at_the_deadline_it_is_too_late_though_no_sweep_came_by(offer, lupita):
    with pytest.raises(OfferOver):
        waitlist.accept(offer, by=as_(lupita), at=AT + HALF_AN_HOUR)
    assert Appointment.objects.filter(status="booked").count() == 0


def test_the_sweep_of_holds_may_be_the_first_to_see_that_an_offer_is_over(offer, lupita, ana):
    factories.waits(ana)
    appointments.lapse_holds(at=AT + HALF_AN_HOUR)
    waitlist.lapse_due(at=AT + HALF_AN_HOUR)
    assert offer_to(ana) is not None


def test_whoever_leaves_gives_the_time_to_the_next(offer, lupita, ana):
    factories.waits(ana)
    waitlist.leave(offer.entry, by=as_(lupita), at=AT)
    assert WaitlistEntry.objects.get(patient=lupita).status == "left"
    assert offer_to(ana) is not None
    offer.refresh_from_db()
    assert offer.status == "withdrawn"


def test_a_question_that_is_answered_is_not_asked_any_more(offer, lupita, outbox):
    waitlist.decline(offer, by=as_(lupita), at=AT)
    assert outbox.messages("offer") == []


def test_a_licence_that_lapsed_meanwhile_books_nothing(offer, lupita):
    Licence.objects.update(expires_on=AT.date())
    with pytest.raises(SlotTaken):
        waitlist.accept(offer, by=as_(lupita), at=AT + MINUTE)
    offer.refresh_from_db()
    assert (offer.status, offer.appointment.status, offer.entry.status) == ("withdrawn", "cancelled", "waiting")


def test_whoever_has_a_visit_at_that_hour_keeps_it(offer, lupita, acompana, elena):
    other = factories.clinician("Vega", acompana, elena, hours=TUESDAY)
    found = next(one for one in factories.open_slots() if one.clinician == other)
    held = appointments.hold(found.slot, by=as_(lupita), at=AT)
    appointments.confirm(held, patient=lupita, by=as_(lupita), at=AT)
    with pytest.raises(PatientBusy):
        waitlist.accept(offer, by=as_(lupita), at=AT)
    assert Appointment.objects.filter(patient=lupita, status="booked").count() == 1


def test_whoever_books_such_a_visit_otherwise_leaves_the_list_and_the_offer(offer, lupita, acompana, elena):
    other = factories.clinician("Vega", acompana, elena, hours=[Hours(2, time(9), time(9, 30))])
    found = next(one for one in factories.open_slots() if one.clinician == other)
    held = appointments.hold(found.slot, by=as_(lupita), at=AT)
    appointments.confirm(held, patient=lupita, by=as_(lupita), at=AT)
    waitlist.read(at=AT)
    offer.refresh_from_db()
    assert (offer.status, offer.entry.status) == ("withdrawn", "booked")


def test_an_offer_is_no_browsers_hold(offer, lupita):
    """Two held times are as much as one browser may have; an offer is none of them."""
    assert offer.appointment.held_by == ""
    assert Appointment.objects.held_by(viewer(holder="")).count() == 0
    factories.assert_the_copy_is_true()


def test_a_time_somebody_takes_first_is_not_offered(visit, lupita, ana):
    factories.waits(lupita)
    appointments.cancel(visit, because="patient", by=as_(visit.patient), at=AT)
    freed.read(at=AT)
    appointments.hold(factories.open_slots()[0].slot, by=as_(ana), at=AT)
    freed.offer_due(at=AT)
    assert offer_to(lupita) is None


def test_hours_that_a_clinician_opens_are_offered(ramos, visit, lupita):
    factories.waits(lupita)
    week = [*TUESDAY, Hours(3, time(10), time(10, 30))]
    factories.schedules.set_week(ramos.actor.schedule, week, by=viewer(ramos.user), at=AT)
    factories.offers_go_out()
    assert offer_to(lupita).appointment.starts_at.weekday() == 3


def test_what_was_free_already_is_found_after_joining(ramos, lupita):
    factories.waits(lupita)
    factories.offers_go_out()
    assert offer_to(lupita) is not None


def test_two_who_join_are_offered_two_times(acompana, elena, consulta, lupita, ana):
    factories.clinician("Ramos", acompana, elena, hours=[Hours(1, time(10), time(11))], schedule={"horizon_days": 7})
    freed.read(at=AT)
    for who in (lupita, ana):
        factories.waits(who)
    factories.offers_go_out()
    assert {offer_to(who).appointment.starts_at.minute for who in (lupita, ana)} == {0, 30}


def test_a_time_too_soon_to_answer_does_not_stand_in_the_way_of_the_next(acompana, elena, consulta, lupita):
    hours = [Hours(0, time(9, 30), time(10)), Hours(2, time(10), time(10, 30))]
    schedule = {"horizon_days": 7, "notice_minutes": 25}
    factories.clinician("Ramos", acompana, elena, hours=hours, schedule=schedule)
    freed.read(at=AT)
    factories.waits(lupita)
    factories.offers_go_out()
    assert offer_to(lupita).appointment.starts_at.weekday() == 2


def test_what_no_event_told_of_is_found_the_next_day(visit, lupita, acompana, elena):
    factories.waits(lupita)
    factories.offers_go_out()
    factories.clinician("Vega", acompana, elena, hours=[Hours(3, time(10), time(10, 30))])
    EventClaim.objects.filter(reader=freed.READER).delete()
    factories.offers_go_out(AT + 23 * HOUR)
    assert offer_to(lupita) is None
    factories.offers_go_out(AT + timedelta(days=1))
    assert offer_to(lupita) is not None


def test_a_place_at_a_clinic_that_is_given_back_is_offered(lupita, beto, acompana):
    clinic = factories.clinic("Esperanza", acompana, chairs=1)
    factories.visit_type("consulta-clinica", modality="in_person")
    visit = factories.booked(beto)
    local = visit.starts_at.astimezone(ZoneInfo("America/Chicago"))
    exactly = Span(local.weekday(), local.time(), (local + MINUTE).time())
    factories.waits(lupita, modality="in_person", hours=(exactly,), last_day=local.date())
    cancelled(visit)
    assert offer_to(lupita).appointment.location == clinic


def test_nothing_is_offered_beyond_what_is_open(offer):
    schedule = offer.appointment.participants.get().actor.schedule
    assert not open_starts.is_open(schedule, offer.appointment.starts_at, 30)


def test_the_time_a_visit_is_moved_away_from_is_offered(acompana, elena, consulta, beto, lupita):
    hours = [*TUESDAY, Hours(3, time(10), time(10, 30))]
    factories.clinician("Ramos", acompana, elena, hours=hours, schedule={"horizon_days": 7})
    visit = factories.booked(beto)
    freed.read(at=AT)
    factories.waits(lupita, hours=(Span(1, time(6), time(12)),))
    WaitlistEntry.objects.update(look_at=AT + DAY)
    rescheduling.reschedule(visit, factories.open_slots()[0].slot, by=as_(beto), at=AT)
    factories.offers_go_out()
    assert offer_to(lupita).appointment.starts_at.weekday() == 1
    assert FreedTime.objects.get().cause == "cancelled"
