"""Time that can be taken: actors, the hours they offer, and the open starts derived from them."""

from datetime import UTC, datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.base import Public
from scheduling.models.organizations import Location, Organization


class ActorKind(models.TextChoices):
    """What sort of thing an actor is."""

    CLINICIAN = "clinician"
    INTERPRETER = "interpreter"
    PATIENT = "patient"
    CHAIR = "chair"


class Actor(Public):
    """Anything whose time can be taken (FHIR: actor). A clinic with n places is n chairs.

    Locked by id before booking.
    """

    kind = models.CharField(max_length=12, choices=ActorKind)

    class Meta:
        constraints = [models.CheckConstraint(name="actor_kind_known", condition=Q(kind__in=ActorKind.values))]


class Chair(models.Model):
    """One place at a clinic where one person at a time can be seen."""

    actor = models.OneToOneField(Actor, on_delete=models.PROTECT, related_name="chair")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="chairs")
    label = models.CharField(max_length=40)


NEVER_DERIVED = datetime(1970, 1, 1, tzinfo=UTC)
UNTIL_RESUMED = datetime(9000, 1, 1, tzinfo=UTC)  # the end of a pause that has none


class LoadContract(models.Model):
    """What a volunteer agreed to give at the most, and the rest between two visits; nothing said is no limit.

    Days and weeks (Monday to Sunday) are those of the schedule's zone; a visit counts where it starts. Nothing is
    offered before `paused_until`. A part of the schedule, not a table: every hold would have to read one more.
    """

    minutes_a_week = models.PositiveIntegerField(null=True, blank=True)
    visits_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    visits_a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    rest_minutes = models.PositiveSmallIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_limited(self) -> bool:
        """Whether what is booked limits what else is offered in the same day or week."""
        return (self.minutes_a_week, self.visits_a_day, self.visits_a_week) != (None, None, None)


class Schedule(LoadContract):
    """How one actor offers time: the zone its rules are written in, notice, horizon, buffers and rest (minutes).

    `open_until` is how far its open starts are derived, and a sweep moves it on day by day; `compared_at` is when the
    copy was last held against the truth.
    """

    actor = models.OneToOneField(Actor, on_delete=models.CASCADE, related_name="schedule")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="schedules")
    zone = models.CharField(max_length=64)
    step_minutes = models.PositiveSmallIntegerField(default=30)
    notice_minutes = models.PositiveIntegerField(default=60)
    horizon_days = models.PositiveSmallIntegerField(default=28)
    before_minutes = models.PositiveSmallIntegerField(default=0)
    after_minutes = models.PositiveSmallIntegerField(default=0)
    open_until = models.DateTimeField(default=NEVER_DERIVED)
    given_minutes = models.PositiveIntegerField(default=0)  # of visits in the four weeks around now; see fairness
    compared_at = models.DateTimeField(default=NEVER_DERIVED)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["open_until"]), models.Index(fields=["compared_at"])]
        constraints = [
            models.CheckConstraint(name="schedule_step_positive", condition=Q(step_minutes__gt=0)),
            models.CheckConstraint(name="schedule_horizon_within_a_year", condition=Q(horizon_days__range=(1, 366))),
        ]

    @property
    def minutes_after(self) -> int:
        """Return what a visit keeps free behind it: the buffer, or more where the rest between two visits asks it."""
        return max(self.after_minutes, self.rest_minutes - self.before_minutes)


class Weekday(models.IntegerChoices):
    """Python's numbering, iCalendar's letters."""

    MO = 0, _("Monday")
    TU = 1, _("Tuesday")
    WE = 2, _("Wednesday")
    TH = 3, _("Thursday")
    FR = 4, _("Friday")
    SA = 5, _("Saturday")
    SU = 6, _("Sunday")


class AvailabilityRule(Public):
    """Hours offered every week, by the wall clock of the schedule's zone.

    An end not after its start is the next day's. Without codes of visit types it is for all of them. What is urgent
    only coordinators book, until `release_hours` before the start; then everybody. Temporary hours stand in for the
    usual ones for some weeks.
    """

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="rules")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    visit_types = ArrayField(models.SlugField(), default=list, blank=True)
    urgent = models.BooleanField(default=False)
    release_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    temporary = models.BooleanField(default=False)

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(name="rule_weekday_known", condition=Q(weekday__in=Weekday.values)),
            models.CheckConstraint(
                name="rule_ends_after_it_begins",
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="rule_urgent_says_until_when",
                condition=Q(urgent=True, release_hours__isnull=False) | Q(urgent=False, release_hours=None),
            ),
            models.CheckConstraint(
                name="rule_temporary_has_an_end", condition=Q(temporary=False) | Q(valid_until__isnull=False)
            ),
        ]


class ExceptionKind(models.TextChoices):
    """Hours taken away from the week, or added to it."""

    OFF = "off"
    EXTRA = "extra"


class AvailabilityException(Public):
    """One stretch of time off, or extra: UTC instants, half-open."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="exceptions")
    kind = models.CharField(max_length=8, choices=ExceptionKind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        indexes = [models.Index(fields=["schedule", "ends_at"])]
        constraints = [
            models.CheckConstraint(name="exception_kind_known", condition=Q(kind__in=ExceptionKind.values)),
            models.CheckConstraint(name="exception_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
        ]


class OpenStart(models.Model):
    """A derived row: from this start on, the actor is free for so many minutes. Rebuilt by `open_starts`, never edited.

    It holds only rules − exceptions − occupied. What depends on now or on the patient is a predicate of the search,
    also whether the `rule` allows it: null if it restricts nothing, which is nearly always.
    """

    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="open_starts", db_index=False)
    starts_at = models.DateTimeField()
    free_minutes = models.PositiveIntegerField()
    rule = models.ForeignKey(
        AvailabilityRule, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "starts_at"], name="open_start_once")]
        indexes = [
            models.Index(fields=["starts_at", "actor", "free_minutes"], include=["rule"], name="open_start_in_time"),
            models.Index(fields=["rule"], condition=Q(rule__isnull=False), name="open_start_of_rule"),
        ]


class Modality(models.TextChoices):
    """How the visit takes place."""

    VIDEO = "video", _("by video")
    PHONE = "phone", _("by phone")
    IN_PERSON = "in_person", _("in person")


class Care(models.TextChoices):
    """Clinical care needs a licence where the patient is; orientation and talks diagnose and prescribe nothing."""

    CLINICAL = "clinical", _("medical visit")
    ORIENTATION = "orientation", _("orientation")
    PREVENTION = "prevention", _("talk for many")


class VisitType(Public):
    """What is offered: how long, by which means, about what."""

    code = models.SlugField(unique=True)
    name_es = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    minutes = models.PositiveSmallIntegerField()
    modality = models.CharField(max_length=12, choices=Modality)
    care = models.CharField(max_length=12, choices=Care)
    specialty = models.CharField(max_length=32)
    places = models.PositiveSmallIntegerField(default=1)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="visit_type_minutes_positive", condition=Q(minutes__gt=0)),
            models.CheckConstraint(name="visit_type_places_positive", condition=Q(places__gt=0)),
            models.CheckConstraint(name="visit_type_modality_known", condition=Q(modality__in=Modality.values)),
            models.CheckConstraint(name="visit_type_care_known", condition=Q(care__in=Care.values)),
        ]

    def __str__(self) -> str:
        return self.code

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_es
