"""The page of hours: what somebody offers, and each change of it with whom it touches before it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from scheduling import availability, busy_feeds, clock, impact, schedules, spoken, weeks
from scheduling.access import Viewer, viewer
from scheduling.feed_forms import covered
from scheduling.impact import Change, Touched
from scheduling.models import UNTIL_RESUMED, AvailabilityException, Role, Schedule
from scheduling.refusals import NotFound
from scheduling.views import hours_forms
from scheduling.views.hours_forms import WeekForm
from scheduling.views.staff import for_staff
from scheduling.views.terms_forms import DayOffForm, ExtraForm, PauseForm, TermsForm, ZoneForm

VOLUNTEERS = (Role.CLINICIAN, Role.INTERPRETER)
CHOSEN = "visit_"  # and the visit's UUID: whether it stands, or its patient is asked to move
KEEP, MOVE = "keep", "move"
NOT_TYPED = ("csrfmiddlewaretoken", "back")


@dataclass(frozen=True)
class Asked:
    """A request about somebody's own hours: who asks, when, and about which schedule."""

    request: HttpRequest
    by: Viewer
    at: datetime
    schedule: Schedule

    @property
    def language(self) -> str:
        return self.request.LANGUAGE_CODE


def _asked(request: HttpRequest) -> Asked:
    at = clock.database_now()
    by = viewer(request, at)
    return Asked(request, by, at, schedules.of_user(by))


@for_staff(*VOLUNTEERS)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest) -> HttpResponse:
    """Show the week's hours, and change them."""
    asked = _asked(request)
    if request.method != "POST":
        return _page(asked)
    if (values := _refilled(request)) is not None:
        return _page(asked, week=_week_form(asked, initial=values))
    form = _week_form(asked, data=request.POST)
    if not form.is_valid():
        return _page(asked, week=form)
    given = form.cleaned_data
    if given["to_day"] and given["to_day"] < _today(asked):
        form.add_error("to_day", _("That day is over."))
        return _page(asked, week=form)
    change = partial(schedules.set_week, week=form.hours(), first=given["from_day"], last=given["to_day"])
    return _settle(asked, change, _("Your hours are saved."))


def _refilled(request: HttpRequest) -> dict[str, Any] | None:
    """Return the week to show again without saving it: with a preset, with a day copied, or as it was typed."""
    values = hours_forms.typed(request.POST)
    if (preset := request.POST.get("fill")) in hours_forms.PRESETS:
        return hours_forms.filled(values, preset)
    if "copy" in request.POST:
        return hours_forms.copied(values, request.POST["copy"])
    return values if "back" in request.POST else None


def _week_form(asked: Asked, **given: Any) -> WeekForm:
    return WeekForm(kinds=schedules.visit_types(asked.schedule), language=asked.language, **given)


# --- each change -----------------------------------------------------------------------------------------------------


@for_staff(*VOLUNTEERS)
@require_POST
def take_off(request: HttpRequest) -> HttpResponse:
    """Take days off."""
    asked, form = _asked(request), DayOffForm(request.POST)
    if "back" in request.POST or not form.is_valid():
        return _page(asked, off=form)
    given = form.cleaned_data
    if given["last"] < _today(asked):
        form.add_error("first", _("That day is over."))
        return _page(asked, off=form)
    change = partial(schedules.take_off, first=given["first"], last=given["last"])
    return _settle(asked, change, _("Your days off are saved."))


@for_staff(*VOLUNTEERS)
@require_POST
def give_extra(request: HttpRequest) -> HttpResponse:
    """Give hours once, on a day that has none in the week."""
    asked, form = _asked(request), ExtraForm(request.POST)
    if "back" in request.POST or not form.is_valid():
        return _page(asked, extra=form)
    starts, ends = form.span()
    real = availability.resolve(starts, ends, availability.zone(asked.schedule.zone))
    if real.end <= max(real.start, asked.at):
        over = real.end <= asked.at
        form.add_error("day", _("That day is over.") if over else _("On that day the clock skips those hours."))
        return _page(asked, extra=form)
    return _settle(asked, partial(schedules.give_extra, starts=starts, ends=ends), _("Your extra hours are saved."))


@for_staff(*VOLUNTEERS)
@require_POST
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back time off, or extra time."""
    asked = _asked(request)
    found = AvailabilityException.objects.select_related("schedule").filter(schedule=asked.schedule, uuid=uuid).first()
    if found is None:
        raise NotFound
    if "back" in request.POST:
        return redirect("hours")

    def change(schedule: Schedule, /, *, by: Any, at: datetime) -> object:
        return schedules.undo_exception(found, by=by, at=at)

    return _settle(asked, change, _("It is taken back."))


@for_staff(*VOLUNTEERS)
@require_POST
def forget_weeks(request: HttpRequest) -> HttpResponse:
    """Let the usual hours hold again in weeks that had others."""
    asked = _asked(request)
    planned = weeks.planned(asked.schedule, _today(asked))
    first = next((one.first for one in planned if one.first.isoformat() == request.POST.get("first")), None)
    if first is None or "back" in request.POST:
        return redirect("hours")
    return _settle(asked, partial(schedules.forget_weeks, first=first), _("It is taken back."))


@for_staff(*VOLUNTEERS)
@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Offer nothing for a while."""
    asked, form = _asked(request), PauseForm(request.POST)
    if "back" in request.POST or not form.is_valid():
        return _page(asked, pause=form)
    until = form.cleaned_data["until"]
    if until and until <= _today(asked):
        form.add_error("until", _("Choose a day after today."))
        return _page(asked, pause=form)
    return _settle(asked, partial(schedules.pause, until=until), _("You are on pause. Nobody can book you."))


