"""What an appointment is: its states, who takes part, and the one constraint against double booking."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Count, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.organizations import Location, Organization, Role
from scheduling.models.people import Patient, Representative, User
from scheduling.models.schedules import Actor, ActorKind, Modality, VisitType
from scheduling.models.secrets import DataKey

if TYPE_CHECKING:
    from scheduling.access import Viewer


class AppointmentStatus(models.TextChoices):
    """FHIR's codes."""

    PROPOSED = "proposed", _("held")
    PENDING = "pending", _("waiting for confirmation")
    BOOKED = "booked", _("confirmed")
    ARRIVED = "arrived", _("in the waiting room")
    CHECKED_IN = "checked-in", _("in the visit")
    FULFILLED = "fulfilled", _("done")
    CANCELLED = "cancelled", _("cancelled")
    NOSHOW = "noshow", _("did not take place")
    WAITLIST = "waitlist", _("on the waiting list")
    ENTERED_IN_ERROR = "entered-in-error", _("entered in error")


S = AppointmentStatus
OCCUPYING = frozenset({S.PROPOSED, S.PENDING, S.BOOKED, S.ARRIVED, S.CHECKED_IN, S.FULFILLED})
UPCOMING = frozenset({S.PENDING, S.BOOKED, S.ARRIVED, S.CHECKED_IN})

