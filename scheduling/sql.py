"""Plain SQL for the few places where every millisecond is somebody's waiting: holding a time, and searching for one.

The ORM spends more time writing these statements than the database spends answering them.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from scheduling.fields import EncryptedTextField

M = TypeVar("M", bound=Model)
Parameters = Sequence[Any] | Mapping[str, Any]


def rows(statement: str, parameters: Parameters = ()) -> list[Any]:
    """Run a query and return its rows as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[Any] = cursor.fetchall()
    return found


def run(statement: str, parameters: Parameters = ()) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        touched: int = cursor.rowcount
    return touched


def take_turns(purpose: str, name: str) -> None:
    """Wait until nobody else who gave the same purpose and name is in a transaction, and stay alone until ours ends."""
    rows("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{purpose} {name}"])


def first(model: type[M], condition: str, parameters: Parameters) -> M | None:
    """Return the first row of a model's table (named `x`) that meets a condition, or None.

    Its encrypted texts are read when somebody asks for them. Not for models with JSON.
    """
    names, columns = _columns(model)
    found = rows(f"SELECT {columns} FROM {model._meta.db_table} x {condition}", parameters)
    return model.from_db(connection.alias, names, found[0]) if found else None


@cache
def _columns(model: type[Model]) -> tuple[list[str], str]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, EncryptedTextField)]
    return [field.attname for field in fields], ", ".join(f"x.{field.column}" for field in fields)
