"""What is occupied agrees with the status of the appointment: the database checks it when a transaction ends."""

import pytest
from django.db import IntegrityError, connection, transaction

from scheduling.models import Appointment, Participant
from tests import factories
from tests.factories import AT, MINUTE, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(dr_ramos, nayeli, lupita):
    """Lupita sees Dr. Ramos, and Nayeli interprets."""
    booked = factories.booked(lupita)
    factories.interprets(nayeli, booked)
    return booked


def disagrees(act):
    """Return whether the end of a transaction in which this was done is refused."""
    with pytest.raises(IntegrityError, match="does not agree") as refused, transaction.atomic():
        act()
        connection.check_constraints()
    return refused.value.__cause__.diag.constraint_name == "participant_occupied_agrees"


def agrees(act):
    with transaction.atomic():
        act()
        connection.check_constraints()
    return True


def change(visit, **fields):
    return lambda: Appointment.objects.filter(pk=visit.pk).update(**fields)


def change_part(visit, role, **fields):
    return lambda: visit.participants.filter(role=role).update(**fields)


def both(*acts):
    return lambda: [act() for act in acts]


CANCELLED = {"status": "cancelled", "cancelled_because": "patient"}


def test_a_visit_cannot_be_cancelled_without_freeing_its_time(visit):
    assert disagrees(change(visit, **CANCELLED))


def test_nor_can_its_time_be_freed_for_some_of_those_in_it(visit):
    assert disagrees(both(change(visit, **CANCELLED), change_part(visit, "clinician", occupied=None)))


def test_it_can_be_cancelled_with_the_time_of_everybody(visit):
    assert agrees(both(change(visit, **CANCELLED), lambda: visit.participants.update(occupied=None)))


@pytest.mark.parametrize("role", ["patient", "clinician", "interpreter"])
def test_nobodys_time_is_free_while_the_visit_stands(visit, role):
    assert disagrees(change_part(visit, role, occupied=None))


def test_a_visit_that_moves_takes_the_time_it_moves_to(visit):
    later = {"starts_at": visit.starts_at + 15 * MINUTE, "ends_at": visit.ends_at + 15 * MINUTE}
    assert disagrees(change(visit, **later))


def test_a_visit_that_grows_takes_more_time(visit):
    assert disagrees(change(visit, ends_at=visit.ends_at + MINUTE))


def test_what_is_occupied_covers_all_of_the_visit(visit):
    assert disagrees(change_part(visit, "clinician", occupied=(visit.starts_at + MINUTE, visit.ends_at)))


def test_buffers_may_make_it_more_than_the_visit(visit):
    wider = (visit.starts_at - 5 * MINUTE, visit.ends_at + 10 * MINUTE)
    assert agrees(change_part(visit, "clinician", occupied=wider))


@pytest.mark.parametrize("role", ["guest", "coordinator"])
def test_a_guest_and_a_coordinator_take_part_and_take_no_time(visit, tomas, beto, role):
    part = {"appointment": visit, "role": role}
    assert agrees(lambda: Participant.objects.create(user=tomas, **part))
    time = (visit.starts_at, visit.ends_at)
    assert disagrees(lambda: Participant.objects.create(actor=beto.actor, occupied=time, **part))


def test_a_visit_nobody_gives_is_none(visit):
    assert disagrees(lambda: visit.participants.filter(role="clinician").update(role="interpreter"))


def test_an_appointment_without_anybody_in_it_is_none(visit):
    empty = Appointment.objects.get(pk=visit.pk)
    empty.pk, empty.uuid = None, visit.encounter.uuid
    assert disagrees(lambda: empty.save(force_insert=True))


def test_what_disagrees_for_a_moment_only_is_nobodys_concern(visit):
    def there_and_back():
        change(visit, **CANCELLED)()
        change(visit, status="booked", cancelled_because="")()

    assert agrees(there_and_back)


@pytest.mark.django_db(transaction=True)
def test_it_is_the_commit_that_is_refused(visit):
    with pytest.raises(IntegrityError, match="does not agree"), transaction.atomic():
        change(visit, **CANCELLED)()
    assert Appointment.objects.get(pk=visit.pk).status == "booked"


def test_a_hold_takes_its_time_for_real(dr_ramos):
    held = factories.hold(viewer(), at=AT)
    assert disagrees(change_part(held, "clinician", occupied=None))
