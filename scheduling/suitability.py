"""Which open times suit which people who wait, what giving each to each would cost, and why the others get nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling import quiet, search, sql, waiting
from scheduling.matching import Criteria
from scheduling.models import (
    OCCUPYING,
    ActorKind,
    EntryStatus,
    FreedTime,
    OfferStatus,
    SkipReason,
    WaitlistEntry,
    phone_hash,
)
from scheduling.search import Found
from scheduling.waiting import Span

AHEAD = timedelta(days=28)
LATELY = timedelta(days=28)
MOST = 200  # open times looked at for one kind of wish
NOBODY = (OfferStatus.DECLINED, OfferStatus.LAPSED)


@dataclass(frozen=True)
class Candidate:
    """That a time may be offered to an entry, until when the offer would stand, and what it costs."""

    entry: WaitlistEntry
    found: Found
    freed: FreedTime
    until: datetime
    cost: int

    @property
    def time(self) -> tuple[UUID, datetime]:
        """Return what two candidates cannot both have: whose time it is, and from when."""
        return self.found.slot.actors[0], self.found.slot.starts_at

    def overlaps(self, other: "Candidate") -> bool:
        """Return whether the two take time of the same actor at the same instant."""
        one, two = self.found, other.found
        shared = set(one.slot.actors) & set(two.slot.actors)
        return bool(shared) and one.slot.starts_at < two.ends_at and two.slot.starts_at < one.ends_at


@dataclass
class Judgement:
    """What may be offered to whom, why not to others, and when those who sleep wake up."""

    candidates: list[Candidate]
    skips: dict[tuple[int, int], SkipReason]  # freed time and entry, by their ids
    wakes_at: dict[tuple[int, int], datetime]


def judge(freed: Sequence[FreedTime], entries: Sequence[WaitlistEntry], *, at: datetime) -> Judgement:
    """Judge everybody who waits against all of the freed times; nothing is written."""
    facts = _Facts(entries, at)
    judgement = Judgement([], {}, {})
    for time in freed:
        for entry in entries:
            _judge(time, entry, facts, judgement)
    return judgement


def _judge(freed: FreedTime, entry: WaitlistEntry, facts: "_Facts", judgement: Judgement) -> None:
    key = (freed.pk, entry.pk)
    reason, fitting = _narrowed(facts.within(freed, entry), entry, facts)
    if reason is None:
        reason = _not_now(entry, facts)
    if reason == SkipReason.QUIET_HOURS:
        judgement.wakes_at[key] = facts.awake_at(entry)
    candidates = [] if reason else [one for found in fitting if (one := _candidate(freed, entry, found, facts))]
    judgement.candidates += candidates
    if reason or not candidates:
        judgement.skips[key] = reason or SkipReason.TOO_SOON


def _narrowed(found: list[Found], entry: WaitlistEntry, facts: "_Facts") -> tuple[SkipReason | None, list[Found]]:
    """Return the times that suit somebody; if there are none, what the last of them failed at."""
    steps: list[tuple[SkipReason, Callable[[WaitlistEntry, Found], bool]]] = [
        (SkipReason.HOURS, suits),
        (SkipReason.BUSY, facts.is_free),
        (SkipReason.DECLINED, facts.is_news),
    ]
    if not found:
        return SkipReason.NOT_ELIGIBLE, []
    for reason, fits in steps:
        found = [one for one in found if fits(entry, one)]
        if not found:
            return reason, []
    return None, found


def _not_now(entry: WaitlistEntry, facts: "_Facts") -> SkipReason | None:
    """Return why somebody cannot be asked at this moment, whatever the time."""
    if entry.status == EntryStatus.OFFERED:
        return SkipReason.HAS_OFFER
    if facts.wants_no_messages(entry):
        return SkipReason.OPTED_OUT
    return SkipReason.QUIET_HOURS if facts.awake_at(entry) > facts.at else None


def _candidate(freed: FreedTime, entry: WaitlistEntry, found: Found, facts: "_Facts") -> Candidate | None:
    until = waiting.deadline(
        facts.at, latest=facts.latest(found), zone=entry.patient.zone, rule=facts.quiet_rule(entry)
    )
    if until is None:
        return None
    known, given = facts.sees_again(entry, found), facts.given(found.slot.actors[0])
    cost = waiting.cost(weight(entry, at=facts.at), found.slot.starts_at - facts.at, known=known, given=given)
    return Candidate(entry, found, freed, until, cost)


def suits(entry: WaitlistEntry, found: Found) -> bool:
    """Return whether an open time is on days and hours that suit somebody; reads the hours that were prefetched."""
    spans = [Span(one.weekday, one.starts, one.ends) for one in entry.hours.all()]
    return waiting.suits(spans, entry.first_day, entry.last_day, found.slot.starts_at, entry.zone)


def open_times(entry: WaitlistEntry, *, at: datetime) -> Iterator[Found]:
    """Yield the open times that suit somebody, soonest first.

    Left out are those offered to them before, and those too soon for an answer.
    """
    facts = _Facts([entry], at)
    _, fitting = _narrowed(search.find(criteria(entry, at=at), at=at).found, entry, facts)
    yield from (found for found in fitting if facts.latest(found) >= at + waiting.LEAST)


def criteria(entry: WaitlistEntry, *, at: datetime) -> Criteria:
    """Return what an entry looks for, within four weeks."""
    return Criteria(
        state=entry.state,
        language=entry.language,
        since=at,
        until=at + AHEAD,
        zone=entry.zone,
        modality=entry.modality,
        specialty=entry.specialty,
        care=entry.care,
        age=entry.age,
        limit=MOST,
    )


def weight(entry: WaitlistEntry, *, at: datetime) -> int:
    """Return how much each hour of somebody's waiting counts."""
    return waiting.weight(entry.urgency, at - entry.created_at)


