"""The page of a room: the door, and what is behind it once the browser has a token."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from scheduling import clock, encounters, problems
from scheduling.access import viewer
from scheduling.models import Appointment, ParticipantRole
from scheduling.refusals import NotFound, Refusal


@never_cache
@require_safe
def room(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show the door of a visit's room to whoever has a place in it; closed, early or late, say what to do."""
    at = clock.now()
    asker = viewer(request, at)
    visit = Appointment.objects.visible_to(asker).for_display().filter(uuid=uuid).first()
    if visit is None:
        raise NotFound
    seat = encounters.seat(visit, by=asker)
    mine = seat.role == ParticipantRole.PATIENT
    zone = visit.zone if mine or asker.user is None else asker.user.zone
    back = reverse("visit", args=[visit.uuid]) if mine else reverse("day")
    try:
        encounters.open_door(visit, at=at)
    except Refusal as refusal:
        return problems.page(request, refusal, zone=zone, back=back, back_words=_("Go back"))
    others = [part for part in visit.participants.all() if part.pk != seat.pk]
    host = next((part.name for part in visit.participants.all() if part.role == ParticipantRole.CLINICIAN), "")
    context = {
        "visit": visit,
        "zone": zone,
        "mine": mine,
        "back": back,
        "host": host,
        "host_here": seat.role == ParticipantRole.CLINICIAN,
        "others": [part.name for part in others],
        "words": _words(),
    }
    return render(request, "realtime/room.html", context)


def _words() -> dict[str, Any]:
    """Return what the page's script may have to say."""
    return {
        "unreachable": _("We cannot reach the room"),
        "tryAgain": _("Check your internet and try again, or call us."),
        "left": [_("You left the visit"), _("You can come back while it lasts.")],
        "unsupported": [
            _("This phone cannot make the call"),
            _("Use another browser, or call us and we do it by phone."),
        ],
        "microphone": {
            "NotAllowedError": _("We may not use your microphone. They will see you but not hear you."),
            "NotFoundError": _("We find no microphone on this device."),
            "NotReadableError": _("Another program is using the microphone. Close it and come in again."),
            "other": _("The microphone does not answer."),
        },
        "camera": {
            "NotAllowedError": _("We may not use your camera. That is fine: your voice is enough."),
            "NotFoundError": _("We find no camera on this device. Your voice is enough."),
            "NotReadableError": _("Another program is using the camera. Your voice is enough."),
            "other": _("The camera does not answer. Your voice is enough."),
        },
        "closed": {
            "finished": [_("The visit is over"), _("Thank you. You can close this page.")],
            "revoked": [_("This visit was cancelled or moved"), _("Look at your appointment’s page.")],
            "elsewhere": [_("You went in from another place"), _("This page let go of the call.")],
            "other": [_("The call has ended"), _("Go back to your appointment’s page and enter again.")],
        },
    }
