"""What phones write read for danger, in two languages: who gets a person, whose case it is, and what is said back."""

import pytest

from navigation import written
from navigation.models import Case, CaseKind
from scheduling import contacts, replies
from scheduling.models import Notification, User, phone_hash
from tests import factories
from tests.factories import AT, HOUR, MINUTE

pytestmark = pytest.mark.django_db

HERS, HIS = "+17135550142", "+17135550145"


DANGER = [
    ("me duele mucho el pecho y no puedo respirar", "es"),
    ("mi papá no respira", "es"),
    ("se desmayó y no despierta", "es"),
    ("chest pain and I can't breathe", "en"),
    ("my father is not breathing", "en"),
]
NO_DANGER = [
    "a qué hora es mi cita",
    "llegaré tarde",
    "what time is it",
    "no encuentro la dirección",
    "quién habla",
    "???",
]


@pytest.mark.parametrize(("text", "language"), DANGER)
def test_danger_is_read_in_either_language(write, lupita, text, language):
    user = factories.user_of(lupita)
    user.language = language
    user.save(update_fields=["language"])
    answers = write(text)
    case = Case.objects.get()
    assert (case.tier, case.told_to_call, case.language) == ("red", "911", language)
    assert any("911" in answer for answer in answers)


@pytest.mark.parametrize("text", NO_DANGER)
def test_questions_disturb_nobody_and_are_told_how_to_reach_a_person(write, text):
    answers = write(text)
    assert not Case.objects.exists()
    assert len(answers) == 1 and answers[0].startswith("No le entendimos.")


@pytest.mark.parametrize("word", ["AYUDA", "help", "Ayuda, por favor", "hola ayuda"])
def test_whoever_asks_for_help_gets_a_person(write, word):
    write(word)
    case = Case.objects.get()
    assert (case.kind, case.tier, case.callback) == (CaseKind.HELP, "follow_up", HERS)


@pytest.mark.parametrize("cry", sorted(replies.HELP))
def test_no_cry_for_help_goes_unheard(write, cry):
    write(f"¡{cry.upper()}!")
    assert Case.objects.get().callback == HERS


def test_two_phones_in_need_are_two_cases(write):
    write("AYUDA"), write("AYUDA", phone=HIS)
    assert set(Case.objects.values_list("callback_hash", flat=True)) == {phone_hash(HERS), phone_hash(HIS)}


@pytest.mark.parametrize(("hours", "cases"), [(0, 1), (11, 1), (12, 2), (13, 2)])
def test_within_twelve_hours_it_is_the_same_need(write, hours, cases):
    write("AYUDA"), write("AYUDA", at=AT + hours * HOUR + (0 if hours else 1) * MINUTE)
    assert Case.objects.count() == cases


def test_somebody_we_do_not_know_is_helped_all_the_same(write):
    write("AYUDA")
    case = Case.objects.get()
    assert (case.preferred_name, case.state, case.organization.slug) == ("", "", "acompana")


def test_a_child_is_not_taken_for_the_mother(write, lupita):
    user = factories.user_of(lupita)
    user.represents.update(relation="child")
    write("AYUDA")
    assert Case.objects.get().state == ""


def test_whoever_wants_no_messages_is_told_whom_to_call(write):
    contacts.stop(phone_hash(HERS), "sms", at=AT)
    assert any(answer.startswith("Llame ya al 911.") for answer in write("me duele mucho el pecho y no puedo respirar"))


def test_at_night_it_is_said_at_once(write):
    night = AT + 14 * HOUR
    answers = write("mi papá no respira", at=night)
    assert any(answer.startswith("Llame ya al 911.") for answer in answers)


def test_danger_is_said_on_the_queue_that_never_waits(write):
    write("mi papá no respira")
    said = Notification.objects.get(kind=written.DANGER)
    assert (said.queue, said.user, said.patient) == ("pages", None, None)


def test_who_stopped_our_messages_with_danger_in_it_is_taken_at_their_first_word(write):
    write("ALTO")
    assert not Case.objects.exists()
    assert contacts.reminders_off(HERS)


def test_each_message_is_read_once(write):
    write("AYUDA")
    assert written.read(at=AT + MINUTE) == 0
    assert Case.objects.count() == 1


def test_a_number_without_an_account_that_gets_one_is_the_same_need(write):
    write("AYUDA")
    User.objects.create(phone=HERS, preferred_name="Lupita", zone="America/Chicago")
    write("AYUDA", at=AT + HOUR)
    assert Case.objects.get().preferred_name == "Lupita"


def test_more_danger_never_makes_it_less_urgent(write):
    write("mi papá no respira"), write("AYUDA", at=AT + MINUTE)
    assert Case.objects.get().tier == "red"
