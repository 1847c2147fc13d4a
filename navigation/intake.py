"""What happens with a need somebody tells us: triage first, and at the first red flag a case, before any calendar."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from navigation import cases, triage
from navigation.cases import Report
from navigation.models import Case, CaseKind, Intake, Level, Tier
from scheduling import events
from scheduling.access import Viewer
from scheduling.models import DataKey


@transaction.atomic
def begin(text: str, *, language: str, state: str, zone: str, by: Viewer, at: datetime) -> Intake:
    """Keep a need in the person's own words and judge it; words that tell of danger open a case at once."""
    intake: Intake = Intake.objects.create(
        data_key=DataKey.objects.create(),
        holder=by.holder,
        text=text,
        language=language,
        state=state,
        zone=zone,
        created_at=at,
    )
    return _judge(intake, by=by, at=at)


@transaction.atomic
def answer(intake: Intake, answers: Mapping[str, str], *, by: Viewer, at: datetime) -> Intake:
    """Add answers to the red-flag questions and judge again; any yes, and any doubt, opens a case at once."""
    intake = Intake.objects.select_for_update(of=("self",)).get(pk=intake.pk)
    intake.answers = json.dumps(given(intake) | dict(answers))
    intake.answered_at = at
    return _judge(intake, by=by, at=at)


@transaction.atomic
def name_language(intake: Intake, language: str, *, by: Viewer, at: datetime) -> Intake:
    """Note which language exactly somebody speaks, once they said from which town it is."""
    intake = Intake.objects.select_for_update(of=("self",)).get(pk=intake.pk)
    intake.language = language
    intake.save(update_fields=["language"])
    events.record("intake.language_named", intake, by=by, at=at, language=language)
    return intake


def given(intake: Intake) -> dict[str, str]:
    """Return the answers so far: red-flag code to yes, no or unsure."""
    answers: dict[str, str] = json.loads(intake.answers or "{}")
    return answers


def _judge(intake: Intake, *, by: Viewer, at: datetime) -> Intake:
    found = triage.assess(intake.text, given(intake), speaks(intake.language), off=settings.RED_FLAGS_OFF)
    intake.level, intake.flags = Level(found.level), sorted(found.flags)
    if intake.level != Level.ROUTINE:
        intake.case = _raise_case(intake, found, by=by, at=at)
    intake.save()
    events.record("intake.judged", intake, by=by, at=at, level=intake.level)
    return intake


def _raise_case(intake: Intake, found: triage.Assessment, *, by: Viewer, at: datetime) -> Case:
    """Open the intake's case, or add what is new to the one it has."""
    report = Report(
        kind=CaseKind(found.kind),
        tier=tier_of(found.level, found.kind),
        flags=found.flags,
        told_to_call=first_call(found),
        language=intake.language,
        state=intake.state,
    )
    if intake.case:
        return cases.tell_more(intake.case, report, by=by, at=at)
    return cases.open(report, by=by, at=at)


def first_call(found: triage.Assessment) -> str:
    """Return the number that somebody judged so is told to call first, if any."""
    return next((action.number or "" for action in found.actions if action.kind == "call"), "")


def tier_of(level: str, kind: str) -> Tier:
    """Return the tier of a case that was judged so; a death has its own, unless a life is in danger too."""
    if level == Level.EMERGENCY:
        return Tier.RED
    if kind == CaseKind.FUNERAL:
        return Tier.FUNERAL
    return Tier.ORANGE if level == Level.URGENT else Tier.FOLLOW_UP


def tier_of_kind(kind: CaseKind) -> Tier:
    """Return the tier of a case of which only the kind was said: never less urgent than the kind can be."""
    level = Level.URGENT
    if kind == CaseKind.MEDICAL:
        level = Level.EMERGENCY
    elif kind == CaseKind.HELP:
        level = Level.ROUTINE
    return tier_of(level, kind)


def speaks(language: str) -> triage.Language:
    """Return in which of our two written languages to speak to somebody who speaks `language`."""
    return "en" if language == "en" else "es"
