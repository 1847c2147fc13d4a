"""Who has an open time for this person, across everybody; and why the others do not.

Note [Two ways to the first times]. One pass judges every approved clinician. Few fit (up to a thousand): the first time
of each is looked up, and then the times of those who are soonest. Many fit: the open starts are walked in the order of
time until there are enough, which is soon. Either way the cost does not grow with how busy the calendars are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from scheduling import sql
from scheduling.matching import Criteria, Reason, Refused
from scheduling.models import (
    ActorKind,
    Appointment,
    Care,
    Clinician,
    Location,
    Modality,
    ParticipantRole,
    Schedule,
    VisitType,
)
from scheduling.open_starts import Offer
from scheduling.slots import Slot

FEW = 1000
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
    if in_person and criteria.clinician is None:
        found += _clinics(criteria, in_person, at)
    found.sort(key=lambda one: one.slot.starts_at)
    return Results(found[: criteria.limit], refusals)


def like(slot: Slot, *, limit: int, at: datetime) -> list[Found]:
    """Return open times of the same kind as a slot, for whoever missed it.

    Those nearest to it with the same people; if these are too few, the next with anybody else.
    """
    visit_type = sql.first(VisitType, "WHERE x.uuid = %s AND x.active", [slot.visit_type])
    if visit_type is None:
        return []
    since = max(at, slot.starts_at - timedelta(hours=12))
    wanted = Criteria(
        slot.state, "", since, since + timedelta(days=28), slot.zone, visit_type=visit_type.code, limit=limit * 8
    )
    clinician, clinic = _whose(slot)
    found = find(replace(wanted, clinician=clinician), at=at).found if clinician else []
    if len(found) < limit:
        found += [one for one in find(wanted, at=at).found if one.slot.actors != slot.actors or not clinician]
    found.sort(key=lambda one: (not _with_same(one, slot, clinic), abs(one.slot.starts_at - slot.starts_at)))
    return sorted(found[:limit], key=lambda one: one.slot.starts_at)


def _whose(slot: Slot) -> tuple[UUID | None, int | None]:
    """Return the clinician of a slot, or the clinic of which it takes a chair."""
    found = sql.rows(_WHOSE, [list(slot.actors)])
    return next((one for one, _ in found if one), None), next((one for _, one in found if one), None)


_WHOSE = """
SELECT c.uuid, h.location_id FROM scheduling_actor a
LEFT JOIN scheduling_clinician c ON c.actor_id = a.id LEFT JOIN scheduling_chair h ON h.actor_id = a.id
WHERE a.uuid = ANY(%s)
"""


def _with_same(one: Found, slot: Slot, clinic: int | None) -> bool:
    """Return whether an open time is with the people of the slot; at a clinic one chair is as good as another."""
    return one.slot.actors == slot.actors or (one.location is not None and one.location.pk == clinic)


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


def may_see(offers: Sequence[Offer], slot: Slot, visit_type: VisitType, *, at: datetime) -> bool:
    """Return whether the actors of a slot may give such a visit there and then.

    Approved, licensed, within notice and horizon.
    """
    if len(offers) != len(slot.actors) or not all(_in_time(offer.schedule, slot.starts_at, at) for offer in offers):
        return False
    clinicians = [offer.schedule.actor_id for offer in offers if offer.kind == ActorKind.CLINICIAN]
    if clinicians:
        return _clinically(clinicians, slot, visit_type)
    chairs = [offer for offer in offers if offer.kind == ActorKind.CHAIR]
    return bool(chairs) and visit_type.modality == Modality.IN_PERSON and all(chair.bookable for chair in chairs)


def _in_time(schedule: Schedule, starts_at: datetime, at: datetime) -> bool:
    """Return whether a start is neither too soon nor too far for the schedule's notice and horizon."""
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
# `since` is none; one that lapses between then and the visit is caught where the start is known (_BOUNDS).
_REFUSAL = """
  CASE WHEN NOT %(specialty)s = ANY(c.specialties) THEN 'specialty'
       WHEN NOT %(modality)s = ANY(c.modalities) THEN 'modality'
       WHEN %(licensed)s AND l.id IS NULL THEN 'no_licence'
       WHEN %(language)s <> '' AND NOT %(language)s = ANY(c.languages) THEN 'language'
       WHEN %(age)s::int IS NOT NULL AND %(age)s NOT BETWEEN c.min_age AND c.max_age THEN 'age'
  END
"""
_CLINICIAN = """
  scheduling_clinician c LEFT JOIN scheduling_licence l ON l.clinician_id = c.id AND l.country = 'US'
    AND l.state = %(state)s AND l.verified_at IS NOT NULL AND l.expires_on > (%(since)s AT TIME ZONE %(zone)s)::date
"""
# A start that its rule keeps for something is for that only. Few have a rule, so that few pay for the question.
ALLOWED = """
  (o.rule_id IS NULL OR EXISTS (
    SELECT 1 FROM scheduling_availabilityrule r WHERE r.id = o.rule_id
      AND (r.visit_types = '{}' OR %(visit_type)s = ANY(r.visit_types))
      AND (NOT r.urgent OR %(urgent)s OR o.starts_at <= %(at)s + r.release_hours * interval '1 hour')))
"""
_BOUNDS = f"""
  {ALLOWED} AND o.free_minutes >= %(minutes)s
  AND (NOT %(licensed)s OR l.expires_on > (o.starts_at AT TIME ZONE %(zone)s)::date)
  AND o.starts_at >= greatest(%(since)s, %(at)s + s.notice_minutes * interval '1 minute')
  AND o.starts_at < least(%(until)s, %(at)s + s.horizon_days * interval '1 day')
"""
# Of those who can at the same instant, not always the same one first.
_FAIR = "o.starts_at, (o.actor_id * 7919 + extract(epoch FROM o.starts_at)::bigint / 60) %% 9973, o.actor_id"

