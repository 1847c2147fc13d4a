"""Lupita answers her reminder from the phone she has: one for yes, two for no."""

import pytest

from scheduling import appointments, attendance, contacts, inbound, invitations, reminders
from scheduling.models import Appointment, Event, InboundMessage, Notification
from scheduling.refusals import NotPossibleNow
from tests.factories import AT, DAY, HOUR, MINUTE, booked_later, user_of, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(dr_ramos, lupita):
    return booked_later(lupita)


@pytest.fixture
def remind(outbox):
    """Let the reminders of the day before a visit arrive."""

    def remind_of(visit, before=DAY):
        outbox.clock.at = visit.starts_at - before
        outbox.messages()

    return remind_of


@pytest.fixture
def write(outbox):
    """Write to us from a phone and return every text that comes back."""

    def write_it(text, phone="+17135550142"):
        outbox.clock.move(minutes=1)
        known = len(outbox.messages())
        number = InboundMessage.objects.count()
        inbound.receive("http", f"in-{number}", phone=phone, text=text, at=outbox.clock.at)
        inbound.answer_due(at=outbox.clock.at)
        return [one.body for one in outbox.messages()[known:] if one.notification.channel == "sms"]

    return write_it


def now(visit):
    visit.refresh_from_db()
    return visit


# --- by word ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1", "Sí", "1 gracias", "CONFIRMO", "ok"])
def test_one_is_yes(visit, remind, write, lupita, text):
    remind(visit)
    assert write(text) == ["Gracias. Quedó confirmado."]
    assert now(visit).patient_confirmed
    event = Event.objects.get(kind="appointment.patient_confirmed")
    assert (event.subject, event.by_user) == (visit.uuid, user_of(lupita))


def test_two_is_no_and_is_told_once(visit, remind, write, dr_ramos, outbox):
    remind(visit)
    [answer] = write("2")
    assert answer.startswith("Quedó cancelado.")
    assert (now(visit).status, visit.cancelled_because) == ("cancelled", "patient")
    told = [one.address for one in outbox.messages(invitations.CANCELLED)]
    assert told == [dr_ramos.user.email]


def test_after_no_there_are_no_more_reminders(visit, remind, write, outbox):
    remind(visit)
    write("2")
    outbox.clock.at = visit.starts_at - HOUR
    assert [one for one in outbox.messages() if one.notification.kind == reminders.HOUR_BEFORE] == []


def test_no_can_be_said_after_yes(visit, remind, write):
    remind(visit)
    write("1"), write("2")
    assert now(visit).status == "cancelled"


@pytest.mark.parametrize("text", ["CANCELAR", "no", "Cancel"])
def test_a_word_that_might_mean_our_messages_is_asked(visit, remind, write, text):
    remind(visit)
    [answer] = write(text)
    assert answer == "Para cancelar conteste 2. Para ya no recibir mensajes conteste ALTO."
    assert now(visit).status == "booked" and not contacts.reminders_off("+17135550142")
    write("2")
    assert now(visit).status == "cancelled"


def test_before_a_reminder_a_number_means_nothing(visit, outbox, write):
    outbox.messages()
    assert write("2")[0].startswith("No le entendimos.")
    assert now(visit).status == "booked"


def test_when_the_visit_has_begun_it_is_too_late_for_words(visit, remind, write, outbox):
    remind(visit)
    outbox.clock.at = visit.starts_at
    assert write("2")[0].startswith("No le entendimos.")


def test_another_phone_says_nothing_about_her_visit(visit, remind, write):
    remind(visit)
    write("2", phone="+17135550145")
    assert now(visit).status == "booked"


def test_a_reminder_of_a_time_it_no_longer_has_is_not_answered(visit, remind, write, outbox):
    """A visit that was moved is talked about anew; an answer to the old message changes nothing."""
    remind(visit)
    topic, version = invitations.topic(visit), visit.version + 1
    Appointment.objects.update(version=version)
    reminders.notifications.owe("code", [], at=AT)
    Notification.objects.filter(kind=reminders.HOUR_BEFORE, topic=topic).update(topic_version=version)
    assert write("2")[0].startswith("No le entendimos.")
    assert now(visit).status == "booked"


# --- several visits --------------------------------------------------------------------------------------------------


@pytest.fixture
def two(dr_ramos, lupita):
    """Two visits on one day, said in one message."""
    return booked_later(lupita), booked_later(lupita, 9 * DAY + 2 * HOUR)


def test_yes_to_a_message_about_two_is_yes_to_both(two, remind, write):
    remind(two[0])
    write("1")
    assert [now(visit).patient_confirmed for visit in two] == [True, True]


def test_no_to_a_message_about_two_is_asked_and_cancels_one(two, remind, write):
    remind(two[0])
    [which] = write("2")
    lines = which.replace("\u00a0", " ").splitlines()
    assert lines[1:3] == ["1: miércoles 17 de junio, 10:00 a. m.", "2: miércoles 17 de junio, 11:00 a. m."]
    assert [now(visit).status for visit in two] == ["booked", "booked"]
    write("2")
    assert [now(visit).status for visit in two] == ["booked", "cancelled"]


def test_when_one_of_two_is_left_no_means_that(two, remind, write):
    remind(two[0])
    write("2"), write("1")
    assert [now(visit).status for visit in two] == ["cancelled", "booked"]
    write("2")
    assert [now(visit).status for visit in two] == ["cancelled", "cancelled"]


def test_no_after_two_messages_of_late_is_asked_though_the_last_was_about_one(dr_ramos, lupita, remind, write):
    near, far = booked_later(lupita, 5 * DAY), booked_later(lupita, 10 * DAY)
    remind(far, 7 * DAY)
    remind(near)
    [which] = write("2")
    assert which.startswith("¿Cuál?")
    write("1")
    assert (now(near).status, now(far).status) == ("cancelled", "booked")


def test_yes_is_about_the_last_message_alone(dr_ramos, lupita, remind, write):
    near, far = booked_later(lupita, 5 * DAY), booked_later(lupita, 10 * DAY)
    remind(far, 7 * DAY)
    remind(near)
    write("1")
    assert (now(near).patient_confirmed, now(far).patient_confirmed) == (True, False)


def test_two_people_of_one_phone_are_told_apart(dr_ramos, lupita, beto, remind, write):
    beto.phone = lupita.phone
    beto.save()
    hers, his = booked_later(lupita), booked_later(beto)
    remind(hers, DAY)
    remind(his, DAY)
    assert write("2")[0].startswith("¿Cuál?")
    write("2")
    assert (now(hers).status, now(his).status) == ("booked", "cancelled")


# --- the verb --------------------------------------------------------------------------------------------------------


def test_saying_yes_twice_is_recorded_once(visit, lupita):
    by = viewer(user_of(lupita))
    attendance.confirm(visit, by=by, at=AT)
    version = attendance.confirm(visit, by=by, at=AT + MINUTE).version
    assert Event.objects.filter(kind="appointment.patient_confirmed").count() == 1
    assert now(visit).version == version


def test_yes_keeps_the_reminders_that_are_owed(visit, lupita):
    attendance.confirm(visit, by=viewer(user_of(lupita)), at=AT)
    assert Notification.objects.filter(kind__in=reminders.KINDS, status="owed").count() == 4


def test_yes_to_what_is_over_is_refused(visit, lupita):
    by = viewer(user_of(lupita))
    appointments.cancel(visit, because="patient", by=by, at=AT)
    with pytest.raises(NotPossibleNow):
        attendance.confirm(visit, by=by, at=AT)
    assert not now(visit).patient_confirmed
