"""An invitation over the life of a visit: who hears what, how, and which number their calendar has last."""

from datetime import datetime

import pytest
from icalendar import Calendar

from scheduling import appointments, impact, invitations, no_shows, rescheduling
from scheduling.access import System
from scheduling.models import Appointment, Notification, phone_hash
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer
from tests.scheduling.test_rescheduling import slot_at, with_them

pytestmark = pytest.mark.django_db

HERS, HIS, VEGAS = "lupita@example.org", "ramos@acompana.example", "vega@acompana.example"
ITSELF = System("tests")


@pytest.fixture
def dr_vega(acompana, elena, consulta):
    return factories.clinician("Vega", acompana, elena)


@pytest.fixture
def visit(dr_ramos, lupita):
    """Lupita, who gave her e-mail, sees Dr. Ramos in two days."""
    lupita.email = HERS
    lupita.save()
    return factories.booked(lupita, number=8, reason="me duele el pecho")


def again(visit):
    return Appointment.objects.get(pk=visit.pk)


def move(visit, after, *people):
    slot = slot_at(again(visit), after, **(with_them(*people) if people else {}))
    return rescheduling.reschedule(visit, slot, by=ITSELF, at=AT)


def cancel(visit):
    return appointments.cancel(visit, because="organization", by=ITSELF, at=AT)


def owed(kind=""):
    """Return to whom something is owed: whose it is and by which channel."""
    found = Notification.objects.filter(status="owed", **({"kind": kind} if kind else {})).order_by("pk")
    return [("patient" if one.patient_id else "staff", one.channel) for one in found]


def give(who, **fields):
    for name, value in fields.items():
        setattr(who, name, value)
    who.save()


# --- by which channels -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "phone", "channels"),
    [
        (HERS, "+17135550142", ["sms", "email"]),
        ("", "+17135550142", ["sms"]),
        (HERS, "", ["email"]),
        ("", "", []),
    ],
)
def test_a_patient_is_told_by_what_they_gave(dr_ramos, lupita, email, phone, channels):
    give(lupita, email=email, phone=phone)
    visit = factories.booked(lupita)
    found = [to.channel for to in invitations.recipients(visit) if to.patient_id]
    assert sorted(found) == sorted(channels)


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("phone", ["", "+17135550166"])
def test_staff_are_written_to_and_called_only_when_it_is_late(visit, dr_ramos, phone, late):
    give(dr_ramos.user, phone=phone, phone_hash=phone_hash(phone) if phone else None)
    Notification.objects.all().delete()
    appointments.cancel(
        again(visit), because="patient", by=viewer(user_of(visit.patient)), at=visit.starts_at - (HOUR if late else DAY)
    )
    staff = [channel for whose, channel in owed("appointment_cancelled") if whose == "staff"]
    assert sorted(staff) == (["email", "sms"] if late and phone else ["email"])


def test_an_account_of_staff_without_an_address_is_told_nothing(visit, dr_ramos):
    give(dr_ramos.user, email="")
    assert [to for to in invitations.recipients(visit) if to.user_id] == []


def test_a_guest_is_told_as_staff_are(visit, tomas):
    visit.participants.create(user=tomas, role="coordinator")
    assert tomas.pk in [to.user_id for to in invitations.recipients(visit)]


def test_nobody_of_another_visit_is_among_them(visit, beto, dr_vega):
    other = factories.booked(beto, number=3)
    hers = {(to.user_id, to.patient_id) for to in invitations.recipients(visit)}
    assert (None, beto.pk) not in hers
    assert (None, visit.patient_id) not in {(to.user_id, to.patient_id) for to in invitations.recipients(other)}


@pytest.mark.parametrize("language", ["es", "en"])
def test_each_is_written_to_in_their_own_language(visit, dr_ramos, lupita, language):
    other = "en" if language == "es" else "es"
    give(dr_ramos.user, language=language)
    give(lupita, language=other)
    spoken = {bool(to.user_id): to.language for to in invitations.recipients(visit)}
    assert spoken == {True: language, False: other}


# --- what is said to whom --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["appointment_please_move", "appointment_missed"])
def test_what_is_only_the_patients_is_told_to_nobody_else(visit, nayeli, kind):
    factories.interprets(nayeli, visit)
    Notification.objects.all().delete()
    if kind == "appointment_missed":
        no_shows.mark_noshow(visit, by=ITSELF, at=visit.starts_at + HOUR)
    else:
        impact.ask_to_move(visit, by=ITSELF, at=AT)
    assert {whose for whose, _channel in owed(kind)} == {"patient"}


