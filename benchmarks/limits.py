"""What the bare database takes: the rows a hold writes, straight in SQL, without the service around them."""

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import psycopg

from benchmarks.load import at_once

SECONDS = 4.0
HOLD = """
WITH locked AS (SELECT id FROM scheduling_actor WHERE id = %(actor)s FOR NO KEY UPDATE),
visit AS (
  INSERT INTO scheduling_appointment (uuid, status, visit_type_id, organization_id, patient_state, zone, starts_at, ends_at,
    held_until, held_by, created_at, hold_extended, reason, cancelled_because, version, sequence)
  SELECT gen_random_uuid(), 'proposed', %(kind)s, %(org)s, 'TX', 'America/Chicago', %(starts)s, %(ends)s, now() + interval '5 minutes',
    %(holder)s, now(), false, '', '', 0, 0 FROM locked RETURNING id
), part AS (
  INSERT INTO scheduling_participant (uuid, appointment_id, actor_id, role, occupied)
  SELECT gen_random_uuid(), visit.id, %(actor)s, 'clinician', tstzrange(%(starts)s, %(ends)s) FROM visit
)
INSERT INTO scheduling_event (uuid, kind, subject_type, subject, subject_version, by_system, at, codes)
SELECT gen_random_uuid(), 'appointment.held', 'appointment', gen_random_uuid(), 0, 'bench', now(), '{}' FROM visit
"""


def report() -> None:
    """Print how many such holds a second one and eight connections write."""
    from config import embedded
    from scheduling.models import Clinician, Organization, VisitType

    server = embedded.ensure()
    kind, org = VisitType.objects.first().pk, Organization.objects.first().pk
    actors = list(Clinician.objects.order_by("pk").values_list("actor", flat=True)[:2000])
    address = f"host={server.socket} user={server.user} dbname={embedded.DATABASE}"
    print(
        "## The limit: the same rows in bare SQL (actor locked, appointment, participant, event; constraint and triggers on)\n"
    )
    print("| connections | holds a second |\n| --- | --- |")
    for connections in (1, 8):
        print(f"| {connections} | {_rate(address, connections, actors, kind, org):,.0f} |", flush=True)
    print()


def _rate(address: str, connections: int, actors: list[int], kind: int, org: int) -> float:
    counts, lock = [], threading.Lock()
    until = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        done = 0
        with psycopg.connect(address, autocommit=True) as connection:
            while time.perf_counter() < until:
                actor = actors[(done * connections + place) % len(actors)]
                starts = datetime(2040 + connections, 1, 1, tzinfo=UTC) + timedelta(
                    hours=done // len(actors) * 8 + place
                )
                known = {"actor": actor, "kind": kind, "org": org, "holder": uuid.uuid4().hex}
                connection.execute(HOLD, known | {"starts": starts, "ends": starts + timedelta(minutes=30)})
                done += 1
        with lock:
            counts.append(done)

    wall = at_once([lambda place=place: client(place) for place in range(connections)])
    return sum(counts) / wall
