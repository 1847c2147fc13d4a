"""What every outward-facing row shares."""

import uuid

from django.db import models


class Public(models.Model):
    """A row the world knows by a UUID; the bigint primary key stays inside."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
