"""The JSON interface of this floor: triage and cases."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from ninja import Field, Router, Schema

from navigation import cases, shown, triage
from navigation.cases import Report
from navigation.intake import first_call, speaks, tier_of, tier_of_kind
from navigation.models import Case, CaseKind, Presence, Tier
from scheduling import clock, phones, places
from scheduling.access import Viewer, remember_holder, viewer
from scheduling.api import Strict
from scheduling.refusals import Invalid, NotFound, SignInFirst

router = Router(tags=["navigation"])


class Question(Strict):
    text: str = Field("", max_length=10_000)
    answers: dict[str, Literal["yes", "no", "unsure"]] = Field(default_factory=dict)
    language: Literal["es", "en"] = "es"


class NewCase(Strict):
    """A call for help. What danger there is follows from `text`, `answers` and `kind`; all else may be missing."""

    kind: CaseKind | Literal[""] = ""
    text: str = Field("", max_length=10_000)
    answers: dict[str, Literal["yes", "no", "unsure"]] = Field(default_factory=dict)
    callback: str = Field("", max_length=40)
    country: Literal["US", "MX"] = "US"
    place: str = Field("", max_length=500)
    name: str = Field("", max_length=80)
    present: Presence | Literal[""] = ""
    language: str = Field("es", pattern="^[A-Za-z]{0,3}$")
    state: str = Field("", max_length=2)


class Note(Strict):
    text: str = Field(min_length=1, max_length=4000)


class Resolution(Strict):
    outcome: str = Field("helped", min_length=1, max_length=24, pattern="^[a-z_]+$")


class Nothing(Schema):
    """An empty body."""


@router.post("/triage", summary="How urgent, of what kind, and whom to call first")
def assess(request: HttpRequest, body: Question) -> JsonResponse:
    return JsonResponse(_assess(body.text, body.answers, body.language).as_dict())


def _assess(text: str, answers: Mapping[str, str], language: triage.Language) -> triage.Assessment:
    try:
        return triage.assess(text, answers, language, off=settings.RED_FLAGS_OFF)
    except triage.InvalidInput as error:
        raise Invalid(error.field, error.code) from None


@router.post("/cases", summary="Ask for help: a person will call")
def open_case(request: HttpRequest, body: NewCase) -> JsonResponse:
    at = clock.database_now()
    remember_holder(request)
    found = _assess(body.text, body.answers, speaks(body.language))
    asker = viewer(request, at)
    case = cases.open(_report(body, found), by=asker, at=at)
    return JsonResponse(shown.receipt(case, found), status=201)


def _report(body: NewCase, found: triage.Assessment) -> Report:
    return Report(
        kind=CaseKind(body.kind or found.kind),
        tier=_tier(body, found),
        flags=found.flags,
        told_to_call=first_call(found),
        callback=_callback(body),
        place=body.place,
        preferred_name=body.name,
        present=body.present,
        language=body.language,
        state=_state(body.state),
    )


def _tier(body: NewCase, found: triage.Assessment) -> Tier:
    """Return the more urgent of what the words tell and what the kind can be: saying more never lowers it."""
    tiers = [tier_of(found.level, found.kind)]
    if body.kind:
        tiers.append(tier_of_kind(CaseKind(body.kind)))
    return min(tiers, key=list(Tier).index)


def _callback(body: NewCase) -> str:
    if not body.callback:
        return ""
    try:
        return phones.parse(body.callback, body.country).e164
    except phones.PhoneError as error:
        raise Invalid("callback", error.code) from None


def _state(state: str) -> str:
    try:
        return places.of_state(state).state if state else ""
    except places.PlaceUnknown:
        raise Invalid("state", "unknown_state") from None


@router.get("/cases", summary="Cases the asker may see, longest without a human act first")
def list_cases(request: HttpRequest) -> JsonResponse:
    asker = _signed_in(request, clock.now())
    rows = Case.objects.visible_to(asker).unresolved().for_board()
    return JsonResponse({"cases": [shown.card(case) for case in rows]})


@router.get("/cases/{code}", summary="One case")
def get_case(request: HttpRequest, code: str) -> JsonResponse:
    return JsonResponse(shown.card(_visible(code, viewer(request, clock.now()))))


@router.post("/cases/{code}/acknowledge", summary="Take a case; exactly one person does")
def acknowledge(request: HttpRequest, code: str, body: Nothing | None = None) -> JsonResponse:
    at = clock.database_now()
    asker = _signed_in(request, at)
    return JsonResponse(shown.card(cases.acknowledge(_visible(code, asker), by=asker, at=at), asker))


@router.post("/cases/{code}/note", summary="Write down what was done")
def note(request: HttpRequest, code: str, body: Note) -> JsonResponse:
    at = clock.database_now()
    asker = _signed_in(request, at)
    written = cases.note(_visible(code, asker), body.text, by=asker, at=at)
    return JsonResponse({"id": str(written.uuid), "at": written.at.isoformat()}, status=201)


@router.post("/cases/{code}/resolve", summary="End a case with an outcome")
def resolve(request: HttpRequest, code: str, body: Resolution) -> JsonResponse:
    at = clock.database_now()
    asker = _signed_in(request, at)
    return JsonResponse(shown.card(cases.resolve(_visible(code, asker), body.outcome, by=asker, at=at), asker))


@router.get("/cases/{code}/timeline", summary="What happened, in order")
def timeline(request: HttpRequest, code: str) -> JsonResponse:
    case = _visible(code, viewer(request, clock.now()))
    return JsonResponse({"timeline": list(shown.timeline(case))})


def _signed_in(request: HttpRequest, at: datetime) -> Viewer:
    asker = viewer(request, at)
    if asker.user is None:
        raise SignInFirst
    return asker


def _visible(code: str, asker: Viewer) -> Case:
    found: Case | None = Case.objects.visible_to(asker).for_board().coded(code).first()
    if found is None:
        raise NotFound
    return found
