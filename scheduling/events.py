"""The two roads up: a claim for each reader that must act, and a signal for screens that may like to know.

Note [Imports point down, events travel up]. A verb records what happened in its own transaction. *What must happen
next in an upper floor* is an EventClaim row, written here for each registered reader and claimed by that reader's
sweep: it cannot be lost. *What screens may like to know* is the signal `recorded`, sent after commit: losing it loses
nothing, because pages read again. No verb imports a listener, a task or a socket.
"""

import json
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

from scheduling import sql
from scheduling.access import System, Viewer
from scheduling.models import AccessRecord, Event, EventClaim

log = logging.getLogger(__name__)

recorded = Signal()  # sender: Event; event: the row

_readers: dict[str, frozenset[str]] = {}
RETRY_AFTER = timedelta(seconds=30)


class Subject(Protocol):
    """A row that moves: known by a UUID."""

    uuid: UUID


def register(reader: str, kinds: Iterable[str]) -> None:
    """Name a reader that must act on these kinds of event; called from AppConfig.ready()."""
    _readers[reader] = frozenset(kinds)


def record(kind: str, subject: Subject, *, by: Viewer | System, at: datetime, **codes: Any) -> Event:
    """Insert an event and the claims of its readers, and announce it once the transaction commits.

    `kind` is ``noun.past_participle``; `codes` are codes and ids only, never values a person typed.
    """
    assert transaction.get_connection().in_atomic_block, "an event belongs to the transaction of what it records"
    event = Event(
        kind=kind,
        subject_type=kind.partition(".")[0],
        subject=subject.uuid,
        subject_version=getattr(subject, "version", 0),
        organization_id=getattr(subject, "organization_id", None),
        at=at,
        codes=codes,
        **_who(by, [str(subject.uuid), *codes.values()]),
    )
    _insert(event, [reader for reader, kinds in _readers.items() if kind in kinds])
    transaction.on_commit(lambda: recorded.send_robust(sender=Event, event=event), robust=True)
    return event


_INSERT = """
WITH event AS (
  INSERT INTO scheduling_event
    (uuid, kind, subject_type, subject, subject_version, organization_id, by_user_id, by_link_id, by_system, at, codes)
  VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
), claims AS (
  INSERT INTO scheduling_eventclaim (event_id, reader, due_at, attempts)
  SELECT event.id, reader, %s, 0 FROM event, unnest(%s::text[]) AS reader
)
SELECT id FROM event
"""


def _insert(event: Event, readers: list[str]) -> None:
    """Write the event and a claim for each reader: one statement, for every verb pays for it."""
    by = (event.by_user_id, event.by_link_id, event.by_system)
    what = (event.uuid, event.kind, event.subject_type, event.subject, event.subject_version, event.organization_id)
    [(event.pk,)] = sql.rows(_INSERT, [*what, *by, event.at, json.dumps(event.codes), event.at, readers])


def _who(by: Viewer | System, about: list[Any]) -> dict[str, Any]:
    """Return who acts; of several links somebody holds, the one to what it is about."""
    if isinstance(by, System):
        return {"by_system": by.name}
    if by.user is not None:
        return {"by_user": by.user}
    if by.link_grants:
        return {"by_link": min(by.link_grants, key=lambda grant: str(grant.subject) not in about)}
    return {"by_system": "public"}


def looked(subject: Subject, action: str, *, by: Viewer, at: datetime) -> None:
    """Write down that somebody opened a record."""
    who = {key: value for key, value in _who(by, [str(subject.uuid)]).items() if key != "by_system"}
    subject_type = type(subject).__name__.lower()
    AccessRecord.objects.create(subject_type=subject_type, subject=subject.uuid, action=action, at=at, **who)


def read_claims(reader: str, act: Callable[[Event], None], *, at: datetime, limit: int = 50) -> int:
    """Let a reader act on its due claims, each in a transaction of its own; return how many it acted on.

    A claim whose act raises is pushed back half a minute and stays; the others go on.
    """
    done = 0
    for _ in range(limit):
        with transaction.atomic():
            claim = (
                EventClaim.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(reader=reader, due_at__lte=at)
                .select_related("event")
                .order_by("due_at", "pk")
                .first()
            )
            if claim is None:
                break
            done += _act(claim, act, at)
    return done


def _act(claim: EventClaim, act: Callable[[Event], None], at: datetime) -> int:
    try:
        with transaction.atomic():
            act(claim.event)
            claim.delete()
            return 1
    except Exception:
        log.exception("reader %s failed on event %s", claim.reader, claim.event_id)
        claim.attempts += 1
        claim.due_at = at + RETRY_AFTER
        claim.save(update_fields=["attempts", "due_at"])
        return 0
