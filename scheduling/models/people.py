"""Accounts, the persons helped, and who may speak for whom."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from scheduling import sealing
from scheduling.fields import EncryptedTextField
from scheduling.models.base import Public
from scheduling.models.secrets import DataKey, Sealed

PHONE = "phone"  # the purpose under which phones are hashed


def phone_hash(e164: str) -> str:
    """Return the digits by which a phone is found without being readable."""
    return sealing.keyed_hash(e164, PHONE)


class Tongue(models.TextChoices):
    """The languages the pages and messages are written in."""

    SPANISH = "es"
    ENGLISH = "en"


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> models.QuerySet["User"]:
        return super().get_queryset().select_related("data_key")

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def create(self, **fields: Any) -> "User":
        """Create an account with a key of its own.

        `phone` is sealed and hashed, `password` hashed (none: no login by it).
        """
        password, phone = fields.pop("password", None), fields.pop("phone", None)
        user = self.model(**{"data_key": DataKey.objects.create()} | fields)
        user.set_password(password)
        if phone:
            user.phone, user.phone_hash = phone, phone_hash(phone)
        user.save(force_insert=True)
        return user


class User(Public, AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in, by e-mail (staff) or phone (everybody else). Not the person helped: see Patient."""

    email = models.EmailField(unique=True, null=True, blank=True)
    phone = EncryptedTextField(blank=True)
    phone_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    preferred_name = EncryptedTextField(blank=True)
    language = models.CharField(max_length=2, choices=Tongue, default=Tongue.SPANISH)
    zone = models.CharField(max_length=64, default="America/Chicago")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_reachable", condition=Q(email__isnull=False) | Q(phone_hash__isnull=False)
            ),
            models.CheckConstraint(
                name="user_phone_sealed_and_hashed",
                condition=Q(phone="", phone_hash=None) | (~Q(phone="") & Q(phone_hash__isnull=False)),
            ),
            models.CheckConstraint(name="user_language_known", condition=Q(language__in=Tongue.values)),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def get_full_name(self) -> str:
        return self.preferred_name

    def get_short_name(self) -> str:
        return self.preferred_name


class Patient(Public, Sealed):
    """The person helped: a name they choose, a way to call them, the languages they speak. Nothing else about them."""

    actor = models.OneToOneField("scheduling.Actor", on_delete=models.PROTECT, related_name="patient")
    preferred_name = EncryptedTextField()
    phone = EncryptedTextField(blank=True)
    email = EncryptedTextField(blank=True)
    languages = ArrayField(models.CharField(max_length=3), default=list)
    language = models.CharField(max_length=2, choices=Tongue, default=Tongue.SPANISH)
    state = models.CharField(max_length=2, blank=True)
    zone = models.CharField(max_length=64, default="America/Chicago")

    class Meta:
        constraints = [models.CheckConstraint(name="patient_language_known", condition=Q(language__in=Tongue.values))]


class Relation(models.TextChoices):
    """Who the user is to the patient."""

    SELF = "self"
    PARENT = "parent"
    CHILD = "child"
    PARTNER = "partner"
    RELATIVE = "relative"
    OTHER = "other"


class Representative(models.Model):
    """That a user may speak for a patient, since they agreed and until it ends.

    One phone, several patients is normal.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="represents")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="representatives")
    relation = models.CharField(max_length=16, choices=Relation)
    consented_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "patient"], condition=Q(until=None), name="representative_open_once"
            ),
            models.CheckConstraint(name="representative_relation_known", condition=Q(relation__in=Relation.values)),
        ]


class PhoneCode(Public, Sealed):
    """A six-digit code sent to a phone, and what the person had typed when it was sent, so that nothing typed is lost.

    It belongs to the browser that asked for it: a code read over a shoulder is useless elsewhere.
    """

    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=64)
    typed = EncryptedTextField(blank=True)
    code_hash = models.CharField(max_length=64)
    holder = models.CharField(max_length=64)
    tries_left = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["phone_hash", "created_at"]), models.Index(fields=["expires_at"])]


class ApiToken(models.Model):
    """A bearer token of a program, known only by its hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
