"""From which town a language is: two mixtecos may not understand one another."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from navigation import intake as intakes
from navigation.forms import TongueForm, TownForm
from navigation.models import Intake
from scheduling import clock, languages
from scheduling.access import viewer
from scheduling.refusals import NotFound

NEAR = "near"  # in the session, from the first question to the open times: the ZIP code, if that is what was typed


@require_http_methods(["GET", "HEAD", "POST"])
def tongue(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for the town; of several languages it may be, show which; whoever does not know goes on without."""
    at = clock.database_now()
    asker = viewer(request, at)
    intake: Intake | None = Intake.objects.visible_to(asker).filter(uuid=uuid).first()
    if intake is None:
        raise NotFound
    if request.method == "POST" and languages.is_known(chosen := request.POST.get("variant", "")):
        return to_times(request, intakes.name_language(intake, chosen, by=asker, at=at))
    group = languages.group_of(intake.language)
    form = TownForm(request.POST or None, group=group.code) if group else TongueForm(request.POST or None, group="")
    if form.is_valid() and len(form.found) == 1:
        return to_times(request, intakes.name_language(intake, form.found[0].code, by=asker, at=at))
    towns = languages.towns(form.chosen) if form.chosen else ()
    context = {"form": form, "intake": intake, "group": group, "towns": towns}
    return render(request, "navigation/tongue.html", context)


def is_open(intake: Intake) -> bool:
    """Return whether it is still to be asked which language exactly somebody speaks."""
    group = languages.group_of(intake.language)
    return intake.language == languages.OTHER or (group is not None and group.code == intake.language)


def to_times(request: HttpRequest, intake: Intake) -> HttpResponse:
    """Lead to the open times for whoever told this; their ZIP code goes on in the address, and is kept nowhere."""
    query = {"state": intake.state, "language": intake.language, "zone": intake.zone}
    if near := request.session.pop(NEAR, ""):
        query["near"] = near
    return redirect(f"{reverse('times')}?{urlencode(query)}")
