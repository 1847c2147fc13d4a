"""What must happen next in an upper floor is a row: it is acted on once, and a failure loses nothing."""

import pytest
from django.db import transaction

from scheduling import events
from scheduling.events import RETRY_AFTER
from scheduling.models import Event, EventClaim, Role, User
from tests import factories
from tests.factories import AT, MAKER
from tests.racing import at_once

READER, OTHER = "tests.follow_up", "tests.agenda"
SOON, LATER = AT + RETRY_AFTER / 2, AT + RETRY_AFTER


@pytest.fixture(autouse=True)
def readers(monkeypatch):
    """Two readers of an upper floor; one of them reads one kind only."""
    monkeypatch.setattr(events, "_readers", {})
    events.register(READER, ["visit.cancelled", "visit.missed"])
    events.register(OTHER, ["visit.cancelled"])


def record(kind="visit.cancelled"):
    subject = User.objects.first() or User.objects.create(email="who@acompana.example")
    with transaction.atomic():
        return events.record(kind, subject, by=MAKER, at=AT)


def refuse(event):
    raise RuntimeError


@pytest.mark.django_db
class TestWriting:
    def test_each_reader_of_the_kind_has_a_claim_due_at_once(self):
        event = record()
        claims = EventClaim.objects.filter(event=event).order_by("pk")
        assert [(claim.reader, claim.due_at, claim.attempts) for claim in claims] == [(READER, AT, 0), (OTHER, AT, 0)]

    def test_a_reader_of_other_kinds_has_none(self):
        assert [claim.reader for claim in EventClaim.objects.filter(event=record("visit.missed"))] == [READER]

    def test_a_claim_is_taken_back_with_what_it_was_for(self):
        with pytest.raises(KeyError), transaction.atomic():
            record()
            raise KeyError
        assert not EventClaim.objects.exists()


@pytest.mark.django_db
class TestReading:
    def test_a_reader_acts_on_each_of_its_claims_once_in_order(self):
        first, second = record(), record("visit.missed")
        acted = []
        assert events.read_claims(READER, acted.append, at=AT) == 2
        assert acted == [first, second]
        assert events.read_claims(READER, acted.append, at=LATER) == 0

    def test_a_reader_leaves_the_claims_of_others(self):
        record()
        events.read_claims(READER, lambda event: None, at=AT)
        assert [claim.reader for claim in EventClaim.objects.all()] == [OTHER]

    def test_a_claim_that_is_not_due_waits(self):
        record()
        EventClaim.objects.update(due_at=LATER)
        assert events.read_claims(READER, refuse, at=SOON) == 0

    def test_a_sweep_takes_no_more_than_it_was_told_to(self):
        for _ in range(3):
            record()
        assert events.read_claims(READER, lambda event: None, at=AT, limit=2) == 2
        assert EventClaim.objects.filter(reader=READER).count() == 1

    def test_a_claim_whose_act_fails_waits_half_a_minute_and_the_others_go_on(self):
        broken, fine = record(), record()

        def act(event):
            if event == broken:
                raise RuntimeError

        assert events.read_claims(READER, act, at=AT) == 1
        [left] = EventClaim.objects.filter(reader=READER)
        assert (left.event, left.due_at, left.attempts) == (broken, LATER, 1)
        assert not EventClaim.objects.filter(event=fine, reader=READER).exists()

    def test_what_a_failing_act_wrote_is_taken_back(self):
        record()

        def act(event):
            factories.organization("half-done")
            raise RuntimeError

        events.read_claims(READER, act, at=AT)
        assert not Event._meta.get_field("organization").related_model.objects.filter(slug="half-done").exists()

    def test_an_act_that_breaks_on_the_database_does_not_break_the_sweep(self):
        record(), record()
        assert events.read_claims(READER, lambda event: factories.organization("same"), at=AT) == 1

    def test_a_failed_claim_is_acted_on_once_its_time_has_come(self):
        record()
        events.read_claims(READER, refuse, at=AT)
        assert events.read_claims(READER, lambda event: None, at=SOON) == 0
        assert events.read_claims(READER, lambda event: None, at=LATER) == 1


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_eight_sweeps_at_once_act_on_each_claim_once():
    expected = {record().pk for _ in range(12)}
    acted = []

    def sweep():
        return events.read_claims(READER, lambda event: acted.append(event.pk), at=AT)

    counts = at_once([sweep] * 8)
    assert sum(counts) == 12
    assert sorted(acted) == sorted(expected)


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_a_sweep_does_not_wait_for_the_claim_another_has_in_hand(acompana):
    record(), record()

    def slow(event):
        others = at_once([lambda: events.read_claims(READER, lambda event: None, at=AT)])
        factories.staff(f"Nuevo{event.pk}-{others[0]}", acompana, Role.ADMIN)

    assert events.read_claims(READER, slow, at=AT) == 1
    assert User.objects.filter(email__contains="-1@").exists()
