"""Permissions a person gave that decide which rows others may see."""

from django.db import models
from django.db.models import F, Q

from scheduling.models.base import Public


class GrantScope(models.TextChoices):
    """What a link opens."""

    APPOINTMENT = "appointment"
    CASE = "case"
    CALENDAR = "calendar"  # of an account: what its calendar reads, and nothing else
    OFFER = "offer"


class LinkGrant(Public):
    """A link that opens one record without an account.

    Only the hash of its secret is kept; it ends, and can be revoked.
    """

    scope = models.CharField(max_length=12, choices=GrantScope)
    subject = models.UUIDField()
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["subject"])]
        constraints = [models.CheckConstraint(name="link_grant_scope_known", condition=Q(scope__in=GrantScope.values))]


class ConsentKind(models.TextChoices):
    """What somebody gave permission for."""

    BOOK = "book"  # that another makes, sees and changes their visits


class Consent(Public):
    """That a patient gave permission, as who speaks for them says, in the words of a version, until revoked."""

    patient = models.ForeignKey("scheduling.Patient", on_delete=models.CASCADE, related_name="consents")
    given_by = models.ForeignKey("scheduling.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=ConsentKind)
    wording = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="consent_kind_known", condition=Q(kind__in=ConsentKind.values)),
            models.CheckConstraint(name="consent_revoked_after_given", condition=~Q(revoked_at__lt=F("at"))),
            models.CheckConstraint(name="consent_wording_numbered", condition=Q(wording__gte=1)),
            models.UniqueConstraint(
                name="consent_open_once", fields=["patient", "given_by", "kind"], condition=Q(revoked_at=None)
            ),
        ]
