"""The clinician's day, and their hours."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scheduling import clock, encounters, schedules, spoken
from scheduling.access import Viewer, viewer
from scheduling.forms import DayOffForm, WeekForm
from scheduling.models import UPCOMING, Appointment, AvailabilityException, Presence, Role, Schedule, Weekday
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
        "may_enter": visit.by_remote and visit.starts_at - encounters.OPENS_BEFORE <= at,
    }


@for_staff(Role.CLINICIAN)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Show the week's hours to change, and days off to take."""
    at = clock.database_now()
    asker = viewer(request, at)
    schedule = schedules.of_user(asker)
    form = WeekForm(request.POST or None, initial=_week(schedule))
    if request.method == "POST" and form.is_valid():
        outside = schedules.set_week(schedule, form.hours(), by=asker, at=at)
        _say_saved(request, outside, schedule)
        return redirect("hours")
    return _hours_page(request, schedule, form, DayOffForm(), at)


def _hours_page(
    request: HttpRequest, schedule: Schedule, form: WeekForm, off: DayOffForm, at: datetime
) -> HttpResponse:
    context = {
        "form": form,
        "off": off,
        "schedule": schedule,
        "exceptions": AvailabilityException.objects.filter(schedule=schedule, ends_at__gt=at),
        "outside": schedules.outside_hours(schedule, at=at),
    }
    return render(request, "scheduling/hours.html", context)


def _week(schedule: Schedule) -> dict[str, str]:
    """Return the hours in force as the form's values: the first two windows of each day."""
    values: dict[str, str] = {}
    for rule in schedule.rules.filter(valid_until=None):
        day_name = Weekday(rule.weekday).name
        place = next(n for n in (1, 2, 3) if f"{day_name}_{n}_from" not in values)
        values[f"{day_name}_{place}_from"] = rule.starts.strftime("%H:%M")
        values[f"{day_name}_{place}_to"] = rule.ends.strftime("%H:%M")
    return values


def _say_saved(request: HttpRequest, outside: list[Appointment], schedule: Schedule) -> None:
    messages.success(request, _("Your hours are saved."))
    if outside:
        words = ngettext(
            "%(count)s booked visit is outside of them and still stands. Nobody was cancelled.",
            "%(count)s booked visits are outside of them and still stand. Nobody was cancelled.",
            len(outside),
        )
        messages.warning(request, words % {"count": len(outside)})


@for_staff(Role.CLINICIAN)
@require_POST
def take_off(request: HttpRequest) -> HttpResponse:
    """Take days off."""
    at = clock.database_now()
    asker = viewer(request, at)
    schedule = schedules.of_user(asker)
    off = DayOffForm(request.POST)
    if not off.is_valid():
        return _hours_page(request, schedule, WeekForm(initial=_week(schedule)), off, at)
    first, last = off.cleaned_data["first"], off.cleaned_data["last"]
    _exception, outside = schedules.take_off(schedule, first, last, by=asker, at=at)
    _say_saved(request, outside, schedule)
    return redirect("hours")


@for_staff(Role.CLINICIAN)
@require_POST
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back time off."""
    at = clock.database_now()
    asker = viewer(request, at)
    schedule = schedules.of_user(asker)
    found = AvailabilityException.objects.select_related("schedule").filter(schedule=schedule, uuid=uuid).first()
    if found is None:
        raise NotFound
    schedules.undo_exception(found, by=asker, at=at)
    return redirect("hours")


@for_staff(Role.CLINICIAN)
@require_POST
def finish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End the visit and close its room."""
    at = clock.database_now()
    asker = viewer(request, at)
    encounters.finish(_mine(uuid, asker), by=asker, at=at)
    messages.success(request, _("The visit is finished."))
    return redirect("visit_note", uuid)


def _mine(uuid: UUID, asker: Viewer) -> Appointment:
    found: Appointment | None = Appointment.objects.visible_to(asker).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found
