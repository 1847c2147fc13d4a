"""A case: somebody who must not be left alone, from the first report to a documented end."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.fields import EncryptedTextField
from scheduling.models import Organization, Role, Tongue, User
from scheduling.models.base import Public
from scheduling.models.secrets import Sealed

if TYPE_CHECKING:
    from scheduling.access import Viewer


class CaseKind(models.TextChoices):
    """What it is about."""

    MEDICAL = "medical", _("medical emergency")
    FUNERAL = "funeral", _("death in the family")
    HOSPITAL_ALONE = "hospital_alone", _("alone in a hospital")
    DETAINED = "detained", _("detained")
    MISSING = "missing", _("missing")
    MINOR_ALONE = "minor_alone", _("minor without an adult")
    VIOLENCE = "violence", _("violence")
    WORK_INJURY = "work_injury", _("injury at work")
    REPATRIATION = "repatriation", _("medical return home")
    HELP = "help", _("help")


class Tier(models.TextChoices):
    """How soon a person must act, soonest first; it decides the ladder, the letter of the code, the card's colour."""

    RED = "red", _("Life")
    ORANGE = "orange", _("Today")
    FUNERAL = "funeral", _("Death")
    FOLLOW_UP = "follow_up", _("Follow-up")


CODE_LETTERS = {Tier.RED: "R", Tier.ORANGE: "N", Tier.FUNERAL: "F", Tier.FOLLOW_UP: "S"}


class CaseStatus(models.TextChoices):
    """Where it stands."""

    OPEN = "open", _("nobody has answered yet")
    ACKNOWLEDGED = "acknowledged", _("a person has it")
    RESOLVED = "resolved", _("resolved")


TRANSITIONS: dict[str, frozenset[str]] = {
    CaseStatus.OPEN: frozenset({CaseStatus.ACKNOWLEDGED, CaseStatus.RESOLVED}),
    CaseStatus.ACKNOWLEDGED: frozenset({CaseStatus.OPEN, CaseStatus.RESOLVED}),
    CaseStatus.RESOLVED: frozenset(),
}


class Presence(models.TextChoices):
    """Who is with the person."""

    TRUSTED = "trusted", _("Someone they trust")
    CHILDREN = "children", _("Only children")
    ALONE = "alone", _("Nobody. They are alone")


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases in the domain's words."""

    def visible_to(self, viewer: "Viewer") -> "CaseQuerySet":
        """Limit to those of the viewer's organizations, those they reported, and those they hold a link to."""
        mine = Q(uuid__in=viewer.linked("case"))
        mine |= Q(organization__in=viewer.organizations(Role.COORDINATOR, Role.NAVIGATOR, Role.ADMIN))
        if viewer.user is not None:
            mine |= Q(opened_by=viewer.user)
        return self.filter(mine)

    def coded(self, code: str) -> "CaseQuerySet":
        """Limit to the one with this code, however it was typed."""
        return self.filter(code=code.upper()) if code.isprintable() else self.none()

    def unresolved(self) -> "CaseQuerySet":
        return self.exclude(status=CaseStatus.RESOLVED)

    def for_board(self) -> "CaseQuerySet":
        """Join what a card shows: no names but that of whoever has the case."""
        return self.select_related("organization", "escalation", "owner__data_key", "data_key")


class Case(Public, Sealed):
    """Somebody who asked for help, or for whom it was asked. Its code is for speech, never a credential.

    What identifies them (where to call back, the place, a name if they gave one) is sealed under the case's own key.
    `needs_interpreter` says that whoever calls must first find one for `language`.
    """

    code = models.CharField(max_length=8, unique=True)
    kind = models.CharField(max_length=16, choices=CaseKind)
    tier = models.CharField(max_length=12, choices=Tier)
    status = models.CharField(max_length=16, choices=CaseStatus, default=CaseStatus.OPEN)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="cases")
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="cases")
    opened_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    holder = models.CharField(max_length=64, blank=True)
    flags = ArrayField(models.CharField(max_length=16), default=list)
    told_to_call = models.CharField(max_length=20, blank=True)
    callback = EncryptedTextField(blank=True)
    callback_hash = models.CharField(max_length=64, blank=True)
    place = EncryptedTextField(blank=True)
    preferred_name = EncryptedTextField(blank=True)
    present = models.CharField(max_length=12, choices=Presence, blank=True)
    language = models.CharField(max_length=3, default=Tongue.SPANISH)
    state = models.CharField(max_length=2, blank=True)
    opened_at = models.DateTimeField()
    acted_at = models.DateTimeField()  # when a human last did something about it
    resolved_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    version = models.PositiveIntegerField(default=0)

    objects: Any = CaseQuerySet.as_manager()

    class Meta:
        ordering = ["acted_at", "pk"]
        indexes = [
            models.Index(fields=["organization", "acted_at"], condition=~Q(status="resolved"), name="case_unresolved"),
            models.Index(fields=["callback_hash"], condition=~Q(callback_hash=""), name="case_callback"),
        ]
        constraints = [
            models.CheckConstraint(name="case_kind_known", condition=Q(kind__in=CaseKind.values)),
            models.CheckConstraint(name="case_tier_known", condition=Q(tier__in=Tier.values)),
            models.CheckConstraint(name="case_status_known", condition=Q(status__in=CaseStatus.values)),
            models.CheckConstraint(
                name="case_presence_known", condition=Q(present="") | Q(present__in=Presence.values)
            ),
            models.CheckConstraint(
                name="case_acknowledged_has_an_owner",
                condition=Q(status="acknowledged", owner__isnull=False) | ~Q(status="acknowledged"),
            ),
            models.CheckConstraint(
                name="case_resolved_says_how",
                condition=Q(status="resolved", resolved_at__isnull=False) & ~Q(outcome="")
                | ~Q(status="resolved") & Q(resolved_at=None, outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CaseNote(Public, Sealed):
    """What a person wrote about a case, under the case's key."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    text = EncryptedTextField()
    by_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
