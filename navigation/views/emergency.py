"""Help now: the number first, then where, then how to call back; and the page that shows who is on it."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from navigation import cases, shown
from navigation.cases import Report
from navigation.forms import DeathForm, ReportForm
from navigation.models import Case, CaseKind, CaseStatus, Tier
from scheduling import clock
from scheduling.access import Viewer, remember_grant, remember_holder, viewer
from scheduling.accounts import grant_link
from scheduling.models import GrantScope
from scheduling.refusals import NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def now(request: HttpRequest) -> HttpResponse:
    """Show 911 before any form; whoever writes here is called back."""
    form = ReportForm(request.POST or None)
    if not form.is_valid():
        return render(request, "navigation/emergency.html", {"form": form})
    return _open(request, _report(form, Tier.RED, CaseKind.MEDICAL, request.LANGUAGE_CODE))


@require_http_methods(["GET", "HEAD", "POST"])
def death(request: HttpRequest) -> HttpResponse:
    """Take the report of a death in the family: a number, and nothing else that has to be said."""
    form = DeathForm(request.POST or None)
    if not form.is_valid():
        return render(request, "navigation/death.html", {"form": form})
    given = form.cleaned_data
    report = Report(
        kind=CaseKind.FUNERAL,
        tier=Tier.FUNERAL,
        callback=given["phone"],
        place=given["where"],
        preferred_name=given["name"],
        language=request.LANGUAGE_CODE,
    )
    return _open(request, report)


def _open(request: HttpRequest, report: Report) -> HttpResponse:
    at = clock.database_now()
    remember_holder(request)
    return _lead_to(request, cases.open(report, by=viewer(request, at), at=at), at)


def _lead_to(request: HttpRequest, case: Case, at: datetime) -> HttpResponse:
    """Let the browser see the case, and lead it there."""
    grant, _secret = grant_link(GrantScope.CASE, case.uuid, at=at)
    remember_grant(request, grant)
    return redirect("case", case.uuid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case_now(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show whom to call for a case that a red flag opened, then ask where and how to call back."""
    at = clock.database_now()
    asker = viewer(request, at)
    found = _visible(uuid, asker)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        report = _report(form, Tier(found.tier), CaseKind(found.kind), found.language)
        return _lead_to(request, cases.tell_more(found, report, by=asker, at=at), at)
    calls, advice = shown.actions(found, request.LANGUAGE_CODE)
    return render(request, "navigation/emergency.html", {"form": form, "case": found, "calls": calls, "advice": advice})


def _report(form: ReportForm, tier: Tier, kind: CaseKind, language: str) -> Report:
    given = form.cleaned_data
    return Report(
        kind=kind,
        tier=tier,
        callback=given["phone"],
        place=given["place"],
        present=given["present"],
        told_to_call="911" if tier == Tier.RED else "",
        language=language,
    )


@never_cache
@require_safe
def case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the person who asked for help that somebody is on it, or who is being called."""
    at = clock.now()
    return render(request, "navigation/case.html", _context(_visible(uuid, viewer(request, at)), at))


@never_cache
@require_safe
def case_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Return only what changes of that page while it is watched."""
    at = clock.now()
    return render(request, "navigation/case_state.html", _context(_visible(uuid, viewer(request, at)), at))


def _visible(uuid: UUID, asker: Viewer) -> Case:
    found: Case | None = Case.objects.visible_to(asker).for_board().filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def _context(found: Case, at: datetime) -> dict[str, object]:
    return {
        "case": found,
        "at": at,
        "zone": found.organization.zone,
        "being_called": shown.being_called(found),
        "answered": found.status == CaseStatus.ACKNOWLEDGED,
        "reachable": bool(found.callback),
    }
