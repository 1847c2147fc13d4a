"""EncryptedTextField: a str in Python, ciphertext in the database."""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute


class Ciphertext(str):
    """Text as it lies in the database."""

    __slots__ = ()


class _SealedAttribute(DeferredAttribute):
    """Opens the text the first time somebody reads it, so that lists which do not show it do not pay for it."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        value = instance.__dict__[name] if name in instance.__dict__ else super().__get__(instance, cls)
        if isinstance(value, Ciphertext):
            value = instance.__dict__[name] = instance.data_key.unseal(value)
        return value

    def __set__(self, instance: Any, value: Any) -> None:  # makes it win over the instance's own dictionary
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text sealed under its row's `data_key`; empty text stays empty.

    It cannot be searched, or written by `QuerySet.update`: each raises TypeError. Sorting by it sorts ciphertext, which
    means nothing. Whether there is any text may be asked (`phone=""`).
    """

    descriptor_class = _SealedAttribute

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Ciphertext):
            return value
        return Ciphertext(model_instance.data_key.seal(str(value)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value and not isinstance(value, Ciphertext):
            raise self._is_encrypted()
        return value if value is None else str(value)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("exact", "in", "isnull"):  # the others do not ask get_db_prep_value
            raise self._is_encrypted()
        return super().get_lookup(lookup_name)

    def _is_encrypted(self) -> TypeError:
        return TypeError(f"{self.model.__name__}.{self.name} is encrypted: save the instance, look it up otherwise")
