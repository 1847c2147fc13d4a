"""Other calendars of volunteers: adding one, reading them again and again, and saying so when one is no longer read.

Note [Fail closed]. Search and holding ask `freshness.KNOWN`: a calendar that was not read since `fresh_until` hides
the starts in the hours it covers, and nothing else; the first good reading shows them again. What it said last still
counts meanwhile. Visits that are booked stand whatever a calendar says; the page shows which ones meet.

Note [Network outside transactions]. A feed is leased in one transaction, fetched and read in none, and written in
another under its actor's lock, together with the copy of the open starts.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.db.models import Exists, OuterRef, Q

from scheduling import availability, busy_apart, events, ics, notifications, open_starts, schedules, sealing, spoken
from scheduling.access import System, Viewer
from scheduling.availability import Interval
from scheduling.busy import Busy
from scheduling.gateways import GatewayError, web
from scheduling.gateways.web import Fetched
from scheduling.models import (
    UPCOMING,
    Actor,
    Appointment,
    BusyFeed,
    BusyInterval,
    Channel,
    FeedError,
    Notification,
    Schedule,
    User,
)
from scheduling.notifications import Composed, Recipient
from scheduling.refusals import Invalid
from scheduling.weeks import MINUTES_OF_A_WEEK, Hours

log = logging.getLogger(__name__)

STALE = "feed_stale"
READER = System("feeds")
OURS = "@acompana"  # how the UIDs of our own invitations end: the visits themselves say that they take time
MOST = 5  # calendars of one person
REFRESH, AGAIN, FRESH = timedelta(minutes=15), timedelta(minutes=5), timedelta(hours=2)
LEASE = timedelta(minutes=2)
DAY = timedelta(days=1)
BEYOND = timedelta(days=30)  # a calendar is read so far beyond the horizon, and anew when the horizon comes near


@dataclass(frozen=True)
class _Answer:
    """What a calendar answered: when somebody is busy until an instant, or None if nothing changed."""

    fetched: Fetched
    busy: Busy | None
    until: datetime


def add(schedule: Schedule, address: str, *, by: Viewer | System, at: datetime) -> BusyFeed:
    """Read another calendar for the first time and keep it; raise Invalid("address", code) if it cannot be read.

    The codes are those of FeedError, and bad_address, has_password, already_there, too_many.
    """
    address = _plain(address)
    feed = BusyFeed(schedule=schedule, address=address, address_hash=_hash(address))
    _refuse_more(feed)
    try:
        answer = _ask(feed, at)
    except GatewayError as error:
        raise Invalid("address", error.code) from None
    with transaction.atomic():
        schedule = _locked(schedule)
        _refuse_more(feed)
        feed.data_key = _owner(schedule).data_key
        _note_read(feed, answer, at)
        _write(schedule, feed, answer, at)
        events.record("busy_feed.added", feed, by=by, at=at)
    return feed


def _plain(address: str) -> str:
    """Return an address as it is fetched: webcal is another name for https."""
    address = address.strip()
    scheme, sep, rest = address.partition("://")
    if scheme.lower() in ("webcal", "webcals"):
        address = f"https{sep}{rest}"
    try:
        web.check(address)
    except GatewayError as error:
        raise Invalid("address", error.code) from None
    return address


def _hash(address: str) -> str:
    return sealing.keyed_hash(address, "feed")


def _refuse_more(feed: BusyFeed) -> None:
    known = list(BusyFeed.objects.filter(schedule=feed.schedule).values_list("address_hash", flat=True))
    if feed.address_hash in known:
        raise Invalid("address", "already_there")
    if len(known) >= MOST:
        raise Invalid("address", "too_many")


def remove(feed: BusyFeed, *, by: Viewer | System, at: datetime) -> None:
    """Forget another calendar, its address and what it said; the time it took is open again."""
    with transaction.atomic():
        schedule = _locked(feed.schedule)
        events.record("busy_feed.removed", feed, by=by, at=at)
        feed.delete()
        open_starts.rebuild([schedule], at - DAY, schedule.open_until)


def cover(feed: BusyFeed, hours: Iterable[Hours], *, by: Viewer | System, at: datetime) -> None:
    """Say in which hours of the week a calendar matters when it is not read: none of them means the whole week."""
    with transaction.atomic():
        feed.hours = [part for one in hours for part in _minutes(one)]
        feed.save(update_fields=["hours"])
        events.record("busy_feed.hours_set", feed, by=by, at=at)


def _minutes(hours: Hours) -> list[NumericRange]:
    """Return a window as minutes of the week; what runs past Sunday's midnight is Monday's."""
    first, last = hours.minutes.start, hours.minutes.stop
    parts = [(first, min(last, MINUTES_OF_A_WEEK)), (0, last - MINUTES_OF_A_WEEK)]
    return [NumericRange(low, high) for low, high in parts if low < high]


# --- reading again ---------------------------------------------------------------------------------------------------


def refresh_due(*, at: datetime, limit: int = 20) -> int:
    """Read the calendars that are due again; return how many were asked. A sweep."""
    asked = 0
    while asked < limit and (feed := _lease(at)):
        _refresh(feed, at)
        asked += 1
    return asked


@transaction.atomic
def _lease(at: datetime) -> BusyFeed | None:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    due = BusyFeed.objects.filter(free, due_at__lte=at).order_by("due_at", "pk")
    feed: BusyFeed | None = due.select_for_update(skip_locked=True, of=("self",)).select_related("schedule").first()
    if feed:
        feed.lease_until = at + LEASE
        feed.save(update_fields=["lease_until"])
    return feed


def _refresh(feed: BusyFeed, at: datetime) -> None:
    try:
        answer = _ask(feed, at)
    except GatewayError as error:
        _fail(feed, FeedError(error.code) if error.code in FeedError.values else FeedError.UNREACHABLE, at)
        return
    with transaction.atomic():
        schedule = _locked(feed.schedule)
        if _again(feed):
            _note_read(feed, answer, at)
            _write(schedule, feed, answer, at)


def _again(feed: BusyFeed) -> bool:
    """Lock the feed's row; return whether it is still there."""
    return bool(BusyFeed.objects.select_for_update(of=("self",)).filter(pk=feed.pk))


