"""Times of clinicians who do not speak the patient's language, with an interpreter who is free then, or two in a relay.

Note [From the interpreters]. Where an interpreter is needed, they are the scarce ones. First, for each instant, into
which languages those who are free then can bring what is said (`reach`); then the clinicians who are open at such an
instant and speak one of these. Who interprets is chosen last, for the few times that are shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from scheduling import eligibility, sql
from scheduling.eligibility import BOUNDS, CLINICIAN, FAIR, IN_TIME, LOAD, REFUSAL, Group, Judged, directly
from scheduling.matching import Criteria

SOON, WEEK = timedelta(days=2), timedelta(days=7)


class Bridged(NamedTuple):
    """A time of a clinician, and who interprets, from the patient's side on: ids of actors."""

    actor: int
    starts_at: datetime
    voices: tuple[int, ...]


@dataclass(frozen=True)
class _Way:
    """One way across: the statements for few and for many clinicians, and whom it takes."""

    few: str
    many: str
    first: list[int]
    second: list[int]
    groups: list[Group]


def _free(name: str, only_if: str) -> str:
    return f"""
      {name} AS MATERIALIZED (
        SELECT o.starts_at, o.actor_id, i.languages, s.{LOAD} AS given
        FROM scheduling_interpreter i JOIN scheduling_schedule s ON s.actor_id = i.actor_id
        JOIN scheduling_openstart o ON o.actor_id = i.actor_id
        WHERE i.actor_id = ANY(%({name})s) AND o.starts_at >= %(since)s AND o.starts_at < %(until)s AND {IN_TIME}
          AND {only_if}
      ), {name}_ways AS MATERIALIZED (SELECT DISTINCT starts_at, languages FROM {name}), {name}_reach AS MATERIALIZED (
        SELECT starts_at, array_agg(language) AS languages
        FROM {name}_ways free, unnest(free.languages) language GROUP BY starts_at
      )
    """


# `without`: into which languages nobody else is needed, so that no relay is made where one interpreter is enough.
def _direct(only_if: str) -> str:
    none = "'{}'::varchar[]"
    return f"""
      {_free("first", only_if)},
      reach AS MATERIALIZED (SELECT starts_at, languages, {none} AS without FROM first_reach)
    """


def _relay(only_if: str) -> str:
    return f"""
      {_free("first", only_if)}, {_free("second", only_if)}, reach AS MATERIALIZED (
        SELECT starts_at, array_agg(language) AS languages, without FROM (
          SELECT b.starts_at, b.languages, a.languages AS without
          FROM second_ways b JOIN first_reach a ON a.starts_at = b.starts_at AND a.languages && b.languages
        ) linked, unnest(linked.languages) language GROUP BY starts_at, without
      )
    """


# What few clinicians have open comes first: interpreters are looked at only at these instants.
_OPEN = f"""
open AS MATERIALIZED (
  SELECT o.actor_id, o.starts_at, f.languages, f.given_minutes FROM (
    SELECT c.actor_id, c.languages, s.given_minutes, s.notice_minutes, s.horizon_days, l.expires_on
    FROM {CLINICIAN} JOIN scheduling_schedule s ON s.actor_id = c.actor_id
    WHERE c.actor_id = ANY(%(only)s) OFFSET 0
  ) f CROSS JOIN LATERAL (
    SELECT o.actor_id, o.starts_at FROM scheduling_openstart o, (SELECT f.*) l, (SELECT f.*) s
    WHERE o.actor_id = f.actor_id AND o.starts_at >= %(since)s AND o.starts_at < %(until)s AND {BOUNDS} OFFSET 0
  ) o
)
"""
_IF_OPEN = "o.starts_at = ANY (ARRAY (SELECT DISTINCT starts_at FROM open))"
_FEW = """
times AS (
  SELECT o.actor_id, o.starts_at, o.languages, o.given_minutes,
    row_number() OVER (PARTITION BY o.actor_id ORDER BY o.starts_at) AS nth
  FROM open o JOIN reach r ON r.starts_at = o.starts_at AND r.languages && o.languages AND NOT r.without && o.languages
)
"""
# OFFSET 0 keeps the judgement inside the walk: it stops as soon as enough times are found.
_MANY = f"""
times AS (
  SELECT fits.actor_id, r.starts_at, fits.languages, fits.given_minutes, 1 AS nth
  FROM (SELECT * FROM reach ORDER BY starts_at OFFSET 0) r CROSS JOIN LATERAL (
    SELECT o.actor_id, c.languages, c.given_minutes FROM scheduling_openstart o CROSS JOIN LATERAL (
      SELECT c.languages, s.given_minutes FROM {CLINICIAN} JOIN scheduling_schedule s ON s.actor_id = c.actor_id
      WHERE c.actor_id = o.actor_id AND c.status = 'approved' AND {REFUSAL} IS NULL AND {BOUNDS}
        AND NOT c.languages && %(spoken)s::varchar[]
        AND c.languages && r.languages AND NOT c.languages && r.without OFFSET 0
    ) c WHERE o.starts_at = r.starts_at AND o.free_minutes >= %(minutes)s
  ) fits ORDER BY r.starts_at FETCH FIRST %(limit)s ROWS WITH TIES
)
"""
_CHOSEN = f"""
chosen AS MATERIALIZED (
  SELECT o.*, row_number() OVER (ORDER BY {FAIR}) AS place FROM times o WHERE nth <= %(each)s
  ORDER BY place LIMIT %(limit)s
)
"""


