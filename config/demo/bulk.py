"""Many clinicians and interpreters invented by number, for measuring: the same seed gives the same ones."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction

from config.demo.people import known_uuid
from scheduling import open_starts
from scheduling.models import (
    Actor,
    ActorKind,
    AvailabilityRule,
    Clinician,
    DataKey,
    Interpreter,
    Licence,
    Organization,
    PracticeStatus,
    Schedule,
    Specialty,
    User,
)

BATCH = 500
STATES = ["CA", "TX", "FL", "NY", "IL", "AZ", "GA", "NC", "NJ", "WA", "CO", "NV", "OR", "NM", "VA"]
WEIGHTS = [30, 22, 8, 7, 7, 6, 5, 4, 3, 3, 2, 1, 1, 1, 1]
ZONES = ["America/Los_Angeles", "America/Chicago", "America/New_York", "America/Denver"]
TONGUES = [["es"], ["es", "en"], ["en"], ["es", "en", "mxb"], ["es", "zai"]]
TONGUE_WEIGHTS = [30, 40, 27, 2, 1]
VOICES = [["mxb", "es"], ["mxb", "es", "en"], ["zai", "es"], ["nhe", "es"], ["trq", "es"], ["es", "en"]]
VOICE_WEIGHTS = [25, 8, 15, 12, 5, 35]
EACH_VOICE = 20  # one interpreter for so many clinicians
FULL_WEEK = [(day, time(9), time(17)) for day in range(5)]
EVENINGS = [(day, time(17), time(20)) for day in (0, 2, 4)]


def plant(count: int, *, days: int, seed: int, at: datetime) -> None:
    """Add clinicians until there are `count` of this seed, with licences, hours and open starts."""
    known = User.objects.filter(email__startswith=f"clinician-{seed}-").count()
    admin, organization = User.objects.get(uuid=known_uuid("elena")), Organization.objects.get(slug="acompana")
    chance = random.Random(seed)  # noqa: S311 - invented people, not secrets
    for first in range(known, count, BATCH):
        with transaction.atomic():
            _batch(range(first, min(first + BATCH, count)), seed, chance, admin, organization, days, at)
    _voices(count // EACH_VOICE, seed, admin, organization, days, at)


@transaction.atomic
def _voices(count: int, seed: int, admin: User, organization: Organization, days: int, at: datetime) -> None:
    """Add interpreters until there are `count` of this seed, with hours and open starts."""
    known = User.objects.filter(email__startswith=f"interpreter-{seed}-").count()
    chance = random.Random(seed)  # noqa: S311 - invented people, not secrets
    users = User.objects.bulk_create(_users(range(known, count), seed, chance, "interpreter"))
    actors = Actor.objects.bulk_create(Actor(kind=ActorKind.INTERPRETER) for _ in users)
    Interpreter.objects.bulk_create(
        Interpreter(user=user, actor=actor, languages=chance.choices(VOICES, VOICE_WEIGHTS)[0], **_approved(admin, at))
        for user, actor in zip(users, actors, strict=True)
    )
    _hours(actors, chance, organization, days, at)


def _approved(admin: User, at: datetime) -> dict[str, Any]:
    return {
        "status": PracticeStatus.APPROVED,
        "approved_at": at,
        "approved_by": admin,
        "approval_source": "demo data",
    }


def _batch(
    numbers: range, seed: int, chance: random.Random, admin: User, organization: Organization, days: int, at: datetime
) -> None:
    users = User.objects.bulk_create(_users(numbers, seed, chance, "clinician"))
    actors = Actor.objects.bulk_create(Actor(kind=ActorKind.CLINICIAN) for _ in users)
    clinicians = Clinician.objects.bulk_create(
        Clinician(
            user=user,
            actor=actor,
            profession="physician",
            specialties=chance.choices([[Specialty.FAMILY], [Specialty.MENTAL], [Specialty.WOMEN]], [70, 20, 10])[0],
            languages=chance.choices(TONGUES, TONGUE_WEIGHTS)[0],
            **_approved(admin, at),
        )
        for user, actor in zip(users, actors, strict=True)
    )
    Licence.objects.bulk_create(licence for one in clinicians for licence in _licences(one, chance, admin, at))
    _hours(actors, chance, organization, days, at)


def _hours(actors: Iterable[Actor], chance: random.Random, organization: Organization, days: int, at: datetime) -> None:
    schedules = Schedule.objects.bulk_create(
        Schedule(
            actor=actor,
            organization=organization,
            zone=chance.choice(ZONES),
            horizon_days=days,
            open_until=at + timedelta(days=days),
        )
        for actor in actors
    )
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(schedule=schedule, weekday=day, starts=starts, ends=ends, valid_from=at.date())
        for schedule in schedules
        for day, starts, ends in chance.choice([FULL_WEEK, EVENINGS])
    )
    open_starts.rebuild(schedules, at, at + timedelta(days=days))


def _users(numbers: range, seed: int, chance: random.Random, what: str) -> Iterator[User]:
    keys = DataKey.objects.bulk_create(DataKey() for _ in numbers)
    for number, key in zip(numbers, keys, strict=True):
        yield User(
            email=f"{what}-{seed}-{number}@acompana.example",
            preferred_name=f"Dra. Voluntaria {number}" if what == "clinician" else f"Intérprete {number}",
            password="!",  # noqa: S106 - nobody signs in as them
            data_key=key,
            language=chance.choice(["es", "en"]),
        )


def _licences(clinician: Clinician, chance: random.Random, admin: User, at: datetime) -> Iterator[Licence]:
    for state in set(chance.choices(STATES, WEIGHTS, k=chance.choice([1, 1, 2]))):
        yield Licence(
            clinician=clinician,
            data_key=clinician.user.data_key,
            country="US",
            state=state,
            number="DEMO",
            expires_on=(at + timedelta(days=chance.randint(30, 900))).date(),
            verified_at=at,
            verified_by=admin,
            source="demo data",
        )
