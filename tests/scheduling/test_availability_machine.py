"""Whatever people do, in whatever order, in the real database: time is neither given twice, nor lost, nor stuck."""

from datetime import time
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from scheduling import appointments, derived, open_starts, schedules, search
from scheduling.models import (
    Appointment,
    AvailabilityException,
    OpenStart,
    Organization,
    Participant,
    Schedule,
    User,
    VisitType,
)
from scheduling.refusals import Refusal
from scheduling.schedules import Terms
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, viewer

pytestmark = pytest.mark.django_db

PHONE = ("consulta-telefono",)
HOLDS_LAST = 12 * MINUTE  # two times five, and the sweep

moments = st.sampled_from([time(hour, minute) for hour in (0, 8, 10, 12, 17, 22) for minute in (0, 30)])
kept = st.sampled_from([((), None), (PHONE, None), ((), 24), (PHONE, 2)])
windows = st.builds(
    lambda day, starts, ends, how: Hours(day, starts, ends, *how), st.integers(0, 6), moments, moments, kept
)
weeks = st.lists(windows, max_size=5)
days = st.integers(0, 12)
numbers = st.integers(0, 40)
terms = st.builds(
    Terms,
    before_minutes=st.sampled_from([0, 10]),
    after_minutes=st.sampled_from([0, 15]),
    rest_minutes=st.sampled_from([0, 20]),
    notice_minutes=st.just(0),
    horizon_days=st.sampled_from([7, 14]),
    minutes_a_week=st.sampled_from([None, 60, 90]),
    visits_a_day=st.sampled_from([None, 1, 2]),
    visits_a_week=st.sampled_from([None, 3]),
)


