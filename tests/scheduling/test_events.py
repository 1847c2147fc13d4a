"""What happened is written once, by somebody, for good; screens hear of it after it is true, and not otherwise."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from scheduling import accounts, events
from scheduling.access import System, Viewer
from scheduling.models import AccessRecord, Event, EventClaim
from tests import factories
from tests.factories import AT, DAY, MAKER, user_of, viewer

pytestmark = pytest.mark.django_db

FORBIDDEN = "history is not changed"


@pytest.fixture
def heard(monkeypatch):
    """What a screen that listens hears."""
    kinds = []

    def listen(event, **_):
        kinds.append(event.kind)

    events.recorded.connect(listen)
    yield kinds
    events.recorded.disconnect(listen)


def record(subject, kind="visit.happened", by=MAKER, **codes):
    with transaction.atomic():
        return events.record(kind, subject, by=by, at=AT, **codes)


# --- what is written -------------------------------------------------------------------------------------------------


def test_an_event_says_what_happened_to_what_and_when(acompana, lupita, dr_ramos):
    visit = factories.booked(lupita)
    event = Event.objects.get(pk=record(visit, was="proposed").pk)
    assert (event.kind, event.subject_type, event.subject) == ("visit.happened", "visit", visit.uuid)
    assert (event.subject_version, event.organization, event.at) == (visit.version, acompana, AT)
    assert event.codes == {"was": "proposed"}


def test_an_event_of_something_that_has_no_version_and_no_organization(lupita):
    event = Event.objects.get(pk=record(lupita).pk)
    assert (event.subject_version, event.organization) == (0, None)


def test_the_database_notes_for_itself_when_it_was_written(lupita):
    event = Event.objects.get(pk=record(lupita).pk)
    assert event.recorded_at is not None
    assert event.recorded_at != event.at


def test_a_person_did_it(lupita):
    event = record(lupita, by=viewer(user_of(lupita)))
    assert (event.by_user, event.by_link, event.by_system) == (user_of(lupita), None, "")


def test_whoever_held_the_link_did_it(lupita):
    grant, _ = accounts.grant_link("appointment", lupita.uuid, at=AT)
    event = record(lupita, by=Viewer(at=AT, links=(str(grant.uuid),)))
    assert (event.by_user, event.by_link) == (None, grant)


def test_of_several_links_it_is_the_one_to_what_was_touched(lupita, beto):
    to_beto, to_lupita = (accounts.grant_link("appointment", who.uuid, at=AT)[0] for who in (beto, lupita))
    both = Viewer(at=AT, links=(str(to_beto.uuid), str(to_lupita.uuid)))
    assert record(lupita, by=both).by_link == to_lupita
    assert record(beto, by=both).by_link == to_beto


def test_a_link_to_the_visit_is_the_one_for_what_happens_in_its_room(lupita, beto):
    to_beto, to_lupita = (accounts.grant_link("appointment", who.uuid, at=AT)[0] for who in (beto, lupita))
    both = Viewer(at=AT, links=(str(to_beto.uuid), str(to_lupita.uuid)))
    presence = user_of(lupita)
    assert record(presence, by=both, appointment=str(lupita.uuid)).by_link == to_lupita


def test_a_named_part_of_the_service_did_it(lupita):
    assert record(lupita, by=System("holds")).by_system == "holds"


def test_somebody_unknown_did_it(lupita):
    assert record(lupita, by=viewer()).by_system == "public"


def test_nothing_is_done_by_nobody(lupita):
    with pytest.raises(IntegrityError, match="event_by_somebody"):
        record(lupita, by=System(""))


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_of_a_transaction_is_a_mistake(lupita):
    with pytest.raises(AssertionError, match="belongs to the transaction"):
        events.record("visit.happened", lupita, by=MAKER, at=AT)


# --- history stays ---------------------------------------------------------------------------------------------------


def change(row):
    type(row).objects.filter(pk=row.pk).update(at=AT + DAY)


def change_past_the_orm(row):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET at = now()")


def erase(row):
    row.delete()


@pytest.mark.parametrize("tamper", [change, change_past_the_orm, erase])
def test_an_event_cannot_be_changed_or_deleted(lupita, tamper):
    event = record(lupita)
    with pytest.raises(DatabaseError, match=FORBIDDEN), transaction.atomic():
        tamper(event)
    assert Event.objects.get(pk=event.pk).at == AT


@pytest.mark.parametrize("tamper", [change, change_past_the_orm, erase])
def test_who_looked_at_whom_cannot_be_changed_or_deleted(lupita, tomas, tamper):
    events.looked(lupita, "read", by=viewer(tomas), at=AT)
    look = AccessRecord.objects.get()
    with pytest.raises(DatabaseError, match=FORBIDDEN), transaction.atomic():
        tamper(look)
    assert AccessRecord.objects.get().at == AT


def test_a_purge_says_so_to_the_database_and_may(lupita):
    event = record(lupita)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL acompana.purging = 'on'")
        event.delete()
    assert not Event.objects.filter(subject=lupita.uuid, kind="visit.happened").exists()


def test_who_looked_is_written_down_with_what_they_did(lupita, tomas):
    events.looked(lupita, "read", by=viewer(tomas), at=AT)
    look = AccessRecord.objects.get()
    assert (look.subject_type, look.subject, look.by_user, look.action) == ("patient", lupita.uuid, tomas, "read")


def test_whoever_looked_through_a_link_is_known_by_it(lupita):
    grant, _ = accounts.grant_link("appointment", lupita.uuid, at=AT)
    events.looked(lupita, "read", by=Viewer(at=AT, links=(str(grant.uuid),)), at=AT)
    assert AccessRecord.objects.get().by_link == grant


# --- who hears of it -------------------------------------------------------------------------------------------------


def test_screens_hear_once_and_only_after_it_is_true(lupita, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        record(lupita)
        assert heard == []
    assert heard == ["visit.happened"]


def test_screens_never_hear_of_what_was_taken_back(lupita, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(KeyError), transaction.atomic():
        record(lupita)
        raise KeyError
    assert heard == []
    assert not Event.objects.filter(kind="visit.happened").exists()


def test_a_screen_that_breaks_does_not_keep_others_from_hearing(lupita, heard, django_capture_on_commit_callbacks):
    def broken(**_):
        raise RuntimeError

    events.recorded.connect(broken)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            record(lupita)
    finally:
        events.recorded.disconnect(broken)
    assert heard == ["visit.happened"]


def test_what_screens_hear_is_the_row_as_it_was_written(lupita, django_capture_on_commit_callbacks):
    told = []

    def listen(event, **_):
        told.append(Event.objects.get(pk=event.pk) == event)

    events.recorded.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        record(lupita)
    events.recorded.disconnect(listen)
    assert told == [True]


def test_nobody_must_act_on_an_event_no_reader_asked_for(lupita):
    assert not EventClaim.objects.filter(event=record(lupita)).exists()
