"""What may be answered to a reminder, when, by whom and for how long; and what it is called in either language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import appointments, attendance, contacts, inbound, reminders, replies
from scheduling.attendance import LATELY, NO, UNSURE, YES
from scheduling.models import Delivery, Event, Notification, phone_hash
from scheduling.refusals import NotPossibleNow
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, booked_later, user_of, viewer

pytestmark = pytest.mark.django_db

HERS, HIS = "+17135550142", "+17135550145"


@pytest.fixture
def visit(dr_ramos, lupita):
    return booked_later(lupita)


@pytest.fixture
def reminded(visit, outbox):
    """The visit, the evening of the reminder that comes a day before it."""
    outbox.messages()
    outbox.clock.at = visit.starts_at - DAY
    outbox.messages()
    return visit


@pytest.fixture
def write(outbox):
    def write_it(text, phone=HERS):
        outbox.clock.move(minutes=1)
        known = len(outbox.messages())
        number = inbound.InboundMessage.objects.count()
        inbound.receive("http", f"in-{number}", phone=phone, text=text, at=outbox.clock.at)
        inbound.answer_due(at=outbox.clock.at)
        return [one.body for one in outbox.messages()[known:] if one.notification.channel == "sms"]

    return write_it


def words(at, phone=HERS):
    """Return everything a phone may answer."""
    return {word for question in attendance.find(phone_hash(phone), at) for word in question.words}


def status(visit):
    visit.refresh_from_db()
    return str(visit.status)


# --- when there is something to answer -------------------------------------------------------------------------------


def test_before_any_reminder_there_is_nothing_to_answer(visit, outbox):
    outbox.messages()
    assert words(AT) == set()


def test_after_it_there_is_yes_and_no(reminded, outbox):
    assert words(outbox.clock.at) == {*YES, *NO, *UNSURE}
    assert words(outbox.clock.at, HIS) == set()


@pytest.mark.parametrize(("before", "open_"), [(MINUTE, True), (0 * MINUTE, False), (-HOUR, False)])
def test_until_it_begins_and_no_longer(reminded, before, open_):
    assert bool(words(reminded.starts_at - before)) is open_


def test_a_visit_that_is_cancelled_is_answered_no_more(reminded, outbox):
    appointments.cancel(reminded, because="patient", by=viewer(user_of(reminded.patient)), at=AT)
    assert words(outbox.clock.at) == set()


def test_a_reminder_that_did_not_arrive_is_not_answered(reminded, outbox):
    Delivery.objects.update(error="http_500")
    assert words(outbox.clock.at) == set()


def test_a_reminder_is_answered_by_the_phone_it_reached(reminded, write):
    assert write("1", phone=HIS)[0].startswith("No le entendimos.")
    assert write("1") == ["Gracias. Quedó confirmado."]


def test_no_to_an_old_reminder_is_still_no(dr_ramos, lupita, outbox, write):
    visit = booked_later(lupita, 10 * DAY)
    outbox.clock.at = visit.starts_at - 7 * DAY
    outbox.messages()
    outbox.clock.at += LATELY + HOUR
    write("2")
    assert status(visit) == "cancelled"


# --- what is answered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", YES)
def test_every_yes_is_yes(reminded, write, text):
    assert write(text.upper()) == ["Gracias. Quedó confirmado."]
    assert status(reminded) == "booked"


@pytest.mark.parametrize("text", NO)
def test_every_no_cancels(reminded, write, text):
    assert write(f"{text}, gracias")[0].startswith("Quedó cancelado.")
    assert status(reminded) == "cancelled"


@pytest.mark.parametrize("text", UNSURE)
def test_every_doubtful_no_is_asked_about(reminded, write, text):
    assert "conteste 2" in write(text)[0]
    assert (status(reminded), contacts.reminders_off(HERS)) == ("booked", False)


@pytest.mark.parametrize("text", ["ALTO", "ALTO por favor", "no me manden mensajes", "STOP"])
def test_stop_keeps_the_visit(reminded, write, text):
    write(text)
    assert (status(reminded), contacts.reminders_off(HERS)) == ("booked", True)


@pytest.mark.parametrize("text", ["3", "0", "12", "quizás", "¿a qué hora?", "sí pero más tarde", "no sé", "1 y 2"])
def test_what_is_neither_changes_nothing(reminded, write, text):
    version = reminded.version
    write(text)
    assert (status(reminded), reminded.version, reminded.patient_confirmed) == ("booked", version, False)


@pytest.mark.parametrize("text", ["gracias", "👍", "ok gracias 🙏"])
def test_thanks_cancel_nothing(reminded, write, text):
    write(text)
    assert status(reminded) == "booked"


@pytest.mark.parametrize(("language", "yes"), [("es", "Gracias. Quedó confirmado."), ("en", "Thank you.")])
def test_the_answer_is_in_the_language_of_the_reminder(dr_ramos, lupita, outbox, write, language, yes):
    lupita.language = language
    lupita.save()
    visit = booked_later(lupita)
    outbox.clock.at = visit.starts_at - DAY
    outbox.messages()
    assert write("1")[0].startswith(yes)


def test_whoever_cancels_by_word_is_noted_as_who_did_it(reminded, write, lupita):
    write("2")
    event = Event.objects.get(kind="appointment.cancelled")
    assert (event.subject, event.by_user) == (reminded.uuid, user_of(lupita))


def test_after_a_word_cancelled_it_another_word_finds_nothing(reminded, write):
    write("2")
    assert write("1")[0].startswith("No le entendimos.")
    assert status(reminded) == "cancelled"


def test_what_was_cancelled_by_word_is_free_for_others(reminded, write, outbox):
    write("2")
    starts = {one.slot.starts_at for one in factories.open_slots(at=outbox.clock.at)}
    assert reminded.starts_at in starts
    assert not Notification.objects.filter(kind__in=reminders.KINDS, status="owed").exists()


# --- the verb --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", ["cancelled", "proposed", "arrived", "fulfilled", "noshow"])
def test_only_what_is_booked_can_be_confirmed(visit, lupita, now, monkeypatch):
    locked = appointments.locked(visit)
    locked.status = now
    monkeypatch.setattr(appointments, "locked", lambda one: locked)
    with pytest.raises(NotPossibleNow):
        attendance.confirm(visit, by=viewer(user_of(lupita)), at=AT)
    assert not Event.objects.filter(kind="appointment.patient_confirmed").exists()


def test_yes_is_about_the_time_it_has(visit, lupita):
    confirmed = attendance.confirm(visit, by=viewer(user_of(lupita)), at=AT)
    assert confirmed.confirmed_for == visit.starts_at and confirmed.patient_confirmed
    confirmed.starts_at += HOUR
    assert not confirmed.patient_confirmed


@pytest.mark.parametrize(
    ("language", "label"), [("es", "miércoles 17 de junio, 10:00 a. m."), ("en", "Wednesday, June 17, 10:00 a.m.")]
)
def test_a_visit_is_called_by_its_day_and_hour_alone(visit, language, label):
    said = attendance.label(visit, language).replace("\u00a0", " ").replace("\u202f", " ")
    assert said == label


@given(st.sampled_from([*YES, *NO]), st.sampled_from(["{}", "{} por favor", "Hola, {}", "¡{}!", " {} "]))
def test_each_word_is_told_from_each_other_however_it_is_dressed(word, dress):
    said = dress.format(word)
    assert replies.means(said, YES) is (word in YES)
    assert replies.means(said, NO) is (word in NO)
