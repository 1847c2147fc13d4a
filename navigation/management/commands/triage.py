"""`manage.py triage`: who needs help now, for people and other programs."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from navigation import triage


class Command(BaseCommand):
    """Print one JSON object a text: the answer of ``POST /api/v1/triage``; needs no database.

    A line that cannot be assessed answers ``{"error": {"code", "field"}}`` in its place, so that lines in and lines
    out keep step; blank lines are passed over.
    """

    help = 'Assess a text. "-" reads JSON lines {"text", "answers", "language"} from standard input.'
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", metavar="TEXT")
        parser.add_argument("--language", default="es", choices=triage.LANGUAGES)

    def handle(self, *, text: str, language: triage.Language, **options: Any) -> None:
        if text != "-":
            self._print(_answer({"text": text, "language": language}))
            return
        for line in filter(bytes.strip, sys.stdin.buffer):
            self._print(_answer_line(line, language))

    def _print(self, answer: Mapping[str, Any]) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _answer_line(line: bytes, language: triage.Language) -> Mapping[str, Any]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return _refused("malformed", None)
    return _answer({"language": language} | asked) if isinstance(asked, dict) else _refused("malformed", None)


def _answer(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    text, answers = asked.get("text", ""), asked.get("answers", {})
    if not isinstance(text, str):
        return _refused("not_text", "text")
    if not isinstance(answers, dict):
        return _refused("not_an_object", "answers")
    try:
        return triage.assess(text, answers, asked["language"], settings.RED_FLAGS_OFF).as_dict()
    except triage.InvalidInput as problem:
        return _refused(problem.code, problem.field)


def _refused(code: str, field: str | None) -> Mapping[str, Any]:
    return {"error": {"code": code, "field": field}}
