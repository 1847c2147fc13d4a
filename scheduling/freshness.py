"""Whether the other calendars of an actor were read lately enough to offer a time.

A calendar that was not read since its `fresh_until`, or says nothing so far ahead, might say otherwise: it hides the
starts of visits that touch the hours of the week it covers (none written down: all of them), and nothing else.
"""

from collections.abc import Sequence
from datetime import datetime

from scheduling import sql

# A condition on open starts `o`, for visits of %(minutes)s as things stand at %(at)s.
KNOWN = """
  NOT EXISTS (
    SELECT FROM scheduling_schedule z JOIN scheduling_busyfeed b ON b.schedule_id = z.id
    CROSS JOIN LATERAL (SELECT o.starts_at AT TIME ZONE z.zone AS wall) w
    CROSS JOIN LATERAL (
      SELECT ((extract(isodow FROM wall) - 1) * 1440 + extract(hour FROM wall) * 60 + extract(minute FROM wall))::int
    ) m (minute)
    WHERE z.actor_id = o.actor_id
      AND (b.fresh_until <= %(at)s OR o.starts_at + %(minutes)s * interval '1 minute' > b.known_until)
      AND (b.hours = '{}' OR EXISTS (
        SELECT FROM unnest(b.hours) h WHERE h && int4range(m.minute, m.minute + %(minutes)s)
          OR h && int4range(m.minute - 10080, m.minute - 10080 + %(minutes)s)
      ))
  )
"""
_ALL_KNOWN = f"""
SELECT coalesce(bool_and({KNOWN}), true)
FROM (SELECT actor, %(starts_at)s::timestamptz FROM unnest(%(actors)s::bigint[]) a (actor)) o (actor_id, starts_at)
"""


def is_known(actors: Sequence[int], starts_at: datetime, minutes: int, *, at: datetime) -> bool:
    """Return whether every other calendar that has a say about a visit of these actors was read lately: one query."""
    asked = {"actors": list(actors), "starts_at": starts_at, "minutes": minutes, "at": at}
    return bool(sql.rows(_ALL_KNOWN, asked)[0][0])
