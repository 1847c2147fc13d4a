"""The JSON interface of this floor: the way into a room."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from ninja import Router

from realtime import rooms
from scheduling import clock
from scheduling.access import viewer
from scheduling.models import Appointment
from scheduling.refusals import NotFound

router = Router(tags=["realtime"])


@router.post("/appointments/{uuid:appointment}/room-token", summary="A short-lived token for the visit's room")
def mint_room_token(request: HttpRequest, appointment: UUID) -> JsonResponse:
    at = clock.now()
    asker = viewer(request, at)
    visit = Appointment.objects.visible_to(asker).select_related("visit_type").filter(uuid=appointment).first()
    if visit is None:
        raise NotFound
    way_in = rooms.knock(visit, by=asker, at=at)
    return JsonResponse(way_in | {"expires_at": way_in["expires_at"].isoformat()})
