"""Talks: whoever wants takes a place; the host opens them and sees who comes."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scheduling import availability, clock, problems
from scheduling import sessions as talks
from scheduling.access import Viewer, remember_holder, viewer
from scheduling.models import Appointment, Location, Role
from scheduling.refusals import NotFound, NotPossibleNow, SessionFull, SlotTaken
from scheduling.session_forms import SessionForm
from scheduling.views.staff import for_staff


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Show the talks to come, and how many places each has left."""
    at = clock.now()
    context = {"coming": talks.coming(at=at), "hosts": viewer(request, at).has_role(Role.CLINICIAN)}
    return render(request, "scheduling/sessions.html", context)


@require_POST
def hold(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Hold a place and go on to confirm it, as with any time."""
    at = clock.database_now()
    remember_holder(request)
    try:
        held = talks.hold(talks.find(uuid), by=viewer(request, at), at=at)
    except SessionFull as refusal:
        return problems.page(request, refusal, back="/platicas/", back_words=_("See the other talks"))
    return redirect("hold", held.uuid)


@for_staff(Role.CLINICIAN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a talk."""
    at = clock.database_now()
    form = SessionForm(request.POST or None)
    if form.is_valid():
        told = form.cleaned_data
        starts_at = _instant(told["day"], told["hour"], told["location"])
        try:
            asker = viewer(request, at)
            made = talks.open_session(told["visit_type"], told["location"], starts_at, told["places"], by=asker, at=at)
            messages.success(request, _("The talk is open. People can take places now."))
            return redirect("session", made.uuid)
        except SlotTaken:
            form.add_error("hour", _("You have something else at that time."))
        except NotPossibleNow:
            form.add_error("day", _("Choose a day and hour still to come."))
    return render(request, "scheduling/new_session.html", {"form": form})


def _instant(day: datetime, hour: datetime, location: Location) -> datetime:
    """Return the instant at which the clock on the wall of the place reads that."""
    wall = datetime.combine(day, hour)  # type: ignore[arg-type]
    return availability.resolve(wall, wall, ZoneInfo(location.zone)).start


@for_staff(Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN, Role.NAVIGATOR)
@require_safe
def session(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the host and their organization who comes to a talk."""
    at = clock.now()
    found = _own(uuid, viewer(request, at))
    context = {
        "session": found,
        "places": talks.places_of(found),
        "may_cancel": found.status == "booked" and found.starts_at > at,
    }
    return render(request, "scheduling/session.html", context)


@for_staff(Role.CLINICIAN, Role.COORDINATOR, Role.ADMIN, Role.NAVIGATOR)
@require_POST
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Cancel a talk; everybody who has a place is told."""
    at = clock.database_now()
    asker = viewer(request, at)
    found = _own(uuid, asker)
    because = "clinician" if talks.is_host(found, by=asker) else "organization"
    talks.cancel(found, because=because, by=asker, at=at)
    messages.success(request, _("The talk is cancelled. Everybody who had a place is told."))
    return redirect("session", uuid)


def _own(uuid: UUID, asker: Viewer) -> Appointment:
    visible = Appointment.objects.visible_to(asker).for_display()
    found: Appointment | None = visible.filter(uuid=uuid, places__gt=1).first()
    if found is None:
        raise NotFound
    return found
