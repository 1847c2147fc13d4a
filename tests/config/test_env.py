"""Readers of the environment: typed, and loud about nonsense."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.fixture
def given(monkeypatch):
    """Set the one variable these tests read."""
    return lambda value: monkeypatch.setenv("ACOMPANA_TEST", value)


def test_what_is_not_set_is_the_default(monkeypatch):
    monkeypatch.delenv("ACOMPANA_TEST", raising=False)
    assert env.text("ACOMPANA_TEST", "x") == "x"
    assert env.words("ACOMPANA_TEST", "a, b") == ["a", "b"]
    assert env.flag("ACOMPANA_TEST", default=True) is True
    assert env.number("ACOMPANA_TEST", 7) == 7


@pytest.mark.parametrize("blank", ["", "   "])
def test_what_is_empty_counts_as_not_set(given, blank):
    given(blank)
    assert env.text("ACOMPANA_TEST", "x") == "x"
    assert env.words("ACOMPANA_TEST") == []
    assert env.flag("ACOMPANA_TEST", default=True) is True
    assert env.number("ACOMPANA_TEST", 7) == 7


def test_words_are_stripped_and_blanks_left_out(given):
    given(" a.example , ,b.example,")
    assert env.words("ACOMPANA_TEST") == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("value", "meant"), [("1", True), ("true", True), ("YES", True), ("on", True), ("0", False), ("off", False)]
)
def test_a_flag_is_yes_or_no(given, value, meant):
    given(value)
    assert env.flag("ACOMPANA_TEST", default=not meant) is meant


@pytest.mark.parametrize("value", ["maybe", "2", "si", "tru"])
def test_a_flag_that_is_neither_is_refused_by_name(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match=f"ACOMPANA_TEST='{value}': expected 1 or 0"):
        env.flag("ACOMPANA_TEST")


@pytest.mark.parametrize("value", ["twelve", "1.5", "0x10", "12 or so"])
def test_a_number_that_is_none_is_refused_by_name(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="expected a whole number"):
        env.number("ACOMPANA_TEST", 1)


def test_a_database_address_is_taken_apart(given):
    given("postgresql://ana:p%40ss@db.example:5433/citas")
    assert env.database("ACOMPANA_TEST") == {
        "NAME": "citas",
        "USER": "ana",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
    }


def test_a_database_may_be_reached_by_a_socket(given):
    given("postgres://ana@%2Fvar%2Frun%2Fpostgresql/")
    found = env.database("ACOMPANA_TEST")
    assert (found["HOST"], found["NAME"], found["PORT"]) == ("/var/run/postgresql", "acompana", "")


@pytest.mark.parametrize("value", ["mysql://x/y", "sqlite:///x.db", "localhost:5432/x", "postgresql//x"])
def test_another_database_is_refused_by_name(given, value):
    given(value)
    with pytest.raises(ImproperlyConfigured, match="ACOMPANA_TEST: expected postgresql://"):
        env.database("ACOMPANA_TEST")
