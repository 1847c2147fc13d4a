"""Every text a person may read exists in both languages, and says the same things in both."""

import re

import pytest
from babel.messages.catalog import Message

from config import words

HOLES = re.compile(r"%\((\w+)\)s|%[sd]|{\w*}")


@pytest.fixture(scope="module")
def spanish():
    return [message for message in words.written("es") if message.id]


def texts(one) -> tuple[str, ...]:
    return one if isinstance(one, tuple) else (one,)


def test_every_text_has_spanish():
    assert words.missing("es") == []


def test_every_spanish_text_is_still_used(spanish):
    used = {message.id for message in words.used()}
    assert [message.id for message in spanish if message.id not in used] == []


def test_nothing_falls_out_of_a_text_in_spanish(spanish):
    def holes(text: str) -> set[str]:
        return {hole.group() for hole in HOLES.finditer(text)}

    wrong = [
        message.id
        for message in spanish
        for said in texts(message.string)
        if not holes(said) <= set().union(*map(holes, texts(message.id)))
        or not set.intersection(*map(holes, texts(message.id))) <= holes(said)
    ]
    assert wrong == []


def test_no_text_says_two_things_in_spanish(spanish):
    """Where two branches meet, a text may come to hold both of theirs: then its holes are there twice."""

    def holes(text: str) -> list[str]:
        return sorted(hole.group() for hole in HOLES.finditer(text))

    said = {message.id: message.string for message in spanish if isinstance(message.id, str) and message.id}
    assert [text for text, string in said.items() if len(holes(string)) > len(holes(text))] == []


def test_spanish_has_its_own_plurals(spanish):
    several = [message for message in spanish if isinstance(message.id, tuple)]
    assert several
    assert [message.id for message in several if len(message.string) != 2 or not all(message.string)] == []


def test_tags_are_the_same_in_both(spanish):
    def tags(text: str) -> list[str]:
        return sorted(re.findall(r"</?(?!span)\w+", text))  # a span only says that a word is of another language

    assert [message.id for message in spanish if tags(texts(message.id)[0]) != tags(texts(message.string)[0])] == []


def test_patients_are_addressed_with_usted(spanish):
    familiar = re.compile(r"\b(tú|te|tu|tus|ti|contigo|tienes|puedes|quieres)\b", re.IGNORECASE)
    assert [message.string for message in spanish for said in texts(message.string) if familiar.search(said)] == []


def test_texts_in_code_and_in_pages_are_found():
    found = {message.id for message in words.used()}
    assert "Someone just took it. You did nothing wrong." in found  # scheduling/problems.py
    assert "Choose a time" in found  # templates/scheduling/times.html
    assert ("%(left)s try left.", "%(left)s tries left.") in found
    assert any("is your code" in text for message in found for text in texts(message))  # templates/notifications


def test_a_text_without_spanish_is_named(monkeypatch):
    have = words.written("es")
    have.delete("Choose a time")
    monkeypatch.setattr(words, "written", lambda language: have)
    assert words.missing("es") == ["Choose a time"]


def test_bringing_the_catalog_up_to_date_keeps_what_was_written(monkeypatch, tmp_path, settings):
    before = {message.id: message.string for message in words.written("es")}
    monkeypatch.setattr(words, "catalog_path", lambda language: tmp_path / "django.po")
    (tmp_path / "django.po").write_bytes((settings.BASE_DIR / "locale/es/LC_MESSAGES/django.po").read_bytes())
    words.update("es")
    after = {message.id: message.string for message in words.written("es") if isinstance(message, Message)}
    assert {key: text for key, text in after.items() if key} == {key: text for key, text in before.items() if key}
