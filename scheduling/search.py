"""Who has an open time for this person, across everybody; and why the others do not.

Note [Two ways to the first times]. One pass judges every approved clinician. Few fit (up to a thousand): the first time
of each is looked up, and then the times of those who are soonest. Many fit: the open starts are walked in the order of
time until there are enough, which is soon. Either way the cost does not grow with how busy the calendars are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from scheduling import bridges, eligibility, matching, sql
from scheduling.access import Viewer
from scheduling.bridges import Bridged
from scheduling.eligibility import BOUNDS, CLINICIAN, FAIR, IN_TIME, REFUSAL, Judged
from scheduling.matching import Criteria, Reason, Refused
from scheduling.models import (
    Appointment,
    Care,
    Clinician,
    Interpreter,
    Location,
    Modality,
    Participant,
    ParticipantRole,
    VisitType,
)
from scheduling.slots import Slot

DEFAULT_SPECIALTY = "family"
FAR = 100  # miles: further than that nobody is sent, if it was said where they are


@dataclass(frozen=True)
class Found:
    """One open time: its slot, until when it lasts, with whom or where.

    Interpreters from the patient's side on: none, one, or two in a relay. `known` if the patient saw the clinician
    last; `miles` to the clinic if it was said where the patient is.
    """

    slot: Slot
    ends_at: datetime
    visit_type: VisitType
    clinician: Clinician | None = None
    interpreters: tuple[Interpreter, ...] = ()
    location: Location | None = None
    places: int = 1
    miles: float | None = None
    known: bool = False

    @property
    def across(self) -> list[tuple[Interpreter, tuple[str, str]]]:
        """Return each interpreter with the two languages between which they go."""
        spoken = [one.languages for one in self.interpreters]
        speaks = self.clinician.languages if self.clinician else []
        pairs = matching.links(matching.tongues(self.slot.language), spoken, speaks) if spoken else None
        return list(zip(self.interpreters, pairs or [], strict=False))


@dataclass(frozen=True)
class Results:
    """Open times in order, and how many clinicians were left out for each reason."""

    found: list[Found]
    refusals: list[Refused] = field(default_factory=list)


def find(criteria: Criteria, *, at: datetime, each: int = 0) -> Results:
    """Return the first open times that fit, soonest first; for what decides within one hour see `_rank`.

    Six queries at most; if interpreters are needed, a few more for each week looked through. Nothing is written.
    With `each`, no clinician appears with more than so many times.
    """
    types = _visit_types(criteria)
    remote = next((kind for kind in types if kind.modality != Modality.IN_PERSON), None)
    in_person = next((kind for kind in types if kind.modality == Modality.IN_PERSON), None)
    found: list[Found] = []
    refusals: list[Refused] = []
    if remote:
        found, refusals = _clinicians(criteria, remote, at, each or criteria.limit)
        found += _of_last(criteria, remote, at, found)
    if in_person and criteria.clinician is None:
        found += _clinics(criteria, in_person, at)
    found.sort(key=partial(_rank, unknown=FAR if criteria.near else 0))
    return Results(found[: criteria.limit], refusals)


def _rank(one: Found, unknown: float) -> tuple[Any, ...]:
    """Return what decides the order: the hour; within it whom the patient knows, who speaks the language, what is near.

    Then the minute; of equals, sorting keeps the order in which whoever has given less lately is first.
    """
    starts_at = one.slot.starts_at
    far = one.miles if one.miles is not None else unknown if one.location else 0
    return (_hour(starts_at), not one.known, len(one.interpreters), far, starts_at)


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _of_last(criteria: Criteria, visit_type: VisitType, at: datetime, found: Sequence[Found]) -> list[Found]:
    """Return the times of the patient's last clinician that come as soon as others do, if a full list left them out."""
    if criteria.last_clinician is None or criteria.clinician or any(one.known for one in found) or not found:
        return []
    until = min(criteria.until, _hour(max(one.slot.starts_at for one in found)) + timedelta(hours=1))
    theirs = replace(criteria, clinician=criteria.last_clinician, until=until)
    return _clinicians(theirs, visit_type, at, 2)[0] if len(found) >= criteria.limit else []


