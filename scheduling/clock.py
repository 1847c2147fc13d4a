"""The two clocks. Only edges read them, once; verbs and models are handed `at`."""

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """Return this machine's time, aware, in UTC: for pages."""
    return datetime.now(UTC)


def database_now() -> datetime:
    """Return the database's time, aware, in UTC.

    For sweeps, escalation and the end of holds, where servers must agree.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0].astimezone(UTC)
