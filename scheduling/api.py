"""The JSON interface of this floor: open times, holds, appointments. Shapes: README, "The interface"."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, JsonResponse
from ninja import Field, Query, Router, Schema
from pydantic import BeforeValidator, ConfigDict

from scheduling import accounts, appointments, clock, open_starts, places, problems, rescheduling, search, shown, slots
from scheduling.access import Viewer, remember_holder, side_of, viewer
from scheduling.matching import Criteria
from scheduling.models import Appointment, Care, Modality, Patient, Specialty
from scheduling.refusals import Invalid, NotFound, SignInFirst, SlotTaken

router = Router(tags=["scheduling"])
AHEAD = timedelta(days=28)
ALTERNATIVES = 3


class Strict(Schema):
    """A body in which a field we do not know is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid")


def _day_or_instant(given: str) -> date | datetime:
    """Return a day if that is all that was written: left to itself, pydantic reads a day as its midnight."""
    found = datetime.fromisoformat(given) if "T" in given.upper() else date.fromisoformat(given)
    if not 2000 <= found.year < 3000:  # far enough from where a calendar ends
        raise ValueError("out of range")
    return found


DayOrInstant = Annotated[datetime | date, BeforeValidator(_day_or_instant)]


class Search(Strict):
    """What is looked for; everything but the state may be left out."""

    state: str = Field(min_length=2, max_length=2, description="where the patient will be, two letters")
    language: str = Field("", max_length=3, pattern="^[a-z]*$", description="ISO 639; empty: any")
    visit_type: str = Field("", max_length=50, pattern="^[-a-z0-9_]*$")
    modality: Modality | Literal[""] = ""
    specialty: Specialty | Literal[""] = ""
    care: Care | Literal[""] = ""
    age: int | None = Field(None, ge=0, le=130)
    since: DayOrInstant | None = Field(None, alias="from")
    until: DayOrInstant | None = Field(None, alias="to")
    zone: str = ""
    clinician: UUID | None = Field(None, description="only this clinician's times")
    near: str = Field("", max_length=10, description="the patient's ZIP code: clinics by distance from it")
    limit: int = Field(20, ge=1, le=1000)


# What an address may ask; a filter misspelt would otherwise filter nothing. `lang` is of every address.
_ASKED = {field.alias or name for name, field in Search.model_fields.items()} | {"lang"}


class NewHold(Strict):
    slot: str = Field(max_length=2000)


class NewAppointment(Strict):
    hold: UUID
    patient: UUID | None = None
    reason: str = Field("", max_length=2000)


class NewTime(Strict):
    slot: str = Field(max_length=2000)


class Cancellation(Strict):
    """Nothing to say; a reason is not asked for."""


@router.get("/slots", summary="Open times that fit, soonest first")
def list_slots(request: HttpRequest, query: Query[Search]) -> JsonResponse:
    at = clock.now()
    for name in request.GET.keys() - _ASKED:
        raise Invalid(name, "extra_forbidden")
    asker = viewer(request, at)
    wanted = replace(
        _criteria(query, at), urgent=open_starts.may_use_urgent(asker), last_clinician=search.last_clinician(asker)
    )
    results = search.find(wanted, at=at)
    language = request.LANGUAGE_CODE
    return JsonResponse(
        {
            "slots": shown.times(results.found, language, wanted.language),
            "refusals": [{"code": refused.code, "count": refused.count} for refused in results.refusals],
        }
    )


def _criteria(query: Search, at: datetime) -> Criteria:
    place, zone = _where(query)
    since, until = _instant(query.since, zone) or at, _instant(query.until, zone, end=True)
    return Criteria(
        state=place.state,
        language=query.language,
        since=max(since, at),
        until=until or max(since, at) + AHEAD,
        zone=zone,
        visit_type=query.visit_type,
        modality=query.modality,
        specialty=query.specialty,
        care=query.care,
        age=query.age,
        clinician=query.clinician,
        near=_near(query.near),
        limit=query.limit,
    )


def _where(query: Search) -> tuple[places.Place, str]:
    try:
        place = places.of_state(query.state)
    except places.PlaceUnknown:
        raise Invalid("state", "unknown_state") from None
    try:
        return place, places.zone_named(query.zone or place.zone)
    except places.PlaceUnknown:
        raise Invalid("zone", "unknown_zone") from None


def _near(postal_code: str) -> tuple[float, float] | None:
    try:
        return places.of_zip(postal_code).middle if postal_code else None
    except places.PlaceUnknown:
        raise Invalid("near", "unknown_place") from None


