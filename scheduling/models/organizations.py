"""Organizations, who works in them, and the places where people are seen."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from scheduling.models.base import Public


class Organization(Public):
    """A migrant organization or clinic that answers for cases and appointments."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    service_states = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    zone = models.CharField(max_length=64)
    late_change_hours = models.PositiveSmallIntegerField(default=4)  # a change with less left is late; 0: none is

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(name="organization_late_within_a_week", condition=Q(late_change_hours__lte=168))
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do in an organization."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    NAVIGATOR = "navigator"
    CLINICIAN = "clinician"
    INTERPRETER = "interpreter"


class Membership(models.Model):
    """That a user works for an organization in a role, from one day until another (exclusive, or open)."""

    user = models.ForeignKey("scheduling.User", on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "role"], condition=Q(valid_until=None), name="membership_open_once"
            ),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
            ),
            models.CheckConstraint(name="membership_role_known", condition=Q(role__in=Role.values)),
        ]


class AddressVisibility(models.TextChoices):
    """How much of a place's address the public sees: shelters and private clinics hide theirs."""

    FULL = "full"
    PARTIAL = "partial"
    HIDDEN = "hidden"


class Fee(models.TextChoices):
    """What a visit costs."""

    FREE = "free"
    SLIDING = "sliding"
    FULL = "full"
    UNKNOWN = "unknown"


class Location(Public):
    """A place where people are seen: HSDS location, with what it asks for and what it does not."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(max_length=160)
    address = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=80)
    state = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=10)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    zone = models.CharField(max_length=64)
    address_visibility = models.CharField(max_length=8, choices=AddressVisibility, default=AddressVisibility.FULL)
    languages = ArrayField(models.CharField(max_length=3), default=list)
    specialties = ArrayField(models.CharField(max_length=32), default=list)
    fee = models.CharField(max_length=8, choices=Fee, default=Fee.UNKNOWN)
    asks_for_id = models.BooleanField(null=True)
    bookable_here = models.BooleanField(default=False)
    confirmed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="location_fee_known", condition=Q(fee__in=Fee.values)),
            models.CheckConstraint(
                name="location_coordinates_on_earth",
                condition=Q(latitude=None, longitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="location_visibility_known", condition=Q(address_visibility__in=AddressVisibility.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name
