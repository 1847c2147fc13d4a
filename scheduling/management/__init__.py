"""Commands, and what those that need the database have in common."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection


class DatabaseCommand(BaseCommand):
    """A command that works on the database: embedded, the tables are brought up to date before it runs."""

    requires_migrations_checks = True

    def check_migrations(self) -> None:
        here: Any = connection
        if here.embedded:
            here.migrate_first()
        else:
            super().check_migrations()
