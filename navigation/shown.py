"""How a case is shown: redacted.

No name, no number, no place; those are on the case's own page, where looking is noted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from navigation import escalation, triage
from navigation.intake import speaks
from navigation.models import Case, CaseStatus, EscalationStatus, Target, Tier
from navigation.triage import Action, page
from navigation.triage.flags import book
from scheduling.access import Viewer
from scheduling.models import Event, Notification, User

TONES = {Tier.RED: "danger", Tier.ORANGE: "urgent", Tier.FUNERAL: "grief", Tier.FOLLOW_UP: "quiet"}
ICONS = {Tier.RED: "alert", Tier.ORANGE: "diamond", Tier.FUNERAL: "candle", Tier.FOLLOW_UP: "ring"}
OUTCOMES = {
    "helped": lazy("They got help"),
    "referred": lazy("Someone else has it now"),
    "declined": lazy("They did not want help"),
    "unreachable": lazy("We could not reach them"),
    "false_alarm": lazy("It was not an emergency"),
}


def card(case: Case, asker: Viewer | None = None) -> dict[str, Any]:
    """Return a case as the API gives it; with `asker`, whether it is theirs."""
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


def actions(case: Case, language: str) -> tuple[list[Action], list[Action]]:
    """Return whom to call and what to do for a case's red flags, most pressing first."""
    known = {flag.code for flag in book().flags}
    asked = {code: "yes" for code in case.flags if code in known}
    found = triage.assess("", asked, speaks(language), off=settings.RED_FLAGS_OFF)
    calls = [action for action in found.actions if action.kind == "call"]
    return calls, [action for action in found.actions if action.kind == "tell"]


def signs(case: Case, language: str) -> list[str]:
    """Return a case's red flags in the few words of the page that asks; those it never asks, in their question's."""
    tongue = speaks(language)
    few = dict(page.signs(tongue))
    return [few.get(flag.code, flag.question.text[tongue]) for flag in book().flags if flag.code in case.flags]


def timeline(case: Case) -> Iterator[dict[str, Any]]:
    """Yield what happened to a case, in order: kinds and codes, and who by name of account or system."""
    for event in _events(case):
        yield {
            "kind": event.kind,
            "at": event.at.isoformat(),
            "by": event.by_user.preferred_name if event.by_user else event.by_system or "link",
            "codes": event.codes,
        }


def _events(case: Case) -> Iterable[Event]:
    return Event.objects.filter(subject=case.uuid).select_related("by_user__data_key")


# --- the board -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """What a card of the board shows of a case, and what may be done with it there."""

    case: Case
    tone: str
    icon: str
    waiting: str
    next_step: str
    paged: list[str]
    mine: bool

    @property
    def alone(self) -> bool:
        """Whether nobody has answered."""
        return bool(self.case.status == CaseStatus.OPEN)


def for_board(case: Case, pages: dict[str, list[str]], asker: Viewer, at: datetime) -> Card:
    """Return a case as a card."""
    mine = bool(asker.user and case.owner_id == asker.user.pk)
    tier = Tier(case.tier)
    return Card(
        case,
        TONES[tier],
        ICONS[tier],
        span(at - case.acted_at),
        _next(case, at),
        pages.get(escalation.topic(case), []),
        mine,
    )


def span(passed: timedelta) -> str:
    """Return a stretch of time in the unit a person would use: 40 s, 3 min, 2 h, 6 days."""
    seconds = max(int(passed.total_seconds()), 0)
    if seconds < 60:
        return _("%(count)s s") % {"count": seconds}
    if seconds < 3600:
        return _("%(count)s min") % {"count": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(count)s h") % {"count": seconds // 3600}
    return _("%(count)s days") % {"count": seconds // 86400}


def _next(case: Case, at: datetime) -> str:
    """Return what happens by itself next, and in how long."""
    engine = case.escalation
    soon = span(engine.due_at - at)
    if engine.status == EscalationStatus.ANSWERED:
        return _("In %(soon)s it rings again, if nothing is written down") % {"soon": soon}
    words = {
        Target.ON_CALL: _("In %(soon)s whoever is on call is called"),
        Target.SECOND: _("In %(soon)s the second coordinator is called too"),
        Target.COORDINATORS: _("In %(soon)s all coordinators are called"),
        Target.LAST_RESORT: _("In %(soon)s the last-resort group is called"),
    }
    return words[Target(engine.ladder["steps"][engine.step]["target"])] % {"soon": soon}


def paged(cases: Iterable[Case]) -> dict[str, list[str]]:
    """Return, by topic, whom the engine called and what became of the message: two queries for all cards."""
    topics = [escalation.topic(case) for case in cases]
    states = {
        "owed": _("on its way"),
        "sent": _("sent"),
        "failed": _("not delivered"),
        "void": _("withdrawn"),
    }
    messages = Notification.objects.filter(topic__in=topics, kind=escalation.PAGE).order_by("pk")
    rows = list(messages.values_list("topic", "user", "status"))
    names = {user.pk: user.preferred_name for user in User.objects.filter(pk__in={user for _, user, _ in rows})}
    latest: dict[str, dict[str, str]] = defaultdict(dict)
    for topic, user, status in rows:
        latest[topic][names[user]] = states[status]
    return {topic: [f"{name}: {state}" for name, state in who.items()] for topic, who in latest.items()}


def history(case: Case) -> list[dict[str, Any]]:
    """Return what happened to a case in words, newest first, for those who work on it."""
    return [_entry(event) for event in reversed(list(_events(case)))]


def _entry(event: Event) -> dict[str, Any]:
    by = event.by_user.preferred_name if event.by_user else ""
    words = {
        "case.opened": _("The case was opened"),
        "case.told_more": _("The person told us more"),
        "case.paged": _("People were called"),
        "case.step_empty": _("There was nobody to call on this step"),
        "case.more_urgent": _("It became more urgent: it rings again"),
        "case.acknowledged": _("%(name)s took the case") % {"name": by},
        "case.answer_expired": _("Nothing was written down in time: it rings again"),
        "case.noted": _("%(name)s wrote a note") % {"name": by},
        "case.resolved": _("%(name)s closed the case") % {"name": by},
    }
    tone = {
        "case.acknowledged": "good",
        "case.resolved": "good",
        "case.answer_expired": "urgent",
        "case.more_urgent": "urgent",
        "case.step_empty": "urgent",
    }
    return {"words": words.get(event.kind, event.kind), "at": event.at, "tone": tone.get(event.kind, "info")}


def being_called(case: Case) -> str:
    """Return the name of who is being called now, for the person who waits; nothing if nobody has been yet."""
    last = Event.objects.filter(subject=case.uuid, kind="case.paged").order_by("-pk").first()
    users = last.codes["users"] if last else []
    first = User.objects.filter(uuid__in=users[:1]).first() if users else None
    return first.preferred_name if first else ""