def last_clinician(who: Viewer) -> UUID | None:
    """Return whom those for whom somebody speaks saw last; None if nobody, and no query for who is not signed in."""
    found = sql.rows(_LAST, [who.user.pk]) if who.user else []
    return found[0][0] if found else None


_LAST = """
SELECT c.uuid FROM scheduling_representative r JOIN scheduling_appointment a ON a.patient_id = r.patient_id
JOIN scheduling_participant p ON p.appointment_id = a.id JOIN scheduling_clinician c ON c.actor_id = p.actor_id
WHERE r.user_id = %s AND r.until IS NULL AND a.status IN ('checked-in', 'fulfilled') ORDER BY a.starts_at DESC LIMIT 1
"""


def like(slot: Slot, *, limit: int, at: datetime) -> list[Found]:
    """Return open times of the same kind as a slot, for whoever missed it.

    Those nearest to it with the same people; if these are too few, the next with anybody else.
    """
    visit_type = sql.first(VisitType, "WHERE x.uuid = %s AND x.active", [slot.visit_type])
    if visit_type is None:
        return []
    since = max(at, slot.starts_at - timedelta(hours=12))
    until = since + timedelta(days=28)
    wanted = Criteria(slot.state, slot.language, since, until, slot.zone, visit_type=visit_type.code, limit=limit * 8)
    clinician, clinic = _whose(slot)
    found = find(replace(wanted, clinician=clinician), at=at).found if clinician else []
    if len(found) < limit:
        found += [one for one in find(wanted, at=at).found if not clinician or not _with_same(one, slot, clinic)]
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
    """Return whether an open time is with the slot's clinician, whoever interprets; or at its clinic, any chair."""
    return one.slot.actors[0] == slot.actors[0] or (one.location is not None and one.location.pk == clinic)


def slot_of(appointment: Appointment) -> Slot:
    """Return the slot a held appointment came from, to look for it, or one like it, again."""
    others = [part for part in appointment.participants.all() if part.role != ParticipantRole.PATIENT]
    own = set(matching.tongues(appointment.language))
    others.sort(key=lambda part: _place(part, own))
    return Slot(
        appointment.starts_at,
        appointment.visit_type.uuid,
        tuple(part.actor.uuid for part in others if part.actor),
        appointment.patient_state,
        appointment.zone,
        appointment.language,
    )


def _place(part: Participant, own: set[str]) -> int:
    """Return where somebody stands in a slot: the host, then interpreters from the patient's side on."""
    if part.role != ParticipantRole.INTERPRETER or part.actor is None:
        return 0
    return 1 if own & set(part.actor.interpreter.languages) else 2


def _visit_types(criteria: Criteria) -> list[VisitType]:
    wanted = VisitType.objects.filter(active=True, places=1)  # places of a session are taken at the session
    if criteria.visit_type:
        return list(wanted.filter(code=criteria.visit_type))
    wanted = wanted.filter(specialty=criteria.specialty or DEFAULT_SPECIALTY, care=criteria.care or Care.CLINICAL)
    if criteria.modality:
        wanted = wanted.filter(modality=criteria.modality)
    return sorted(
        wanted, key=lambda kind: [Modality.VIDEO, Modality.PHONE, Modality.IN_PERSON].index(Modality(kind.modality))
    )


# --- clinicians ------------------------------------------------------------------------------------------------------

