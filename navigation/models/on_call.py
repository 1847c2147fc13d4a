"""Who answers, when."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from scheduling.models import Organization, User


class OnCallShiftQuerySet(models.QuerySet["OnCallShift"]):
    """Shifts in the domain's words."""

    def now(self, at: Any) -> "OnCallShiftQuerySet":
        return self.filter(starts_at__lte=at, ends_at__gt=at)


class OnCallShift(models.Model):
    """That a user answers for an organization between two instants, as the first or the second to be called."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="shifts")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    rank = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects: Any = OnCallShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "rank"]
        indexes = [models.Index(fields=["organization", "ends_at"])]
        constraints = [
            models.CheckConstraint(name="shift_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="shift_rank_first_or_second", condition=Q(rank__in=[1, 2])),
        ]
