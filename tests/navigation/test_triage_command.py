"""`manage.py triage` for other programs: one line in, one line out, never a traceback, no database."""

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from navigation import triage


def run(*arguments: str, lines: bytes = b"", monkeypatch: pytest.MonkeyPatch | None = None) -> list[dict]:
    if monkeypatch:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(lines)))
    written = io.StringIO()
    call_command("triage", *arguments, stdout=written)
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_text_gets_the_answer_of_the_interface():
    assert run("no puedo respirar", "--language", "en") == [triage.assess("no puedo respirar", language="en").as_dict()]


def test_spanish_is_the_first_language_and_stays_readable():
    written = io.StringIO()
    call_command("triage", "me quiero morir", stdout=written)
    assert "En español, oprima 2" in written.getvalue()


def test_lines_are_answered_in_order(monkeypatch):
    asked = [
        {"text": "hola", "language": "es"},
        {"text": "chest pain", "language": "en"},
        {"answers": {"SUI": "unsure"}, "language": "es"},
        {"text": "falleció mi papá"},
    ]
    found = run("-", lines="\n".join(map(json.dumps, asked)).encode(), monkeypatch=monkeypatch)
    assert [(answer["level"], answer["flags"]) for answer in found] == [
        ("routine", []),
        ("emergency", ["CHEST"]),
        ("emergency", ["SUI"]),
        ("urgent", ["FUNERAL"]),
    ]


def test_a_line_without_a_language_takes_that_of_the_command(monkeypatch):
    found = run("-", "--language", "en", lines=b'{"text": "no respira"}', monkeypatch=monkeypatch)
    assert found[0]["actions"][0]["label"] == "Call 911"


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        (b"not json", "malformed", None),
        (b"\xff\xfe", "malformed", None),
        (b"[1]", "malformed", None),
        (b"[" * 100_000, "malformed", None),
        (b'{"text": 3}', "not_text", "text"),
        (b'{"answers": []}', "not_an_object", "answers"),
        (b'{"answers": {"XYZ": "yes"}}', "unknown", "answers.XYZ"),
        (b'{"answers": {"AIR": ["yes"]}}', "not_yes_no_unsure", "answers.AIR"),
        (b'{"language": "fr"}', "unknown", "language"),
        (b'{"language": ["es"]}', "unknown", "language"),
    ],
)
def test_a_bad_line_answers_with_an_error_in_its_place(monkeypatch, line, code, field):
    found = run("-", lines=b'{"text": "hola"}\n' + line + b'\n\n{"text": "no respira"}', monkeypatch=monkeypatch)
    assert [answer.get("level") for answer in found] == ["routine", None, "emergency"]
    assert found[1] == {"error": {"code": code, "field": field}}


def test_flags_that_are_switched_off_stay_off(settings):
    settings.RED_FLAGS_OFF = ["CHEST", "SOS"]
    assert run("me duele el pecho")[0]["flags"] == []


def test_only_spanish_and_english_are_spoken():
    with pytest.raises(CommandError):
        run("hola", "--language", "fr")