# The first times of all are among the times of those whose own first time is soonest.
_EACH = f"""
WITH fitting AS MATERIALIZED (
  SELECT c.actor_id, s.notice_minutes, s.horizon_days, s.given_minutes, l.expires_on
  FROM {CLINICIAN} JOIN scheduling_schedule s ON s.actor_id = c.actor_id WHERE c.actor_id = ANY(%(only)s)
), soonest AS (
  SELECT f.* FROM fitting f CROSS JOIN LATERAL (
    SELECT o.actor_id, o.starts_at, s.given_minutes FROM scheduling_openstart o, (SELECT f.*) l, (SELECT f.*) s
    WHERE o.actor_id = f.actor_id AND {BOUNDS} ORDER BY o.starts_at LIMIT 1
  ) o ORDER BY {FAIR} LIMIT %(limit)s
)
SELECT o.actor_id, o.starts_at FROM soonest f CROSS JOIN LATERAL (
  SELECT o.actor_id, o.starts_at, s.given_minutes FROM scheduling_openstart o, (SELECT f.*) l, (SELECT f.*) s
  WHERE o.actor_id = f.actor_id AND {BOUNDS} ORDER BY o.starts_at LIMIT %(each)s
) o ORDER BY {FAIR} LIMIT %(limit)s
"""
# OFFSET 0 keeps the judgement inside the walk: it stops as soon as enough times are found.
_WALK = f"""
SELECT o.actor_id, o.starts_at FROM (
  SELECT o.actor_id, o.starts_at, fits.given_minutes FROM scheduling_openstart o CROSS JOIN LATERAL (
    SELECT s.given_minutes FROM {CLINICIAN} JOIN scheduling_schedule s ON s.actor_id = c.actor_id
    WHERE c.actor_id = o.actor_id AND c.status = 'approved' AND {REFUSAL} IS NULL AND {BOUNDS} OFFSET 0
  ) fits
  WHERE o.starts_at >= greatest(%(since)s, %(at)s) AND o.starts_at < %(until)s AND o.free_minutes >= %(minutes)s
  ORDER BY o.starts_at FETCH FIRST %(limit)s ROWS WITH TIES
) o ORDER BY {FAIR} LIMIT %(limit)s
"""


def _clinicians(
    criteria: Criteria, visit_type: VisitType, at: datetime, each: int
) -> tuple[list[Found], list[Refused]]:
    judged = eligibility.judge(criteria, visit_type)
    known = eligibility.parameters(criteria, visit_type) | {"at": at, "each": each, "only": judged.actors}
    rows = sql.rows(_WALK if judged.many else _EACH, known) if judged.actors else []
    rows = _no_more_of(rows, each)  # the walk does not count
    across = _no_more_of(bridges.find(criteria, judged, known, rows), each) if judged.unheard else []
    refusals = _with_no_time(judged, rows, across, known)
    return _with_people(
        [*(Bridged(actor, starts_at, ()) for actor, starts_at in rows), *across], criteria, visit_type
    ), refusals


def _no_more_of(rows: Iterable[Any], each: int) -> list[Any]:
    """Leave out the times of an actor beyond so many."""
    seen: Counter[int] = Counter()
    kept = []
    for row in rows:
        seen[row[0]] += 1
        if seen[row[0]] <= each:
            kept.append(row)
    return kept


def _with_no_time(judged: Judged, rows: Sequence[Any], across: Sequence[Any], known: dict[str, Any]) -> list[Refused]:
    """Add those who fit but have nothing open; known only if the list of times was not cut short."""
    refusals = dict(judged.refusals)
    if len(rows) + len(across) < known["limit"]:
        alone = 0 if judged.many else len(judged.actors) - _people(rows)
        apart = sum(group.count for group in judged.unheard) - _people(across)
        idle = _idle(judged, known) if apart else 0
        refusals |= {Reason.NO_OPEN_TIME: alone + idle, Reason.NO_INTERPRETER: apart - idle}
    return [Refused(reason, refusals[reason]) for reason in Reason if refusals.get(reason)]


def _people(rows: Iterable[Any]) -> int:
    return len({row[0] for row in rows})


