"""The calendar somebody subscribes to: its address, shown once, and what is read there."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from scheduling import clock, subscriptions
from scheduling.access import viewer
from scheduling.refusals import NotFound


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Return the calendar behind a secret address, or only that it is the same as before."""
    found = subscriptions.read(secret, at=clock.now())
    if found is None:
        raise NotFound
    response = HttpResponse(found.text, content_type="text/calendar; charset=utf-8")
    response["ETag"] = tag = f'"{found.tag}"'
    response["Cache-Control"] = "private, no-cache"
    answer: HttpResponse = get_conditional_response(request, etag=tag, response=response) or response
    answer["Cache-Control"] = response["Cache-Control"]
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest) -> HttpResponse:
    """Make the address, show it once, or take it back; whoever is not signed in proves their phone first."""
    at = clock.now()
    asker = viewer(request, at)
    if asker.user is None:
        return redirect("sign_in")
    shown = ""
    if request.method == "POST" and "stop" in request.POST:
        subscriptions.unsubscribe(asker.user, by=asker, at=at)
        return redirect("calendar_address")
    if request.method == "POST":
        shown = f"{settings.SITE_URL}/calendars/{subscriptions.subscribe(asker.user, by=asker, at=at)}.ics"
    context = {"address": shown, "subscribed": subscriptions.is_subscribed(asker.user)}
    return render(request, "scheduling/calendar_address.html", context)
