"""Who is who in the demo, and what its telephones received. Absent outside of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.demo import people
from scheduling.models import OutboxMessage


def who_is_who(request: HttpRequest) -> HttpResponse:
    """Show the demo's people and how to be them."""
    return render(request, "demo/people.html", {"people": people})


def outbox(request: HttpRequest) -> HttpResponse:
    """Show the last messages, newest first, as the telephones and mailboxes of the demo received them."""
    messages = OutboxMessage.objects.select_related("notification")[:50]
    return render(request, "demo/outbox.html", {"messages": messages})