# From booked or arrived to booked: moved to another time (rescheduling.py).
TRANSITIONS: dict[str, frozenset[str]] = {
    S.PROPOSED: frozenset({S.PENDING, S.BOOKED, S.CANCELLED}),
    S.PENDING: frozenset({S.BOOKED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.BOOKED: frozenset({S.BOOKED, S.ARRIVED, S.CHECKED_IN, S.CANCELLED, S.NOSHOW, S.ENTERED_IN_ERROR}),
    S.ARRIVED: frozenset({S.BOOKED, S.CHECKED_IN, S.CANCELLED, S.NOSHOW, S.ENTERED_IN_ERROR}),
    S.CHECKED_IN: frozenset({S.FULFILLED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.FULFILLED: frozenset({S.ENTERED_IN_ERROR}),
    S.CANCELLED: frozenset({S.ENTERED_IN_ERROR}),
    S.NOSHOW: frozenset({S.ENTERED_IN_ERROR}),
    S.WAITLIST: frozenset({S.PROPOSED, S.CANCELLED, S.ENTERED_IN_ERROR}),
    S.ENTERED_IN_ERROR: frozenset(),
}


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments in the domain's words."""

    def visible_to(self, viewer: "Viewer") -> "AppointmentQuerySet":
        """Limit to what the viewer may see.

        Their own, those they take part in, their organization's, one they have a link to.
        """
        mine = Q(uuid__in=viewer.linked("appointment"))  # of nothing is nothing: it begins as a row nobody may see
        if offered := viewer.linked("offer"):
            mine |= Q(offer__uuid__in=offered, offer__status="accepted")
        if viewer.holder:
            mine |= Q(status=S.PROPOSED, held_by=viewer.holder)
        if viewer.user is not None:
            mine |= Q(Exists(Representative.objects.filter(user=viewer.user, until=None, patient=OuterRef("patient"))))
            if not viewer.by_phone:
                mine |= Q(Exists(Participant.objects.of_user(viewer.user).filter(appointment=OuterRef("pk"))))
            if offices := viewer.organizations(Role.COORDINATOR, Role.NAVIGATOR, Role.ADMIN):
                mine |= Q(organization__in=offices)
        return self.filter(mine)

    def held_by(self, viewer: "Viewer") -> "AppointmentQuerySet":
        """Limit to what this browser or program held, whatever became of it since."""
        return self.filter(held_by=viewer.holder) if viewer.holder else self.none()

    def sessions(self) -> "AppointmentQuerySet":
        """Limit to sessions to come, open to everybody, each with how many `left` places it has."""
        taken = Count("taken", filter=Q(taken__status__in=OCCUPYING))
        return self.filter(places__gt=1, status=S.BOOKED).annotate(left=F("places") - taken)

    def upcoming(self) -> "AppointmentQuerySet":
        return self.filter(status__in=UPCOMING)

    def for_display(self) -> "AppointmentQuerySet":
        """Join and prefetch what a page or an answer shows of an appointment."""
        return self.select_related(
            "visit_type", "location", "organization", "patient__data_key", "data_key", "encounter"
        ).prefetch_related(
            models.Prefetch("participants", Participant.objects.for_display()),
        )


class Appointment(Public):
    """A time taken, or held, for somebody.

    While `proposed` it is a hold: it occupies for real until `held_until`, and belongs to one browser or program. A
    session is its host's appointment with `places`; each place taken is an appointment of its own, in that `session`,
    which takes its patient's time and nobody else's.
    """

    status = models.CharField(max_length=16, choices=AppointmentStatus)
    visit_type = models.ForeignKey(VisitType, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="appointments")
    location = models.ForeignKey(Location, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments")
    patient_state = models.CharField(max_length=2, blank=True)
    zone = models.CharField(max_length=64)
    language = models.CharField(max_length=3, blank=True)  # the patient's, searched for: what interpreters bridge
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.PositiveSmallIntegerField(default=1, db_default=1)  # more than one: a session, with no patient
    session = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="taken")
    held_until = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=64, blank=True)
    hold_extended = models.BooleanField(default=False)
    reason = EncryptedTextField(blank=True)
    data_key = models.ForeignKey(DataKey, null=True, on_delete=models.PROTECT, related_name="+")
    cancelled_because = models.CharField(max_length=24, blank=True)
    move_asked_for = models.DateTimeField(null=True, blank=True)  # the start that the patient was asked to give up
    confirmed_for = models.DateTimeField(null=True, blank=True)  # the start the patient said yes to; no other
    version = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)  # iCalendar's, raised by every change a calendar should show
    created_at = models.DateTimeField()

    objects: Any = AppointmentQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["patient", "starts_at"]),
            models.Index(fields=["held_until"], condition=Q(status="proposed"), name="appointment_holds"),
            models.Index(fields=["held_by"], condition=~Q(held_by=""), name="appointment_holds_of"),
            models.Index(fields=["organization", "starts_at"]),
        ]
        constraints = [
            models.CheckConstraint(name="appointment_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="appointment_status_known", condition=Q(status__in=AppointmentStatus.values)),
            models.CheckConstraint(
                name="appointment_hold_has_an_end",
                condition=Q(status="proposed", held_until__isnull=False) | (~Q(status="proposed") & Q(held_until=None)),
            ),
            models.CheckConstraint(
                name="appointment_booked_has_a_patient",
                condition=Q(status__in=["proposed", "cancelled", "entered-in-error"])
                | Q(patient__isnull=False)
                | Q(places__gt=1),
            ),
            models.CheckConstraint(
                name="appointment_session_is_nobodys",
                condition=Q(places=1) | Q(places__gt=1, patient=None, session=None),
            ),
            models.CheckConstraint(
                name="appointment_cancelled_says_why",
                condition=Q(status="cancelled") & ~Q(cancelled_because="") | ~Q(status="cancelled"),
            ),
        ]

    @property
    def occupies(self) -> bool:
        return self.status in OCCUPYING

    @property
    def is_asked_to_move(self) -> bool:
        """Whether its clinician asked the patient to choose another time than this one, which stands until they do."""
        return self.move_asked_for == self.starts_at

    @property
    def patient_confirmed(self) -> bool:
        """Whether the patient said that they will be there, at the time it now has."""
        return self.confirmed_for == self.starts_at

    @property
    def by_remote(self) -> bool:
        """Whether it takes place in a room of ours."""
        return self.visit_type.modality == Modality.VIDEO


class ParticipantRole(models.TextChoices):
    """In what capacity somebody takes part."""

    PATIENT = "patient"
    CLINICIAN = "clinician"
    INTERPRETER = "interpreter"
    CHAIR = "chair"
    GUEST = "guest"
    COORDINATOR = "coordinator"


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Participants in the domain's words."""

    def of_user(self, user: User) -> "ParticipantQuerySet":
        """Limit to those in which the account itself takes part: as a volunteer or guest, not for a patient."""
        return self.filter(Q(user=user) | Q(actor__clinician__user=user) | Q(actor__interpreter__user=user))

    def for_display(self) -> "ParticipantQuerySet":
        return self.select_related(
            "actor__clinician__user__data_key",
            "actor__interpreter__user__data_key",
            "actor__patient__data_key",
            "actor__chair__location",
            "user__data_key",
        ).order_by("pk")

    def occupying(self, actors: list[int], starts_at: Any, ends_at: Any) -> "ParticipantQuerySet":
        """Those who take time of one of the actors within [starts_at, ends_at).

        Served by `participant_time_of_actor`.
        """
        return self.alias(until=Upper("occupied")).filter(
            actor__in=actors, occupied__startswith__lt=ends_at, until__gt=starts_at
        )


class Participant(Public):
    """That somebody, or a chair, takes part in an appointment.

    `occupied` is the visit plus that actor's buffers while the appointment occupies time, and null otherwise; a
    deferred trigger proves that it agrees with the appointment's status. Guests and coordinators occupy nothing.
    """

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="participants")
    actor = models.ForeignKey(
        Actor, null=True, blank=True, on_delete=models.PROTECT, related_name="participations", db_index=False
    )
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=12, choices=ParticipantRole)
    occupied = DateTimeRangeField(null=True, blank=True)

    objects: Any = ParticipantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("actor"), Upper("occupied"), name="participant_time_of_actor"),
        ]
        constraints = [
            # Note [Exclusion without an extension]. btree_gist is not in the embedded server, so equality of actors is
            # written as overlap of one-point integer ranges. The verbs lock the actors first; this is the proof.
            ExclusionConstraint(
                name="participant_not_double_booked",
                expressions=[
                    (
                        Func(
                            F("actor"),
                            F("actor"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("occupied", RangeOperators.OVERLAPS),
                ],
                condition=Q(actor__isnull=False, occupied__isnull=False),
            ),
            models.UniqueConstraint(fields=["appointment", "actor"], name="participant_once"),
            models.CheckConstraint(name="participant_role_known", condition=Q(role__in=ParticipantRole.values)),
            models.CheckConstraint(
                name="participant_is_somebody", condition=Q(actor__isnull=False) | Q(user__isnull=False)
            ),
        ]

    @property
    def person(self) -> User | Patient | None:
        """The account or patient behind it, None for a chair; needs `for_display`."""
        if self.actor is None:
            return self.user
        if self.actor.kind == ActorKind.CHAIR:
            return None
        behind: Any = getattr(self.actor, self.actor.kind)
        return behind if self.actor.kind == ActorKind.PATIENT else behind.user

    @property
    def name(self) -> str:
        """How the person wishes to be called; for a chair, its clinic."""
        person = self.person
        if person is None:
            return str(self.actor.chair.location.name) if self.actor else ""
        return str(person.preferred_name)
