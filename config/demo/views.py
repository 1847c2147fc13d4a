"""Who is who in the demo, what its telephones received, and what they reply. Absent outside of it."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.demo import people
from scheduling import clock, inbound, phones
from scheduling.models import OutboxMessage


def who_is_who(request: HttpRequest) -> HttpResponse:
    """Show the demo's people and how to be them."""
    return render(request, "demo/people.html", {"people": people})


def outbox(request: HttpRequest) -> HttpResponse:
    """Show the last messages, newest first, as the telephones and mailboxes of the demo received them."""
    messages = list(OutboxMessage.objects.select_related("notification")[:50])
    telephones = list(dict.fromkeys(one.address for one in messages if one.notification.channel == "sms"))
    return render(request, "demo/outbox.html", {"messages": messages, "telephones": telephones})


@require_POST
def reply(request: HttpRequest) -> HttpResponse:
    """Write to us as one of the demo's telephones would; the answer arrives where its messages do."""
    try:
        phone = phones.parse(request.POST.get("phone", ""), "US").e164
    except phones.PhoneError:
        return redirect("demo_outbox")
    text = request.POST.get("text", "").replace("\x00", "")
    inbound.receive("demo", uuid4().hex, phone=phone, text=text, at=clock.now())
    return redirect("demo_outbox")
