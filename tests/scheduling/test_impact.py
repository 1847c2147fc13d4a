"""Whom a change of hours touches is told before it is made; nobody is cancelled, and who is to move is asked."""

from datetime import time
from functools import partial

import pytest

from scheduling import impact, schedules
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Event, Notification, OpenStart
from scheduling.schedules import Terms
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, MAKER, viewer

pytestmark = pytest.mark.django_db

TODAY = AT.date()
AFTERNOONS = [Hours(day, time(16), time(18)) for day in range(7)]
NEW_WEEK = partial(schedules.set_week, week=AFTERNOONS)
DAY_OFF = partial(schedules.take_off, first=TODAY, last=TODAY)


@pytest.fixture
def hers(dr_ramos):
    return dr_ramos.actor.schedule


@pytest.fixture
def ramos(dr_ramos):
    return viewer(dr_ramos.user)


@pytest.fixture
def visit(hers, lupita):
    return factories.booked(lupita)


def everything():
    """What is written down of hours, exceptions, the copy, events and messages."""
    models = (AvailabilityRule, AvailabilityException, OpenStart, Event, Notification, Appointment)
    return [list(model.objects.order_by("pk").values()) for model in models]


def touched(schedule, change, by):
    return [one.visit for one in impact.preview(schedule, change, by=by, at=AT)]


@pytest.mark.parametrize(
    "change",
    [NEW_WEEK, DAY_OFF, partial(schedules.pause, until=None), partial(schedules.set_week, week=[])],
    ids=["week", "day off", "pause", "no hours"],
)
def test_whoever_would_be_outside_is_told_and_nothing_is_written(hers, ramos, visit, change):
    before = everything()
    assert touched(hers, change, ramos) == [visit]
    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        partial(schedules.take_off, first=TODAY + DAY, last=TODAY + DAY),
        partial(schedules.set_terms, terms=Terms(visits_a_day=1, notice_minutes=600)),
        partial(schedules.set_week, week=[Hours(0, time(10), time(11))]),
    ],
    ids=["another day off", "limits", "hours around it"],
)
def test_a_change_that_touches_nobody_says_so(hers, ramos, visit, change):
    assert touched(hers, change, ramos) == []


def test_who_was_outside_before_is_no_news(hers, ramos, visit):
    schedules.set_week(hers, [], by=MAKER, at=AT)
    assert touched(hers, DAY_OFF, ramos) == []


def test_an_extra_time_taken_back_touches_who_is_in_it(hers, ramos, lupita):
    schedules.set_week(hers, [], by=MAKER, at=AT)
    wall = AT.replace(tzinfo=None, hour=15), AT.replace(tzinfo=None, hour=16)
    extra, _ = schedules.give_extra(hers, *wall, by=MAKER, at=AT)
    visit = factories.booked(lupita)
    undo = lambda schedule, **how: schedules.undo_exception(extra, **how)  # noqa: E731 - as the page gives it
    assert touched(hers, undo, ramos) == [visit]


def test_the_alternatives_are_those_of_the_changed_hours(hers, ramos, visit):
    [one] = impact.preview(hers, NEW_WEEK, by=ramos, at=AT)
    local = {found.slot.starts_at.hour for found in one.alternatives}
    assert len(one.alternatives) == impact.ALTERNATIVES
    assert local <= {21, 22}  # four and five in the afternoon in Houston
    assert {found.visit_type for found in one.alternatives} == {visit.visit_type}


def test_other_clinicians_are_alternatives_when_there_is_nothing_else(hers, ramos, visit, acompana, elena):
    vega = factories.clinician("Vega", acompana, elena, hours=AFTERNOONS)
    [one] = impact.preview(hers, partial(schedules.set_week, week=[]), by=ramos, at=AT)
    assert {found.clinician for found in one.alternatives} == {vega}


def test_names_are_for_those_who_may_see_the_visit(hers, ramos, visit, beto):
    stranger = viewer(factories.user_of(beto))
    assert [one.is_named for one in impact.preview(hers, DAY_OFF, by=ramos, at=AT)] == [True]
    assert [one.is_named for one in impact.preview(hers, DAY_OFF, by=stranger, at=AT)] == [False]


# --- the change, carried out -----------------------------------------------------------------------------------------


def test_a_visit_that_is_to_stand_hears_nothing(hers, ramos, visit, outbox):
    outbox.messages()
    assert impact.carry_out(hers, NEW_WEEK, moving=[], by=ramos, at=AT) == 0
    visit.refresh_from_db()
    assert (visit.status, visit.is_asked_to_move) == ("booked", False)
    assert outbox.messages("appointment_please_move") == []
    assert touched(hers, DAY_OFF, ramos) == []
    factories.assert_the_copy_is_true()


def test_a_patient_who_is_asked_to_move_hears_a_blind_message_and_keeps_the_time(hers, ramos, visit, outbox):
    assert impact.carry_out(hers, NEW_WEEK, moving=[visit.uuid], by=ramos, at=AT) == 1
    visit.refresh_from_db()
    assert (visit.status, visit.is_asked_to_move) == ("booked", True)
    [message] = outbox.messages("appointment_please_move")
    assert "mensaje" in message.body
    assert not {"cita", "doctor", "Ramos", "Lupita"} & set(message.body.replace(".", " ").split())
    assert Event.objects.filter(kind="appointment.move_asked", subject=visit.uuid, by_user=ramos.user).count() == 1


def test_the_clinician_is_not_asked_to_move(hers, ramos, visit):
    impact.carry_out(hers, NEW_WEEK, moving=[visit.uuid], by=ramos, at=AT)
    asked = Notification.objects.filter(kind="appointment_please_move")
    assert {one.patient_id for one in asked} == {visit.patient_id}


def test_asking_twice_asks_once(visit):
    for _ in range(2):
        impact.ask_to_move(visit, by=MAKER, at=AT)
    assert Notification.objects.filter(kind="appointment_please_move").count() == 1


def test_a_visit_that_moved_is_no_longer_asked_to(visit):
    impact.ask_to_move(visit, by=MAKER, at=AT)
    visit.refresh_from_db()
    visit.starts_at += DAY
    assert not visit.is_asked_to_move


def test_nobody_is_asked_whom_the_change_does_not_touch(hers, ramos, lupita, beto):
    near, far = factories.booked(lupita), factories.booked(beto, number=8)
    assert impact.carry_out(hers, DAY_OFF, moving=[near.uuid, far.uuid], by=ramos, at=AT) == 1
    far.refresh_from_db()
    assert not far.is_asked_to_move


def test_a_patient_with_e_mail_reads_when_and_until_when(hers, ramos, outbox):
    who = factories.patient("Irma", "+17135550199", email="irma@example.org")
    visit = factories.booked(who)
    impact.carry_out(hers, NEW_WEEK, moving=[visit.uuid], by=ramos, at=AT)
    mail = [one for one in outbox.messages("appointment_please_move") if one.notification.channel == "email"]
    assert "10:00" in mail[0].body
    assert "su cita sigue en pie" in mail[0].body
