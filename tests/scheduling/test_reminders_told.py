"""What reminders say and owe, as tables: by clock, by language, by phone, and after whatever became of the visit."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import appointments, notifications, reminders, rescheduling
from scheduling.models import Channel, Notification, Patient, Queue
from scheduling.quiet import awake_at
from scheduling.reminders import DAYS_BEFORE, DOOR, HOUR_BEFORE, KINDS, moments
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, booked_later, user_of, viewer

HOUSTON = "America/Chicago"
ZONES = [HOUSTON, "America/Phoenix", "America/Tijuana", "Pacific/Honolulu", "America/New_York"]


def plan(starts_at, zone=HOUSTON, booked_at=AT, has_room=True):
    return list(moments(starts_at, zone, booked_at=booked_at, has_room=has_room))


# --- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ahead", "kinds"),
    [
        (40 * DAY, [DAYS_BEFORE, DAYS_BEFORE, HOUR_BEFORE]),
        (8 * DAY - MINUTE, [DAYS_BEFORE, HOUR_BEFORE]),
        (30 * HOUR - MINUTE, [HOUR_BEFORE]),
        (2 * HOUR - MINUTE, []),
        (MINUTE, []),
    ],
    ids=str,
)
def test_without_a_room_there_is_nothing_at_the_door(ahead, kinds):
    assert [one.kind for one in plan(AT + ahead, has_room=False)] == kinds


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2026-07-01", "2026-11-03", "2027-03-16"])
def test_days_before_it_is_the_same_hour_on_their_clock(zone, day):
    starts = datetime.fromisoformat(f"{day}T10:00").replace(tzinfo=ZoneInfo(zone))
    found = [one for one in plan(starts.astimezone(UTC), zone) if one.kind == DAYS_BEFORE]
    local = [one.due_at.astimezone(ZoneInfo(zone)) for one in found]
    assert [one.hour for one in local] == [10, 10]
    assert [(starts.date() - one.date()).days for one in local] == [7, 1]


@given(st.integers(1, 60 * 24 * 60), st.sampled_from(ZONES), st.booleans())
def test_only_the_door_wakes_and_it_is_the_last(ahead, zone, has_room):
    found = plan(AT + ahead * MINUTE, zone, has_room=has_room)
    assert all(one.wakes is (one.kind == DOOR) and one.due_at.utcoffset() == timedelta(0) for one in found)
    assert DOOR not in [one.kind for one in found[:-1]]


@given(st.integers(1, 60 * 24 * 30), st.integers(0, 60 * 24 * 30), st.sampled_from(ZONES))
def test_who_books_earlier_is_reminded_of_no_less(ahead, earlier, zone):
    starts = AT + ahead * MINUTE
    late, early = plan(starts, zone), plan(starts, zone, booked_at=AT - earlier * MINUTE)
    assert set(late) <= set(early)


@given(st.integers(0, 60 * 24 * 30), st.sampled_from(ZONES))
def test_what_waits_for_the_morning_is_still_true_then_or_not_said(ahead, zone):
    for one in plan(AT + ahead * MINUTE, zone):
        awake = awake_at(one.due_at, zone)
        assert one.wakes or awake >= one.expires_at or awake < AT + ahead * MINUTE


# --- owed ------------------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(dr_ramos, lupita):
    return booked_later(lupita)


def owed(visit, status="owed"):
    return list(Notification.objects.filter(subject=visit.uuid, kind__in=KINDS, status=status).order_by("due_at"))


def test_they_are_owed_to_the_patient_alone_on_the_queue_that_can_wait(visit, lupita):
    found = owed(visit)
    assert {(one.patient, one.user, one.queue, one.channel) for one in found} == {(lupita, None, "work", "sms")}
    assert all(one.expires_at > one.due_at for one in found)


def test_they_hold_no_words_and_no_address(visit):
    assert {(one.address, one.context) for one in owed(visit)} == {("", "")}


def test_a_visit_that_is_moved_is_reminded_of_at_its_new_time_alone(visit, lupita):
    slot = factories.open_slots(since=AT + 11 * DAY)[0].slot
    rescheduling.reschedule(visit, slot, by=viewer(user_of(lupita)), at=AT)
    visit.refresh_from_db()
    assert [one.due_at for one in owed(visit) if one.kind == HOUR_BEFORE] == [slot.starts_at - HOUR]
    assert len(owed(visit, "void")) == 4


@pytest.mark.parametrize("because", ["patient", "clinician"])
def test_a_visit_that_is_cancelled_is_reminded_of_no_more(visit, lupita, dr_ramos, because):
    by = viewer(user_of(lupita) if because == "patient" else dr_ramos.user)
    appointments.cancel(visit, because=because, by=by, at=AT)
    assert (owed(visit), len(owed(visit, "void"))) == ([], 4)


def test_two_visits_of_one_day_share_a_bundle_and_those_of_two_days_do_not(dr_ramos, lupita):
    one, same, other = (
        booked_later(lupita),
        booked_later(lupita, 9 * DAY + 2 * HOUR),
        booked_later(lupita, 10 * DAY + HOUR),
    )
    bundles = [{found.bundle for found in owed(visit) if found.kind == HOUR_BEFORE} for visit in (one, same, other)]
    assert bundles[0] == bundles[1] != bundles[2]


def test_at_the_door_each_visit_is_said_by_itself(visit):
    assert [one.bundle for one in owed(visit) if one.kind == DOOR] == [""]


@pytest.mark.parametrize(
    ("phone", "email", "channels"),
    [
        ("+17135550142", "", {"sms"}),
        ("+17135550142", "l@example.org", {"sms"}),
        ("", "l@example.org", {"email"}),
        ("", "", set()),
    ],
)
def test_they_come_by_phone_or_else_by_mail_or_not_at_all(dr_ramos, lupita, phone, email, channels):
    lupita.phone, lupita.email = phone, email
    lupita.save()
    assert {one.channel for one in owed(booked_later(lupita))} == channels


# --- said ------------------------------------------------------------------------------------------------------------


def said(gateway, at):
    known = len(gateway.sent)
    notifications.deliver_due(Queue.WORK, at=at)
    sent = [one for one in gateway.sent[known:] if one.notification.kind in KINDS]
    return [one.body.replace("\u00a0", " ") for one in sent]


@pytest.mark.parametrize(
    ("language", "before", "words"),
    [
        ("es", 7 * DAY, ["miércoles 17 de junio", "10:00 a. m.", "conteste 1", "AYUDA"]),
        ("es", DAY, ["10:00 a. m.", "AYUDA"]),
        ("es", HOUR, ["Hoy", "10:00 a. m."]),
        ("en", 7 * DAY, ["Wednesday, June 17", "10:00", "Reply 1", "HELP"]),
        ("en", HOUR, ["Today", "10:00"]),
    ],
)
def test_what_is_said_when_in_which_language(dr_ramos, lupita, gateway, language, before, words):
    Patient.objects.update(language=language)
    visit = booked_later(lupita)
    said(gateway, AT)
    [text] = said(gateway, visit.starts_at - before)
    assert [word for word in words if word.lower() not in text.lower()] == []


@pytest.mark.parametrize("late", [0 * MINUTE, 5 * MINUTE, 10 * MINUTE, HOUR, DAY])
def test_nobody_is_called_to_a_door_that_is_long_closed(visit, gateway, late):
    said(gateway, AT)
    texts = said(gateway, visit.starts_at + late)
    assert len(texts) == (1 if late < reminders.LATE_AT_THE_DOOR else 0)


def test_a_mail_is_a_reminder_too(dr_ramos, lupita, gateway):
    lupita.phone, lupita.email = "", "lupita@example.org"
    lupita.save()
    visit = booked_later(lupita)
    said(gateway, AT)
    assert len(said(gateway, visit.starts_at - DAY)) == 1
    assert gateway.sent[-1].notification.channel == Channel.EMAIL and gateway.sent[-1].subject
