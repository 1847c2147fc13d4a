"""Who is called, when, and then who, until a person answers."""

from typing import Any

from django.db import models
from django.db.models import Q

from navigation.models.cases import Case, Tier
from scheduling.models import Organization


class Target(models.TextChoices):
    """Whom a step calls; resolved when the step runs, so a change of shift is honoured."""

    ON_CALL = "on_call"
    SECOND = "second"
    COORDINATORS = "coordinators"
    LAST_RESORT = "last_resort"


class EscalationPolicy(models.Model):
    """An organization's ladder for a tier. Times in seconds."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="policies")
    tier = models.CharField(max_length=12, choices=Tier)
    repeat_after = models.PositiveIntegerField()
    answer_expires_after = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "tier"], name="escalation_policy_once"),
            models.CheckConstraint(name="escalation_policy_tier_known", condition=Q(tier__in=Tier.values)),
            models.CheckConstraint(
                name="escalation_policy_repeats", condition=Q(repeat_after__gt=0, answer_expires_after__gt=0)
            ),
        ]


class EscalationStep(models.Model):
    """One rung: whom to call, so many seconds after the case was opened."""

    policy = models.ForeignKey(EscalationPolicy, on_delete=models.CASCADE, related_name="steps")
    after = models.PositiveIntegerField()
    target = models.CharField(max_length=16, choices=Target)

    class Meta:
        ordering = ["after", "pk"]
        constraints = [
            models.CheckConstraint(name="escalation_step_target_known", condition=Q(target__in=Target.values))
        ]


class EscalationStatus(models.TextChoices):
    """RUNNING calls people; ANSWERED waits for the answer to expire if nothing is done; ENDED is over."""

    RUNNING = "running"
    ANSWERED = "answered"
    ENDED = "ended"


class Escalation(models.Model):
    """The calling for one case. Born in the case's own transaction, due at once, and never without a due time.

    `ladder` is frozen: ``{"steps": [{"after": seconds, "target": …}], "repeat_after": s, "answer_expires_after": s}``.
    `version` rises with every answer, step and return, and pages carry it, so that what moved on can be withdrawn.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="escalation")
    ladder: Any = models.JSONField()
    status = models.CharField(max_length=12, choices=EscalationStatus, default=EscalationStatus.RUNNING)
    step = models.PositiveSmallIntegerField(default=0)  # the next to run
    rounds = models.PositiveIntegerField(default=0)  # how often the last step was repeated
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=~Q(status="ended"), name="escalation_due")]
        constraints = [
            models.CheckConstraint(name="escalation_status_known", condition=Q(status__in=EscalationStatus.values)),
            models.CheckConstraint(
                name="escalation_answered_says_when",
                condition=~Q(status="answered") | Q(answered_at__isnull=False),
            ),
        ]
