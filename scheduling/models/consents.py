"""Permissions a person gave that decide which rows others may see."""

from django.db import models
from django.db.models import Q

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
