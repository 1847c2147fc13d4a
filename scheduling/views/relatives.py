"""People for whom somebody speaks: no longer to do so."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scheduling import clock, relatives
from scheduling.access import viewer
from scheduling.refusals import NotFound


@require_POST
def end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End speaking for a patient, and say what becomes of their visits."""
    at = clock.database_now()
    asker = viewer(request, at)
    if asker.user is None:
        raise NotFound
    relatives.end(asker.user, uuid, by=asker, at=at)
    messages.success(request, _("You no longer speak for them. Their appointments stay; they can call us."))
    return redirect("visits")
