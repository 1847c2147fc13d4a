"""Reminders come when they help, say what is true when they are read, and never the absurd."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import appointments, contacts, notifications
from scheduling.models import Appointment, Channel, Notification, Patient, Queue, Whose
from scheduling.quiet import NIGHT
from scheduling.reminders import DAYS_BEFORE, DOOR, HOUR_BEFORE, moments
from scheduling.schedules import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, booked_later, user_of, viewer

HOUSTON = "America/Chicago"
NBSP = "\u00a0"
REMINDING = {DAYS_BEFORE, HOUR_BEFORE, DOOR}


def plan(starts_at, booked_at=AT, zone=HOUSTON, has_room=True):
    return [(one.kind, one.due_at) for one in moments(starts_at, zone, booked_at=booked_at, has_room=has_room)]


def owed(visit):
    rows = Notification.objects.filter(subject=visit.uuid, kind__in=REMINDING, status="owed")
    return [(row.kind, row.due_at) for row in rows.order_by("due_at")]


@pytest.fixture
def visit(dr_ramos, lupita):
    return booked_later(lupita)


def said(outbox, at):
    """Deliver what is due at an instant; return the texts of reminders so far, oldest first."""
    outbox.clock.at = at
    return [one.body.replace(NBSP, " ") for one in outbox.messages() if one.notification.kind in REMINDING]


# --- when ------------------------------------------------------------------------------------------------------------


def test_a_week_a_day_an_hour_before_and_when_the_room_opens():
    starts = AT + 20 * DAY
    assert plan(starts) == [
        (DAYS_BEFORE, starts - 7 * DAY),
        (DAYS_BEFORE, starts - DAY),
        (HOUR_BEFORE, starts - HOUR),
        (DOOR, starts - HOUR / 2),
    ]


@pytest.mark.parametrize(
    ("ahead", "kinds"),
    [
        (8 * DAY, [DAYS_BEFORE, DAYS_BEFORE, HOUR_BEFORE, DOOR]),
        (7 * DAY, [DAYS_BEFORE, HOUR_BEFORE, DOOR]),
        (30 * HOUR, [DAYS_BEFORE, HOUR_BEFORE, DOOR]),
        (25 * HOUR, [HOUR_BEFORE, DOOR]),
        (2 * HOUR, [HOUR_BEFORE, DOOR]),
        (HOUR, [DOOR]),
        (10 * MINUTE, []),
    ],
)
def test_a_visit_booked_at_short_notice_gets_only_what_still_makes_sense(ahead, kinds):
    assert [kind for kind, _ in plan(AT + ahead)] == kinds


def test_a_visit_without_a_room_has_no_door():
    assert DOOR not in [kind for kind, _ in plan(AT + 20 * DAY, has_room=False)]


def test_the_day_before_is_the_same_hour_on_the_clock_though_the_clock_changes():
    starts = datetime(2026, 11, 1, 10, tzinfo=ZoneInfo(HOUSTON))
    day_before = plan(starts.astimezone(UTC), booked_at=AT)[1][1]
    assert day_before.astimezone(ZoneInfo(HOUSTON)).hour == 10
    assert starts.astimezone(UTC) - day_before == 25 * HOUR


@given(
    ahead=st.integers(1, 60 * 24 * 40),
    shift=st.integers(0, 60 * 24 * 365),
    zone=st.sampled_from([HOUSTON, "America/Mexico_City", "America/Tijuana", "Pacific/Honolulu"]),
    has_room=st.booleans(),
)
def test_the_times_of_a_visits_reminders_never_overlap(ahead, shift, zone, has_room):
    booked = AT + shift * MINUTE
    found = list(moments(booked + ahead * MINUTE, zone, booked_at=booked, has_room=has_room))
    assert all(booked <= one.due_at < one.expires_at for one in found)
    assert all(one.expires_at <= after.due_at for one, after in pairwise(found))
    assert all(one.expires_at <= booked + ahead * MINUTE for one in found if one.kind != DOOR)


# --- owed with the visit ---------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


def test_booking_owes_them(visit):
    assert owed(visit) == plan(visit.starts_at)


def test_cancelling_withdraws_them(visit, lupita):
    appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT)
    assert owed(visit) == []


def test_confirming_twice_owes_them_once(visit, lupita):
    appointments.confirm(visit, patient=lupita, by=viewer(user_of(lupita)), at=AT)
    assert owed(visit) == plan(visit.starts_at)


def test_a_visit_that_did_not_come_about_has_none(dr_ramos, lupita):
    factories.hold(viewer(user_of(lupita)))
    assert not Notification.objects.filter(kind__in=REMINDING).exists()


def test_whoever_gave_only_a_mailbox_is_reminded_there(dr_ramos, lupita, outbox):
    lupita.phone, lupita.email = "", "lupita@example.org"
    lupita.save()
    visit = booked_later(lupita)
    [text] = said(outbox, visit.starts_at - DAY)[-1:]
    assert text.startswith("Mañana tiene cita a las") and "/l/" in text


def test_somebody_with_neither_is_not_reminded(dr_ramos, lupita):
    lupita.phone = ""
    lupita.save()
    assert owed(booked_later(lupita)) == []


# --- what they say ---------------------------------------------------------------------------------------------------


def test_each_says_the_day_as_it_is_when_it_is_read(visit, outbox):
    starts = visit.starts_at
    texts = [said(outbox, starts - 7 * DAY), said(outbox, starts - DAY), said(outbox, starts - HOUR)][-1]
    zone = "hora del centro (Houston, Chicago)"
    reply = "Conteste 1 para confirmar, 2 para cancelar, AYUDA para hablar con una persona."
    assert texts == [
        f"El miércoles 17 de junio tiene cita a las 10:00 a. m., {zone}. {reply}",
        f"Mañana tiene cita a las 10:00 a. m., {zone}. {reply}",
        f"Hoy tiene cita a las 10:00 a. m., {zone}. {reply}",
    ]


def test_the_last_one_leads_to_the_door(visit, outbox, client):
    text = said(outbox, visit.starts_at - HOUR / 2)[-1]
    assert text.startswith("Ya puede entrar. Empieza a las 10:00 a. m.")
    assert (
        client.get(text.split()[-1].partition("testserver")[2] or "/l/" + text.rpartition("/l/")[2]).status_code == 302
    )


def test_in_english_too(visit, outbox):
    Patient.objects.update(language="en")
    Notification.objects.update(language="en")
    assert said(outbox, visit.starts_at - DAY)[-1].startswith("Tomorrow you have an appointment at 10:00 a.m., Central")


def test_whoever_confirmed_is_not_asked_again(visit, outbox):
    Appointment.objects.update(confirmed_for=visit.starts_at)
    text = said(outbox, visit.starts_at - DAY)[-1]
    assert "Conteste 1" not in text and "Conteste 2 para cancelar" in text


def test_a_yes_to_another_time_is_no_yes(visit, outbox):
    Appointment.objects.update(confirmed_for=visit.starts_at - HOUR)
    assert "Conteste 1" in said(outbox, visit.starts_at - DAY)[-1]


def test_a_shared_phone_reads_only_that_there_is_a_message(visit, lupita, outbox):
    wishes = contacts.Wishes(Whose.SHARED, False, False, NIGHT, True)
    contacts.wish(user_of(lupita), wishes, by=viewer(user_of(lupita)), at=AT)
    texts = [said(outbox, visit.starts_at - DAY), said(outbox, visit.starts_at - HOUR / 2)][-1]
    assert len(texts) == 1  # and is not told that a door is open
    assert texts[0].startswith("Tiene un mensaje. Véalo aquí: http") and "10:00" not in texts[0]


def test_two_visits_of_a_day_are_said_in_one_message(dr_ramos, lupita, outbox):
    booked_later(lupita, 9 * DAY + 2 * HOUR)
    starts = booked_later(lupita).starts_at
    [text] = said(outbox, starts - DAY)[-1:]
    assert "tiene citas a las 10:00 a. m. y a las 11:00 a. m." in text and "1 para confirmarlas" in text
    assert len(said(outbox, starts - DAY + 2 * HOUR)) == 1


def test_when_the_first_of_two_is_cancelled_the_second_is_still_said(dr_ramos, lupita, outbox):
    first, second = booked_later(lupita), booked_later(lupita, 9 * DAY + 2 * HOUR)
    appointments.cancel(first, because="patient", by=viewer(user_of(lupita)), at=AT)
    [text] = said(outbox, second.starts_at - DAY)[-1:]
    assert "tiene cita a las 11:00 a. m.," in text


def test_two_people_of_one_phone_are_reminded_apart(dr_ramos, lupita, beto, outbox):
    beto.phone = lupita.phone
    beto.save()
    booked_later(lupita), booked_later(beto)
    assert len(said(outbox, AT + 8 * DAY + 3 * HOUR)) == 2


def test_whoever_is_at_the_door_already_is_not_told_to_come(visit, lupita, outbox):
    appointments.arrive(visit, by=viewer(user_of(lupita)), at=visit.starts_at - HOUR)
    assert said(outbox, visit.starts_at - HOUR / 2) == []


def test_before_a_visit_at_breakfast_only_the_door_wakes(acompana, elena, consulta, lupita, outbox):
    early_hours = [Hours(day, time(7, 30), time(8, 30)) for day in range(7)]
    factories.clinician("Sol", acompana, elena, hours=early_hours)
    early = booked_later(lupita).starts_at  # half past seven
    counts = [len(said(outbox, early - before)) for before in (DAY, DAY - HOUR / 2, HOUR, HOUR / 2)]
    assert counts == [0, 1, 1, 2]


# --- after the service was down --------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    up=st.lists(st.integers(0, 10 * 24 * 12), min_size=1, max_size=12, unique=True).map(sorted),
    last=st.integers(-80, 40),
)
def test_whenever_the_service_was_down_what_it_says_then_is_true(visit, gateway, up, last):
    """It comes up at some moments only, given in five minutes; whatever it says is true, useful, and said once."""
    starts = visit.starts_at
    Notification.objects.exclude(kind__in=REMINDING).delete()
    Notification.objects.update(status="owed", attempts=0, lease_until=None)
    owed_then = {row.pk: row.due_at for row in Notification.objects.all()}
    heard = []
    for at in sorted({AT + number * 5 * MINUTE for number in up} | {starts + last * MINUTE}):
        before = len(gateway.sent)
        notifications.deliver_due(Queue.WORK, at=at)
        heard += [(at, message) for message in gateway.sent[before:]]
    for pk, due_at in owed_then.items():
        Notification.objects.filter(pk=pk).update(due_at=due_at)
    assert len({at for at, _ in heard}) == len(heard)  # never two at once
    for at, message in heard:
        kind, left = message.notification.kind, starts - at
        assert left > -timedelta(minutes=10) and (kind != DOOR or left <= HOUR / 2)
        if kind != DOOR:
            assert left > HOUR / 2
            days = (starts.astimezone(ZoneInfo(HOUSTON)).date() - at.astimezone(ZoneInfo(HOUSTON)).date()).days
            assert message.body.startswith({0: "Hoy", 1: "Mañana"}.get(days, "El miércoles 17"))
            assert 8 <= at.astimezone(ZoneInfo(HOUSTON)).hour < 21
    gateway.sent.clear()


def test_everything_a_year_of_reminders_leaves_behind_is_settled(visit, outbox):
    said(outbox, visit.starts_at + 30 * DAY)
    left = Notification.objects.filter(kind__in=REMINDING).values_list("status", flat=True)
    assert set(left) == {"expired"}


def test_stop_withholds_them(visit, lupita, outbox):
    contacts.stop(contacts.address_hash(lupita.phone, Channel.SMS), Channel.SMS, at=AT)
    assert said(outbox, visit.starts_at - DAY) == []