def test_asked_twice_to_move_they_are_told_once(visit):
    for _ in range(2):
        impact.ask_to_move(visit, by=ITSELF, at=AT)
    assert len(owed("appointment_please_move")) == 2  # by phone and by mail


def test_what_was_asked_before_it_moved_is_no_longer_asked(visit):
    impact.ask_to_move(visit, by=ITSELF, at=AT)
    move(visit, DAY)
    assert owed("appointment_please_move") == []
    assert not again(visit).is_asked_to_move


def test_of_a_visit_booked_and_cancelled_at_once_nobody_is_invited(visit):
    cancel(visit)
    assert owed("appointment_booked") == []
    assert sorted(owed("appointment_cancelled")) == [("patient", "email"), ("patient", "sms"), ("staff", "email")]


def test_a_visit_that_changes_hands_before_anything_was_said_invites_only_who_has_it(visit, dr_vega):
    move(visit, DAY, dr_vega)
    assert owed("appointment_booked") == [("staff", "email")]
    assert Notification.objects.get(kind="appointment_booked", status="owed").user == dr_vega.user


# --- what their calendar has -----------------------------------------------------------------------------------------


@pytest.fixture
def calendars(outbox):
    """What has reached each mailbox's calendar by now, in order: method, number and when."""

    def read():
        by_address = {}
        for message in outbox.messages():
            if message.calendar:
                by_address.setdefault(message.address, []).append(entry(message))
        return by_address

    return read


def entry(message):
    calendar = Calendar.from_ical(message.calendar)
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), int(event["SEQUENCE"]), event.start


def test_over_a_life_each_change_is_the_next_number_of_one_event(visit, calendars):
    calendars()
    for after in (DAY, HOUR, -DAY):
        move(visit, after)
        calendars()
    cancel(visit)
    told = calendars()
    for address in (HERS, HIS):
        assert [number for _method, number, _start in told[address]] == [0, 1, 2, 3, 4]
        assert [method for method, _number, _start in told[address]] == ["REQUEST"] * 4 + ["CANCEL"]


def test_whoever_had_it_for_a_while_has_it_taken_away_as_it_was(visit, calendars, dr_ramos, dr_vega):
    calendars()
    there = move(visit, DAY, dr_vega).starts_at
    calendars()
    move(visit, DAY, dr_ramos)
    told = calendars()
    assert [(method, number) for method, number, _start in told[VEGAS]] == [("REQUEST", 1), ("CANCEL", 2)]
    assert {start for _method, _number, start in told[VEGAS]} == {there}


def test_who_left_has_nothing_of_what_comes_after(visit, calendars, dr_vega):
    calendars()
    move(visit, DAY, dr_vega)
    known = calendars()[HIS]
    move(visit, HOUR)
    cancel(visit)
    assert calendars()[HIS] == known


def test_said_late_it_says_what_is_true_by_then(visit, calendars):
    """Two moves before anything went out: nobody's calendar hears of the time in between."""
    move(visit, DAY)
    last = move(visit, HOUR)
    told = calendars()
    assert told[HERS] == told[HIS] == [("REQUEST", 2, last.starts_at)]


def test_a_message_by_phone_carries_no_calendar_and_no_word_of_health(visit, outbox):
    move(visit, DAY)
    [message] = [one for one in outbox.messages() if one.address.startswith("+")]
    assert message.calendar == ""
    assert not [word for word in ("pecho", "Ramos", "doctor", "consulta") if word in message.body]


@pytest.mark.parametrize("who", [HERS, HIS])
def test_nothing_in_any_calendar_says_with_whom_or_why(visit, outbox, who):
    move(visit, DAY)
    cancel(visit)
    texts = [one.calendar for one in outbox.messages() if one.address == who]
    assert texts
    other = HIS if who == HERS else HERS
    for text in texts:
        assert not [word for word in ("Lupita", "Ramos", "pecho", "video", other) if word in text]


@pytest.mark.parametrize(("hours", "near"), [(1, True), (10, True), (24, False), (24 * 5, False)])
def test_in_the_evening_what_begins_before_the_next_day_is_near(visit, hours, near):
    evening = datetime.fromisoformat("2026-06-10T22:00:00-05:00")
    visit.starts_at = evening + hours * HOUR
    assert invitations.is_near(visit, at=evening) is near


@pytest.mark.parametrize(("minutes", "near"), [(1, True), (59, True), (60, False), (600, False)])
def test_by_day_what_begins_within_the_hour_is_near(visit, minutes, near):
    visit.starts_at = AT + minutes * MINUTE
    assert invitations.is_near(visit, at=AT) is near
