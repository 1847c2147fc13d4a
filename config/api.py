"""The JSON API put together: routers of the floors, who asks, and every trouble as problem+json."""

from datetime import datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from navigation.api import router as navigation
from realtime.api import router as realtime
from scheduling import problems
from scheduling.access import GRANTS
from scheduling.api import router as scheduling
from scheduling.refusals import Invalid, Refusal
from scheduling.shown import stamp

SAFE = {"GET", "HEAD", "OPTIONS"}


class CsrfFailed(Refusal):
    """A browser that is somebody sent no token with its request."""

    code, status = "csrf_failed", 403


class Asker(AuthBase):
    """Lets anybody ask, as whoever they are; a browser that is somebody must prove that its own page asks."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Any:
        if request.method in SAFE or getattr(request, "bearer", False):
            return True
        known = request.user.is_authenticated or bool(request.session.get(GRANTS))
        if known and check_csrf(request):
            raise CsrfFailed
        return True


api = NinjaAPI(
    title="Acompaña",
    version="1",
    auth=Asker(),
    docs_url=None,
    openapi_extra={"info": {"license": {"name": "Open source; see the repository"}}},
)
for router in (scheduling, navigation, realtime):
    api.add_router("", router)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problems.as_json(refusal, request, **_extra(refusal))


def _extra(refusal: Refusal) -> dict[str, Any]:
    """Return what a program may use of a refusal besides its code."""
    if isinstance(refusal, Invalid):
        return {"errors": [{"field": refusal.field, "detail": refusal.detail}]}
    known = vars(refusal)
    times = {name: stamp(one, known.get("zone", "UTC")) for name, one in known.items() if isinstance(one, datetime)}
    return {name: value for name, value in known.items() if isinstance(value, (str, int))} | times


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name each field that is wrong, and what is wrong with it, without repeating what was sent."""
    wrong = {_field(one["loc"]): one for one in reversed(error.errors)}  # each field once, with its first trouble
    fields = [{"field": name, "detail": one["type"], "message": one["msg"]} for name, one in reversed(wrong.items())]
    return problems.problem(
        422, "invalid", _("Something in the request is not right"), fields[0]["message"], errors=fields
    )


def _field(where: Any) -> str:
    """Return the field's own path: neither "body" and our parameter's name in front, nor how it was read behind."""
    steps = [str(step) for step in where[2 if len(where) > 2 else 1 :]]
    return ".".join(step for step in steps if "[" not in step) or "body"


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problems.problem(
        413, "too_big", _("The request is too big"), errors=[{"field": "body", "detail": "too_big"}]
    )


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return problems.problem(
            422,
            "malformed",
            _("The request is not readable JSON"),
            errors=[{"field": "body", "detail": "json_invalid"}],
        )
    return problems.problem(error.status_code, "error", str(error))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.problem(404, "not_found", _("We did not find that"))
