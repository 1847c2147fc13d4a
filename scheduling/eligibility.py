"""Who may see this person: every approved clinician judged at once, and the interpreters who could stand between.

The pieces of SQL are shared by every statement that looks for times, so that all of them judge alike.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scheduling import freshness, matching, sql
from scheduling.matching import Criteria, Reason
from scheduling.models import ActorKind, Care, Modality, Schedule, VisitType
from scheduling.open_starts import Offer
from scheduling.slots import Slot

FEW = 1000

# Each clinician is judged once; the first reason against them is the one that counts. A licence that lapses before
# `since` is none; one that lapses between then and the visit is caught where the start is known (BOUNDS).
OF_AGE = "(%(age)s::int IS NULL OR %(age)s BETWEEN c.min_age AND c.max_age)"
HEARD = "(cardinality(%(tongues)s::varchar[]) = 0 OR c.languages && %(tongues)s::varchar[])"
REFUSAL = f"""
  CASE WHEN NOT %(specialty)s = ANY(c.specialties) THEN 'specialty'
       WHEN NOT %(modality)s = ANY(c.modalities) THEN 'modality'
       WHEN %(licensed)s AND l.id IS NULL THEN 'no_licence'
       WHEN NOT {HEARD} THEN 'language'
       WHEN NOT {OF_AGE} THEN 'age'
  END
"""
CLINICIAN = """
  scheduling_clinician c LEFT JOIN scheduling_licence l ON l.clinician_id = c.id AND l.country = 'US'
    AND l.state = %(state)s AND l.verified_at IS NOT NULL AND l.expires_on > (%(since)s AT TIME ZONE %(zone)s)::date
"""
# A start that its rule keeps for something is for that only. Few have a rule, so that few pay for the question.
_ALLOWED = """
  (o.rule_id IS NULL OR EXISTS (
    SELECT 1 FROM scheduling_availabilityrule r WHERE r.id = o.rule_id
      AND (r.visit_types = '{}' OR %(visit_type)s = ANY(r.visit_types))
      AND (NOT r.urgent OR %(urgent)s OR o.starts_at <= %(at)s + r.release_hours * interval '1 hour')))
"""
# What an open start `o` of anybody must be, by their schedule `s`.
IN_TIME = f"""
  {_ALLOWED} AND o.free_minutes >= %(minutes)s
  AND o.starts_at >= greatest(%(since)s, %(at)s + s.notice_minutes * interval '1 minute')
  AND o.starts_at < least(%(until)s, %(at)s + s.horizon_days * interval '1 day') AND {freshness.KNOWN}
"""
# And of a clinician, by their licence `l`.
BOUNDS = f"""
  (NOT %(licensed)s OR l.expires_on > (o.starts_at AT TIME ZONE %(zone)s)::date) AND {IN_TIME}
"""
# Of those who can at the same instant, whoever has given less lately; among equals not always the same one first.
LOAD = "given_minutes / 240"
FAIR = f"""
  o.starts_at, o.{LOAD}, (o.actor_id * 7919 + extract(epoch FROM o.starts_at)::bigint / 60) %% 9973, o.actor_id
