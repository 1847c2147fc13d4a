"""Other calendars of a volunteer, and when these say that they are busy: times only, never what for."""

from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models
from django.db.models import F, Q

from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.schedules import Schedule
from scheduling.models.secrets import Sealed


class FeedError(models.TextChoices):
    """Why another calendar was not read the last time."""

    NOT_FOUND = "not_found"
    NEEDS_PASSWORD = "needs_password"  # noqa: S105 - a code
    PRIVATE_ADDRESS = "private_address"
    UNREACHABLE = "unreachable"
    SERVER_ERROR = "server_error"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    TOO_BIG = "too_big"
    TOO_SLOW = "too_slow"
    TOO_MUCH = "too_much"
    NOT_A_CALENDAR = "not_a_calendar"


class BusyFeed(Public, Sealed):
    """Another calendar of somebody who offers time, read again and again from a secret address.

    Past `fresh_until` nobody knows what it would say, nor ever beyond `known_until`: starts in the hours it covers are
    hidden. `hours` are ranges of minutes of the week by the schedule's clock, Monday 00:00 being 0; none means all.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="busy_feeds")
    address = EncryptedTextField()
    address_hash = models.CharField(max_length=64)
    hours = ArrayField(IntegerRangeField(), default=list, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    last_modified = models.CharField(max_length=60, blank=True)
    fetched_at = models.DateTimeField()
    fresh_until = models.DateTimeField()
    known_until = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=24, choices=FeedError, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    broken = models.PositiveIntegerField(default=0)
    endless = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["due_at"]), models.Index(fields=["fresh_until"])]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "address_hash"], name="busy_feed_once"),
            models.CheckConstraint(name="busy_feed_error_known", condition=Q(error="") | Q(error__in=FeedError.values)),
            models.CheckConstraint(
                name="busy_feed_failing_says_why",
                condition=Q(error="", failing_since=None) | (~Q(error="") & Q(failing_since__isnull=False)),
            ),
        ]


class BusyInterval(models.Model):
    """Time that is taken by another calendar: UTC instants, half-open; replaced whole each time it is read."""

    feed = models.ForeignKey(BusyFeed, on_delete=models.CASCADE, related_name="intervals", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["feed", "ends_at"])]
        constraints = [
            models.CheckConstraint(name="busy_interval_ends_after_start", condition=Q(ends_at__gt=F("starts_at")))
        ]
