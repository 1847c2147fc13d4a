"""Who waits for a time, which times became free, who was offered them, and who was passed over and why."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from scheduling.models.appointments import Appointment, Participant
from scheduling.models.base import Public
from scheduling.models.notifications import Channel
from scheduling.models.organizations import Organization, Role
from scheduling.models.people import Patient, Representative
from scheduling.models.practitioners import Specialty
from scheduling.models.schedules import Actor, Care, Modality, Weekday

if TYPE_CHECKING:
    from scheduling.access import Viewer


class EntryStatus(models.TextChoices):
    """Waiting and offered go back and forth; the others are ends."""

    WAITING = "waiting", _("waiting")
    OFFERED = "offered", _("a time is offered")
    BOOKED = "booked", _("has an appointment")
    LEFT = "left", _("left the list")
    EXPIRED = "expired", _("the days are over")


ON_THE_LIST = (EntryStatus.WAITING, EntryStatus.OFFERED)


class Urgency(models.TextChoices):
    """How soon a person should be seen; only a coordinator says more than `routine`."""

    ROUTINE = "routine", _("when there is a time")
    SOON = "soon", _("soon")
    URGENT = "urgent", _("first of all")


def _of(viewer: "Viewer", patient: str, organization: str) -> Q:
    """Return what a viewer may see of rows about a patient: those they speak for, and their organization's."""
    mine = Q(pk__in=[])
    if viewer.user is not None:
        speaks = Representative.objects.filter(user=viewer.user, until=None, patient=OuterRef(patient))
        mine |= Q(Exists(speaks))
        if offices := viewer.organizations(Role.COORDINATOR, Role.NAVIGATOR, Role.ADMIN):
            mine |= Q(**{f"{organization}__in": offices})
    return mine


class WaitlistEntryQuerySet(models.QuerySet["WaitlistEntry"]):
    """Entries in the domain's words."""

    def visible_to(self, viewer: "Viewer") -> "WaitlistEntryQuerySet":
        """Limit to those of patients the viewer speaks for, and of the viewer's organizations."""
        return self.filter(_of(viewer, "patient", "organization"))

    def spoken_for_by(self, viewer: "Viewer") -> "WaitlistEntryQuerySet":
        """Limit to those of patients the viewer speaks for."""
        return self.filter(patient__representatives__user=viewer.user, patient__representatives__until=None)

    def on_the_list(self) -> "WaitlistEntryQuerySet":
        return self.filter(status__in=ON_THE_LIST)


