"""Who may see a case, as a table: whoever reported it, and whoever answers for its organization; nobody else."""

from datetime import timedelta

import pytest

from navigation import cases
from navigation.models import Case
from scheduling.access import Viewer
from scheduling.models import GrantScope, LinkGrant, Role
from tests import factories
from tests.factories import AT, help


@pytest.fixture
def one(acompana, lupita) -> Case:
    """Lupita reported it, signed in."""
    return help.case(acompana, by=factories.viewer(factories.user_of(lupita)))


@pytest.fixture
def people(one, tomas, carmen, elena, joel, lupita, beto, dr_ramos, nayeli) -> dict[str, Viewer]:
    """Everybody who might ask."""
    return {
        "who holds its link": help.with_link(one),
        "who reported it": factories.viewer(factories.user_of(lupita)),
        "a coordinator": factories.viewer(tomas),
        "a navigator": factories.viewer(carmen),
        "the admin": factories.viewer(elena),
        "another organization": factories.viewer(joel),
        "a clinician of the organization": factories.viewer(dr_ramos.user),
        "an interpreter of the organization": factories.viewer(nayeli.user),
        "another patient": factories.viewer(factories.user_of(beto)),
        "who holds the link of another case": help.with_link(help.case()),
        "the public": factories.viewer(),
        "nobody at all": Viewer(),
    }


SEES = {
    "who holds its link": True,
    "who reported it": True,
    "a coordinator": True,
    "a navigator": True,
    "the admin": True,
    "another organization": False,
    "a clinician of the organization": False,
    "an interpreter of the organization": False,
    "another patient": False,
    "who holds the link of another case": False,
    "the public": False,
    "nobody at all": False,
}


def sees(viewer: Viewer, one: Case) -> bool:
    return Case.objects.visible_to(viewer).filter(pk=one.pk).exists()


def test_a_case_is_seen_by_those_of_the_table_and_nobody_else(one, people):
    assert {who: sees(viewer, one) for who, viewer in people.items()} == SEES


def test_a_closed_case_is_seen_by_the_same_people(one, people, tomas):
    cases.resolve(one, "helped", by=factories.viewer(tomas), at=AT)
    assert {who: sees(viewer, one) for who, viewer in people.items()} == SEES


def test_a_closed_case_is_no_longer_among_the_unresolved(one, tomas):
    cases.resolve(one, "helped", by=factories.viewer(tomas), at=AT)
    assert not Case.objects.unresolved().filter(pk=one.pk).exists()


def test_a_link_that_ended_shows_nothing(one):
    held = help.with_link(one)
    late = Viewer(at=AT + timedelta(days=61), links=held.links)
    assert sees(held, one)
    assert not sees(late, one)


def test_a_link_that_was_revoked_shows_nothing(one):
    held = help.with_link(one)
    LinkGrant.objects.update(revoked_at=AT)
    assert not sees(held, one)


def test_a_link_to_a_visit_with_the_same_id_shows_no_case(one):
    held = help.with_link(one)
    LinkGrant.objects.update(scope=GrantScope.APPOINTMENT)
    assert not sees(held, one)


def test_a_role_counts_from_its_first_day_until_its_last(one, acompana):
    past = factories.staff("Ana", acompana, Role.COORDINATOR)
    past.memberships.update(valid_until=AT.date())
    future = factories.staff("Eva", acompana, Role.COORDINATOR)
    future.memberships.update(valid_from=AT.date() + timedelta(days=1))
    last_day = factories.staff("Isa", acompana, Role.COORDINATOR)
    last_day.memberships.update(valid_until=AT.date() + timedelta(days=1))
    assert [sees(factories.viewer(who), one) for who in (past, future, last_day)] == [False, False, True]


def test_whose_board_is_two_organizations_sees_the_cases_of_both(one, casa, tomas):
    tomas.memberships.create(organization=casa, role=Role.NAVIGATOR, valid_from=AT.date())
    other = help.case(casa)
    assert sees(factories.viewer(tomas), one)
    assert sees(factories.viewer(tomas), other)


def test_seeing_the_board_costs_two_queries_however_many_cases(acompana, tomas, django_assert_num_queries):
    for _ in range(5):
        help.taken(help.case(), by=tomas)
    asker = factories.viewer(tomas)
    with django_assert_num_queries(2):  # what the viewer is, and the cases with everything a card shows
        for case in Case.objects.visible_to(asker).for_board():
            assert (case.organization.slug, case.escalation.step, case.owner.preferred_name) == ("acompana", 0, "Tomas")
