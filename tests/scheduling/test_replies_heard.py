"""What people write, taken as they write it: in two languages, in capitals, politely, with a thumb on a small phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import attendance, replies, waitlist
from scheduling.replies import CANCEL, HELP, START, STOP

DRESSES = ["{}", "{}.", "¡{}!", "  {}  ", "{}\n", "{} por favor", "Hola {}", "{} gracias", "please {}", "«{}»", "{} 🙏"]
LETTERS = st.characters(categories=["L", "N", "P", "S", "Z", "M", "Cs"])


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("words", [STOP, START, HELP, CANCEL], ids=["stop", "start", "help", "cancel"])
def test_a_word_means_the_same_in_any_dress(words, dress):
    lost = {word for word in words if not replies.means(dress.format(word), words)}
    assert lost == set()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ÁÉÍÓÚÜÑ", "aeiouun"),
        ("pingüino", "pinguino"),
        ("ＳＴＯＰ", "stop"),
        ("ﬁn", "fin"),
        ("Straße", "strasse"),
        ("a\tb\r\nc", "a b c"),
        ("1\ufe0f\u20e3", "1"),
        ("s\u0301i\u0301", "si"),
        ("no—puedo", "no puedo"),
        ("don't", "don t"),
        ("²", "2"),
        ("\u200b", ""),
        ("...", ""),
    ],
    ids=ascii,
)
def test_text_is_read_by_its_letters(text, plain):
    assert replies.plain(text) == plain


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Hola buenas tardes, 1 por favor", "1"),
        ("muchas gracias señora", "muchas gracias senora"),
        ("Hello, option 2 please", "2"),
        ("", ""),
        ("Sí, por favor, gracias", "si"),
        ("la opción número dos", "dos"),
    ],
)
def test_what_is_left_without_politeness(text, core):
    assert replies.core(text) == core


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("07", 7),
        ("99", 99),
        ("100", None),
        ("1.", 1),
        ("#2", 2),
        ("(3)", 3),
        ("opción cuatro", 4),
        ("Two please", 2),
        ("TRES", 3),
        ("una", 1),
        ("una hora", None),
        ("1 o 2", None),
        ("-1", 1),
        ("1,5", None),
        ("٣", None),
        ("veinte", None),
        ("11:00", None),
    ],
)
def test_a_number_is_heard_alone(text, number):
    assert replies.number(text) == number


NO_MORE = [
    "ya no me manden mensajes", "No me manden más mensajes por favor", "no me mande mensajes", "No me escriban más",
    "por favor no me escriba", "no me molesten", "no quiero mensajes", "No quiero más mensajes",
    "no quiero recibir mensajes",
    "dejen de escribir", "deje de mandarme mensajes", "ya dejen de mandar cosas",
    "stop texting me", "please stop sending me these", "Stop messaging", "do not text me again", "Don't message me",
    "dont write to this number", "no more messages please", "NO MORE TEXTS!!!",
]  # fmt: skip
STILL_ON = [
    "no me escribieron", "no me molesta", "no recibí mensajes", "no me llegan los mensajes", "quiero más mensajes",
    "dejé de tomar la medicina", "can I stop taking the pills", "it does not stop hurting", "me duele más al final",
    "what if I cancel", "para mañana", "the end is near", "no more pain", "bajar de peso", "alto riesgo",
    "quitar la cita",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_MORE)
def test_whoever_wants_no_more_is_believed(text):
    assert replies.wants_no_more(text)
    assert replies.wants_no_more(text.upper())


@pytest.mark.parametrize("text", STILL_ON)
def test_whoever_speaks_of_something_else_keeps_their_messages(text):
    assert not replies.wants_no_more(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("ayuda", True),
        ("AYUDA mi hijo tiene fiebre", True),
        ("buenas tardes ayuda", True),
        ("sos", True),
        ("help me", True),
        ("Auxilio!!", True),
        ("ayudar", False),
        ("necesito una cita", False),
        ("can you help", False),
    ],
)
def test_a_cry_comes_first_in_what_somebody_writes(text, asks):
    assert replies.wants_a_person(text) is asks


@pytest.mark.parametrize(
    ("text", "polite"),
    [
        ("Gracias", True),
        ("gracias!!! 🙏🙏", True),
        ("Thank you", True),
        ("hola buenos días", True),
        ("👍🏽", True),
        ("gracias pero no puedo", False),
        ("ok gracias", False),
        ("?", False),
        ("¿Hola?", False),
        ("...", True),
        ("1", False),
    ],
)
def test_courtesy_alone_wants_no_answer(text, polite):
    assert replies.is_polite(text) is polite


def test_no_courtesy_is_a_word_that_does_something():
    assert [word for word in STOP | START | HELP | CANCEL if replies.is_polite(word)] == []


@pytest.mark.parametrize("yes", [attendance.YES, waitlist.YES], ids=["visit", "offer"])
@pytest.mark.parametrize("no", [attendance.NO, waitlist.NO, attendance.UNSURE], ids=["visit", "offer", "unsure"])
def test_no_word_is_both_yes_and_no(yes, no):
    assert set(yes) & set(no) == set()
    assert [word for word in [*yes, *no] if replies.plain(word) != word] == []


@pytest.mark.parametrize("words", [attendance.YES, attendance.NO, waitlist.YES, waitlist.NO], ids=str)
def test_no_answer_is_taken_for_stop_or_for_a_cry_for_help(words):
    assert [word for word in words if replies.wants_no_more(word) or replies.wants_a_person(word)] == []


@given(st.text(LETTERS, max_size=60))
def test_plain_text_has_small_letters_and_digits_and_single_spaces_alone(text):
    plain = replies.plain(text)
    assert plain == plain.strip() and "  " not in plain
    assert all(one.isalnum() or one == " " for one in plain)


@given(st.text(LETTERS, max_size=60))
def test_nobody_is_read_as_thanking_and_stopping_at_once(text):
    assert not (replies.is_polite(text) and replies.wants_no_more(text))


@given(st.text(LETTERS, max_size=40), st.sampled_from(NO_MORE))
def test_whatever_else_is_written_with_it_no_more_is_no_more(text, said):
    assert replies.wants_no_more(f"{text} {said}")
    assert replies.wants_no_more(f"{said} {text}")


@given(st.text(LETTERS, max_size=40), st.sampled_from(sorted(HELP)))
def test_whoever_begins_with_a_cry_is_heard_whatever_follows(text, cry):
    assert replies.wants_a_person(f"{cry} {text}")


@given(st.integers(0, 99), st.sampled_from(DRESSES))
def test_any_number_of_a_list_is_heard_in_any_dress(number, dress):
    assert replies.number(dress.format(number)) == number