_COUNT = f"""
SELECT refusal, count(*), (array_agg(actor_id))[1:{FEW + 1}]
FROM (
  SELECT {_REFUSAL} AS refusal, c.actor_id FROM {_CLINICIAN} WHERE c.status = 'approved' AND {{among}} OFFSET 0
) judged
GROUP BY refusal
"""
# Three statements, because one that tests at every row whether it is limited takes three times as long.
_COUNT_ALL = _COUNT.format(among="true")
_COUNT_ONE = _COUNT.format(among="c.uuid = %(clinician)s")
_COUNT_ONLY = _COUNT.format(among="c.actor_id = ANY(%(only)s)")
# The first times of all are among the times of those whose own first time is soonest.
_EACH = f"""
WITH fitting AS MATERIALIZED (
  SELECT c.actor_id, s.notice_minutes, s.horizon_days, l.expires_on
  FROM {_CLINICIAN} JOIN scheduling_schedule s ON s.actor_id = c.actor_id WHERE c.actor_id = ANY(%(only)s)
), soonest AS (
  SELECT f.* FROM fitting f CROSS JOIN LATERAL (
    SELECT o.actor_id, o.starts_at FROM scheduling_openstart o, (SELECT f.*) l, (SELECT f.*) s
    WHERE o.actor_id = f.actor_id AND {_BOUNDS} ORDER BY o.starts_at LIMIT 1
  ) o ORDER BY {_FAIR} LIMIT %(limit)s
)
SELECT o.actor_id, o.starts_at FROM soonest f CROSS JOIN LATERAL (
  SELECT o.actor_id, o.starts_at FROM scheduling_openstart o, (SELECT f.*) l, (SELECT f.*) s
  WHERE o.actor_id = f.actor_id AND {_BOUNDS} ORDER BY o.starts_at LIMIT %(each)s
) o ORDER BY {_FAIR} LIMIT %(limit)s
"""
# OFFSET 0 keeps the judgement inside the walk: it stops as soon as enough times are found.
_WALK = f"""
SELECT o.actor_id, o.starts_at FROM (
  SELECT o.actor_id, o.starts_at FROM scheduling_openstart o CROSS JOIN LATERAL (
    SELECT 1 FROM {_CLINICIAN} JOIN scheduling_schedule s ON s.actor_id = c.actor_id
    WHERE c.actor_id = o.actor_id AND c.status = 'approved' AND {_REFUSAL} IS NULL AND {_BOUNDS} OFFSET 0
  ) fits
  WHERE o.starts_at >= greatest(%(since)s, %(at)s) AND o.starts_at < %(until)s AND o.free_minutes >= %(minutes)s
  ORDER BY o.starts_at FETCH FIRST %(limit)s ROWS WITH TIES
) o ORDER BY {_FAIR} LIMIT %(limit)s
"""


