"""There are two clocks, this machine's and the database's; both know their zone, and nothing but edges reads them."""

from datetime import UTC, timedelta

import pytest
from django.db import connection

from scheduling import clock


def test_this_machines_clock_says_utc():
    assert clock.now().tzinfo is UTC


@pytest.mark.django_db
def test_the_databases_clock_says_utc_and_goes_on_within_a_transaction():
    first, second = clock.database_now(), clock.database_now()
    assert first.tzinfo is UTC
    assert first < second < first + timedelta(minutes=1)


@pytest.mark.django_db
def test_it_is_the_database_that_is_asked():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        before = cursor.fetchone()[0]
    assert before < clock.database_now()
