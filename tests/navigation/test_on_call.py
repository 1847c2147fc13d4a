"""Whom a step calls, at the moment it runs."""

from datetime import timedelta

import pytest

from navigation import on_call
from navigation.models import Target
from scheduling.models import Role
from tests import factories
from tests.factories import AT, help

pytestmark = pytest.mark.usefixtures("acompana")
HOUR = timedelta(hours=1)


def called(target: Target, org, at=AT) -> list[str]:
    return [user.preferred_name for user in on_call.people(target, org, at=at)]


def test_the_first_to_be_called_is_whoever_is_on_call(rota):
    assert called(Target.ON_CALL, rota) == ["Tomas"]


def test_the_second_step_calls_the_second_and_keeps_calling_the_first(rota):
    assert called(Target.SECOND, rota) == ["Tomas", "Rosa"]


def test_the_third_step_calls_every_coordinator_and_the_admin(rota, carmen, joel):
    assert called(Target.COORDINATORS, rota) == ["Tomas", "Rosa", "Elena"]


def test_the_last_resort_is_the_admins_of_the_default_organization(rota, casa, joel):
    assert called(Target.LAST_RESORT, casa) == ["Elena"]


def test_a_shift_lasts_from_its_first_instant_until_before_its_last(acompana, tomas):
    help.on_call(tomas, acompana, since=AT, until=AT + HOUR)
    moments = [AT - timedelta(microseconds=1), AT, AT + HOUR - timedelta(microseconds=1), AT + HOUR]
    assert [bool(called(Target.ON_CALL, acompana, at)) for at in moments] == [False, True, True, False]


def test_the_shift_of_another_organization_calls_nobody_here(acompana, casa, joel):
    help.on_call(joel, casa)
    assert called(Target.ON_CALL, acompana) == []


def test_somebody_on_call_twice_is_called_once(acompana, tomas):
    help.on_call(tomas, acompana)
    help.on_call(tomas, acompana, rank=2)
    assert called(Target.SECOND, acompana) == ["Tomas"]


def test_an_account_that_was_closed_is_not_called(rota, tomas, elena):
    type(tomas).objects.filter(pk__in=[tomas.pk, elena.pk]).update(is_active=False)
    assert called(Target.ON_CALL, rota) == []
    assert called(Target.COORDINATORS, rota) == ["Rosa"]
    assert called(Target.LAST_RESORT, rota) == []


def test_who_left_the_organization_is_not_called(acompana, tomas, rosa, elena):
    rosa.memberships.update(valid_until=AT.date())
    assert called(Target.COORDINATORS, acompana) == ["Tomas", "Elena"]


def test_who_has_two_roles_is_called_once(acompana, elena):
    elena.memberships.create(organization=acompana, role=Role.COORDINATOR, valid_from=AT.date())
    assert called(Target.COORDINATORS, acompana) == ["Elena"]


def test_staffed_are_those_with_somebody_on_call(acompana, casa, tomas, joel):
    help.on_call(tomas, acompana)
    help.on_call(joel, casa, since=AT + HOUR)
    assert on_call.staffed([acompana, casa], at=AT) == {acompana.pk}


@pytest.mark.parametrize("target", Target)
def test_finding_whom_to_call_costs_one_query(rota, target, django_assert_num_queries):
    for number in range(3):
        factories.staff(f"Person{number}", rota, Role.ADMIN, phone=f"+1713555016{number}")
    with django_assert_num_queries(1):
        assert all(user.phone for user in on_call.people(target, rota, at=AT))
