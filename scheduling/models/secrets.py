"""Data keys, and the abstract row whose texts are sealed under one."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from scheduling import sealing


class DataKey(models.Model):
    """The key of one person or one case, sealed by the keyring. See Note [Two layers of keys] in sealing.py."""

    sealed = models.BinaryField(null=True, default=sealing.new_data_key)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="data_key_destroyed_means_gone",
                condition=Q(sealed__isnull=True, destroyed_at__isnull=False)
                | Q(sealed__isnull=False, destroyed_at__isnull=True),
            )
        ]

    @cached_property
    def _secret(self) -> bytes:
        return sealing.open_data_key(bytes(self.sealed or b""))

    def seal(self, text: str) -> str:
        return sealing.seal(text, self.pk, self._secret)

    def unseal(self, sealed: str) -> str:
        """Return the text, or nothing at all once the key was destroyed."""
        return sealing.unseal(sealed, self.pk, self._secret) if self.sealed is not None else ""


class SealedManager(models.Manager[Any]):
    """Always joins the key, so that opening a text never asks the database again."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().select_related("data_key")


class Sealed(models.Model):
    """A row with encrypted texts and the key they are under."""

    data_key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")

    objects: Any = SealedManager()

    class Meta:
        abstract = True
