"""Triage decides life and death: what it must not miss, what must not wake anybody, and what it may never do.

triage_corpus.jsonl holds labelled sentences. Its last held-out set is never learned from.
"""

import json
import time
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navigation import triage
from navigation.triage.ear import ear
from navigation.triage.flags import DATA, LEVELS, book, load
from navigation.triage.learn import learn

CORPUS = [json.loads(line) for line in (Path(__file__).parent / "triage_corpus.jsonl").open(encoding="utf-8")]
UNSEEN = [row for row in CORPUS if row["set"] == "held-out 4"]
KNOWN = [row for row in CORPUS if row["set"] != "held-out 4"]
FLAGS = {flag.code: flag for flag in book().flags}
CODES = [question.code for flag in book().flags for question in flag.questions()]
texts = st.one_of(st.text(max_size=200), st.sampled_from([row["text"] for row in CORPUS]))
answers = st.dictionaries(st.sampled_from(CODES), st.sampled_from(triage.ANSWERS), max_size=4)


@cache
def found_in(text: str) -> triage.Assessment:
    return triage.assess(text)


def level(text: str = "", **given_answers: str) -> str:
    return triage.assess(text, given_answers).level


def height(found: triage.Assessment) -> int:
    """How high a level is: 0 routine, 1 urgent, 2 emergency."""
    return len(LEVELS) - 1 - LEVELS.index(found.level)


def calls(found: triage.Assessment) -> list[str | None]:
    return [action.number for action in found.actions if action.kind == "call"]


def wrong(rows: list[dict], *, missed: bool) -> list[str]:
    """Return the sentences found lower (missed) or higher than their label."""
    found = [(row["text"], height(found_in(row["text"])), LEVELS[::-1].index(row["level"])) for row in rows]
    return [text for text, got, wanted in found if (got < wanted if missed else got > wanted)]


def test_nothing_known_is_missed():
    assert wrong(KNOWN, missed=True) == []


def test_nothing_known_is_a_false_alarm():
    assert wrong(KNOWN, missed=False) == []


def test_what_was_never_learned_from_is_missed_or_alarms_in_vain_seldom():
    assert len(wrong(UNSEEN, missed=True)) <= len(UNSEEN) // 100
    assert len(wrong(UNSEEN, missed=False)) <= len(UNSEEN) // 50


@pytest.mark.parametrize("rewritten", [str.upper, lambda text: text.translate(str.maketrans("áéíóúñ", "aeioun"))])
def test_capitals_and_missing_accents_change_nothing(rewritten):
    rows = [row | {"text": rewritten(row["text"])} for row in KNOWN[::4]]
    assert wrong(rows, missed=True) == []


def test_each_kind_is_found():
    rows = [row for row in KNOWN if row.get("kind") and row["level"] != "routine"]
    other = [row["text"] for row in rows if found_in(row["text"]).kind != row["kind"]]
    assert len(other) <= len(rows) // 100, other


def test_each_flag_is_found_by_its_own_words():
    rows = [row for row in KNOWN if row.get("flags")]
    lost = [row["text"] for row in rows if not set(row["flags"]) <= set(found_in(row["text"]).flags)]
    assert len(lost) <= len(rows) // 40, lost  # the second net knows that, not what
    assert {code for row in rows for code in row["flags"]} == set(FLAGS)


ALARMS = [
    "no puedo respirar vien xfavor",
    "NO NO NO RESPIRA MI PAPA",
    "no aguanto el dolor de pecho",
    "no tengo fiebre pero me duele el pecho",
    "no tengo carro dolor de pecho",
    "no es que no tenga dolor de pecho",
    "hace dos años tuve un infarto y hoy me duele el pecho",
    "hace una hora se me torció la boca y ya se me quitó",
    "<b>no&nbsp;despierta</b> mi <i>esposo</i> 😭😭",
    "mi baby no puede breathe bien",
    "I don't have insurance but my chest hurts",
    "esta combulcionando mi niña",
    "ya no se mueve mi bebé",
]
CALM = [
    "",
    "niega dolor de pecho, disnea o síncope",
    "no tengo dolor de pecho ni falta de aire",
    "no es que no pueda respirar, es que ando cansado",
    "when I was a child I had seizures",
    "mi abuela murió hace diez años de un infarto",
    "me estoy ahogando en deudas y me muero de hambre",
    "this headache is killing me, I'm dying to see a doctor",
    "información sobre convulsiones",
    "¿qué hago si le da un ataque?",
    "mi cita es el martes, estoy embarazada",
    "Sandra y Socorro Dolores quieren una cita",
]


