"""Who has an open time for this person, across everybody; and why the others do not.

Note [Two ways to the first times]. One pass judges every approved clinician. Few fit (up to 400): each one's first
times are looked up. Many fit: the open starts are walked in the order of time, in growing windows, because the first
day almost always has enough. Either way the cost does not grow with how busy the calendars are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from scheduling.matching import Criteria, Reason, Refused
from scheduling.models import (
    Actor,
    ActorKind,
    Appointment,
    Care,
    Clinician,
    Location,
    Modality,
    ParticipantRole,
    VisitType,
)
from scheduling.slots import Slot

FEW = 400
WINDOWS = (timedelta(days=1), timedelta(days=7), timedelta(days=370))
DEFAULT_SPECIALTY = "family"


@dataclass(frozen=True)
class Found:
    """One open time: its slot, until when it lasts, with whom or where, and why it fits (codes of matching reasons)."""

    slot: Slot
    ends_at: datetime
    visit_type: VisitType
    clinician: Clinician | None = None
    location: Location | None = None
    places: int = 1


@dataclass(frozen=True)
class Results:
    """Open times in order, and how many clinicians were left out for each reason."""

    found: list[Found]
    refusals: list[Refused] = field(default_factory=list)


@dataclass(frozen=True)
class _Judged:
    actors: list[int]
    many: bool
    refusals: list[Refused]


def find(criteria: Criteria, *, at: datetime, each: int = 0) -> Results:
    """Return the first open times that fit, soonest first: six queries at most, and nothing is written.

    With `each`, no clinician appears with more than so many times.
    """
    types = _visit_types(criteria)
    remote = next((kind for kind in types if kind.modality != Modality.IN_PERSON), None)
    in_person = next((kind for kind in types if kind.modality == Modality.IN_PERSON), None)
    found: list[Found] = []
    refusals: list[Refused] = []
    if remote:
        found, refusals = _clinicians(criteria, remote, at, each or criteria.limit)
    if in_person:
        found += _clinics(criteria, in_person, at)
    found.sort(key=lambda one: one.slot.starts_at)
    return Results(found[: criteria.limit], refusals)


def like(slot: Slot, *, limit: int, at: datetime) -> list[Found]:
    """Return the next open times of the same kind as a slot, for whoever missed it.

    First those with the same people.
    """
    visit_type = VisitType.objects.filter(uuid=slot.visit_type).first()
    if visit_type is None:
        return []
    since = max(at, slot.starts_at - timedelta(hours=12))
    wanted = Criteria(
        slot.state, "", since, since + timedelta(days=28), slot.zone, visit_type=visit_type.code, limit=limit * 8
    )
    found = find(wanted, at=at).found
    found.sort(key=lambda one: (one.slot.actors != slot.actors, abs(one.slot.starts_at - slot.starts_at)))
    return sorted(found[:limit], key=lambda one: one.slot.starts_at)


def slot_of(appointment: Appointment) -> Slot:
    """Return the slot a held appointment came from, to look for it, or one like it, again."""
    others = [part for part in appointment.participants.all() if part.role != ParticipantRole.PATIENT]
    return Slot(
        appointment.starts_at,
        appointment.visit_type.uuid,
        tuple(part.actor.uuid for part in others if part.actor),
        appointment.patient_state,
        appointment.zone,
    )


def may_see(actors: Sequence[Actor], slot: Slot, visit_type: VisitType, *, at: datetime) -> bool:
    """Return whether the actors of a slot may give such a visit there and then.

    Approved, licensed, within notice and horizon.
    """
    if len(actors) != len(slot.actors) or not all(_offers(actor, slot.starts_at, at) for actor in actors):
        return False
    clinicians = [actor.pk for actor in actors if actor.kind == ActorKind.CLINICIAN]
    if clinicians:
        return _clinically(clinicians, slot, visit_type)
    return visit_type.modality == Modality.IN_PERSON and all(actor.chair.location.bookable_here for actor in actors)


def _offers(actor: Actor, starts_at: datetime, at: datetime) -> bool:
    schedule = actor.schedule
    earliest = at + timedelta(minutes=schedule.notice_minutes)
    return earliest <= starts_at < min(at + timedelta(days=schedule.horizon_days), schedule.open_until)


def _clinically(actors: list[int], slot: Slot, visit_type: VisitType) -> bool:
    """Return whether every clinician of the slot passes the same judgement as in a search, whatever the language."""
    criteria = Criteria(slot.state, "", slot.starts_at, slot.starts_at, slot.zone)
    judged = _judge(criteria, visit_type, only=actors)
    return len(judged.actors) == len(actors)


def _visit_types(criteria: Criteria) -> list[VisitType]:
    wanted = VisitType.objects.filter(active=True)
    if criteria.visit_type:
        return list(wanted.filter(code=criteria.visit_type))
    wanted = wanted.filter(specialty=criteria.specialty or DEFAULT_SPECIALTY, care=criteria.care or Care.CLINICAL)
    if criteria.modality:
        wanted = wanted.filter(modality=criteria.modality)
    return sorted(
        wanted, key=lambda kind: [Modality.VIDEO, Modality.PHONE, Modality.IN_PERSON].index(Modality(kind.modality))
    )


# --- clinicians ------------------------------------------------------------------------------------------------------

# Each clinician is judged once; the first reason against them is the one that counts. A licence that lapses before
# `since` is none; one that lapses between then and the visit is caught where the start is known (_LICENSED_THEN).
_JUDGED = """
SELECT c.actor_id, s.notice_minutes, s.horizon_days, l.expires_on,
  CASE WHEN NOT c.specialties @> ARRAY[%(specialty)s]::varchar[] THEN 'specialty'
       WHEN NOT c.modalities @> ARRAY[%(modality)s]::varchar[] THEN 'modality'
       WHEN %(licensed)s AND l.id IS NULL THEN 'no_licence'
       WHEN %(language)s <> '' AND NOT c.languages @> ARRAY[%(language)s]::varchar[] THEN 'language'
       WHEN %(age)s::int IS NOT NULL AND %(age)s NOT BETWEEN c.min_age AND c.max_age THEN 'age'
  END AS refusal
