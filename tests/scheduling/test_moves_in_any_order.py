"""Whatever people do, in whatever order: a calendar is never told a number twice, nor of a second event."""

from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from scheduling import appointments, invitations, rescheduling
from scheduling.models import UPCOMING, Appointment, Event, Notification, Participant, Role
from scheduling.refusals import Refusal
from tests import factories
from tests.factories import AT, user_of, viewer
from tests.scheduling.test_races import nobody_is_double_booked

CHANGES = {"appointment.rescheduled", "appointment.cancelled"}
numbers = st.integers(0, 30)
steps = st.lists(
    st.tuples(st.sampled_from(["book", "move", "move", "move", "cancel"]), numbers, numbers), min_size=2, max_size=12
)


@dataclass
class Life:
    """Two people and two clinicians, and every visit they ever had."""

    people: list
    visits: list = field(default_factory=list)

    def book(self, who, which):
        patient = self.people[who % 2]
        slots = factories.open_slots()
        by = viewer(user_of(patient))
        held = appointments.hold(slots[which % len(slots)].slot, by=by, at=AT, replace_oldest=True)
        self.visits.append(appointments.confirm(held, patient=patient, by=by, at=AT))

    def move(self, who, which):
        if self.visits:
            slots = factories.open_slots()
            visit = self.visits[who % len(self.visits)]
            by = viewer(user_of(visit.patient))
            rescheduling.reschedule(visit, slots[which % len(slots)].slot, by=by, at=AT)

    def cancel(self, who, _which):
        if self.visits:
            visit = self.visits[who % len(self.visits)]
            appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=AT)


def changes(visit):
    return Event.objects.filter(subject=visit.uuid, kind__in=CHANGES).count()


def owed():
    """Return every invitation that would go out now, with what it is about."""
    waiting = Notification.objects.filter(channel="email", status="owed").exclude(subject=None)
    for one in waiting.select_related("user__data_key", "patient__data_key", "data_key"):
        [event] = Calendar.from_ical(invitations.compose(one, AT).calendar).walk("VEVENT")
        yield one, event, Appointment.objects.get(uuid=one.subject)


def assert_one_event_with_a_number_for_each_change(life):
    for visit in life.visits:
        now = Appointment.objects.get(pk=visit.pk)
        assert (now.uuid, now.sequence) == (visit.uuid, changes(visit))
    for one, event, now in owed():
        assert str(event["UID"]) == f"{one.subject}@acompana"
        assert event["SEQUENCE"] <= now.sequence
        if one.kind != invitations.LEFT:
            assert (event["SEQUENCE"], event.start) == (now.sequence, now.starts_at)


def assert_everybody_is_where_they_are_said_to_be():
    for visit in Appointment.objects.filter(status__in=UPCOMING):
        parts = Participant.objects.filter(appointment=visit, occupied__isnull=False)
        assert {part.role for part in parts} == {"clinician", "patient"}
        assert {part.occupied.lower for part in parts} == {visit.starts_at}
    assert nobody_is_double_booked()


@given(steps=steps)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.django_db
def test_after_any_sequence_of_booking_moving_and_cancelling(steps):
    with transaction.atomic():
        acompana = factories.organization()
        elena = factories.staff("Elena", acompana, Role.ADMIN)
        factories.visit_type()
        for name in ("Ramos", "Vega"):
            factories.clinician(name, acompana, elena)
        life = Life([factories.patient("Lupita", "+17135550142"), factories.patient("Beto", "+17135550145")])
        for verb, who, which in steps:
            try:
                with transaction.atomic():
                    getattr(life, verb)(who, which)
                    connection.check_constraints()
            except Refusal:
                pass
            assert_one_event_with_a_number_for_each_change(life)
            assert_everybody_is_where_they_are_said_to_be()
        factories.assert_the_copy_is_true()
        transaction.set_rollback(True)