"""

_COUNT = f"""
SELECT refusal, count(*), (array_agg(actor_id))[1:{FEW + 1}], tongues, of_age FROM (
  SELECT {REFUSAL} AS refusal, c.actor_id, {OF_AGE} AS of_age,
    CASE WHEN NOT {HEARD} THEN c.languages END AS tongues
  FROM {CLINICIAN} WHERE c.status = 'approved' AND {{among}} OFFSET 0
) judged GROUP BY refusal, tongues, of_age
"""
_VOICES = """
UNION ALL SELECT 'voice', count(*), array_agg(i.actor_id), i.languages, true
FROM scheduling_interpreter i
WHERE i.status = 'approved' AND cardinality(%(tongues)s::varchar[]) > 0 GROUP BY i.languages
"""
# Three statements, because one that tests at every row whether it is limited takes three times as long.
_COUNT_ALL = _COUNT.format(among="true") + _VOICES
_COUNT_ONE = _COUNT.format(among="c.uuid = %(clinician)s") + _VOICES
_COUNT_ONLY = _COUNT.format(among="c.actor_id = ANY(%(only)s)")


@dataclass(frozen=True)
class Group:
    """People who speak the same languages: how many, and the ids of their actors, cut after FEW + 1."""

    languages: frozenset[str]
    count: int
    actors: list[int]


@dataclass
class Judged:
    """Who fits; who would if somebody interpreted; the interpreters there are; how many do not fit, by reason."""

    actors: list[int] = field(default_factory=list)
    unheard: list[Group] = field(default_factory=list)
    voices: list[Group] = field(default_factory=list)
    refusals: dict[Reason, int] = field(default_factory=dict)

    @property
    def many(self) -> bool:
        return len(self.actors) > FEW


def judge(criteria: Criteria, visit_type: VisitType, only: Sequence[int] | None = None) -> Judged:
    """Judge every approved clinician, or one, or only these: one query."""
    judged = Judged()
    statement = _COUNT_ONLY if only is not None else _COUNT_ONE if criteria.clinician else _COUNT_ALL
    rows = sql.rows(statement, parameters(criteria, visit_type) | {"only": only})
    judged.voices = [Group(frozenset(spoken), count, who) for kind, count, who, spoken, _ in rows if kind == "voice"]
    reached = reach(criteria.tongues, judged.voices)
    for refusal, count, actors, tongues, of_age in rows:
        if refusal is None:
            judged.actors = actors
        elif refusal != "voice":
            _sort_out(judged, Reason(refusal), Group(frozenset(tongues or ()), count, actors), of_age, reached)
    return judged


def _sort_out(judged: Judged, reason: Reason, group: Group, of_age: bool, reached: frozenset[str]) -> None:
    """Put those whom interpreters reach aside; a language is a reason only against the others."""
    if reason == Reason.LANGUAGE and group.languages & reached:
        if of_age:
            judged.unheard.append(group)
            return
        reason = Reason.AGE
    judged.refusals[reason] = judged.refusals.get(reason, 0) + group.count


def directly(tongues: Iterable[str], voices: Iterable[Group]) -> frozenset[str]:
    """Return into which languages one interpreter can bring what is said in a language, known by its codes."""
    own = frozenset(tongues)
    return frozenset().union(*(voice.languages for voice in voices if voice.languages & own)) - own


def reach(tongues: Iterable[str], voices: Sequence[Group]) -> frozenset[str]:
    """Return into which languages one interpreter, or two in a relay, can bring what is said in a language."""
    own = frozenset(tongues)
    near = directly(own, voices)
    return near.union(*(voice.languages for voice in voices if voice.languages & near)) - own


def may_see(offers: Sequence[Offer], slot: Slot, visit_type: VisitType, *, at: datetime) -> bool:
    """Return whether the actors of a slot may give such a visit there and then.

    Approved, licensed, within notice and horizon; and between the patient's language and the clinician's there is
    nobody too few and nobody too many.
    """
    if not offers or len(offers) != len(slot.actors):
        return False
    if not all(_in_time(offer.schedule, slot.starts_at, at) for offer in offers):
        return False
    actors = [offer.schedule.actor_id for offer in offers]
    if not freshness.is_known(actors, slot.starts_at, visit_type.minutes, at=at):
        return False
    host, *others = sorted(offers, key=lambda offer: slot.actors.index(offer.uuid))
    if any(offer.kind != ActorKind.INTERPRETER for offer in others):
        return False
    if host.kind == ActorKind.CLINICIAN:
        spoken = "" if others else slot.language
        return _clinically(host, slot, visit_type, spoken) and (not others or _bridged(host, others, slot))
    in_person = visit_type.modality == Modality.IN_PERSON
    return host.kind == ActorKind.CHAIR and in_person and host.bookable and not others


def _in_time(schedule: Schedule, starts_at: datetime, at: datetime) -> bool:
    """Return whether a start is neither too soon nor too far for the schedule's notice and horizon."""
    earliest = at + timedelta(minutes=schedule.notice_minutes)
    return earliest <= starts_at < min(at + timedelta(days=schedule.horizon_days), schedule.open_until)


def _clinically(host: Offer, slot: Slot, visit_type: VisitType, spoken: str) -> bool:
    """Return whether the clinician of a slot passes the same judgement as in a search."""
    criteria = Criteria(slot.state, spoken, slot.starts_at, slot.starts_at, slot.zone)
    return bool(judge(criteria, visit_type, only=[host.schedule.actor_id]).actors)


_SPOKEN = """
SELECT actor_id, languages FROM scheduling_interpreter WHERE actor_id = ANY(%(actors)s) AND status = 'approved'
UNION ALL SELECT actor_id, languages FROM scheduling_clinician WHERE actor_id = ANY(%(actors)s)
"""


def spoken_by(actors: Sequence[int]) -> dict[int, list[str]]:
    """Return the languages of clinicians and approved interpreters, by their actors: one query."""
    return dict(sql.rows(_SPOKEN, {"actors": list(actors)}))


def _bridged(host: Offer, voices: Sequence[Offer], slot: Slot) -> bool:
    """Return whether these interpreters, in this order, bring the patient's language to the clinician."""
    actors = [offer.schedule.actor_id for offer in (*voices, host)]
    known = spoken_by(actors)
    if len(known) < len(actors):
        return False
    *between, speaks = (known[actor] for actor in actors)
    return matching.links(matching.tongues(slot.language), between, speaks) is not None


def parameters(criteria: Criteria, visit_type: VisitType) -> dict[str, Any]:
    """Return what the statements of a search ask for by name, but for what is theirs alone."""
    return {
        "visit_type": visit_type.code,
        "urgent": criteria.urgent,
        "state": criteria.state,
        "tongues": criteria.tongues,
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
        "latitude": criteria.near[0] if criteria.near else None,
        "longitude": criteria.near[1] if criteria.near else None,
    }