def _instant(given: datetime | date | None, zone: str, *, end: bool = False) -> datetime | None:
    """Return an instant: a date means its midnight in the zone, or, as an end, the midnight after it."""
    place = ZoneInfo(zone)
    if given is None:
        return None
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=place)
    return datetime.combine(given + timedelta(days=1) if end else given, time(), place)


@router.post("/holds", summary="Hold an open time for five minutes")
def create_hold(request: HttpRequest, body: NewHold) -> JsonResponse:
    at = clock.database_now()
    slot = slots.read(body.slot)
    remember_holder(request)
    try:
        held = appointments.hold(slot, by=viewer(request, at), at=at)
    except SlotTaken as refusal:
        return problems.as_json(refusal, request, alternatives=_others(request, slot, at))
    return JsonResponse({"id": str(held.uuid), "expires_at": shown.stamp(held.held_until, held.zone)}, status=201)


def _others(request: HttpRequest, slot: slots.Slot, at: datetime) -> list[dict[str, Any]]:
    """Return the next open times like one that was taken."""
    return shown.times(search.like(slot, limit=ALTERNATIVES, at=at), request.LANGUAGE_CODE, "")


@router.post("/appointments", summary="Book a held time")
def create_appointment(request: HttpRequest, body: NewAppointment) -> JsonResponse:
    at = clock.database_now()
    asker = _signed_in(request, at)
    held = Appointment.objects.held_by(asker).filter(uuid=body.hold).first()
    if held is None:
        raise NotFound
    patient = _patient(asker, body.patient, held, at)
    booked = appointments.confirm(held, patient=patient, reason=body.reason, by=asker, at=at)
    return JsonResponse(shown.outline(booked, request.LANGUAGE_CODE), status=201)


def _patient(asker: Viewer, chosen: UUID | None, held: Appointment, at: datetime) -> Patient:
    """Return the patient somebody books for: the one chosen among those they speak for, else themselves."""
    assert asker.user
    if chosen is None:
        about = {"state": held.patient_state, "zone": held.zone}
        return accounts.patient_of(asker.user, about=about, by=asker, at=at)
    found = Patient.objects.filter(uuid=chosen, representatives__user=asker.user, representatives__until=None).first()
    if found is None:
        raise Invalid("patient", "unknown_patient")
    return found


@router.get("/appointments", summary="Appointments of those who ask")
def list_appointments(request: HttpRequest, limit: int = Query(50, ge=1, le=200)) -> JsonResponse:
    asker = _signed_in(request, clock.now())
    rows = Appointment.objects.visible_to(asker).for_display().order_by("-starts_at", "-pk")[:limit]
    return JsonResponse({"appointments": [shown.appointment(row, request.LANGUAGE_CODE) for row in rows]})


@router.get("/appointments/{uuid:appointment}", summary="One appointment")
def get_appointment(request: HttpRequest, appointment: UUID) -> JsonResponse:
    return JsonResponse(_shown(_visible(appointment, viewer(request, clock.now())), request))


@router.post("/appointments/{uuid:appointment}/cancel", summary="Cancel an appointment")
def cancel_appointment(request: HttpRequest, appointment: UUID, body: Cancellation | None = None) -> JsonResponse:
    at = clock.database_now()
    asker = viewer(request, at)
    found = _visible(appointment, asker)
    cancelled = appointments.cancel(found, because=side_of(found, by=asker), by=asker, at=at)
    return JsonResponse(_shown(cancelled, request))


@router.post("/appointments/{uuid:appointment}/reschedule", summary="Move an appointment to another open time")
def reschedule_appointment(request: HttpRequest, appointment: UUID, body: NewTime) -> JsonResponse:
    at = clock.database_now()
    asker = viewer(request, at)
    found = _visible(appointment, asker)
    slot = slots.read(body.slot)
    try:
        moved = rescheduling.reschedule(found, slot, by=asker, at=at)
    except SlotTaken as refusal:
        return problems.as_json(refusal, request, alternatives=_others(request, slot, at))
    return JsonResponse(_shown(moved, request))


def _signed_in(request: HttpRequest, at: datetime) -> Viewer:
    asker = viewer(request, at)
    if asker.user is None:
        raise SignInFirst
    return asker


def _visible(uuid: UUID, asker: Viewer) -> Appointment:
    found: Appointment | None = Appointment.objects.visible_to(asker).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def _shown(one: Appointment, request: HttpRequest) -> dict[str, Any]:
    return shown.appointment(Appointment.objects.for_display().get(pk=one.pk), request.LANGUAGE_CODE)