FROM scheduling_clinician c
JOIN scheduling_schedule s ON s.actor_id = c.actor_id
LEFT JOIN scheduling_licence l ON l.clinician_id = c.id AND l.country = 'US' AND l.state = %(state)s
  AND l.verified_at IS NOT NULL AND l.expires_on > (%(since)s AT TIME ZONE %(zone)s)::date
WHERE c.status = 'approved' AND (%(only)s::bigint[] IS NULL OR c.actor_id = ANY(%(only)s))
"""
_LICENSED_THEN = "(NOT %(licensed)s OR j.expires_on > (o.starts_at AT TIME ZONE %(zone)s)::date)"
_BOUNDS = """
  o.starts_at >= greatest(%(since)s, %(at)s + j.notice_minutes * interval '1 minute')
  AND o.starts_at < least(%(until)s, %(at)s + j.horizon_days * interval '1 day') AND o.free_minutes >= %(minutes)s
"""
# Of those who can at the same instant, not always the same one first.
_ORDER = "ORDER BY o.starts_at, (o.actor_id * 7919 + extract(epoch FROM o.starts_at)::bigint / 60) %% 9973, o.actor_id"

_COUNT = f"""
WITH judged AS MATERIALIZED ({_JUDGED})
SELECT refusal, count(*), CASE WHEN refusal IS NULL THEN (array_agg(actor_id))[1:{FEW + 1}] END
FROM judged GROUP BY refusal
"""
_EACH = f"""
SELECT o.actor_id, o.starts_at FROM ({_JUDGED}) j
CROSS JOIN LATERAL (
  SELECT o.actor_id, o.starts_at FROM scheduling_openstart o
  WHERE o.actor_id = j.actor_id AND {_BOUNDS} AND {_LICENSED_THEN} ORDER BY o.starts_at LIMIT %(each)s
) o
WHERE j.refusal IS NULL {_ORDER} LIMIT %(limit)s
"""
_WALK = f"""
WITH j AS MATERIALIZED (SELECT * FROM ({_JUDGED}) judged WHERE refusal IS NULL)
SELECT o.actor_id, o.starts_at FROM scheduling_openstart o JOIN j ON j.actor_id = o.actor_id
WHERE {_BOUNDS} AND o.starts_at >= %(at)s AND o.starts_at < %(window)s AND {_LICENSED_THEN} {_ORDER} LIMIT %(limit)s
"""


def _clinicians(
    criteria: Criteria, visit_type: VisitType, at: datetime, each: int
) -> tuple[list[Found], list[Refused]]:
    judged = _judge(criteria, visit_type)
    known = _parameters(criteria, visit_type) | {"at": at, "each": each}
    if judged.many:
        rows = _walk(known, criteria)
    else:
        rows = _query(_EACH, known | {"only": judged.actors}) if judged.actors else []
    refusals = judged.refusals
    if not judged.many:
        refusals = _with_no_time(refusals, judged, rows, criteria.limit)
    return _with_people(rows, criteria, visit_type), refusals


def _judge(criteria: Criteria, visit_type: VisitType, only: list[int] | None = None) -> _Judged:
    actors: list[int] = []
    refusals: dict[str, int] = {}
    for refusal, count, fitting in _query(_COUNT, _parameters(criteria, visit_type) | {"only": only}):
        if refusal is None:
            actors = fitting
        else:
            refusals[refusal] = count
    ordered = [Refused(reason, refusals[reason]) for reason in Reason if reason in refusals]
    return _Judged(actors, len(actors) > FEW, ordered)


def _walk(known: dict[str, Any], criteria: Criteria) -> list[Any]:
    """Return the first times in the order of time, looking no further than needed.

    Each clinician's times limited after.
    """
    rows: list[Any] = []
    for window in WINDOWS:
        rows = _query(_WALK, known | {"window": max(criteria.since, known["at"]) + window})
        if len(rows) >= criteria.limit:
            break
    return rows


def _with_no_time(refusals: list[Refused], judged: _Judged, rows: Iterable[Any], limit: int) -> list[Refused]:
    """Add those who fit but have nothing open; known only if the list of times was not cut short."""
    seen = list(rows)
    without = len(judged.actors) - len({actor for actor, _ in seen})
    if without > 0 and len(seen) < limit:
        return [*refusals, Refused(Reason.NO_OPEN_TIME, without)]
    return refusals


def _with_people(rows: Iterable[Any], criteria: Criteria, visit_type: VisitType) -> list[Found]:
    rows = list(rows)
    people = Clinician.objects.filter(actor__in={actor for actor, _ in rows})
    known = {one.actor_id: one for one in people.select_related("actor", "user__data_key")} if rows else {}
    return [
        _found(starts_at, known[actor].actor, criteria, visit_type, clinician=known[actor]) for actor, starts_at in rows
    ]


def _found(starts_at: datetime, actor: Actor, criteria: Criteria, visit_type: VisitType, **whom: Any) -> Found:
    slot = Slot(starts_at, visit_type.uuid, (actor.uuid,), criteria.state, criteria.zone)
    return Found(slot, starts_at + timedelta(minutes=visit_type.minutes), visit_type, **whom)


def _parameters(criteria: Criteria, visit_type: VisitType) -> dict[str, Any]:
    return {
        "state": criteria.state,
        "language": criteria.language,
        "specialty": visit_type.specialty,
        "modality": visit_type.modality,
        "licensed": visit_type.care == Care.CLINICAL,
        "age": criteria.age,
        "minutes": visit_type.minutes,
        "since": criteria.since,
        "until": criteria.until,
        "zone": criteria.zone,
        "limit": criteria.limit,
        "only": None,
    }


# --- clinics ---------------------------------------------------------------------------------------------------------

_CLINICS = """
SELECT l.id, o.starts_at, min(a.id), count(*)
FROM scheduling_openstart o
JOIN scheduling_chair h ON h.actor_id = o.actor_id
JOIN scheduling_actor a ON a.id = o.actor_id
JOIN scheduling_schedule j ON j.actor_id = o.actor_id
JOIN scheduling_location l ON l.id = h.location_id
WHERE l.bookable_here AND l.state = %(state)s AND l.specialties @> ARRAY[%(specialty)s]::varchar[]
  AND (%(language)s = '' OR l.languages @> ARRAY[%(language)s]::varchar[])
  AND o.starts_at >= greatest(%(since)s, %(at)s + j.notice_minutes * interval '1 minute')
  AND o.starts_at < least(%(until)s, %(at)s + j.horizon_days * interval '1 day') AND o.free_minutes >= %(minutes)s
GROUP BY l.id, o.starts_at ORDER BY o.starts_at LIMIT %(limit)s
"""


def _clinics(criteria: Criteria, visit_type: VisitType, at: datetime) -> list[Found]:
    rows = _query(_CLINICS, _parameters(criteria, visit_type) | {"at": at})
    if not rows:
        return []
    places = Location.objects.in_bulk([row[0] for row in rows])
    chairs = Actor.objects.in_bulk([row[2] for row in rows])
    return [
        _found(starts_at, chairs[chair], criteria, visit_type, location=places[place], places=count)
        for place, starts_at, chair, count in rows
    ]


def _query(sql: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
        return rows
