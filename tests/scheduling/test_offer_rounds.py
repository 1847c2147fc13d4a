"""Who is offered what when several wait: best overall, by day, never to who said STOP, and the trace says why not."""

from datetime import time

import pytest

from scheduling import contacts, freed, inbound, waitlist
from scheduling.models import Event, FreedTime, Offer, OfferSkip, Urgency, WaitlistEntry, phone_hash
from scheduling.refusals import NotPossibleNow, OfferOver
from scheduling.waiting import Span
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

AN_HOUR = [Hours(1, time(10), time(11))]
HALF_AN_HOUR = [Hours(1, time(10), time(10, 30))]
TEN = Span(1, time(10), time(10, 15))


@pytest.fixture
def ana(db):
    return factories.patient("Ana", "+17135550146")


def doctor(acompana, elena, hours, name="Ramos"):
    made = factories.clinician(name, acompana, elena, hours=hours, schedule={"horizon_days": 7})
    freed.read(at=AT)
    return made


@pytest.fixture
def ramos(acompana, elena, consulta):
    return doctor(acompana, elena, HALF_AN_HOUR)


def opened(one, at=AT):
    """Note that all the hours of a doctor may be offered."""
    schedule = one.actor.schedule
    freed.note(schedule.actor_id, at, at + 7 * DAY, "opened", at=at)
    freed.offer_due(at=at)


def offered(who):
    offer = Offer.objects.open().for_display().filter(entry__patient=who).first()
    return offer and offer.appointment.starts_at.astimezone(AT.tzinfo).strftime("%H:%M")


def reason(who):
    return OfferSkip.objects.filter(entry__patient=who).latest("at", "pk").because


def test_the_first_in_line_does_not_take_the_only_time_of_the_second(acompana, elena, consulta, lupita, ana):
    """Lupita can at ten and at half past, Ana at ten alone: first come, first served would leave Ana without."""
    one = doctor(acompana, elena, AN_HOUR)
    factories.waits(lupita, at=AT - 30 * DAY)
    factories.waits(ana, hours=(TEN,))
    opened(one)
    assert (offered(lupita), offered(ana)) == ("15:30", "15:00")


def test_of_two_who_want_one_time_whoever_waits_longer_has_it(ramos, lupita, ana):
    factories.waits(ana, at=AT)
    factories.waits(lupita, at=AT - 3 * DAY)
    opened(ramos)
    assert (offered(lupita), offered(ana), reason(ana)) == ("15:00", None, "outranked")


def test_whoever_a_coordinator_calls_urgent_goes_first(ramos, lupita, ana, tomas):
    factories.waits(lupita, at=AT - 30 * DAY)
    urgent = factories.waits(ana)
    waitlist.prioritise(urgent, Urgency.URGENT, by=viewer(tomas), at=AT)
    opened(ramos)
    assert (offered(ana), reason(lupita)) == ("15:00", "outranked")


def test_the_same_clinician_again_is_worth_a_later_hour(acompana, elena, consulta, lupita):
    known = doctor(acompana, elena, [Hours(1, time(11), time(12))], "Vega")
    visit = factories.booked(lupita)
    other = doctor(acompana, elena, HALF_AN_HOUR)
    factories.waits(lupita)
    for one in (known, other):
        freed.note(one.actor_id, AT, AT + 7 * DAY, "opened", at=AT)
    freed.offer_due(at=AT)
    assert visit.participants.filter(actor=known.actor).exists()
    assert Offer.objects.get().appointment.participants.filter(actor=known.actor).exists()


def test_at_night_a_time_waits_for_the_morning(ramos, lupita):
    factories.waits(lupita)
    WaitlistEntry.objects.update(look_at=AT + 9 * DAY)
    opened(ramos, at=AT + 13 * HOUR)
    assert (offered(lupita), reason(lupita)) == (None, "quiet_hours")
    assert FreedTime.objects.latest("pk").due_at == AT + 23 * HOUR  # eight in the morning in Houston
    freed.offer_due(at=AT + 22 * HOUR)
    assert offered(lupita) is None
    freed.offer_due(at=AT + 23 * HOUR)
    assert offered(lupita) == "15:00"


def test_at_night_a_time_goes_to_somebody_awake(ramos, lupita, ana):
    factories.waits(lupita, at=AT - 9 * DAY)
    type(ana).objects.filter(pk=ana.pk).update(zone="America/Los_Angeles")
    factories.waits(ana)
    opened(ramos, at=AT + 13 * HOUR)  # ten in the evening in Houston, eight in Los Angeles
    assert (offered(ana), reason(lupita)) == ("15:00", "quiet_hours")


def test_whoever_said_stop_is_not_written_to(ramos, lupita):
    factories.waits(lupita)
    contacts.stop(phone_hash(lupita.phone), "sms", at=AT)
    opened(ramos)
    assert (offered(lupita), reason(lupita)) == (None, "opted_out")


