"""`manage.py phone`: one JSON object a number, in order, whatever comes in; no database behind it."""

import io
import json
import sys

import pytest
from django.core.management import call_command

from scheduling.management.commands.phone import Command

LUPITA = {"e164": "+525512345678", "error": None}


def refused(code: str) -> dict[str, str | None]:
    return {"e164": None, "error": code}


def run(*arguments: str) -> list[dict[str, str | None]]:
    out = io.StringIO()
    call_command("phone", *arguments, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def lines(monkeypatch):
    """Return a caller that gives the command these bytes on its standard input."""

    def run_with(data: bytes) -> list[dict[str, str | None]]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return run("-")

    return run_with


def test_one_number() -> None:
    assert run("044 55 1234 5678", "--country", "MX") == [LUPITA]


def test_a_number_with_a_plus() -> None:
    assert run("+52 1 55 1234 5678", "--country", "US") == [LUPITA]


def test_a_refusal_is_an_answer() -> None:
    assert run("713 555 014", "--country", "US") == [refused("too_short")]


@pytest.mark.parametrize("country", [[], ["--country", "CA"], ["--country", ""]])
def test_the_country_is_never_guessed(country: list[str]) -> None:
    assert run("+52 55 1234 5678", *country) == [refused("country_unknown")]


def test_many_numbers_in_order(lines) -> None:
    asked = [
        {"input": "044 55 1234 5678", "country": "MX"},
        {"input": "911", "country": "US"},
        {"input": "", "country": "US"},
        {"input": "713 555 0142 x 3", "country": "US"},
        {"input": "٥٥١٢٣٤٥٦٧٨", "country": "MX"},
    ]
    data = "\n".join(json.dumps(line, ensure_ascii=False) for line in asked)
    expected = [LUPITA, refused("too_short"), refused("empty"), refused("extension"), LUPITA]
    assert lines(data.encode()) == expected


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"null",
        b"[]",
        b'"5512345678"',
        b'{"country": "MX"}',
        b'{"input": null, "country": "MX"}',
        b'{"input": 5512345678, "country": "MX"}',
        b'{"input": "\xff", "country": "MX"}',
        b"[" * 100_000,
        b"1" * 10_000,
    ],
)
def test_a_malformed_line_is_answered_and_the_next_one_too(line: bytes, lines) -> None:
    good = b'{"input": "5512345678", "country": "MX"}'
    assert lines(b"\n".join([good, line, good])) == [LUPITA, refused("malformed"), LUPITA]


@pytest.mark.parametrize("country", ["", ', "country": null', ', "country": ["MX"]', ', "country": "mx"'])
def test_a_line_without_a_known_country(country: str, lines) -> None:
    assert lines(f'{{"input": "+52 55 1234 5678"{country}}}\n'.encode()) == [refused("country_unknown")]


def test_a_lone_half_of_a_character_is_no_digit(lines) -> None:
    assert lines(b'{"input": "55\\ud8001234", "country": "MX"}') == [refused("not_digits")]


def test_blank_lines_ask_nothing(lines) -> None:
    assert lines(b'\n{"input": "5512345678", "country": "MX"}\r\n  \n\n') == [LUPITA]
    assert lines(b"") == []


def test_unknown_fields_are_left_alone(lines) -> None:
    assert lines(b'{"id": 7, "input": "5512345678", "country": "MX"}') == [LUPITA]


def test_it_starts_without_the_checks_that_need_a_database() -> None:
    assert list(Command.requires_system_checks) == []
    assert Command.requires_migrations_checks is False