def is_over(entry: WaitlistEntry, *, at: datetime) -> bool:
    """Return whether the last day that suits somebody is past, by their calendar."""
    return entry.last_day is not None and entry.last_day < at.astimezone(ZoneInfo(entry.zone)).date()


class _Facts:
    """What is known of those who wait and of whose times they could be given: a query for each sort of fact."""

    def __init__(self, entries: Sequence[WaitlistEntry], at: datetime) -> None:
        self.at = at
        patients = [entry.patient_id for entry in entries]
        self._busy = _grouped(sql.rows(_BUSY, [patients, at]))
        self._seen = {(patient, actor) for patient, actor in sql.rows(_SEEN, [patients, list(OCCUPYING)])}
        keys = [entry.pk for entry in entries]
        self._offered = {(entry, actor, when) for entry, actor, when in sql.rows(_OFFERED, [keys, list(NOBODY)])}
        self._phones = {entry.patient_id: phone_hash(entry.patient.phone) for entry in entries}
        phones = list(self._phones.values())
        self._stopped = {phone for (phone,) in sql.rows(_STOPPED, [phones])}
        self._quiet = {phone: quiet.Rule(*hours) for phone, *hours in sql.rows(_QUIET, [phones])}
        self._searched: dict[Any, list[Found]] = {}
        self._hosts: dict[UUID, tuple[int, timedelta]] = {}

    def within(self, freed: FreedTime, entry: WaitlistEntry) -> list[Found]:
        """Return the open times in a freed time that somebody may have: a search for each kind of wish."""
        whom = freed.actor.clinician.uuid if freed.actor.kind == ActorKind.CLINICIAN else None
        wish = (entry.state, entry.zone, entry.language, entry.specialty, entry.care, entry.modality, entry.age)
        key = (wish, freed.starts_at, freed.ends_at, freed.actor_id)
        if key not in self._searched:
            found = search.find(_during(freed, criteria(entry, at=self.at), whom), at=self.at).found
            self._searched[key] = [one for one in found if _is_of(freed, one)]
        return self._searched[key]

    def is_free(self, entry: WaitlistEntry, found: Found) -> bool:
        """Return whether a patient is in no other visit at the time."""
        times = self._busy[entry.patient_id]
        return not any(begins < found.ends_at and found.slot.starts_at < ends for begins, ends in times)

    def is_news(self, entry: WaitlistEntry, found: Found) -> bool:
        """Return whether this very time was not offered before to somebody who did not want it, or did not answer."""
        return (entry.pk, found.slot.actors[0], found.slot.starts_at) not in self._offered

    def awake_at(self, entry: WaitlistEntry) -> datetime:
        """Return now, or when the patient's quiet hours end."""
        return quiet.awake_at(self.at, entry.patient.zone, self.quiet_rule(entry))

    def quiet_rule(self, entry: WaitlistEntry) -> quiet.Rule:
        """Return between which hours the patient's phone is not written to."""
        return self._quiet.get(self._phones[entry.patient_id], quiet.NIGHT)

    def wants_no_messages(self, entry: WaitlistEntry) -> bool:
        return self._phones[entry.patient_id] in self._stopped

    def sees_again(self, entry: WaitlistEntry, found: Found) -> bool:
        return (entry.patient_id, found.slot.actors[0]) in self._seen

    def latest(self, found: Found) -> datetime:
        """Return until when at the latest a time may be taken, for its host to know of it early enough."""
        return found.slot.starts_at - timedelta(minutes=self._host(found.slot.actors[0])[0])

    def given(self, host: UUID) -> timedelta:
        """Return how much time its host gave lately, and will give."""
        return self._host(host)[1]

    def _host(self, host: UUID) -> tuple[int, timedelta]:
        if host not in self._hosts:
            [(notice, given)] = sql.rows(_HOST, [self.at - LATELY, host])
            self._hosts[host] = notice, given
        return self._hosts[host]