class WaitlistEntry(Public):
    """That a patient waits for a time of a kind, and which days and hours suit them (SuitableHours; none: all).

    `look_at` is when to search for them again; what becomes free before that is offered as it comes. Days are by the
    calendar of `zone`, both included.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="waits")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=EntryStatus, default=EntryStatus.WAITING)
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.ROUTINE)
    state = models.CharField(max_length=2)
    zone = models.CharField(max_length=64)
    language = models.CharField(max_length=16, blank=True)
    specialty = models.CharField(max_length=32, choices=Specialty)
    care = models.CharField(max_length=12, choices=Care)
    modality = models.CharField(max_length=12, choices=Modality, blank=True)
    age = models.PositiveSmallIntegerField(null=True, blank=True)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    look_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    objects: Any = WaitlistEntryQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["look_at"], condition=Q(status="waiting"), name="waitlist_entry_looks")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "specialty", "care"],
                condition=Q(status__in=["waiting", "offered"]),
                name="waitlist_entry_once",
            ),
            models.CheckConstraint(name="waitlist_entry_status_known", condition=Q(status__in=EntryStatus.values)),
            models.CheckConstraint(name="waitlist_entry_urgency_known", condition=Q(urgency__in=Urgency.values)),
            models.CheckConstraint(name="waitlist_entry_specialty_known", condition=Q(specialty__in=Specialty.values)),
            models.CheckConstraint(name="waitlist_entry_care_known", condition=Q(care__in=Care.values)),
            models.CheckConstraint(
                name="waitlist_entry_modality_known", condition=Q(modality__in=Modality.values) | Q(modality="")
            ),
            models.CheckConstraint(
                name="waitlist_entry_last_day_after_first",
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=F("first_day")),
            ),
        ]


class SuitableHours(models.Model):
    """Hours of a weekday that suit somebody, by the wall clock of their zone; the end is of the same day."""

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(name="suitable_hours_weekday_known", condition=Q(weekday__in=Weekday.values)),
            models.CheckConstraint(name="suitable_hours_end_after_start", condition=Q(ends__gt=F("starts"))),
        ]


class FreedBy(models.TextChoices):
    """Why time may be offered: a visit or a hold gave it back, hours were opened, or a search came upon it."""

    CANCELLED = "cancelled", _("a visit was cancelled")
    LAPSED = "lapsed", _("an offer was not taken")
    OPENED = "opened", _("hours were opened")
    FOUND = "found", _("it was free already")


class FreedTime(Public):
    """Time of one actor that those who wait may be offered, until nobody wants it or it is over.

    `due_at` is when to try; null once `done`.
    """

    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cause = models.CharField(max_length=12, choices=FreedBy)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="freed_time_due")]
        constraints = [
            models.CheckConstraint(name="freed_time_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="freed_time_cause_known", condition=Q(cause__in=FreedBy.values)),
        ]


class OfferStatus(models.TextChoices):
    """Open until it is answered, or its time is over."""

    OPEN = "open", _("waiting for an answer")
    ACCEPTED = "accepted", _("taken")
    DECLINED = "declined", _("not wanted")
    LAPSED = "lapsed", _("not answered in time")
    WITHDRAWN = "withdrawn", _("withdrawn")


class OfferQuerySet(models.QuerySet["Offer"]):
    """Offers in the domain's words."""

    def visible_to(self, viewer: "Viewer") -> "OfferQuerySet":
        """Limit to those to patients the viewer speaks for, of their organizations, or that they hold a link to."""
        linked = Q(uuid__in=viewer.linked("offer"))
        return self.filter(linked | _of(viewer, "entry__patient", "entry__organization"))

    def open(self) -> "OfferQuerySet":
        return self.filter(status=OfferStatus.OPEN)

    def for_display(self) -> "OfferQuerySet":
        people = models.Prefetch("appointment__participants", Participant.objects.for_display())
        rows = self.select_related("entry__patient", "appointment__visit_type", "appointment__location")
        return rows.prefetch_related(people)


class Offer(Public):
    """One time offered to one entry until `due_at`: the appointment is a real hold, which nobody else can take."""

    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="offers")
    appointment = models.OneToOneField(Appointment, on_delete=models.CASCADE, related_name="offer")
    freed = models.ForeignKey(FreedTime, on_delete=models.CASCADE, related_name="offers")
    status = models.CharField(max_length=12, choices=OfferStatus, default=OfferStatus.OPEN)
    channel = models.CharField(max_length=8, choices=Channel)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects: Any = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(status="open"), name="offer_due")]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(status="open"), name="offer_open_once"),
            models.CheckConstraint(name="offer_status_known", condition=Q(status__in=OfferStatus.values)),
            models.CheckConstraint(name="offer_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="offer_answered_says_when",
                condition=Q(status="open", answered_at=None) | (~Q(status="open") & Q(answered_at__isnull=False)),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.status == OfferStatus.OPEN


class SkipReason(models.TextChoices):
    """Why somebody who waits was not offered a time."""

    NOT_ELIGIBLE = "not_eligible", _("nobody free then may see them")
    HOURS = "hours", _("the hour does not suit them")
    BUSY = "busy", _("has another visit then")
    DECLINED = "declined", _("was offered it before")
    HAS_OFFER = "has_offer", _("has another offer open")
    QUIET_HOURS = "quiet_hours", _("it is night where they are")
    OPTED_OUT = "opted_out", _("does not want messages")
    TOO_SOON = "too_soon", _("too little time to answer")
    OUTRANKED = "outranked", _("somebody else goes first")


class OfferSkip(models.Model):
    """That somebody on the list was not offered a time that became free, and why; the last word for each time."""

    freed = models.ForeignKey(FreedTime, on_delete=models.CASCADE, related_name="skips")
    entry = models.ForeignKey(WaitlistEntry, on_delete=models.CASCADE, related_name="skips")
    because = models.CharField(max_length=16, choices=SkipReason)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["freed", "entry"], name="offer_skip_once"),
            models.CheckConstraint(name="offer_skip_because_known", condition=Q(because__in=SkipReason.values)),
        ]