def _fair(voice: str) -> str:
    turn = "k.actor_id * 4999 + extract(epoch FROM k.starts_at)::bigint / 60"
    return f"{voice}.given, ({voice}.actor_id * 7919 + {turn}) %% 9973, {voice}.actor_id"


_ONE = f"""
SELECT DISTINCT ON (k.place) k.actor_id, k.starts_at, a.actor_id
FROM chosen k JOIN first a ON a.starts_at = k.starts_at AND a.languages && k.languages
ORDER BY k.place, {_fair("a")}
"""
_TWO = f"""
SELECT DISTINCT ON (k.place) k.actor_id, k.starts_at, a.actor_id, k.second FROM (
  SELECT DISTINCT ON (k.place) k.place, k.actor_id, k.starts_at, b.actor_id AS second, b.languages
  FROM chosen k JOIN second b ON b.starts_at = k.starts_at AND b.languages && k.languages
  JOIN first_reach r ON r.starts_at = k.starts_at AND r.languages && b.languages
  ORDER BY k.place, {_fair("b")}
) k JOIN first a ON a.starts_at = k.starts_at AND a.languages && k.languages
ORDER BY k.place, {_fair("a")}
"""
_DIRECT_FEW = f"WITH {_OPEN}, {_direct(_IF_OPEN)}, {_FEW}, {_CHOSEN} {_ONE}"
_DIRECT_MANY = f"WITH {_direct('true')}, {_MANY}, {_CHOSEN} {_ONE}"
_RELAY_FEW = f"WITH {_OPEN}, {_relay(_IF_OPEN)}, {_FEW}, {_CHOSEN} {_TWO}"
_RELAY_MANY = f"WITH {_relay('true')}, {_MANY}, {_CHOSEN} {_TWO}"


def find(
    criteria: Criteria, judged: Judged, known: dict[str, Any], exact: Sequence[tuple[int, datetime]]
) -> list[Bridged]:
    """Return times with interpreters that are worth showing beside those of clinicians who speak the language.

    None if there are times enough soon without: an interpreter's time is somebody else's only chance. A relay only if
    there are not enough with one. `known` are the parameters of the search.
    """
    found: list[Bridged] = []
    for way in _ways(frozenset(criteria.tongues), judged):
        if way.groups:
            found += _across(way, criteria, known, [*exact, *(one[:2] for one in found)])
    return found


def _ways(tongues: frozenset[str], judged: Judged) -> Iterable[_Way]:
    speakers = [voice for voice in judged.voices if voice.languages & tongues]
    others = [voice for voice in judged.voices if not voice.languages & tongues]
    first, second = _actors(speakers), _actors(others)
    near = directly(tongues, judged.voices)
    far = frozenset().union(*(voice.languages for voice in others if voice.languages & near))
    yield _Way(_DIRECT_FEW, _DIRECT_MANY, first, [], [one for one in judged.unheard if one.languages & near])
    yield _Way(_RELAY_FEW, _RELAY_MANY, first, second, [one for one in judged.unheard if one.languages & far])


def _actors(groups: Iterable[Group]) -> list[int]:
    return [actor for group in groups for actor in group.actors]


def _across(
    way: _Way, criteria: Criteria, known: dict[str, Any], before: Sequence[tuple[int, datetime]]
) -> list[Bridged]:
    """Look at the coming days first, and week by week at the rest only while they are not enough."""
    found: list[Bridged] = []
    since, limit = criteria.since, criteria.limit
    only = _actors(way.groups)
    statement = way.few if len(only) <= eligibility.FEW else way.many
    asked = known | {"first": way.first, "second": way.second, "only": only, "spoken": criteria.tongues, "tongues": []}
    begins, ends = since, since + SOON
    while begins < criteria.until:
        until = _until([*before, *(one[:2] for one in found)], since, min(ends, criteria.until), limit)
        if begins < until:
            rows = sql.rows(statement, asked | {"since": begins, "until": until})
            found += [Bridged(actor, starts_at, tuple(voices)) for actor, starts_at, *voices in rows]
        begins, ends = ends, ends + WEEK
    return found


def _until(before: Sequence[tuple[int, datetime]], since: datetime, until: datetime, limit: int) -> datetime:
    """Return until when it is worth looking, having found others before; `since` if it is not."""
    if len(before) < limit:
        return until
    last = sorted(starts_at for _, starts_at in before)[limit - 1]
    return since if last < since + SOON else min(until, last)