def _during(freed: FreedTime, wanted: Criteria, whom: UUID | None) -> Criteria:
    return Criteria(
        **{
            **wanted.__dict__,
            "since": max(wanted.since, freed.starts_at),
            "until": min(wanted.until, freed.ends_at),
            "clinician": whom,
        }
    )


def _is_of(freed: FreedTime, found: Found) -> bool:
    """Return whether an open time takes the actor's freed time; at a clinic one chair is as good as another."""
    if found.location is not None:
        return freed.actor.kind == ActorKind.CHAIR and freed.actor.chair.location_id == found.location.pk
    return freed.actor.uuid in found.slot.actors


def _grouped(rows: Iterable[Any]) -> dict[int, list[tuple[datetime, datetime]]]:
    grouped: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for key, begins, ends in rows:
        grouped[key].append((begins, ends))
    return grouped


_BUSY = """
SELECT t.id, lower(p.occupied), upper(p.occupied) FROM scheduling_patient t
JOIN scheduling_participant p ON p.actor_id = t.actor_id WHERE t.id = ANY(%s) AND upper(p.occupied) > %s
"""
_SEEN = """
SELECT DISTINCT a.patient_id, c.uuid FROM scheduling_appointment a
JOIN scheduling_participant p ON p.appointment_id = a.id AND p.role = 'clinician'
JOIN scheduling_actor c ON c.id = p.actor_id WHERE a.patient_id = ANY(%s) AND a.status = ANY(%s)
"""
_OFFERED = """
SELECT o.entry_id, c.uuid, a.starts_at FROM scheduling_offer o
JOIN scheduling_appointment a ON a.id = o.appointment_id
JOIN scheduling_participant p ON p.appointment_id = a.id JOIN scheduling_actor c ON c.id = p.actor_id
WHERE o.entry_id = ANY(%s) AND o.status = ANY(%s)
"""
_STOPPED = "SELECT address_hash FROM scheduling_optout WHERE channel = 'sms' AND address_hash = ANY(%s)"
_QUIET = "SELECT phone_hash, quiet_begins, quiet_ends FROM scheduling_contactrule WHERE phone_hash = ANY(%s)"
_HOST = """
SELECT s.notice_minutes, coalesce((
  SELECT sum(v.ends_at - v.starts_at) FROM scheduling_participant p JOIN scheduling_appointment v
  ON v.id = p.appointment_id WHERE p.actor_id = s.actor_id AND p.occupied IS NOT NULL AND v.starts_at > %s
), interval '0') FROM scheduling_schedule s JOIN scheduling_actor a ON a.id = s.actor_id WHERE a.uuid = %s
"""
