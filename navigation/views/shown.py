"""How a case is shown: redacted. No name, no number, no place; those are on the case's own page, where looking is noted."""

from collections.abc import Iterator
from typing import Any

from navigation import triage
from navigation.models import Case
from scheduling.access import Viewer
from scheduling.models import Event


def card(case: Case, asker: Viewer | None = None) -> dict[str, Any]:
    """Return a case as the board and the API give it; with `asker`, whether it is theirs."""
    shown: dict[str, Any] = {
        "code": case.code,
        "id": str(case.uuid),
        "kind": case.kind,
        "tier": case.tier,
        "status": case.status,
        "flags": case.flags,
        "organization": case.organization.slug,
        "owner": {"id": str(case.owner.uuid), "name": case.owner.preferred_name} if case.owner else None,
        "opened_at": case.opened_at.isoformat(),
        "acted_at": case.acted_at.isoformat(),
        "version": case.version,
    }
    if asker is not None:
        shown["yours"] = bool(asker.user and case.owner_id == asker.user.pk)
    return shown


def receipt(case: Case, found: triage.Assessment) -> dict[str, Any]:
    """Return what the person who asked for help gets: the code to say on the phone, and whom to call first."""
    return {
        "code": case.code,
        "id": str(case.uuid),
        "status": case.status,
        "tier": case.tier,
        "actions": found.as_dict()["actions"],
    }


def timeline(case: Case) -> Iterator[dict[str, Any]]:
    """Yield what happened to a case, in order: kinds and codes, and who by name of account or system."""
    for event in Event.objects.filter(subject=case.uuid).select_related("by_user__data_key"):
        yield {
            "kind": event.kind,
            "at": event.at.isoformat(),
            "by": event.by_user.preferred_name if event.by_user else event.by_system or "link",
            "codes": event.codes,
        }
