"""The copy that search reads equals the computed truth after any sequence of verbs, whatever the hours and buffers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import appointments, open_starts, schedules
from scheduling.models import AvailabilityException, OpenStart
from scheduling.open_starts import Taken
from scheduling.refusals import Refusal
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, viewer

pytestmark = pytest.mark.django_db

BEFORE_SPRING = datetime(2026, 3, 6, 14, tzinfo=UTC)
BEFORE_AUTUMN = datetime(2026, 10, 30, 14, tzinfo=UTC)

moments = st.times().map(lambda moment: time(moment.hour, moment.minute // 15 * 15))
weeks = st.lists(st.builds(Hours, st.integers(0, 6), moments, moments), max_size=6)
numbers = st.integers(0, 30)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), numbers),
        st.tuples(st.just("confirm"), numbers),
        st.tuples(st.just("cancel"), numbers),
        st.tuples(st.just("release"), numbers),
        st.tuples(st.just("set_week"), weeks),
        st.tuples(st.just("take_off"), numbers),
        st.tuples(st.just("undo"), numbers),
        st.tuples(st.just("wait"), st.sampled_from([MINUTE, 6 * MINUTE, 5 * HOUR, DAY])),
    ),
    min_size=1,
    max_size=10,
)


@dataclass
class Life:
    """One clinician's fortnight, and everything that can happen in it."""

    clinician: object
    at: datetime
    patients: int = 0
    held: list = field(default_factory=list)
    booked: list = field(default_factory=list)

    @property
    def schedule(self):
        return type(self.clinician.actor.schedule).objects.get(actor=self.clinician.actor)

    def hold(self, number):
        open_times = factories.open_slots(self.at, since=self.at, until=self.at + 14 * DAY)
        if open_times:
            slot = open_times[number % len(open_times)].slot
            browser = viewer(holder=f"browser {len(self.held)}")
            self.held.append(appointments.hold(slot, by=browser, at=self.at))

    def confirm(self, number):
        if self.held:
            self.patients += 1
            who = factories.patient("Somebody", f"+1713556{self.patients:04}")
            held = self.held[number % len(self.held)]
            self.booked.append(appointments.confirm(held, patient=who, by=MAKER, at=self.at))

    def cancel(self, number):
        if self.booked:
            appointments.cancel(self.booked[number % len(self.booked)], because="clinician", by=MAKER, at=self.at)

    def release(self, number):
        if self.held:
            appointments.release(self.held[number % len(self.held)], by=MAKER, at=self.at)

    def set_week(self, week):
        schedules.set_week(self.schedule, week, by=MAKER, at=self.at)

    def take_off(self, number):
        first = self.at.date() + number % 5 * DAY
        schedules.take_off(self.schedule, first, first + number % 3 * DAY, by=MAKER, at=self.at)

    def undo(self, number):
        exceptions = list(AvailabilityException.objects.all())
        if exceptions:
            schedules.undo_exception(exceptions[number % len(exceptions)], by=MAKER, at=self.at)

    def wait(self, much):
        self.at += much
        appointments.lapse_holds(at=self.at)
        open_starts.extend(at=self.at)


def live(life, steps):
    """Take the steps one by one; a refusal is an answer too. After each the copy is the truth."""
    for verb, with_what in steps:
        try:
            with transaction.atomic():
                getattr(life, verb)(with_what)
                connection.check_constraints()
        except Refusal:
            pass
        factories.assert_the_copy_is_true(life.at)


@given(
    steps=steps,
    week=weeks.filter(bool),
    buffers=st.tuples(st.sampled_from([0, 5, 45]), st.sampled_from([0, 10, 60])),
    step=st.sampled_from([15, 20, 30, 60]),
    began=st.sampled_from([AT, BEFORE_SPRING, BEFORE_AUTUMN]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_copy_is_the_truth_after_every_step(acompana, elena, consulta, steps, week, buffers, step, began):
    before, after = buffers
    how = {"before_minutes": before, "after_minutes": after, "step_minutes": step}
    with transaction.atomic():
        ramos = factories.clinician("Ramos", acompana, elena, hours=week, schedule=how, licensed_until=began + 90 * DAY)
        live(Life(ramos, began), steps)
        transaction.set_rollback(True)


# --- one step at a time ----------------------------------------------------------------------------------------------


def starts(ramos):
    return list(OpenStart.objects.filter(actor=ramos.actor).order_by("starts_at").values_list("starts_at", flat=True))


def test_what_is_held_leaves_the_copy_in_the_same_transaction(dr_ramos):
    before = starts(dr_ramos)
    held = factories.hold(viewer())
    assert starts(dr_ramos) == [start for start in before if start != held.starts_at]


def test_what_ran_into_the_visit_is_shorter_now(dr_ramos):
    first, second = starts(dr_ramos)[:2]
    factories.hold(viewer(), number=1)
    assert OpenStart.objects.get(actor=dr_ramos.actor, starts_at=first).free_minutes == (second - first) // MINUTE


def test_what_is_given_back_is_offered_again_as_it_was(dr_ramos):
    before = list(OpenStart.objects.order_by("starts_at").values_list("starts_at", "free_minutes"))
    held = factories.hold(viewer(), number=2)
    appointments.release(held, by=MAKER, at=AT)
    assert list(OpenStart.objects.order_by("starts_at").values_list("starts_at", "free_minutes")) == before


def test_taking_is_one_statement_however_many_take_part(dr_ramos, nayeli, django_assert_num_queries):
    times = [
        Taken(who.actor.schedule, open_starts.DateTimeTZRange(AT + HOUR, AT + 2 * HOUR)) for who in (dr_ramos, nayeli)
    ]
    with django_assert_num_queries(1):
        open_starts.take(times)
    assert not OpenStart.objects.filter(starts_at__gte=AT + HOUR, starts_at__lt=AT + 2 * HOUR).exists()
    assert OpenStart.objects.filter(starts_at=AT + 2 * HOUR).count() == 2


def test_a_verb_that_is_taken_back_leaves_the_copy_as_it_was(dr_ramos):
    before = starts(dr_ramos)
    with pytest.raises(KeyError), transaction.atomic():
        factories.hold(viewer())
        raise KeyError
    assert starts(dr_ramos) == before


def test_a_visit_of_somebody_who_always_works_shortens_a_day_of_starts(acompana, elena, consulta):
    always = [Hours(day, time(0), time(0)) for day in range(7)]
    factories.clinician("Ramos", acompana, elena, hours=always, schedule={"zone": "UTC"})
    held = factories.hold(viewer(), number=19)
    factories.assert_the_copy_is_true()
    appointments.release(held, by=MAKER, at=AT)
    factories.assert_the_copy_is_true()
