"""Another time for a booked visit: choose it, see old and new side by side, done. The old one is kept until then."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from scheduling import clock, deadlines, problems, rescheduling, search, shifts, slots
from scheduling.access import Viewer, viewer
from scheduling.models import Appointment
from scheduling.refusals import NotPossibleNow, PatientBusy, Refusal, SlotInvalid, SlotTaken, VisitBegan
from scheduling.views.times import grouped
from scheduling.views.visits import visible

LIMIT, NEXT = 60, 3


@never_cache
@require_safe
def choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show other times for a visit, those with the same clinician or clinic first."""
    at = clock.now()
    found = visible(uuid, viewer(request, at))
    if found.status not in rescheduling.MOVABLE or found.starts_at <= at:
        return _refused(request, VisitBegan() if found.status in rescheduling.MOVABLE else NotPossibleNow(), found)
    same, others = rescheduling.times(found, limit=LIMIT, at=at)
    context = {
        "visit": found,
        "same": grouped(same, found.language, at, request.LANGUAGE_CODE),
        "others": grouped(others, found.language, at, request.LANGUAGE_CODE),
        "late": deadlines.is_late(found, at=at),
    }
    return render(request, "scheduling/move.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the old time and the new one, then move the visit; if the new one is gone, say so and what is left."""
    at = clock.database_now()
    asker = viewer(request, at)
    found = visible(uuid, asker)
    try:
        slot = slots.read(request.POST.get("slot") or request.GET.get("slot", ""))
        if request.method != "POST":
            return _confirmation(request, found, slot, asker)
        moved = rescheduling.reschedule(found, slot, by=asker, at=at)
    except SlotTaken as refusal:
        left = search.like(slot, limit=NEXT, at=at)
        return _refused(request, refusal, found, slots=left, zone=slot.zone, moving=found)
    except (PatientBusy, SlotInvalid, NotPossibleNow, VisitBegan) as refusal:
        return _refused(request, refusal, found)
    messages.success(request, _("Your appointment has its new time. The one before is free again."))
    return redirect("visit", moved.uuid)


def _confirmation(request: HttpRequest, found: Appointment, slot: slots.Slot, asker: Viewer) -> HttpResponse:
    at, other, language = asker.at, shifts.other_clock(asker), request.LANGUAGE_CODE
    context = {
        "visit": found,
        "slot": slot,
        "people": rescheduling.names(slot),
        "clock_shift": shifts.words(slot.starts_at, slot.zone, other, language, at=at),
        "late": deadlines.is_late(found, at=at),
    }
    return render(request, "scheduling/move_confirm.html", context)


def _refused(request: HttpRequest, refusal: Refusal, found: Appointment, **context: Any) -> HttpResponse:
    """Say why not; whatever it was, the visit is where it was before."""
    back = {"back": reverse("visit", args=[found.uuid]), "back_words": _("See my appointment")}
    return problems.page(request, refusal, kept=found, **back, **context)
