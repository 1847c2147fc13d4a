"""The page of a volunteer's other calendars."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from scheduling import availability, busy_feeds, clock, schedules
from scheduling.access import Viewer, viewer
from scheduling.feed_forms import CoverForm, FeedForm, covered, feed_words
from scheduling.models import BusyFeed, Role
from scheduling.refusals import Invalid, NotFound
from scheduling.views.staff import for_staff

VOLUNTEERS = (Role.CLINICIAN, Role.INTERPRETER)


@for_staff(*VOLUNTEERS)
@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Show which other calendars are read, how fresh they are and what they say; add one."""
    at = clock.database_now()
    asker = viewer(request, at)
    form = FeedForm(request.POST or None)
    if form.is_bound and form.is_valid() and _is_added(form, asker, at):
        messages.success(request, _("We read your calendar. Its hours are no longer offered."))
        return redirect("feeds")
    return _page(request, asker, form, at)


def _is_added(form: FeedForm, asker: Viewer, at: datetime) -> bool:
    """Add what was pasted; what is wrong with it stands beside it."""
    try:
        busy_feeds.add(schedules.of_user(asker), form.cleaned_data["address"], by=asker, at=at)
    except Invalid as refusal:
        form.add_error("address", feed_words(refusal.detail))
        return False
    return True


def _page(
    request: HttpRequest, asker: Viewer, form: FeedForm, at: datetime, wrong: dict[UUID, CoverForm] | None = None
) -> HttpResponse:
    schedule = schedules.of_user(asker)
    context = {
        "at": at,
        "form": form,
        "zone": availability.zone(schedule.zone).key,
        "rows": [_row(feed, at, (wrong or {}).get(feed.uuid)) for feed in busy_feeds.of_viewer(asker)],
        "clashes": busy_feeds.clashes(schedule, at=at),
    }
    return render(request, "scheduling/feeds.html", context)


def _row(feed: BusyFeed, at: datetime, form: CoverForm | None) -> dict[str, Any]:
    return {
        "feed": feed,
        "host": urlsplit(feed.address).hostname,
        "stale": feed.fresh_until <= at,
        "why": feed_words(feed.error),
        "covers": covered(feed.hours),
        "ahead": busy_feeds.busy_ahead(feed, at=at),
        "form": form or CoverForm(auto_id=f"id_%s_{feed.pk}"),
    }


@for_staff(*VOLUNTEERS)
@require_POST
def cover(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say in which hours a calendar matters."""
    at = clock.database_now()
    asker = viewer(request, at)
    feed = _own(uuid, asker)
    form = CoverForm(request.POST, auto_id=f"id_%s_{feed.pk}")
    if not form.is_valid():
        return _page(request, asker, FeedForm(), at, {feed.uuid: form})
    busy_feeds.cover(feed, form.hours(), by=asker, at=at)
    messages.success(request, _("Saved."))
    return redirect("feeds")


@for_staff(*VOLUNTEERS)
@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop reading a calendar."""
    at = clock.database_now()
    asker = viewer(request, at)
    busy_feeds.remove(_own(uuid, asker), by=asker, at=at)
    messages.success(request, _("We no longer read that calendar, and forgot its address."))
    return redirect("feeds")


def _own(uuid: UUID, asker: Viewer) -> BusyFeed:
    found = next((feed for feed in busy_feeds.of_viewer(asker) if feed.uuid == uuid), None)
    if found is None:
        raise NotFound
    return found
