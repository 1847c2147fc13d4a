"""Which language a page speaks, and which program asks."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from scheduling.access import bearer_user

Handler = Callable[[HttpRequest], HttpResponse]
YEAR = 365 * 24 * 3600


def language(get_response: Handler) -> Handler:
    """Speak the language asked for by ``?lang=``, else the one kept in a cookie, else the browser's, else Spanish.

    A browser set to English is shown English only if it says nothing of Spanish.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("lang", "")
        chosen = _chosen(request, asked)
        translation.activate(chosen)
        request.LANGUAGE_CODE = chosen
        response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ["Accept-Language"])
        if asked == chosen:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=YEAR,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response

    return handle


def _chosen(request: HttpRequest, asked: str) -> str:
    known = dict(settings.LANGUAGES)
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    for candidate in (asked, kept):
        if candidate in known:
            return candidate
    accepted = request.headers.get("Accept-Language", "").lower()
    return "en" if accepted.startswith("en") and "es" not in accepted else settings.LANGUAGE_CODE


def bearer(get_response: Handler) -> Handler:
    """Let a program ask as the account whose token it carries; a token we do not know makes it nobody."""

    def handle(request: HttpRequest) -> HttpResponse:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            user = bearer_user(token.strip())
            request.bearer = True  # type: ignore[attr-defined]
            if user is not None:
                request.user = user
        return get_response(request)

    return handle
