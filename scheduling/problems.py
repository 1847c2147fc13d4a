"""What a person and a program are told when a verb refuses: the words for every refusal are here and nowhere else."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.defaults import page_not_found

from scheduling import spoken
from scheduling.refusals import NotFound, Refusal, RoomNotOpenYet, TooManyCodes, TooSoon, WrongCode


def words(refusal: Refusal, zone: str, language: str) -> tuple[str, str]:
    """Return what happened and what to do now, in the language that is active."""
    if isinstance(refusal, WrongCode):
        return _wrong_code(refusal)
    if isinstance(refusal, RoomNotOpenYet):
        return _not_open_yet(refusal, zone, language)
    if isinstance(refusal, TooManyCodes):
        return _too_many_codes(refusal)
    if isinstance(refusal, TooSoon):
        again = spoken.hour(refusal.again_at, zone, language)
        return _("They may still be on the way"), _("From %(hour)s on you can note that they did not come.") % {
            "hour": again
        }
    return _plain().get(refusal.code, (_("That cannot be done now"), _("Go back and look at the page again.")))


def _not_open_yet(refusal: RoomNotOpenYet, zone: str, language: str) -> tuple[str, str]:
    """Say when to come back: which day, and by whose clock, too, for it may be days away or read far from home."""
    when = {
        "day": spoken.day(refusal.opens_at, zone, language),
        "hour": spoken.the_hour(refusal.opens_at, zone, language),
        "zone": spoken.zone(zone, language),
    }
    again = _("Come back on %(day)s at %(hour)s, %(zone)s: your place is kept.")
    return _("The room is not open yet"), again % when


def _too_many_codes(refusal: TooManyCodes) -> tuple[str, str]:
    again = ngettext(
        "In %(minutes)s minute you can ask again.", "In %(minutes)s minutes you can ask again.", refusal.minutes
    )
    last = _("Use the last one that reached you.")
    return _("We have sent many codes to this phone"), f"{last} {again % {'minutes': refusal.minutes}}"


def _wrong_code(refusal: WrongCode) -> tuple[str, str]:
    left = ngettext("%(left)s try left.", "%(left)s tries left.", refusal.tries_left) % {"left": refusal.tries_left}
    if refusal.tries_left == 0:
        left = _("No tries left: ask for another code.")
    return _("That is not the code"), _("Check the last message.") + " " + left


def _plain() -> dict[str, tuple[str, str]]:
    return {
        "not_found": (_("We did not find that page"), _("The link may be old. Start again from the first page.")),
        "slot_invalid": (_("That time is out of date"), _("Look again at the open times.")),
        "slot_taken": (_("That time is no longer free"), _("Someone just took it. You did nothing wrong.")),
        "session_full": (_("No place is left"), _("Someone just took the last one. You did nothing wrong.")),
        "patient_busy": (
            _("There is already a visit at that time"),
            _("Choose another time, or change the other visit."),
        ),
        "patient_was_there": (
            _("The patient was there"),
            _("They were at the door or in the room at the time of the visit."),
        ),
        "visit_began": (
            _("This visit has already begun"),
            _("Go in now. If you cannot, call us: we look for another time with you."),
        ),
        "too_many_holds": (_("You are already holding two times"), _("Confirm one of them, or let one go.")),
        "hold_expired": (
            _("We let the time go"),
            _("What you typed is safe. You can hold the time again if it is still free."),
        ),
        "offer_over": (
            _("The time to answer is over"),
            _("You are still on the list: we write to you when another time opens."),
        ),
        "hold_already_extended": (_("The time was already extended once"), _("Confirm before it ends.")),
        "code_expired": (_("That code no longer works"), _("Ask for another one.")),
        "room_closed": (_("This visit is closed"), _("It is over, or it was cancelled or moved.")),
        "room_too_late": (_("This visit is over"), _("If you still need help, choose another time or call us.")),
        "room_token_invalid": (_("The way in no longer works"), _("Go in again from your visit’s page.")),
        "sign_in_first": (_("Only somebody we know may do that"), _("Sign in first.")),
        "password_needed": (
            _("You work with us: come in with your e-mail"),
            _("A code is not enough for what you may see. Sign in with your e-mail and password."),
        ),
        "csrf_failed": _too_old(),
        "invalid": (_("Something in the request is not right"), _("Correct it and send it again.")),
        "orientation_only": (
            _("This visit is orientation"),
            _("No diagnosis and no prescription: write what you talked about, and what comes next."),
        ),
        "licence_not_verified": (
            _("No licence of this person is verified yet"),
            _("Verify one first: look it up where it was issued, and write the source."),
        ),
        "already_taken": (_("Someone already has this case"), _("You can see who on the board.")),
    }


def _too_old() -> tuple[str, str]:
    return _("This page was open for too long"), _("Go back, reload the page and send it again.")


def as_json(refusal: Refusal, request: HttpRequest, **extra: Any) -> JsonResponse:
    """Return the refusal as problem+json (RFC 9457) with its stable code."""
    title, detail = words(refusal, getattr(refusal, "zone", "UTC"), request.LANGUAGE_CODE)
    return problem(refusal.status, refusal.code, title, detail, **extra)


def problem(
    status: int, code: str, title: str, detail: str = "", headers: dict[str, str] | None = None, **extra: Any
) -> JsonResponse:
    """Return any trouble as problem+json: what happened, what to do now, and a code programs may rely on."""
    body = {"type": f"urn:acompana:problem:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return JsonResponse(body | extra, status=status, content_type="application/problem+json", headers=headers)


def page(request: HttpRequest, refusal: Refusal, **context: Any) -> HttpResponse:
    """Return the refusal as a page that says what to do now."""
    title, detail = words(refusal, context.get("zone", "UTC"), request.LANGUAGE_CODE)
    return render(request, "refusal.html", {"title": title, "detail": detail} | context, status=refusal.status)


class Refusals:
    """Middleware: a refusal no view expected becomes a page that says what to do now; programs get problems."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HttpResponseNotAllowed.status_code and request.path.startswith("/api/"):
            headers = {"Allow": response["Allow"]}
            return problem(405, "method_not_allowed", _("That cannot be done here"), headers=headers)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return page(request, exception) if isinstance(exception, Refusal) else None


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such address, to a program in its own way."""
    if request.path.startswith("/api/"):
        return as_json(NotFound(), request)
    return page_not_found(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form is too old, without blaming anybody."""
    title, detail = _too_old()
    if request.path.startswith("/api/"):
        return problem(403, "csrf_failed", title, detail)
    return render(request, "refusal.html", {"title": title, "detail": detail}, status=403)
