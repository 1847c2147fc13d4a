"""What the bare database takes: the rows of a hold, straight in SQL, without the service around them."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from benchmarks.load import at_once
from config import embedded
from scheduling.models import Clinician, Organization, VisitType

SECONDS = 4.0
HOLD = """
WITH locked AS (SELECT id FROM scheduling_actor WHERE id = %(actor)s FOR NO KEY UPDATE),
visit AS (
  INSERT INTO scheduling_appointment (
    uuid, status, visit_type_id, organization_id, patient_state, zone, starts_at, ends_at, held_until, held_by,
    created_at, hold_extended, reason, cancelled_because, version, sequence)
  SELECT gen_random_uuid(), 'proposed', %(kind)s, %(organization)s, 'TX', 'America/Chicago', %(starts)s, %(ends)s,
    now() + interval '5 minutes', %(holder)s, now(), false, '', '', 0, 0 FROM locked RETURNING id
), part AS (
  INSERT INTO scheduling_participant (uuid, appointment_id, actor_id, role, occupied)
  SELECT gen_random_uuid(), visit.id, %(actor)s, 'clinician', tstzrange(%(starts)s, %(ends)s) FROM visit
)
INSERT INTO scheduling_event (uuid, kind, subject_type, subject, subject_version, by_system, at, codes)
SELECT gen_random_uuid(), 'appointment.held', 'appointment', gen_random_uuid(), 0, 'bench', now(), '{}' FROM visit
"""


def report() -> None:
    """Print how many such holds a second one connection writes, and eight."""
    print("### The limit: the rows of a hold in bare SQL (actor locked, appointment, participant, event)\n")
    print("| connections | holds a second |\n| --- | --- |")
    for connections in (1, 8):
        print(f"| {connections} | {_rate(connections):,.0f} |", flush=True)
    print()


def _rate(connections: int) -> float:
    server = embedded.ensure()
    address = f"host={server.socket} user={server.user} dbname={embedded.DATABASE}"
    known = {"kind": VisitType.objects.all()[0].pk, "organization": Organization.objects.all()[0].pk}
    actors = list(Clinician.objects.order_by("pk").values_list("actor", flat=True)[:2000])
    year = datetime(2040 + connections, 1, 1, tzinfo=UTC)
    counts = [0] * connections
    until = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            while time.perf_counter() < until:
                turn, number = divmod(counts[place] * connections + place, len(actors))
                connection.execute(HOLD, known | _time(actors[number], year + timedelta(hours=turn)))
                counts[place] += 1

    wall = at_once([lambda place=place: client(place) for place in range(connections)])  # type: ignore[misc]
    return sum(counts) / wall


def _time(actor: int, starts: datetime) -> dict[str, Any]:
    holder = uuid.uuid4().hex
    return {"actor": actor, "starts": starts, "ends": starts + timedelta(minutes=30), "holder": holder}
