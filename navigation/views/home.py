"""The first page, and telling what one needs: red flags before any calendar."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from navigation import intake as intakes
from navigation import triage
from navigation.forms import NeedForm
from navigation.models import Intake
from navigation.triage import page
from navigation.views import tongue
from scheduling import clock, places
from scheduling.access import Viewer, remember_grant, remember_holder, viewer
from scheduling.accounts import grant_link
from scheduling.models import GrantScope
from scheduling.refusals import NotFound


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Ask what somebody needs, with the number that saves a life first."""
    return render(request, "navigation/home.html")


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask what is happening, where, and in which language."""
    at = clock.database_now()
    form = NeedForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if not form.is_valid():
        return render(request, "navigation/ask.html", {"form": form, "states": places.STATES.values()})
    remember_holder(request)
    place = form.cleaned_data["where"]
    request.session[tongue.NEAR] = place.postal_code
    begun = intakes.begin(
        form.cleaned_data["text"],
        language=form.cleaned_data["language"],
        state=place.state,
        zone=place.zone,
        by=viewer(request, at),
        at=at,
    )
    return _onward(request, begun, at) if begun.case else redirect("signs", begun.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def signs(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask the red-flag questions; the first yes opens a case and leads to whom to call."""
    at = clock.database_now()
    asker = viewer(request, at)
    intake = _own(uuid, asker)
    if request.method == "POST":
        answers = _answers(request, intake)
        if answers:
            intake = intakes.answer(intake, answers, by=asker, at=at)
        if intake.case or "none" in request.POST:
            return _onward(request, intake, at)
    return render(request, "navigation/signs.html", {"intake": intake, "signs": _questions(request, intake)})


def _own(uuid: UUID, asker: Viewer) -> Intake:
    found: Intake | None = Intake.objects.visible_to(asker).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def _questions(request: HttpRequest, intake: Intake) -> list[tuple[str, str]]:
    """Return what is still to be asked: what follows from a yes that is no danger by itself comes first."""
    given = intakes.given(intake)
    language, off = intakes.speaks(request.LANGUAGE_CODE), settings.RED_FLAGS_OFF
    followed = [pair for code, said in given.items() if said == "yes" for pair in triage.follow_up(code, language, off)]
    return [pair for pair in [*followed, *page.signs(language, off)] if pair[0] not in given]


def _answers(request: HttpRequest, intake: Intake) -> dict[str, str]:
    """Return what was pressed: one yes, or no to everything that was asked."""
    asked = [code for code, _ in _questions(request, intake)]
    if "none" in request.POST:
        return dict.fromkeys(asked, "no")
    pressed = request.POST.get("yes", "")
    return {pressed: "yes"} if pressed in asked else {}


def _onward(request: HttpRequest, intake: Intake, at: datetime) -> HttpResponse:
    """Lead to whom to call if there is danger, else to the open times; on the way, from which town a language is."""
    if intake.case:
        grant, _secret = grant_link(GrantScope.CASE, intake.case.uuid, at=at)
        remember_grant(request, grant)
        return redirect("case_now", intake.case.uuid)
    return redirect("tongue", intake.uuid) if tongue.is_open(intake) else tongue.to_times(request, intake)
