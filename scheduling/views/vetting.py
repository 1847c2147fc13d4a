"""Volunteers apply; an organization's admins verify, approve and suspend."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scheduling import clock, vetting
from scheduling.access import remember_holder, viewer
from scheduling.models import Clinician, Notification, Role
from scheduling.notifications import Composed
from scheduling.refusals import LicenceNotVerified, NotFound
from scheduling.vetting import Practitioner
from scheduling.views.staff import for_staff
from scheduling.volunteer_forms import PROFESSIONS, ApproveForm, ClinicianForm, InterpreterForm, VerifyForm


@require_safe
def volunteer(request: HttpRequest) -> HttpResponse:
    """Say what giving time means, and lead to the two ways of it."""
    return render(request, "scheduling/volunteer.html")


@require_http_methods(["GET", "HEAD", "POST"])
def apply_clinician(request: HttpRequest) -> HttpResponse:
    """Take the application of somebody who sees patients."""
    return _apply(request, ClinicianForm(request.POST or None), _("I see patients"))


@require_http_methods(["GET", "HEAD", "POST"])
def apply_interpreter(request: HttpRequest) -> HttpResponse:
    """Take the application of somebody who interprets."""
    return _apply(request, InterpreterForm(request.POST or None), _("I interpret"))


def _apply(request: HttpRequest, form: ClinicianForm | InterpreterForm, title: str) -> HttpResponse:
    if not form.is_valid():
        return render(request, "scheduling/apply.html", {"form": form, "title": title})
    at = clock.database_now()
    remember_holder(request)
    told = form.application(request.LANGUAGE_CODE)
    vetting.apply(told, form.cleaned_data["organization"], by=viewer(request, at), at=at)
    return redirect("applied")


@require_safe
def applied(request: HttpRequest) -> HttpResponse:
    """Say what comes next; the same for everybody."""
    return render(request, "scheduling/applied.html")


# --- the organization's admins ---------------------------------------------------------------------------------------


@for_staff(Role.ADMIN)
@require_safe
def volunteers(request: HttpRequest) -> HttpResponse:
    """Show who applied and who is here."""
    at = clock.now()
    people = [_row(one, at) for one in vetting.visible(viewer(request, at))]
    return render(request, "scheduling/volunteers.html", {"people": people, "waiting": _waiting(people)})


def _waiting(people: list[dict[str, Any]]) -> int:
    return sum(person["one"].status == "applied" for person in people)


def _row(one: Practitioner, at: datetime) -> dict[str, Any]:
    licences = list(one.licences.all()) if isinstance(one, Clinician) else []
    lapses = min((each.expires_on for each in licences if each.verified_at), default=None)
    soon = lapses is not None and (lapses - at.date()).days < 60
    does = PROFESSIONS.get(one.profession, one.profession) if isinstance(one, Clinician) else _("Interpreter")
    sees = isinstance(one, Clinician)
    return {"one": one, "does": does, "sees": sees, "licences": licences, "lapses": lapses, "soon": soon}


@for_staff(Role.ADMIN)
@require_safe
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one volunteer, what they say of themselves, and what was verified."""
    return _page(request, uuid, clock.now(), approving=ApproveForm())


def _page(request: HttpRequest, uuid: UUID, at: datetime, **forms: Any) -> HttpResponse:
    found = vetting.find(uuid, viewer(request, at))
    row = _row(found, at)
    row["licences"] = [(each, forms.pop(f"licence_{each.pk}", None) or _form_of(each)) for each in row["licences"]]
    return render(request, "scheduling/one_volunteer.html", row | forms)


def _form_of(licence: Any) -> VerifyForm:
    return VerifyForm(initial={"source": licence.source, "expires_on": licence.expires_on}, prefix=str(licence.pk))


@for_staff(Role.ADMIN)
@require_POST
def verify(request: HttpRequest, uuid: UUID, licence: int) -> HttpResponse:
    """Write down where a licence was looked up, and until when it runs."""
    at = clock.database_now()
    asker = viewer(request, at)
    found = vetting.find(uuid, asker)
    mine = found.licences.filter(pk=licence).first() if isinstance(found, Clinician) else None
    if mine is None:
        raise NotFound
    form = VerifyForm(request.POST, prefix=str(licence))
    if not form.is_valid():
        return _page(request, uuid, at, approving=ApproveForm(), **{f"licence_{licence}": form})
    vetting.verify_licence(mine, **form.cleaned_data, by=asker, at=at)
    messages.success(request, _("The licence is verified."))
    return redirect("one_volunteer", uuid)


@for_staff(Role.ADMIN)
@require_POST
def approve(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let somebody be offered from now on."""
    at = clock.database_now()
    asker = viewer(request, at)
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            vetting.approve(vetting.find(uuid, asker), source=form.cleaned_data["approval"], by=asker, at=at)
            messages.success(request, _("Approved. We sent the e-mail to choose a password."))
            return redirect("one_volunteer", uuid)
        except LicenceNotVerified:
            form.add_error(None, _("Verify a licence first: look it up where it was issued, and write the source."))
    return _page(request, uuid, at, approving=form)


@for_staff(Role.ADMIN)
@require_POST
def suspend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Offer somebody no more."""
    at = clock.database_now()
    asker = viewer(request, at)
    vetting.suspend(vetting.find(uuid, asker), by=asker, at=at)
    messages.success(request, _("Suspended. Whoever had a visit with them is told and gets help to choose another."))
    return redirect("one_volunteer", uuid)


def compose_applied(notification: Notification, at: datetime) -> Composed:
    """Return what an admin is told: that somebody applied, and where to see it."""
    return Composed({"link": f"{settings.SITE_URL}/voluntarios/{notification.subject}/"})