@transaction.atomic
def _fail(feed: BusyFeed, error: FeedError, at: datetime) -> None:
    """Note that a calendar was not read, and tell its owner once when it is no longer fresh."""
    if not _again(feed):
        return
    feed.error, feed.failing_since = error, feed.failing_since or at
    feed.due_at, feed.lease_until = at + AGAIN, None
    if feed.fresh_until <= at and feed.told_at is None:
        feed.told_at, feed.version = at, feed.version + 1
        owner = _owner(feed.schedule)
        to = Recipient(Channel.EMAIL, owner.language, user_id=owner.pk)
        notifications.owe(STALE, [to], at=at, subject=feed.uuid, topic=_topic(feed), topic_version=feed.version)
        events.record("busy_feed.went_stale", feed, by=READER, at=at, error=str(error))
    feed.save()


def _ask(feed: BusyFeed, at: datetime) -> _Answer:
    """Fetch a calendar and read it, in no transaction; raise GatewayError with one of our codes.

    What it said before is only confirmed ("not modified") while it reaches beyond the horizon.
    """
    schedule = feed.schedule
    needed = at + (schedule.horizon_days + 2) * DAY
    known = {"etag": feed.etag, "last_modified": feed.last_modified}
    fetched = web.fetch(feed.address, **(known if feed.pk and feed.known_until >= needed else {}))
    if fetched.data is None and feed.pk:
        return _Answer(fetched, None, feed.known_until)
    until = needed + BEYOND
    try:
        owner = _owner(schedule)
        zone = availability.zone(schedule.zone)
        busy = busy_apart.read(
            fetched.data or b"", at - DAY, until, zone=zone, owner=owner.email or "", leave_out=OURS, seconds=10
        )
    except ics.NotACalendar:
        raise GatewayError(FeedError.NOT_A_CALENDAR) from None
    except busy_apart.TooMuch:
        raise GatewayError(FeedError.TOO_MUCH) from None
    return _Answer(fetched, busy, until)


