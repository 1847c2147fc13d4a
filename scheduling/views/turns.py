"""The interpreter's turns: the next visit, between which languages, with whom; and leaving one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from scheduling import clock, encounters, interpreting, schedules, spoken
from scheduling.access import Viewer, viewer
from scheduling.models import UPCOMING, Appointment, Participant, Role, Schedule
from scheduling.refusals import NotFound
from scheduling.views.staff import for_staff


@for_staff(Role.INTERPRETER)
@require_safe
def turns(request: HttpRequest) -> HttpResponse:
    """Show the visits to interpret, the next one first."""
    at = clock.now()
    asker = viewer(request, at)
    schedule = schedules.of_user(asker)
    rows = [_row(visit, schedule, at, request.LANGUAGE_CODE) for visit in _mine(asker, schedule, at)]
    context = {"at": at, "zone": schedule.zone, "next": rows[0] if rows else None, "later": rows[1:]}
    return render(request, "scheduling/turns.html", context)


@for_staff(Role.INTERPRETER)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask once more, then let the interpreter leave and say whether another comes."""
    at = clock.database_now()
    asker = viewer(request, at)
    schedule = schedules.of_user(asker)
    visit = _mine(asker, schedule, at).filter(uuid=uuid).first()
    if visit is None:
        raise NotFound
    if request.method == "POST":
        _say(request, interpreting.withdraw(visit, by=asker, at=at))
        return redirect("turns")
    row = _row(visit, schedule, at, request.LANGUAGE_CODE)
    return render(request, "scheduling/turn_leave.html", {"row": row, "zone": schedule.zone})


def _mine(asker: Viewer, schedule: Schedule, at: datetime) -> Any:
    visits = Appointment.objects.visible_to(asker).for_display()
    return visits.filter(participants__actor=schedule.actor_id, status__in=UPCOMING, ends_at__gt=at)


def _row(visit: Appointment, schedule: Schedule, at: datetime, language: str) -> dict[str, Any]:
    parts = list(visit.participants.all())
    pairs = interpreting.pairs(visit)
    own = next(part for part in parts if part.actor_id == schedule.actor_id)
    return {
        "visit": visit,
        "day": spoken.near_day(visit.starts_at, schedule.zone, language, at=at),
        "pair": pairs.get(own.pk),
        "clinician": next((part.name for part in parts if part.role == "clinician"), ""),
        "relay": _others(parts, own, pairs),
        "may_enter": visit.by_remote and visit.starts_at - encounters.OPENS_BEFORE <= at,
    }


def _others(parts: list[Participant], own: Participant, pairs: dict[int, Any]) -> list[tuple[str, Any]]:
    """Return who else interprets, and between which languages."""
    return [(part.name, pairs.get(part.pk)) for part in parts if part.role == "interpreter" and part != own]


def _say(request: HttpRequest, visit: Appointment) -> None:
    if interpreting.is_bridged(visit):
        messages.success(request, _("Thank you for telling us. Another interpreter will be there."))
    else:
        messages.warning(request, _("Thank you for telling us. A person is looking for another interpreter."))