def _idle(judged: Judged, known: dict[str, Any]) -> int:
    """Return how many of those who need an interpreter have nothing open themselves."""
    actors = [actor for group in judged.unheard for actor in group.actors]
    [(idle,)] = sql.rows(_IDLE, known | {"only": actors})
    return int(idle)


_IDLE = f"""
SELECT count(*) FROM {CLINICIAN} JOIN scheduling_schedule s ON s.actor_id = c.actor_id
WHERE c.actor_id = ANY(%(only)s) AND NOT EXISTS (
  SELECT FROM scheduling_openstart o WHERE o.actor_id = c.actor_id AND {BOUNDS}
)
"""


def _with_people(rows: Sequence[Bridged], criteria: Criteria, visit_type: VisitType) -> list[Found]:
    clinicians = _known(Clinician, {row.actor for row in rows})
    voices = _known(Interpreter, {voice for row in rows for voice in row.voices})
    return [
        _found(
            row.starts_at,
            [clinicians[row.actor].actor.uuid, *(voices[voice].actor.uuid for voice in row.voices)],
            criteria,
            visit_type,
            clinician=clinicians[row.actor],
            interpreters=tuple(voices[voice] for voice in row.voices),
            known=clinicians[row.actor].uuid == criteria.last_clinician,
        )
        for row in rows
    ]


def _known(model: Any, actors: set[int]) -> dict[int, Any]:
    """Return clinicians or interpreters by their actors; no query for nobody."""
    people = model.objects.filter(actor__in=actors).select_related("actor", "user__data_key") if actors else ()
    return {one.actor_id: one for one in people}


def _found(
    starts_at: datetime, actors: Iterable[UUID], criteria: Criteria, visit_type: VisitType, **whom: Any
) -> Found:
    slot = Slot(starts_at, visit_type.uuid, tuple(actors), criteria.state, criteria.zone, criteria.language)
    return Found(slot, starts_at + timedelta(minutes=visit_type.minutes), visit_type, **whom)


# --- clinics ---------------------------------------------------------------------------------------------------------

# The great circle between two places, in miles.
_MILES = """
  2 * 3959 * asin(sqrt(
    sin(radians(p.latitude - %(latitude)s::float) / 2) ^ 2
    + cos(radians(p.latitude)) * cos(radians(%(latitude)s::float))
      * sin(radians(p.longitude - %(longitude)s::float) / 2) ^ 2))
"""
_CLINICS = f"""
SELECT p.id, o.starts_at, min(a.uuid::text), count(*), p.miles
FROM (SELECT p.*, {_MILES} AS miles FROM scheduling_location p WHERE p.bookable_here AND p.state = %(state)s OFFSET 0) p
JOIN scheduling_chair h ON h.location_id = p.id
JOIN scheduling_actor a ON a.id = h.actor_id
JOIN scheduling_schedule s ON s.actor_id = h.actor_id
CROSS JOIN LATERAL (
  SELECT o.starts_at FROM scheduling_openstart o
  WHERE o.actor_id = h.actor_id AND {IN_TIME}
  ORDER BY o.starts_at LIMIT %(limit)s
) o
WHERE %(specialty)s = ANY(p.specialties) AND (p.miles IS NULL OR p.miles <= {FAR})
  AND (cardinality(%(tongues)s::varchar[]) = 0 OR p.languages && %(tongues)s::varchar[])
GROUP BY p.id, p.miles, o.starts_at
ORDER BY date_trunc('hour', o.starts_at), p.miles, o.starts_at, p.id LIMIT %(limit)s
"""


def _clinics(criteria: Criteria, visit_type: VisitType, at: datetime) -> list[Found]:
    rows = sql.rows(_CLINICS, eligibility.parameters(criteria, visit_type) | {"at": at})
    places = Location.objects.in_bulk([row[0] for row in rows]) if rows else {}
    return [
        _found(starts_at, [UUID(chair)], criteria, visit_type, location=places[place], places=count, miles=miles)
        for place, starts_at, chair, count, miles in rows
    ]
