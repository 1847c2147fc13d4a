"""What is measured against: thousands of seeded clinicians with weeks of hours, and patients who may book."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from benchmarks import service
from scheduling import accounts, schedules, sql
from scheduling.access import System
from scheduling.models import Clinician, OpenStart, User, VisitType
from scheduling.slots import Slot

CLINICIANS, DAYS = int(os.environ.get("BENCH_CLINICIANS", "10000")), 28
STATE, ZONE = "TX", "America/Chicago"
BENCH = System("bench")


class Start(NamedTuple):
    """A free start of one clinician."""

    at: datetime
    actor: UUID
    actor_pk: int

    def slot(self, visit_type: UUID, later: timedelta = timedelta()) -> str:
        """Return the id under which it is offered."""
        return Slot(self.at + later, visit_type, (self.actor,), STATE, ZONE).id


def build() -> None:
    """Seed the clinicians, as far as the last run's are not there."""
    command = [sys.executable, "manage.py", "seed_demo", "--clinicians", str(CLINICIANS), "--days", str(DAYS)]
    subprocess.run(command, check=True, cwd=service.BASE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def patients(count: int) -> list[str]:
    """Return bearer tokens of patients made for this run."""
    at, tokens = datetime.now(UTC), []
    for number in range(count):
        user = User.objects.create(phone=f"+1713{at:%M%S}{number:04}", preferred_name=f"Paciente {number}")
        accounts.patient_of(user, about={"state": STATE}, by=BENCH, at=at)
        tokens.append(accounts.issue_token(user, by=BENCH, at=at))
    return tokens


def clinician() -> str:
    """Return a clinician licensed in Texas who speaks Spanish and offers full weeks."""
    full = _suitable().filter(languages__contains=["es"], actor__schedule__rules__starts="09:00")
    found: Any = full.first()
    return str(found.uuid)


def slots(count: int) -> list[str]:
    """Return slot ids far enough apart that taking one takes no other."""
    visit_type = VisitType.objects.get(code="consulta-video").uuid
    return [start.slot(visit_type) for start in islice(_spread(minutes=30), count)]


def slots_across(count: int) -> list[str]:
    """Return slot ids of a clinician with an interpreter of Nahuatl, of which taking one takes no other."""
    visit_type = VisitType.objects.get(code="consulta-video").uuid
    found = sql.rows(_ACROSS, {"state": STATE, "since": datetime.now(UTC) + timedelta(hours=3), "count": count})
    return [Slot(starts_at, visit_type, (host, voice), STATE, ZONE, "nhe").id for starts_at, host, voice in found]


# The nth free interpreter of each instant with the nth free clinician.
_ACROSS = """
WITH host AS (
  SELECT o.starts_at, a.uuid, row_number() OVER (PARTITION BY o.starts_at ORDER BY a.id) AS nth
  FROM scheduling_openstart o JOIN scheduling_actor a ON a.id = o.actor_id
  JOIN scheduling_clinician c ON c.actor_id = a.id JOIN scheduling_licence l ON l.clinician_id = c.id
  WHERE l.state = %(state)s AND l.expires_on > now() + interval '29 days' AND 'family' = ANY(c.specialties)
    AND 'es' = ANY(c.languages) AND o.free_minutes >= 20 AND o.starts_at > %(since)s
), voice AS (
  SELECT o.starts_at, a.uuid, row_number() OVER (PARTITION BY o.starts_at ORDER BY a.id) AS nth
  FROM scheduling_openstart o JOIN scheduling_actor a ON a.id = o.actor_id
  JOIN scheduling_interpreter i ON i.actor_id = a.id
  WHERE 'nhe' = ANY(i.languages) AND o.free_minutes >= 20 AND o.starts_at > %(since)s
)
SELECT h.starts_at, h.uuid, v.uuid FROM host h JOIN voice v USING (starts_at, nth)
ORDER BY nth, starts_at LIMIT %(count)s
"""


def rare(count: int = 5) -> None:
    """Let only so many clinicians of Texas care for teeth, in English, and be free in the fourth week only."""
    kind = {"name_es": "Dientes", "name_en": "Teeth", "minutes": 20, "modality": "video", "care": "clinical"}
    VisitType.objects.get_or_create(code="bench-teeth", defaults=kind | {"specialty": "dental"})
    if Clinician.objects.filter(specialties=["dental"], user__email__startswith="clinician-").exists():
        return
    at, few = datetime.now(UTC), _suitable().filter(actor__schedule__rules__starts="09:00").distinct()[:count]
    for one in few:
        Clinician.objects.filter(pk=one.pk).update(specialties=["dental"], languages=["en"])
        first = at.date()
        schedules.take_off(one.actor.schedule, first, first + timedelta(days=21), by=BENCH, at=at)


def roomy(count: int) -> list[Start]:
    """Return starts of so many clinicians with two hours free behind each."""
    actors = _suitable().order_by("-pk").values_list("actor", flat=True)[: count * 2]
    found = (next(_free(actor, minutes=120, after=timedelta(days=2)), None) for actor in actors)
    return [start for start in found if start][:count]


def _suitable() -> Any:
    """Return the seeded clinicians of Texas who see families; the demo's own people are left alone."""
    return Clinician.objects.filter(
        licences__state=STATE, specialties__contains=["family"], user__email__startswith="clinician-"
    )


def _spread(minutes: int) -> Iterator[Start]:
    """Yield one start of every clinician, then another of each, every one at another place of their weeks."""
    actors = list(_suitable().order_by("pk").values_list("actor", flat=True))
    for turn in range(20):
        for number, actor in enumerate(actors):
            yield from islice(
                _free(actor, minutes, timedelta(hours=2)), number % 7 + turn * 10, number % 7 + turn * 10 + 1
            )


def _free(actor: int, minutes: int, after: timedelta) -> Iterator[Start]:
    rows = OpenStart.objects.filter(actor=actor, starts_at__gt=datetime.now(UTC) + after, free_minutes__gte=minutes)
    for starts_at, uuid in rows.order_by("starts_at").values_list("starts_at", "actor__uuid")[:250]:
        yield Start(starts_at, uuid, actor)