def _clinicians(
    criteria: Criteria, visit_type: VisitType, at: datetime, each: int
) -> tuple[list[Found], list[Refused]]:
    judged = _judge(criteria, visit_type)
    known = _parameters(criteria, visit_type) | {"at": at, "each": each, "only": judged.actors}
    rows = sql.rows(_WALK if judged.many else _EACH, known) if judged.actors else []
    rows = _no_more_of(rows, each)  # the walk does not count
    refusals = judged.refusals if judged.many else _with_no_time(judged, rows, criteria.limit)
    return _with_people(rows, criteria, visit_type), refusals


def _no_more_of(rows: list[Any], each: int) -> list[Any]:
    """Leave out the times of an actor beyond so many."""
    seen: Counter[int] = Counter()
    kept = []
    for actor, starts_at in rows:
        seen[actor] += 1
        if seen[actor] <= each:
            kept.append((actor, starts_at))
    return kept


def _judge(criteria: Criteria, visit_type: VisitType, only: list[int] | None = None) -> _Judged:
    actors: list[int] = []
    refusals: dict[str, int] = {}
    statement = _COUNT_ONLY if only is not None else _COUNT_ONE if criteria.clinician else _COUNT_ALL
    for refusal, count, those in sql.rows(statement, _parameters(criteria, visit_type) | {"only": only}):
        if refusal is None:
            actors = those
        else:
            refusals[refusal] = count
    ordered = [Refused(reason, refusals[reason]) for reason in Reason if reason in refusals]
    return _Judged(actors, len(actors) > FEW, ordered)


def _with_no_time(judged: _Judged, rows: list[Any], limit: int) -> list[Refused]:
    """Add those who fit but have nothing open; known only if the list of times was not cut short."""
    without = len(judged.actors) - len({actor for actor, _ in rows})
    if without > 0 and len(rows) < limit:
        return [*judged.refusals, Refused(Reason.NO_OPEN_TIME, without)]
    return judged.refusals


def _with_people(rows: list[Any], criteria: Criteria, visit_type: VisitType) -> list[Found]:
    people = Clinician.objects.filter(actor__in={actor for actor, _ in rows})
    known = {one.actor_id: one for one in people.select_related("actor", "user__data_key")} if rows else {}
    return [
        _found(starts_at, known[actor].actor.uuid, criteria, visit_type, clinician=known[actor])
        for actor, starts_at in rows
    ]


def _found(starts_at: datetime, actor: UUID, criteria: Criteria, visit_type: VisitType, **whom: Any) -> Found:
    slot = Slot(starts_at, visit_type.uuid, (actor,), criteria.state, criteria.zone)
    return Found(slot, starts_at + timedelta(minutes=visit_type.minutes), visit_type, **whom)


def _parameters(criteria: Criteria, visit_type: VisitType) -> dict[str, Any]:
    return {
        "visit_type": visit_type.code,
        "urgent": criteria.urgent,
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
        "clinician": criteria.clinician,
        "only": None,
    }


# --- clinics ---------------------------------------------------------------------------------------------------------

_CLINICS = f"""
SELECT h.location_id, o.starts_at, min(a.uuid::text), count(*)
FROM scheduling_location p
JOIN scheduling_chair h ON h.location_id = p.id
JOIN scheduling_actor a ON a.id = h.actor_id
JOIN scheduling_schedule s ON s.actor_id = h.actor_id
CROSS JOIN LATERAL (
  SELECT o.starts_at FROM scheduling_openstart o
  WHERE o.actor_id = h.actor_id AND {ALLOWED} AND o.free_minutes >= %(minutes)s
    AND o.starts_at >= greatest(%(since)s, %(at)s + s.notice_minutes * interval '1 minute')
    AND o.starts_at < least(%(until)s, %(at)s + s.horizon_days * interval '1 day')
  ORDER BY o.starts_at LIMIT %(limit)s
) o
WHERE p.bookable_here AND p.state = %(state)s AND %(specialty)s = ANY(p.specialties)
  AND (%(language)s = '' OR %(language)s = ANY(p.languages))
GROUP BY h.location_id, o.starts_at ORDER BY o.starts_at, h.location_id LIMIT %(limit)s
"""


def _clinics(criteria: Criteria, visit_type: VisitType, at: datetime) -> list[Found]:
    rows = sql.rows(_CLINICS, _parameters(criteria, visit_type) | {"at": at})
    places = Location.objects.in_bulk([row[0] for row in rows]) if rows else {}
    return [
        _found(starts_at, UUID(chair), criteria, visit_type, location=places[place], places=count)
        for place, starts_at, chair, count in rows
    ]
