"""`manage.py phone`: what the service makes of a telephone number, for people and other programs."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from scheduling import phones


class Command(BaseCommand):
    """Print one JSON object a number: ``{"e164": "+52…"|null, "error": code|null}``; needs no database."""

    help = 'Write a telephone number as E.164. "-" reads JSON lines {"input", "country"} from standard input.'
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", metavar="TEXT")
        parser.add_argument("--country", default="", metavar="US|MX")

    def handle(self, *, text: str, country: str, **options: Any) -> None:
        if text != "-":
            self._print(_answer(text, country))
            return
        for line in filter(bytes.strip, sys.stdin.buffer):
            self._print(_answer_line(line))

    def _print(self, answer: dict[str, str | None]) -> None:
        self.stdout.write(json.dumps(answer))


def _answer_line(line: bytes) -> dict[str, str | None]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return _refused("malformed")
    if not isinstance(asked, dict) or not isinstance(asked.get("input"), str):
        return _refused("malformed")
    return _answer(asked["input"], str(asked.get("country")))


def _answer(text: str, country: str) -> dict[str, str | None]:
    try:
        return {"e164": phones.parse(text, country).e164, "error": None}
    except phones.PhoneError as problem:
        return _refused(problem.code)


def _refused(code: str) -> dict[str, str | None]:
    return {"e164": None, "error": code}