def _note_read(feed: BusyFeed, answer: _Answer, at: datetime) -> None:
    """Note on the feed that it was read; what was owed about its silence is withdrawn."""
    if feed.told_at is not None:
        feed.version += 1
        notifications.void(_topic(feed), below_version=feed.version)
    feed.fetched_at, feed.fresh_until, feed.due_at = at, at + FRESH, at + REFRESH
    feed.error, feed.failing_since, feed.told_at, feed.lease_until = "", None, None, None
    feed.known_until = answer.until
    if answer.busy is not None:
        feed.etag, feed.last_modified = answer.fetched.etag, answer.fetched.last_modified
        feed.broken, feed.endless = answer.busy.broken, answer.busy.endless
    feed.save()


def _write(schedule: Schedule, feed: BusyFeed, answer: _Answer, at: datetime) -> None:
    """Replace what a calendar said before, and keep the copy of the open starts true to it; under the actor's lock."""
    if answer.busy is None:
        return
    said = [Interval(*span) for span in feed.intervals.values_list("starts_at", "ends_at")]
    if said == answer.busy.intervals:
        return
    feed.intervals.all().delete()
    BusyInterval.objects.bulk_create(
        BusyInterval(feed=feed, starts_at=span.start, ends_at=span.end) for span in answer.busy.intervals
    )
    open_starts.rebuild([schedule], at - DAY, schedule.open_until)


def _locked(schedule: Schedule) -> Schedule:
    """Lock the actor, like every verb that changes what it has open, and read the schedule again."""
    Actor.objects.select_for_update(no_key=True).get(pk=schedule.actor_id)
    return Schedule.objects.get(pk=schedule.pk)


def _owner(schedule: Schedule) -> User:
    of_clinician, of_interpreter = Q(clinician__actor=schedule.actor_id), Q(interpreter__actor=schedule.actor_id)
    found: User = User.objects.get(of_clinician | of_interpreter)
    return found


def _topic(feed: BusyFeed) -> str:
    return f"busy_feed:{feed.uuid}"


# --- what the owner sees ---------------------------------------------------------------------------------------------


def of_viewer(viewer: Viewer) -> list[BusyFeed]:
    """Return the calendars of whoever asks, a clinician or interpreter; raises NotFound for anybody else."""
    return list(BusyFeed.objects.filter(schedule=schedules.of_user(viewer)).select_related("schedule"))


def silent(schedule: Schedule, *, at: datetime) -> list[BusyFeed]:
    """Return the calendars that were not read lately enough, whose hours are hidden therefore."""
    return list(BusyFeed.objects.filter(schedule=schedule, fresh_until__lte=at))


def busy_ahead(feed: BusyFeed, *, at: datetime, limit: int = 5) -> list[BusyInterval]:
    """Return the next times that a calendar says are taken."""
    return list(feed.intervals.filter(ends_at__gt=at)[:limit])


def clashes(schedule: Schedule, *, at: datetime) -> list[Appointment]:
    """Return the booked visits to come that meet busy time of another calendar; they stand."""
    meets = BusyInterval.objects.filter(
        feed__schedule=schedule, starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    booked = Appointment.objects.filter(Exists(meets), status__in=UPCOMING, starts_at__gt=at)
    return list(booked.filter(participants__actor=schedule.actor_id).order_by("starts_at"))


def compose(notification: Notification, at: datetime) -> Composed:
    """Return what the message about a silent calendar is made of."""
    feed = BusyFeed.objects.select_related("schedule").filter(uuid=notification.subject).first()
    if feed is None:
        raise GatewayError("no_feed", permanent=True)
    zone, language = availability.zone(feed.schedule.zone).key, notification.language
    context = {
        "day": spoken.day(feed.fetched_at, zone, language),
        "hour": spoken.hour(feed.fetched_at, zone, language),
        "zone": spoken.zone(zone, language),
        "link": f"{settings.SITE_URL}/horario/calendarios/",
    }
    return Composed(context)
