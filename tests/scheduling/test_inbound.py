"""What a phone writes is kept once, sealed, answered once, and means the same whoever carries it."""

import logging
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection

from scheduling import contacts, inbound
from scheduling.inbound import ANSWERS_PER_HOUR, CHOOSING, KEPT, RETRIES, Answer, Question
from scheduling.models import (
    ContactRule,
    DataKey,
    Event,
    InboundMessage,
    Notification,
    Patient,
    Queue,
    User,
    Whose,
    phone_hash,
)
from scheduling.refusals import NotPossibleNow
from tests.factories import AT, DAY, HOUR, MINUTE, user_of
from tests.racing import at_once

pytestmark = pytest.mark.django_db

HERS, HIS = "+17135550142", "+17135550145"


@pytest.fixture
def finders(monkeypatch):
    """Nothing is open but what a test registers."""
    found = {}
    monkeypatch.setattr(inbound, "_finders", found)
    return found


@pytest.fixture
def write(outbox):
    """Write to us from a phone and return what it is answered, or None."""
    numbers = iter(range(10_000))

    def write_it(text, phone=HERS, at=None):
        at = at or outbox.clock.at
        assert inbound.receive("http", f"in-{next(numbers)}", phone=phone, text=text, at=at)
        outbox.messages()
        known = set(InboundMessage.objects.filter(status="answered").values_list("pk", flat=True))
        inbound.answer_due(at=at)
        outbox.clock.at = at
        answered = [one.notification.data_key_id for one in outbox.messages()]
        last = InboundMessage.objects.exclude(pk__in=known).filter(status="answered").last()
        sent = [one for one in outbox.messages() if last and one.notification.data_key_id == last.data_key_id]
        assert len(answered) >= len(sent)
        return sent[0].body if sent else None

    return write_it


class Asked:
    """A question, and what was done with it."""

    def __init__(self, kind="offer", words=("1", "si"), answer=None, label="martes 9"):
        self.done = []
        acts = {word: lambda word=word, **who: (self.done.append((word, who)), answer)[1] for word in words}
        self.question = Question(kind, uuid4(), acts, lambda language: f"{label} ({language})")


def ask(finders, *asked):
    finders["tests"] = lambda hashed, at: [one.question for one in asked] if hashed == phone_hash(HERS) else []


def last():
    return InboundMessage.objects.order_by("-pk").first()


# --- what arrives ----------------------------------------------------------------------------------------------------


