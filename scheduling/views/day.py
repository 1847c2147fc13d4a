"""The clinician's day, and their hours."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from scheduling import clock, encounters, no_shows, schedules, spoken
from scheduling.access import Viewer, viewer
from scheduling.models import UPCOMING, Appointment, Presence, Role, Schedule
from scheduling.refusals import NotFound
from scheduling.views.staff import for_staff

AHEAD = timedelta(days=7)


@for_staff(Role.CLINICIAN)
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Show the next visit, who is at the door, and the days to come."""
    return render(request, "scheduling/day.html", _day(request))


@for_staff(Role.CLINICIAN)
@require_safe
def day_parts(request: HttpRequest) -> HttpResponse:
    """Return only what changes of the day's page while it is watched."""
    return render(request, "scheduling/day_parts.html", _day(request))


def _day(request: HttpRequest) -> dict[str, Any]:
    at = clock.now()
    asker = viewer(request, at)
    schedule = schedules.of_user(asker)
    visits = list(
        Appointment.objects.visible_to(asker)
        .for_display()
        .filter(participants__actor=schedule.actor_id, status__in=UPCOMING)
        .filter(ends_at__gt=at - encounters.CLOSES_AFTER, starts_at__lt=at + AHEAD)
    )
    here = Presence.objects.here().filter(encounter__appointment__in=visits, participant__role="patient")
    waiting = {presence.encounter_id: presence for presence in here}
    rows = [_row(visit, waiting, schedule, at, request.LANGUAGE_CODE) for visit in visits]
    return {"at": at, "zone": schedule.zone, "next": rows[0] if rows else None, "later": rows[1:]}


def _row(
    visit: Appointment, waiting: dict[int, Presence], schedule: Schedule, at: datetime, language: str
) -> dict[str, Any]:
    encounter = getattr(visit, "encounter", None)
    return {
        "visit": visit,
        "day": spoken.near_day(visit.starts_at, schedule.zone, language, at=at),
        "here": waiting.get(encounter.pk) if encounter else None,
        "may_be_missed": visit.status == "booked" and at >= visit.starts_at + no_shows.PATIENCE,
        "may_enter": visit.by_remote and visit.starts_at - encounters.OPENS_BEFORE <= at,
    }


@for_staff(Role.CLINICIAN)
@require_POST
def finish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End the visit and close its room."""
    at = clock.database_now()
    asker = viewer(request, at)
    encounters.finish(_mine(uuid, asker), by=asker, at=at)
    messages.success(request, _("The visit is finished."))
    return redirect("visit_note", uuid)


@for_staff(Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN)
@require_POST
def missed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that the patient did not come."""
    at = clock.database_now()
    asker = viewer(request, at)
    no_shows.mark_noshow(_mine(uuid, asker), by=asker, at=at)
    messages.success(request, _("Noted. They get a kind message, and can choose another time."))
    return redirect("visit", uuid)


def _mine(uuid: UUID, asker: Viewer) -> Appointment:
    found: Appointment | None = Appointment.objects.visible_to(asker).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found