class Availability(RuleBasedStateMachine):
    """Two clinicians, their hours, and people who hold, confirm and cancel."""

    @initialize()
    def people(self):
        self.point = transaction.atomic()
        self.point.__enter__()
        self.at, self.patients, self.held, self.booked = AT, 0, [], []
        org, admin = Organization.objects.get(), User.objects.get(email="elena@acompana.example")
        self.actors = [factories.clinician(name, org, admin).actor_id for name in ("Ramos", "Vega")]
        self.coordinator = viewer(User.objects.get(email="tomas@acompana.example"))

    def teardown(self):
        if hasattr(self, "point"):
            transaction.set_rollback(True)
            self.point.__exit__(None, None, None)

    def _schedule(self, number):
        return Schedule.objects.get(actor=self.actors[number % 2])

    def _try(self, verb, *given, **how):
        """Run a verb; a refusal is an answer too, and leaves nothing behind."""
        try:
            with transaction.atomic():
                done = verb(*given, at=self.at, **how)
                connection.check_constraints()
        except Refusal:
            return None
        return done

    # --- hours

    @rule(who=numbers, week=weeks)
    def set_week(self, who, week):
        self._try(schedules.set_week, self._schedule(who), week, by=MAKER)

    @rule(who=numbers, week=weeks.filter(bool), first=days, length=st.integers(0, 5))
    def set_some_weeks(self, who, week, first, length):
        begins = self.at.date() + first * DAY
        self._try(schedules.set_week, self._schedule(who), week, by=MAKER, first=begins, last=begins + length * DAY)

    @rule(who=numbers, first=days, length=st.integers(0, 3))
    def take_off(self, who, first, length):
        begins = self.at.date() + first * DAY
        self._try(schedules.take_off, self._schedule(who), begins, begins + length * DAY, by=MAKER)

    @rule(who=numbers, first=days, hour=st.integers(0, 23), length=st.integers(1, 6))
    def give_extra(self, who, first, hour, length):
        begins = (self.at + first * DAY).replace(tzinfo=None, hour=hour, minute=15)
        self._try(schedules.give_extra, self._schedule(who), begins, begins + length * HOUR, by=MAKER)

    @rule(number=numbers)
    def undo(self, number):
        known = list(AvailabilityException.objects.order_by("pk"))
        if known:
            self._try(schedules.undo_exception, known[number % len(known)], by=MAKER)

    @rule(who=numbers, what=terms)
    def agree(self, who, what):
        self._try(schedules.set_terms, self._schedule(who), what, by=MAKER)

    @rule(who=numbers, until=st.one_of(st.none(), days))
    def pause(self, who, until):
        back = None if until is None else self.at.date() + until * DAY
        self._try(schedules.pause, self._schedule(who), back, by=MAKER)

    @rule(who=numbers)
    def resume(self, who):
        self._try(schedules.resume, self._schedule(who), by=MAKER)

    # --- visits

    @rule(number=numbers, kind=st.sampled_from(["consulta-video", *PHONE]), urgent=st.booleans())
    def hold(self, number, kind, urgent):
        wanted = factories.criteria(since=self.at, until=self.at + 14 * DAY, visit_type=kind, urgent=urgent, limit=50)
        found = search.find(wanted, at=self.at).found
        if not found:
            return
        by = self.coordinator if urgent else viewer(holder=f"browser {len(self.held)}")
        made = self._try(appointments.hold, found[number % len(found)].slot, by=by)
        if not urgent:
            assert made is not None, "what search offers can be held"
        if made is not None:
            self.held.append(made)

    @rule(number=numbers)
    def confirm(self, number):
        if self.held:
            self.patients += 1
            who = factories.patient("Somebody", f"+1713556{self.patients:04}")
            done = self._try(appointments.confirm, self.held[number % len(self.held)], patient=who, by=MAKER)
            if done is not None:
                self.booked.append(done)

    @rule(number=numbers)
    def cancel(self, number):
        if self.booked:
            self._try(appointments.cancel, self.booked[number % len(self.booked)], because="patient", by=MAKER)

    @rule(number=numbers)
    def release(self, number):
        if self.held:
            self._try(appointments.release, self.held[number % len(self.held)], by=MAKER)

    @rule(much=st.sampled_from([MINUTE, 6 * MINUTE, 3 * HOUR, DAY, 3 * DAY]))
    def wait(self, much):
        self.at += much
        appointments.lapse_holds(at=self.at)
        open_starts.extend(at=self.at)

    # --- what always holds

    @invariant()
    def the_copy_is_the_truth(self):
        if hasattr(self, "point"):
            assert derived.different(list(Schedule.objects.all()), at=self.at) == []

    @invariant()
    def nobody_is_in_two_visits_at_once(self):
        if hasattr(self, "point"):
            taken = Participant.objects.filter(occupied__isnull=False, actor__in=self.actors)
            spans = sorted((part.actor_id, part.occupied.lower, part.occupied.upper) for part in taken)
            for (actor, _, ends), (other, begins, _) in pairwise(spans):
                assert actor != other or ends <= begins

    @invariant()
    def no_hold_stays_for_ever(self):
        if hasattr(self, "point"):
            live = Appointment.objects.filter(status="proposed")
            assert all(one.held_until <= self.at + HOLDS_LAST for one in live)

    @invariant()
    def what_is_taken_is_not_offered(self):
        if hasattr(self, "point"):
            for part in Participant.objects.filter(occupied__isnull=False, actor__in=self.actors):
                inside = DateTimeTZRange(part.occupied.lower, part.occupied.upper)
                offered = OpenStart.objects.filter(actor=part.actor_id, starts_at__gte=inside.lower)
                assert not offered.filter(starts_at__lt=inside.upper).exists()

    @rule()
    def no_time_is_lost(self):
        """When everybody cancels, exactly what the hours offer is open again; then it is all taken back."""
        with transaction.atomic():
            for one in [*self.held, *self.booked]:
                one.refresh_from_db()
                if one.status in ("booked", "proposed"):
                    verb = appointments.release if one.status == "proposed" else appointments.cancel
                    how = {} if one.status == "proposed" else {"because": "patient"}
                    verb(one, by=MAKER, at=self.at, **how)
            assert not Participant.objects.filter(occupied__isnull=False).exists()
            assert derived.different(list(Schedule.objects.all()), at=self.at) == []
            transaction.set_rollback(True)


def test_no_sequence_of_verbs_gives_time_twice_or_loses_it(acompana, elena, tomas, consulta):
    factories.visit_type(PHONE[0], modality="phone")
    assert VisitType.objects.count() == 2
    run_state_machine_as_test(
        Availability,
        settings=settings(
            max_examples=20,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
