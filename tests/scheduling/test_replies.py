"""However it was typed, a reply says what it says: on any phone, politely or not, in either language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import replies
from scheduling.replies import CANCEL, HELP, START, STOP


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1", "1"),
        (" 1. ", "1"),
        ("1️⃣", "1"),
        ("１", "1"),
        ("¡Sí, confirmo!", "si confirmo"),
        ("SÍ", "si"),
        ("Mañana no   puedo…", "manana no puedo"),
        ("👍", ""),
        ("", ""),
    ],
)
def test_a_reply_is_read_without_its_dress(text, plain):
    assert replies.plain(text) == plain


@pytest.mark.parametrize("text", ["1", "1 por favor", "Hola, la 1", "1 gracias", "opción 1", "Please 1", "el uno"])
def test_a_number_is_heard_among_politeness(text):
    assert replies.number(text) == 1


@pytest.mark.parametrize("text", ["", "mañana", "1 y 2", "713 555 0142", "100", "-", "tengo 2 hijos"])
def test_what_is_more_than_a_number_is_none(text):
    assert replies.number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *("STOP", "stop.", "Stop please", "STOPALL", "Unsubscribe", "END", "quit", "REVOKE", "OPT OUT", "opt-out"),
        *("ALTO", "¡Alto!", "basta", "Ya basta", "BAJA", "no más mensajes", "parar"),
        *("Ya no me manden mensajes por favor", "no me escriban", "No quiero recibir mensajes", "dejen de escribirme"),
        *("please stop texting me", "don't text me", "Do not message this phone", "no more texts"),
    ],
)
def test_stop_is_heard_in_whatever_words(text):
    assert replies.wants_no_more(text)


@pytest.mark.parametrize(
    "text", ["1", "no puedo ir", "AYUDA", "alta", "el dolor no para", "no me siento bien", "cancelar", "hasta el final"]
)
def test_what_is_no_stop_is_not_taken_for_one(text):
    assert not replies.wants_no_more(text)


@pytest.mark.parametrize("text", ["AYUDA", "ayuda!", "Ayuda por favor", "Hola, ayuda, me urge", "HELP", "socorro"])
def test_whoever_asks_for_a_person_is_heard(text):
    assert replies.wants_a_person(text)


@pytest.mark.parametrize("text", ["", "1", "me ayuda mucho", "no necesito ayuda"])
def test_talking_of_help_is_not_asking_for_it(text):
    assert not replies.wants_a_person(text)


@pytest.mark.parametrize("text", ["gracias", "Muchas gracias!", "Thank you", "👍", "", "buenas noches"])
def test_thanks_want_no_answer(text):
    assert replies.is_polite(text)


def test_no_word_means_two_things():
    sets = [STOP, START, HELP, CANCEL]
    assert sum(map(len, sets)) == len(frozenset.union(*sets))


def test_the_words_are_written_as_they_are_compared():
    assert {word for word in STOP | START | HELP | CANCEL if replies.plain(word) != word} == set()


@given(st.text())
def test_any_text_is_read_without_harm(text):
    plain = replies.plain(text)
    assert replies.plain(plain) == plain
    assert replies.number(text) is None or 0 <= replies.number(text) < 100
    assert replies.wants_no_more(text) in (True, False)


@given(word=st.sampled_from(sorted(STOP | START | HELP)), dress=st.sampled_from(["{}", " {}!", "{} por favor", "¡{}!"]))
def test_a_word_is_heard_in_capitals_and_politely(word, dress):
    assert replies.core(dress.format(word.upper())) == word
