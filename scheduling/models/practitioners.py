"""Volunteers who give time: clinicians with their licences, and interpreters."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.people import User
from scheduling.models.schedules import Modality
from scheduling.models.secrets import Sealed


class Specialty(models.TextChoices):
    """What a visit is about, as coarse as a person would say it."""

    FAMILY = "family", _("Family medicine")
    CHILDREN = "children", _("Children’s health")
    WOMEN = "women", _("Women’s health")
    MENTAL = "mental", _("Mental health")
    DENTAL = "dental", _("Dental health")


class PracticeStatus(models.TextChoices):
    """Whether a volunteer may be offered: only `approved`."""

    APPLIED = "applied"
    APPROVED = "approved"
    PAUSED = "paused"
    SUSPENDED = "suspended"


def _all_modalities() -> list[str]:
    return [Modality.VIDEO.value, Modality.PHONE.value]


class Practitioner(Public):
    """What clinicians and interpreters share.

    An account, an actor whose time can be taken, and an approval with its source.
    """

    status = models.CharField(max_length=12, choices=PracticeStatus, default=PracticeStatus.APPLIED)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approval_source = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_status_known", condition=Q(status__in=PracticeStatus.values)),
            models.CheckConstraint(
                name="%(class)s_approval_complete",
                condition=~Q(status=PracticeStatus.APPROVED)
                | (Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approval_source="")),
            ),
        ]


class Clinician(Practitioner):
    """A volunteer who sees patients: clinically where licensed, for orientation elsewhere."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="clinician")
    actor = models.OneToOneField("scheduling.Actor", on_delete=models.PROTECT, related_name="clinician")
    profession = models.CharField(max_length=40)
    specialties = ArrayField(models.CharField(max_length=32), default=list)
    languages = ArrayField(models.CharField(max_length=3), default=list)
    modalities = ArrayField(models.CharField(max_length=12), default=_all_modalities)
    min_age = models.PositiveSmallIntegerField(default=0)
    max_age = models.PositiveSmallIntegerField(default=130)

    class Meta(Practitioner.Meta):
        indexes = [GinIndex(fields=["languages", "specialties"], name="clinician_search")]


class Licence(Sealed):
    """The right to practise in a US state or in a country, which a person verified, against a source, on a day.

    Its number is sealed under the clinician's own key.
    """

    clinician = models.ForeignKey(Clinician, on_delete=models.CASCADE, related_name="licences")
    country = models.CharField(max_length=2)
    state = models.CharField(max_length=2, blank=True)
    number = EncryptedTextField()
    expires_on = models.DateField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinician", "country", "state"], name="licence_once_each_place"),
            models.CheckConstraint(
                name="licence_verification_complete",
                condition=Q(verified_at=None, verified_by=None, source="")
                | (Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(source="")),
            ),
            models.CheckConstraint(
                name="licence_state_in_the_us",
                condition=(Q(country="US") & ~Q(state="")) | (~Q(country="US") & Q(state="")),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "clinician"], condition=Q(verified_at__isnull=False), name="licence_valid_in")
        ]


class Interpreter(Practitioner):
    """A volunteer who interprets between any two of their languages."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="interpreter")
    actor = models.OneToOneField("scheduling.Actor", on_delete=models.PROTECT, related_name="interpreter")
    languages = ArrayField(models.CharField(max_length=3), default=list)

    class Meta(Practitioner.Meta):
        indexes = [GinIndex(fields=["languages"], name="interpreter_search")]
