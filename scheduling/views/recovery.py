"""A lost link: the phone is asked for, and the answer is the same for every phone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from scheduling import clock, phones, problems, recovery
from scheduling.forms import PhoneForm
from scheduling.refusals import TooManyCodes


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """Take a phone and say what comes of it if it has visits; whether it has is not looked up here."""
    at = clock.database_now()
    form = PhoneForm(request.POST or None)
    if not form.is_valid():
        return render(request, "scheduling/lost_link.html", {"form": form})
    phone = form.cleaned_data["phone"]
    try:
        recovery.ask(phone, language=request.LANGUAGE_CODE, at=at)
    except TooManyCodes as refusal:
        form.add_error("phone", " ".join(problems.words(refusal, "America/Chicago", request.LANGUAGE_CODE)))
        return render(request, "scheduling/lost_link.html", {"form": form})
    return render(request, "scheduling/lost_link.html", {"form": form, "sent_to": phones.last_two(phone)})