@pytest.mark.parametrize("text", ALARMS)
def test_alarms(text):
    assert level(text) == "emergency"


@pytest.mark.parametrize("text", CALM)
def test_no_alarm(text):
    assert level(text) == "routine"


def test_what_no_phrase_foresaw_still_worries():
    found = triage.assess("se quedó como en trance y no parpadea ni contesta mi viejito")
    assert (found.level, found.kind, found.flags) == ("emergency", "medical", ("SOS",))
    assert triage.assess("se quedó como en trance y no parpadea ni contesta mi viejito", off=["SOS"]).level == "routine"


def test_routine_is_medical_or_help():
    assert triage.assess("quiero una cita").kind == "medical"
    assert triage.assess("necesito ayuda con la renta").kind == "help"


@pytest.mark.parametrize("code", FLAGS)
@pytest.mark.parametrize("answer", ["yes", "unsure"])
def test_yes_and_unsure_raise(code, answer):
    found = triage.assess(answers={code: answer})
    assert (found.level, found.kind, found.flags[0]) == (FLAGS[code].level, FLAGS[code].kind, code)


def test_no_raises_nothing_and_takes_nothing_back():
    assert level(CHEST="no") == "routine"
    assert level("me duele el pecho", CHEST="no") == "emergency"
    assert level("no me duele el pecho", CHEST="yes") == "emergency"


def test_pregnancy_by_itself_raises_nothing_but_lends_weight():
    assert level(PREG="yes") == "routine"
    assert level("me duele la cabeza") == "routine"
    assert triage.assess("me duele la cabeza", {"PREG": "unsure"}).flags == ("OB",)


def test_a_detail_of_the_pregnancy_list_raises_the_list():
    assert triage.assess(answers={"OB-HEAD": "yes"}).flags == ("OB",)


@pytest.mark.parametrize(
    ("given_answers", "language", "field"),
    [({"XYZ": "yes"}, "es", "answers.XYZ"), ({"AIR": "maybe"}, "es", "answers.AIR"), ({}, "fr", "language")],
)
def test_what_cannot_be_assessed_is_named(given_answers, language, field):
    with pytest.raises(triage.InvalidInput, match=field):
        triage.assess("", given_answers, language)


def test_the_answer_has_its_shape_and_order():
    found = triage.assess("no respira", language="en").as_dict()
    assert list(found) == ["level", "kind", "flags", "actions"]
    assert found["actions"][0] == {"kind": "call", "number": "911", "label": "Call 911"}
    assert found["actions"][1] == {"kind": "tell", "number": None, "label": FLAGS["AIR"].advice["en"]}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("quiero morirme", ["988"]),
        ("se quiere matar y tiene una pistola", ["911", "988"]),
        ("mi niño se tomó cloro", ["1-800-222-1222"]),
        ("se tomó un bote de cloro y no despierta", ["911", "1-800-222-1222"]),
        ("quiero morirme y me duele el pecho", ["911", "988"]),
        ("me quiero lastimar la espalda menos", []),
    ],
)
def test_the_number_to_dial_first_is_first(text, numbers):
    assert calls(triage.assess(text)) == numbers


def test_labels_speak_the_language_asked_for():
    spanish, english = (triage.assess("I want to die", language=language) for language in triage.LANGUAGES)
    assert spanish.actions[0].label == "Llamar al 988. En español, oprima 2"
    assert english.actions[0].label == "Call 988"
    assert spanish.flags == english.flags


def test_life_comes_first():
    found = triage.assess("la migra agarró a mi esposo y a mi mamá le duele el pecho")
    assert (found.kind, found.flags) == ("medical", ("CHEST", "DETAINED"))