@pytest.mark.parametrize(
    ("wish", "because"),
    [
        ({"hours": (Span(0, time(6), time(7)),)}, "hours"),
        ({"first_day": AT.date() + 5 * DAY}, "hours"),
        ({"specialty": "dental"}, "not_eligible"),
        ({"state": "CA"}, "not_eligible"),
        ({"language": "xx"}, "not_eligible"),
    ],
)
def test_the_trace_says_why_somebody_was_skipped(ramos, lupita, wish, because):
    factories.waits(lupita, **wish)
    opened(ramos)
    assert (offered(lupita), reason(lupita)) == (None, because)


def test_whoever_has_a_visit_at_that_hour_is_skipped(acompana, elena, consulta, lupita):
    doctor(acompana, elena, HALF_AN_HOUR, "Vega")
    factories.booked(lupita)
    other = doctor(acompana, elena, HALF_AN_HOUR)
    factories.waits(lupita)
    opened(other)
    assert reason(lupita) == "busy"


def test_nobody_has_two_offers(acompana, elena, consulta, lupita):
    one = doctor(acompana, elena, AN_HOUR)
    factories.waits(lupita)
    opened(one)
    opened(one, at=AT + MINUTE)
    assert Offer.objects.count() == 1
    assert reason(lupita) == "has_offer"


# --- by a word -------------------------------------------------------------------------------------------------------


def say(who, word, at=AT):
    [question] = inbound.questions(phone_hash(who.phone), at)
    return question.words[question.word_in(word)](by=viewer(user_of(who)), at=at)


@pytest.fixture
def asked(ramos, lupita):
    factories.waits(lupita)
    opened(ramos)
    return lupita


@pytest.mark.parametrize("word", ["SÍ", "si", "Yes", "1"])
def test_a_yes_by_message_takes_the_time(asked, word):
    assert say(asked, word).kind == ""  # that it is booked is said by the visit itself
    assert asked.appointments.get().status == "booked"


@pytest.mark.parametrize("word", ["NO", "2"])
def test_a_no_by_message_lets_it_go(asked, word):
    assert say(asked, word) is None
    assert Offer.objects.get().status == "declined"


def test_after_the_deadline_there_is_no_question(asked):
    assert inbound.questions(phone_hash(asked.phone), AT + 30 * MINUTE) == []
    assert inbound.questions(phone_hash("+17135550199"), AT) == []


def test_a_yes_that_comes_too_late_is_told_so(asked):
    [question] = inbound.questions(phone_hash(asked.phone), AT)
    waitlist.lapse_due(at=AT + 30 * MINUTE)
    with pytest.raises(OfferOver):
        question.words["si"](by=viewer(user_of(asked)), at=AT + 30 * MINUTE)


def test_a_question_is_named_by_its_hour_alone(asked):
    [question] = inbound.questions(phone_hash(asked.phone), AT)
    assert question.label("es").replace("\u00a0", " ") == "martes 9 de junio, 10:00 a. m."


# --- entries ---------------------------------------------------------------------------------------------------------


def test_joining_again_changes_what_suits_and_keeps_the_place(ramos, lupita):
    first = factories.waits(lupita, at=AT - 5 * DAY)
    again = factories.waits(lupita, hours=(TEN,))
    assert (again.pk, again.created_at) == (first.pk, AT - 5 * DAY)
    assert again.hours.count() == 1
    assert list(Event.objects.filter(kind__startswith="waitlist.").values_list("kind", flat=True)) == [
        "waitlist.joined",
        "waitlist.changed",
    ]


def test_one_may_wait_for_two_kinds_of_visit(ramos, lupita):
    factories.waits(lupita)
    factories.waits(lupita, specialty="dental")
    assert WaitlistEntry.objects.on_the_list().count() == 2


def test_leaving_twice_changes_nothing(ramos, lupita):
    entry = factories.waits(lupita)
    waitlist.leave(entry, by=viewer(user_of(lupita)), at=AT)
    version = waitlist.leave(entry, by=viewer(user_of(lupita)), at=AT).version
    entry.refresh_from_db()
    assert (entry.status, entry.version) == ("left", version)


def test_whoever_left_may_join_again(ramos, lupita):
    waitlist.leave(factories.waits(lupita), by=viewer(user_of(lupita)), at=AT)
    assert factories.waits(lupita).status == "waiting"


def test_after_the_last_day_nobody_waits(ramos, lupita, ana):
    factories.waits(lupita, last_day=AT.date())
    factories.waits(ana)
    assert waitlist.expire(at=AT + 14 * HOUR) == 0  # still Monday in Houston
    assert waitlist.expire(at=AT + 15 * HOUR) == 1
    assert WaitlistEntry.objects.get(patient=lupita).status == "expired"


def test_who_left_is_not_made_urgent(ramos, lupita, tomas):
    entry = waitlist.leave(factories.waits(lupita), by=viewer(user_of(lupita)), at=AT)
    with pytest.raises(NotPossibleNow):
        waitlist.prioritise(entry, Urgency.SOON, by=viewer(tomas), at=AT)
