"""Few who fit are looked up one by one, many are walked through in time: whoever asks cannot tell which it was."""

from datetime import time

import pytest
from django.db import transaction

from scheduling import appointments, eligibility, search
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, criteria, viewer

pytestmark = pytest.mark.django_db

WISHES = {
    "the next times": {},
    "many": {"limit": 200},
    "one": {"limit": 1},
    "tomorrow": {"since": AT + DAY, "until": AT + 2 * DAY},
    "this very hour": {"since": AT + HOUR, "until": AT + 2 * HOUR},
    "in English": {"language": "en", "limit": 50},
    "in no language": {"language": "", "limit": 50},
    "in California": {"state": "CA", "limit": 50},
    "for a child": {"age": 7, "limit": 50},
    "for an hour": {"visit_type": "larga", "limit": 50},
    "without a licence": {"care": "orientation", "limit": 50},
    "for nobody": {"state": "NY"},
}


@pytest.fixture
def everybody(acompana, elena, consulta):
    """Seven clinicians of whom no two offer the same, and some times that are taken."""
    factories.visit_type("larga", minutes=60, modality="phone")
    factories.visit_type("orientacion", care="orientation")
    days = [Hours(day, time(8 + day), time(11 + day)) for day in range(5)]
    team = {
        "Ramos": {},
        "Vega": {"languages": ["es", "en"], "hours": days},
        "Soto": {"states": ["TX", "CA"], "schedule": {"notice_minutes": 100}},
        "Luna": {"states": ["CA"], "languages": ["en"]},
        "Cruz": {"max_age": 17, "schedule": {"step_minutes": 20, "after_minutes": 10}},
        "Mora": {"licensed_until": AT + 2 * DAY},
        "Rey": {"hours": days, "schedule": {"horizon_days": 3}},
    }
    for name, how in team.items():
        factories.clinician(name, acompana, elena, **how)
    for number in range(5):
        factories.hold(viewer(holder=f"browser {number}"), number=number * 2)


def found(at=AT, **wanted):
    return [(one.slot, one.ends_at) for one in search.find(criteria(**wanted), at=at).found]


def answers():
    """Return what each wish finds, now and when some of the times are over."""
    return {wish: found(**wanted) + found(at=AT + 95 * MINUTE, **wanted) for wish, wanted in WISHES.items()}


def test_both_ways_find_the_same_times_in_the_same_order(everybody, monkeypatch):
    one_by_one = answers()
    monkeypatch.setattr(eligibility, "FEW", 0)
    assert answers() == one_by_one
    assert [wish for wish, times in one_by_one.items() if not times] == ["for nobody"]


def test_whatever_is_found_can_be_held(everybody):
    for wanted in WISHES.values():
        for slot, ends_at in found(**wanted)[:5]:
            with transaction.atomic():
                assert appointments.hold(slot, by=viewer(holder="lupita's phone"), at=AT).ends_at == ends_at
                transaction.set_rollback(True)
