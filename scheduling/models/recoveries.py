"""That somebody asked by phone for the links of their visits, whether there are any or not."""

from django.db import models
from django.db.models import Q

from scheduling.fields import EncryptedTextField
from scheduling.models.people import Tongue
from scheduling.models.secrets import Sealed


class Recovery(Sealed):
    """A phone whose owner, or anybody, asked for its links again.

    Asking writes this row and nothing else, for every phone alike; a sweep finds out what comes of it at `due_at`.
    """

    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=Tongue)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # null once it was acted on

    class Meta:
        indexes = [
            models.Index(fields=["phone_hash", "created_at"], name="recovery_of_phone"),
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="recovery_due"),
        ]
        constraints = [models.CheckConstraint(name="recovery_language_known", condition=Q(language__in=Tongue.values))]
