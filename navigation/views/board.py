"""The coordinators' board, and a case as they work on it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from navigation import cases, shown
from navigation.forms import NoteForm
from navigation.models import Case, CaseStatus, Tier
from scheduling import clock, contacts, events
from scheduling.access import Viewer, viewer
from scheduling.models import Role
from scheduling.refusals import NotFound
from scheduling.views.staff import for_staff

ANSWERING = (Role.COORDINATOR, Role.NAVIGATOR, Role.ADMIN)
ORDER = [Tier.RED, Tier.ORANGE, Tier.FUNERAL, Tier.FOLLOW_UP]


@for_staff(*ANSWERING)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show every open case of the viewer's organizations: life first, then what waits longest for a human act."""
    return render(request, "navigation/board.html", _board(request))


@for_staff(*ANSWERING)
@require_safe
def board_cards(request: HttpRequest) -> HttpResponse:
    """Return only the cards, for a board that was told to look again."""
    return render(request, "navigation/board_cards.html", _board(request))


def _board(request: HttpRequest) -> dict[str, Any]:
    at = clock.now()
    asker = viewer(request, at)
    rows = list(Case.objects.visible_to(asker).unresolved().for_board())
    rows.sort(key=lambda case: (ORDER.index(Tier(case.tier)), case.status != CaseStatus.OPEN, case.acted_at))
    paged = shown.paged(rows)
    cards = [shown.for_board(case, paged, asker, at) for case in rows]
    tally = [(tier, sum(case.tier == tier for case in rows)) for tier in ORDER]
    return {"cards": cards, "tally": tally, "at": at, "zone": asker.user.zone if asker.user else "UTC"}


@for_staff(*ANSWERING)
@require_safe
def staff_case(request: HttpRequest, code: str) -> HttpResponse:
    """Show a case with what identifies the person; opening it is written down."""
    at = clock.now()
    asker = viewer(request, at)
    found = _visible(code, asker)
    return _case_page(request, found, asker, NoteForm(), at)


def _case_page(request: HttpRequest, found: Case, asker: Viewer, form: NoteForm, at: datetime) -> HttpResponse:
    events.looked(found, "case", by=asker, at=at)
    card = shown.for_board(found, shown.paged([found]), asker, at)
    context = {
        "card": card,
        "case": found,
        "form": form,
        "at": at,
        "zone": asker.user.zone if asker.user else "UTC",
        "history": shown.history(found),
        "outcomes": shown.OUTCOMES,
        "contact": contacts.rule_of(found.callback_hash),
        "signs": shown.signs(found, request.LANGUAGE_CODE),
        "notes": found.notes.select_related("data_key", "by_user__data_key"),
        "intakes": found.intakes.select_related("data_key"),
    }
    return render(request, "navigation/staff_case.html", context)


@for_staff(Role.COORDINATOR, Role.ADMIN)
@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    """Take a case; if somebody else was faster, say who."""
    at = clock.database_now()
    asker = viewer(request, at)
    taken = cases.acknowledge(_visible(code, asker), by=asker, at=at)
    if asker.user and taken.owner_id != asker.user.pk and taken.owner:
        words = _("%(name)s already has %(code)s.") % {"name": taken.owner.preferred_name, "code": taken.code}
        messages.info(request, words)
    return redirect("staff_case", taken.code) if request.POST.get("then") == "open" else redirect("board")


@for_staff(Role.COORDINATOR, Role.ADMIN)
@require_POST
def note(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what was done."""
    at = clock.database_now()
    asker = viewer(request, at)
    found = _visible(code, asker)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _case_page(request, found, asker, form, at)
    cases.note(found, form.cleaned_data["text"], by=asker, at=at)
    return redirect("staff_case", found.code)


@for_staff(Role.COORDINATOR, Role.ADMIN)
@require_POST
def resolve(request: HttpRequest, code: str) -> HttpResponse:
    """End a case with how it ended."""
    at = clock.database_now()
    asker = viewer(request, at)
    outcome = request.POST.get("outcome", "")
    if outcome not in shown.OUTCOMES:
        raise NotFound
    cases.resolve(_visible(code, asker), outcome, by=asker, at=at)
    return redirect("board")


def _visible(code: str, asker: Viewer) -> Case:
    found: Case | None = Case.objects.visible_to(asker).for_board().coded(code).first()
    if found is None:
        raise NotFound
    return found
