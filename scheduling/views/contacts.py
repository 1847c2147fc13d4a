"""How somebody may be called: their number, who else picks it up, and when it may be written to."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from scheduling import clock, contacts
from scheduling.access import viewer
from scheduling.forms import WishForm
from scheduling.refusals import NotFound


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Show what somebody said about their phone, and let them say it anew."""
    at = clock.now()
    asker = viewer(request, at)
    if asker.user is None:
        return redirect("sign_in")
    if not asker.user.phone_hash:
        raise NotFound
    form = WishForm(request.POST or None, initial=contacts.wishes_of(asker.user))
    if request.method == "POST" and form.is_valid():
        contacts.wish(asker.user, form.wishes(), by=asker, at=at)
        messages.success(request, _("Saved. We will call you as you say."))
        return redirect("contact")
    return render(request, "scheduling/contact.html", {"form": form, "phone": asker.user.phone})
