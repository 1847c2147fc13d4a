"""How much each volunteer has given lately: the number by which searches spread the load.

Minutes of visits booked or done in the four weeks before and after, counted anew every ten minutes. A search reads one
column (`eligibility.LOAD`, in steps of four hours); a booking pays nothing for it.
"""

from datetime import datetime, timedelta

from scheduling import sql

AROUND = timedelta(days=28)

_COUNT = """
UPDATE scheduling_schedule s SET given_minutes = counted.minutes FROM (
  SELECT x.id, coalesce(given.minutes, 0) AS minutes FROM scheduling_schedule x LEFT JOIN (
    SELECT p.actor_id, (sum(extract(epoch FROM a.ends_at - a.starts_at)) / 60)::int AS minutes
    FROM scheduling_participant p JOIN scheduling_appointment a ON a.id = p.appointment_id
    WHERE p.occupied IS NOT NULL AND a.status <> 'proposed' AND a.starts_at BETWEEN %s AND %s GROUP BY p.actor_id
  ) given ON given.actor_id = x.actor_id
) counted WHERE s.id = counted.id AND s.given_minutes <> counted.minutes
"""


def count_given(*, at: datetime) -> int:
    """Count what everybody has given; return for how many it changed. A sweep."""
    return sql.run(_COUNT, [at - AROUND, at + AROUND])