@for_staff(*VOLUNTEERS)
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Offer the usual hours again."""
    return _settle(_asked(request), schedules.resume, _("Welcome back. Your hours are offered again."))


@for_staff(*VOLUNTEERS)
@require_POST
def set_terms(request: HttpRequest) -> HttpResponse:
    """Set buffers, notice, horizon and limits."""
    asked = _asked(request)
    form = TermsForm(request.POST, terms=schedules.terms_of(asked.schedule))
    if not form.is_valid():
        return _page(asked, terms=form)
    return _settle(asked, partial(schedules.set_terms, terms=form.terms()), _("Saved. It holds for new visits."))


@for_staff(*VOLUNTEERS)
@require_POST
def set_zone(request: HttpRequest) -> HttpResponse:
    """Read the hours by another clock."""
    asked = _asked(request)
    form = ZoneForm(request.POST, zones=_zones(asked))
    if "back" in request.POST or not form.is_valid():
        return _page(asked, zone_form=form)
    change = partial(schedules.set_zone, zone=form.cleaned_data["zone"])
    return _settle(asked, change, _("Your hours are read by that clock now."))


# --- whom it touches -------------------------------------------------------------------------------------------------


def _settle(asked: Asked, change: Change, saved: str) -> HttpResponse:
    """Make a change that touches nobody; else show whom, until it is said for each what happens with the visit."""
    touched = impact.preview(asked.schedule, change, by=asked.by, at=asked.at)
    chosen = dict(_chosen(asked.request))
    if any(one.visit.uuid not in chosen for one in touched):
        return _impact(asked, touched, chosen)
    moving = [uuid for uuid, how in chosen.items() if how == MOVE]
    count = impact.carry_out(asked.schedule, change, moving=moving, by=asked.by, at=asked.at)
    messages.success(asked.request, " ".join([saved, *_said(count)]))
    return redirect("hours")


def _said(count: int) -> Iterator[str]:
    if count:
        words = ngettext(
            "We asked %(count)s person to choose another time.",
            "We asked %(count)s people to choose another time.",
            count,
        )
        yield words % {"count": count}


def _chosen(request: HttpRequest) -> Iterator[tuple[UUID, str]]:
    for name, how in request.POST.items():
        if name.startswith(CHOSEN) and how in (KEEP, MOVE):
            try:
                yield UUID(name.removeprefix(CHOSEN)), str(how)
            except ValueError:
                continue


def _impact(asked: Asked, touched: list[Touched], chosen: dict[UUID, str]) -> HttpResponse:
    typed = [
        (name, value)
        for name, values in asked.request.POST.lists()
        for value in values
        if name not in NOT_TYPED and not name.startswith(CHOSEN)
    ]
    rows = [
        {
            "one": one,
            "name": f"{CHOSEN}{one.visit.uuid}",
            "moving": chosen.get(one.visit.uuid) == MOVE,
            "alternatives": [
                f"{spoken.near_day(found.slot.starts_at, _zone(asked), asked.language, at=asked.at)}, "
                f"{spoken.hour(found.slot.starts_at, _zone(asked), asked.language)}"
                for found in one.alternatives
            ],
        }
        for one in touched
    ]
    return render(asked.request, "scheduling/impact.html", {"rows": rows, "typed": typed, "zone": _zone(asked)})


# --- the page --------------------------------------------------------------------------------------------------------


def _page(asked: Asked, *, week: WeekForm | None = None, **bound: Any) -> HttpResponse:
    """Return the page, with the form that was filled in wrongly as it was filled in."""
    schedule, today = asked.schedule, _today(asked)
    context = {
        "schedule": schedule,
        "zone": _zone(asked),
        "zone_known": availability.is_zone(schedule.zone),
        "form": week or _week_form(asked, initial=hours_forms.week_of(weeks.usual(schedule))),
        "off": DayOffForm(),
        "extra": ExtraForm(),
        "pause": PauseForm(),
        "terms": TermsForm(terms=schedules.terms_of(schedule)),
        "zone_form": ZoneForm(zones=_zones(asked), initial={"zone": schedule.zone}),
        "exceptions": AvailabilityException.objects.filter(schedule=schedule, ends_at__gt=asked.at),
        "planned": weeks.planned(schedule, today),
        "paused": schedule.paused_until is not None and schedule.paused_until > asked.at,
        "paused_for_good": schedule.paused_until == UNTIL_RESUMED,
        "silent": [(feed, covered(feed.hours)) for feed in busy_feeds.silent(schedule, at=asked.at)],
        "outside": schedules.outside_hours(schedule, at=asked.at),
    }
    return render(asked.request, "scheduling/hours.html", context | bound)


def _zone(asked: Asked) -> str:
    """Return by which clock times are shown: the organization's where nobody knows the schedule's."""
    known = availability.is_zone(asked.schedule.zone)
    return asked.schedule.zone if known else asked.schedule.organization.zone


def _today(asked: Asked) -> Any:
    return asked.at.astimezone(availability.zone(_zone(asked))).date()


def _zones(asked: Asked) -> list[tuple[str, str]]:
    names = dict.fromkeys([*spoken.ZONES, _zone(asked)])
    return [(name, spoken.zone(name, asked.language)) for name in names]