def test_a_message_is_kept_sealed_and_due_at_once(finders):
    assert inbound.receive("http", "a1", phone=HERS, text="me duele el pecho", at=AT)
    kept = last()
    assert (kept.phone, kept.body, kept.status, kept.due_at) == (HERS, "me duele el pecho", "received", AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(m)::text FROM scheduling_inboundmessage m")
        stored = cursor.fetchone()[0]
    assert "pecho" not in stored and "7135550142" not in stored


def test_the_same_message_handed_over_again_is_kept_and_answered_once(finders, outbox):
    assert inbound.receive("http", "a1", phone=HERS, text="ALTO", at=AT)
    assert not inbound.receive("http", "a1", phone=HERS, text="ALTO", at=AT + MINUTE)
    assert inbound.receive("other", "a1", phone=HIS, text="ALTO", at=AT)
    assert (inbound.answer_due(at=AT), inbound.answer_due(at=AT + DAY)) == (2, 0)
    assert len(outbox.messages("reply_stopped")) == 2


def test_a_message_longer_than_any_carrier_sends_is_cut(finders):
    inbound.receive("http", "a1", phone=HERS, text="a" * 5000, at=AT)
    assert len(last().body) == inbound.LONGEST


def test_events_say_that_there_was_a_message_and_not_which(finders, write):
    write("me duele el pecho")
    codes = [event.codes for event in Event.objects.filter(subject_type="inbound")]
    assert codes == [{}, {"understood": "unclear"}]


def test_nothing_of_it_reaches_the_logs(finders, write, caplog, monkeypatch):
    def broken(hashed, at):
        raise RuntimeError("bug")

    finders["broken"] = broken
    with caplog.at_level(logging.DEBUG):
        write("me duele el pecho")
    assert "bug" in caplog.text
    assert "pecho" not in caplog.text and "7135550142" not in caplog.text


def test_after_a_month_it_is_forgotten_with_its_key(finders, write):
    write("hola, necesito algo")
    key = last().data_key_id
    assert inbound.forget(at=AT + KEPT) == 0
    assert inbound.forget(at=AT + KEPT + MINUTE) == 1
    assert (InboundMessage.objects.count(), DataKey.objects.get(pk=key).sealed) == (0, None)


# --- what it means ---------------------------------------------------------------------------------------------------


def test_stop_stops_and_says_so(finders, write):
    answer = write("ALTO")
    assert answer.startswith("Ya no le mandamos mensajes.") and "ALTA" in answer
    assert contacts.reminders_off(HERS)
    assert not contacts.reminders_off(HIS)


def test_start_undoes_it(finders, write):
    write("STOP")
    assert write("ALTA").startswith("Le volvemos a mandar mensajes.")
    assert not contacts.reminders_off(HERS)


def test_stop_comes_before_whatever_is_open(finders, write):
    offer = Asked(words=("1", "alto", "stop"))
    ask(finders, offer)
    write("stop")
    assert contacts.reminders_off(HERS) and offer.done == []


def test_help_comes_before_whatever_is_open(finders, write):
    offer = Asked(words=("ayuda",))
    ask(finders, offer)
    answer = write("Ayuda")
    assert answer.startswith("Una persona le llama a este teléfono.") and "911" in answer
    assert (last().understood_as, offer.done) == ("help_asked", [])


def test_somebody_who_wants_no_messages_is_still_helped(finders, write):
    write("ALTO")
    assert "Una persona le llama" in write("AYUDA")


def test_the_word_an_open_question_waits_for_does_it(finders, write, lupita):
    offer = Asked()
    ask(finders, offer)
    assert write("¡Sí!") == "Recibido. Gracias."
    [(word, who)] = offer.done
    assert (word, who["by"].user, who["at"]) == ("si", user_of(lupita), AT)
    assert last().understood_as == "offer"


def test_a_phone_without_an_account_acts_as_the_phone(finders, write):
    offer = Asked()
    ask(finders, offer)
    write("1")
    assert offer.done[0][1]["by"].name == "phone.http"


def test_a_question_says_how_it_is_answered(finders, write):
    ask(finders, Asked(answer="reply_confirmed"))
    assert write("1") == "Gracias. Quedó confirmado."
    ask(finders, Asked(answer=Answer("reply_cancelled", {"link": "https://x.example"})))
    assert write("1").endswith("https://x.example")


def test_what_cannot_be_done_any_more_is_said(finders, write):
    asked = Asked()

    def too_late(**_):
        raise NotPossibleNow

    ask(finders, asked)
    asked.question = replace(asked.question, words={"1": too_late})
    assert write("1").startswith("Eso ya no se puede.")
    assert last().status == "answered"


def test_anothers_question_is_not_answered(finders, write):
    offer = Asked()
    ask(finders, offer)
    assert write("1", phone=HIS).startswith("No le entendimos.")
    assert offer.done == []


@pytest.mark.parametrize("text", ["quiero otra cosa", "me duele el pecho", "3", "https://x.example", "🤒"])
def test_anything_else_is_answered_with_how_to_reach_a_person(finders, write, text):
    answer = write(text)
    if text == "🤒":
        assert answer is None  # nothing was said
        return
    assert "AYUDA" in answer and "ALTO" in answer and "911" in answer
    assert text not in answer


def test_thanks_are_not_answered(finders, write):
    assert write("Muchas gracias") is None
    assert last().understood_as == "polite"


def test_cancelar_means_no_more_messages_where_there_is_nothing_to_cancel(finders, write):
    write("CANCELAR")
    assert contacts.reminders_off(HERS)


def test_cancelar_is_a_questions_where_one_waits_for_it(finders, write):
    visit = Asked(words=("cancelar",))
    ask(finders, visit)
    write("Cancelar")
    assert len(visit.done) == 1 and not contacts.reminders_off(HERS)


# --- which one -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(finders):
    made = Asked("offer", label="martes 9"), Asked("visit", label="jueves 11")
    ask(finders, *made)
    return made


def test_a_word_that_fits_two_is_asked_about_by_number(two, write):
    assert write("sí") == "¿Cuál?\n1: martes 9 (es)\n2: jueves 11 (es)\nConteste con el número."
    assert [one.done for one in two] == [[], []]
    assert write("2") == "Recibido. Gracias."
    assert [len(one.done) for one in two] == [0, 1]
    assert two[1].done[0][0] == "si"


def test_a_list_is_answered_once(two, write):
    write("sí"), write("1")
    assert write("1").startswith("¿Cuál?")
    assert len(two[0].done) == 1


def test_a_number_that_is_not_on_the_list_chooses_nothing(two, write):
    write("sí")
    assert write("3").startswith("No le entendimos.")
    assert write("2") == "Recibido. Gracias."


def test_a_list_is_forgotten_after_a_while(two, write):
    write("sí")
    assert write("2", at=AT + CHOOSING).startswith("No le entendimos.")


def test_what_was_on_the_list_and_is_over_is_said_to_be(two, write, finders):
    write("sí")
    ask(finders, two[0])
    assert write("2").startswith("Eso ya no se puede.")


def test_a_list_is_not_read_out_to_a_phone_that_others_use(two, write):
    ContactRule.objects.create(phone_hash=phone_hash(HERS), whose=Whose.SHARED, saved_at=AT)
    assert write("sí").startswith("No le entendimos.")


# --- in order, once, and to an end -----------------------------------------------------------------------------------


def test_what_breaks_is_tried_again_and_then_left(finders, write):
    def broken(hashed, at):
        raise RuntimeError("bug")

    finders["broken"] = broken
    write("1")
    at = AT
    for number, wait in enumerate(RETRIES, start=1):
        assert (last().status, last().attempts, last().due_at) == ("received", number, at + wait)
        at += wait
        inbound.answer_due(at=at)
    assert (last().status, last().due_at) == ("failed", None)


def test_what_breaks_keeps_nobody_else_waiting(finders, outbox):
    def broken_for_her(hashed, at):
        if hashed == phone_hash(HERS):
            raise RuntimeError("bug")
        return []

    finders["broken"] = broken_for_her
    inbound.receive("http", "a1", phone=HERS, text="1", at=AT)
    inbound.receive("http", "a2", phone=HIS, text="ALTO", at=AT)
    assert inbound.answer_due(at=AT) == 1
    assert contacts.reminders_off(HIS)


def test_a_phone_is_answered_in_the_order_it_wrote(finders, outbox):
    def broken(hashed, at):
        raise RuntimeError("bug")

    finders["broken"] = broken
    inbound.receive("http", "a1", phone=HERS, text="1", at=AT)
    inbound.answer_due(at=AT)
    inbound.receive("http", "a2", phone=HERS, text="ALTO", at=AT + MINUTE / 60)
    assert inbound.answer_due(at=AT + MINUTE / 60) == 0
    finders.clear()
    inbound.answer_due(at=AT + RETRIES[0])
    inbound.answer_due(at=AT + RETRIES[0] + MINUTE)
    assert [one.understood_as for one in InboundMessage.objects.all()] == ["unclear", "stopped"]


def test_two_machines_that_answer_each_other_come_to_an_end(finders, write):
    answers = [write(f"auto {number}") for number in range(ANSWERS_PER_HOUR + 3)]
    assert [answer is None for answer in answers] == [False] * ANSWERS_PER_HOUR + [True] * 3
    assert write("auto", at=AT + 2 * HOUR)


def test_it_is_answered_in_the_language_the_phone_was_last_written_to(finders, write, owe, lupita):
    assert write("hm").startswith("No le")
    Patient.objects.update(language="en")
    User.objects.update(language="en")
    owe(queue=Queue.PAGES)
    Notification.objects.filter(status="owed").update(language="en")
    write("hm"), write("hm")
    assert write("hm").startswith("We did not understand.")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_sweeps_at_once_answer_each_message_once(finders):
    for number in range(12):
        inbound.receive("http", str(number), phone=f"+171355501{number:02}", text="ALTO", at=AT)
    counts = at_once([lambda: inbound.answer_due(at=AT)] * 8)
    assert sum(counts) == 12
    assert Notification.objects.filter(kind="reply_stopped").count() == 12


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_the_same_message_from_eight_calls_is_kept_once(finders):
    kept = at_once([lambda: inbound.receive("http", "a1", phone=HERS, text="1", at=AT)] * 8)
    assert (sum(kept), InboundMessage.objects.count()) == (1, 1)