def test_pregnancy_is_always_asked_and_leads_to_the_signs_of_danger():
    assert "PREG" in dict(triage.questions("es", off=["OB"]))
    assert len(triage.follow_up("PREG")) == 15
    assert triage.follow_up("PREG", off=["OB"]) == triage.follow_up("CHEST") == []
    with pytest.raises(triage.InvalidInput):
        triage.follow_up("XYZ")


@pytest.mark.parametrize("language", triage.LANGUAGES)
def test_questions_are_short_and_distinct(language):
    asked = triage.questions(language) + triage.follow_up("PREG", language)
    assert all(len(question.split()) <= 20 and question.endswith("?") for _, question in asked)
    assert len(dict(asked)) == len({question for _, question in asked}) == len(asked)


@pytest.mark.parametrize("flag", book().flags, ids=lambda flag: flag.code)
def test_every_flag_is_whole(flag):
    for words in (flag.advice, *(question.text for question in flag.questions()), *(call.label for call in flag.calls)):
        assert set(words) == set(triage.LANGUAGES) and all(words.values())
    assert flag.source.name and flag.source.date and flag.kind and flag.level in LEVELS


def test_flags_name_only_signs_and_limits_that_exist():
    signs = {sign.code for sign in book().signs}
    named = {sign for flag in book().flags for both in flag.together for sign in both}
    named |= {sign for flag in book().flags for call in flag.calls for sign in call.when}
    assert named <= signs
    assert {sign.limit for sign in book().signs} <= {*load("triage_language.json")["ago"], "never"}
    assert max(Counter(sign.code for sign in book().signs).values()) == 1


def test_nothing_about_immigration_status_is_looked_for_or_kept():
    data = "".join(path.read_text(encoding="utf-8").lower() for path in DATA.glob("*.json"))
    for word in ("indocumentad", "sin papeles", "undocumented", "illegal", "a-number", "residente legal", "green card"):
        assert word not in data


@given(texts, texts, answers)
def test_more_said_never_lowers(text, more, given_answers):
    alone = height(triage.assess(text, given_answers))
    assert height(triage.assess(f"{text}\n.\n{more}", given_answers)) >= alone
    assert height(triage.assess(f"{more}\n.\n{text}", given_answers)) >= alone
    assert alone >= height(triage.assess(answers=given_answers))


@given(texts, answers, answers)
def test_more_answered_never_lowers(text, given_answers, more):
    raising = given_answers | {code: answer for code, answer in more.items() if answer != "no"}
    assert height(triage.assess(text, raising)) >= height(triage.assess(text, given_answers))


@given(texts, answers, st.sets(st.sampled_from(sorted(FLAGS)), max_size=8))
def test_what_is_switched_off_never_appears(text, given_answers, off):
    assert off.isdisjoint(triage.assess(text, given_answers, off=off).flags)


@settings(max_examples=300)
@given(st.text(), st.sampled_from(triage.LANGUAGES))
def test_any_text_gets_an_answer(text, language):
    assert triage.assess(text, language=language).level in LEVELS


@pytest.mark.parametrize("unit", ["no tengo dolor de ", "hace dos años tuve un infarto ", "a", "<", "1.", "y no "])
def test_time_grows_with_the_text_and_no_faster(unit):
    short, long = (unit * (size // len(unit)) for size in (5_000, 20_000))
    assert seconds(long) < 10 * seconds(short) + 0.05
    assert seconds(long) < 1


def test_a_message_takes_milliseconds():
    text = ". ".join(row["text"] for row in KNOWN[::60])[:500]
    assert seconds(text) < 0.02


def seconds(text: str) -> float:
    """Return the best of five: a busy machine is no slow program."""
    taken = []
    for _ in range(5):
        begun = time.process_time()
        ear().hear(text)
        taken.append(time.process_time() - begun)
    return min(taken)


def test_learning_the_same_gives_the_same():
    examples = [("mi papá no respira", True), ("quiero una cita", False)] * 20
    learned = learn(examples)
    assert learned == learn(examples[::-1])
    assert learned.points["respira"] > 0 > learned.points["cita"]
