"""Who asks, and which appointments they may see: a table, one person a line."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from scheduling import access, accounts, appointments
from scheduling.access import GRANTS, HOLDER, Viewer
from scheduling.models import ApiToken, Appointment, Membership, Participant, Relation, Representative, Role
from tests import factories
from tests.factories import AT, DAY, MAKER, user_of, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(lupita, dr_ramos, nayeli):
    """Lupita sees Dr. Ramos, and Nayeli interprets."""
    booked = factories.booked(lupita)
    factories.interprets(nayeli, booked)
    return booked


def link(visit, *, life=DAY, revoked=False):
    grant, _secret = accounts.grant_link("appointment", visit.uuid, at=AT, life=life)
    if revoked:
        grant.revoked_at = AT
        grant.save()
    return grant


def holding(grant, at=AT):
    return Viewer(at=at, links=(str(grant.uuid),))


def relative(visit, until=None):
    """Lupita's daughter, who speaks for her, or did until she no longer wanted it."""
    daughter = factories.patient("Daughter", "+17135550177")
    speaks = {"relation": Relation.CHILD, "consented_at": AT - DAY, "until": until}
    Representative.objects.create(user=user_of(daughter), patient=visit.patient, **speaks)
    return viewer(user_of(daughter))


def member(visit, role, org=None, until=None):
    """Somebody new in the visit's organization, or in another."""
    user = factories.staff("Nuevo", org or visit.organization, role)
    Membership.objects.filter(user=user).update(valid_until=until)
    return viewer(user)


def guest(visit):
    """Her son, invited to the call."""
    son = factories.patient("Son", "+17135550178")
    Participant.objects.create(appointment=visit, user=user_of(son), role="guest")
    return viewer(user_of(son))


def another_clinician(visit):
    colleague = factories.clinician("Vega", visit.organization, visit.organization.memberships.first().user)
    return viewer(colleague.user)


SEE = {
    "the patient": lambda visit: viewer(user_of(visit.patient)),
    "whoever speaks for the patient": relative,
    "the clinician of the visit": lambda visit: viewer(visit.participants.get(role="clinician").person),
    "the interpreter of the visit": lambda visit: viewer(visit.participants.get(role="interpreter").person),
    "a guest of the visit": guest,
    "whoever holds the link": lambda visit: holding(link(visit)),
    "a coordinator of the organization": lambda visit: member(visit, Role.COORDINATOR),
    "a navigator of the organization": lambda visit: member(visit, Role.NAVIGATOR),
    "an admin of the organization": lambda visit: member(visit, Role.ADMIN),
    "a coordinator whose last day is tomorrow": lambda visit: member(visit, Role.COORDINATOR, until=AT.date() + DAY),
}
SEE_NOTHING = {
    "the public": lambda visit: viewer(),
    "another patient": lambda visit: viewer(user_of(factories.patient("Beto", "+17135550145"))),
    "whoever no longer speaks for the patient": lambda visit: relative(visit, until=AT),
    "another clinician": another_clinician,
    "a clinician of the organization": lambda visit: member(visit, Role.CLINICIAN),
    "an interpreter of the organization": lambda visit: member(visit, Role.INTERPRETER),
    "a coordinator elsewhere": lambda visit: member(visit, Role.COORDINATOR, factories.organization("otra")),
    "a coordinator whose last day was yesterday": lambda visit: member(visit, Role.COORDINATOR, until=AT.date()),
    "a coordinator asked without a time": lambda visit: Viewer(member(visit, Role.COORDINATOR).user),
    "whoever holds a link that ended": lambda visit: holding(link(visit), at=AT + DAY),
    "whoever holds a link that was revoked": lambda visit: holding(link(visit, revoked=True)),
    "whoever holds a link to another visit": lambda visit: holding(link(visit.organization)),
    "whoever holds a link of another scope": lambda visit: holding(accounts.grant_link("case", visit.uuid, at=AT)[0]),
    "the browser that once held it": lambda visit: viewer(holder=visit.held_by),
    "a browser without a name": lambda visit: Viewer(at=AT),
}


@pytest.mark.parametrize("who", SEE.values(), ids=SEE)
def test_sees_the_visit(visit, who):
    assert list(Appointment.objects.visible_to(who(visit))) == [visit]


@pytest.mark.parametrize("who", SEE_NOTHING.values(), ids=SEE_NOTHING)
def test_sees_nothing(visit, who):
    assert not Appointment.objects.visible_to(who(visit)).exists()


def test_a_visit_is_listed_once_for_somebody_who_may_see_it_for_many_reasons(visit, elena):
    grant = link(visit)
    speaks = {"relation": Relation.OTHER, "consented_at": AT}
    Representative.objects.create(user=elena, patient=visit.patient, **speaks)
    Participant.objects.create(appointment=visit, user=elena, role="coordinator")
    asker = Viewer(elena, AT, links=(str(grant.uuid),), holder=visit.held_by)
    assert list(Appointment.objects.visible_to(asker)) == [visit]


def test_everything_a_person_may_see_is_found_in_three_queries(visit, tomas, django_assert_max_num_queries):
    asker = Viewer(tomas, AT, links=(str(link(visit).uuid),))
    with django_assert_max_num_queries(3):  # memberships, links, appointments
        assert list(Appointment.objects.visible_to(asker)) == [visit]


# --- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_is_seen_by_the_browser_that_holds_it(dr_ramos):
    held = factories.hold(viewer(holder="lupita's phone"))
    assert list(Appointment.objects.visible_to(viewer(holder="lupita's phone"))) == [held]


def test_a_hold_is_not_seen_by_another_browser(dr_ramos):
    factories.hold(viewer(holder="lupita's phone"))
    assert not Appointment.objects.visible_to(viewer(holder="beto's phone")).exists()


def test_what_became_of_a_hold_is_still_known_to_the_browser(dr_ramos):
    phone = viewer(holder="lupita's phone")
    held = factories.hold(phone)
    appointments.release(held, by=phone, at=AT)
    assert list(Appointment.objects.held_by(phone)) == [held]
    assert not Appointment.objects.visible_to(phone).exists()


def test_a_browser_without_a_name_held_nothing(dr_ramos):
    factories.hold(Viewer(at=AT, holder=""))
    assert not Appointment.objects.held_by(Viewer(at=AT)).exists()


# --- the viewer ------------------------------------------------------------------------------------------------------


def request(user=None, **session):
    made = RequestFactory().get("/")
    made.user, made.session = user or AnonymousUser(), session
    return made


def test_a_stranger_is_nobody_with_no_role():
    asker = access.viewer(request(), AT)
    assert (asker.user, asker.links, asker.holder) == (None, (), "")
    assert not asker.has_role(*Role)


def test_the_session_says_which_links_and_holds_a_browser_has(tomas):
    asker = access.viewer(request(tomas, **{GRANTS: ["a", "b"], HOLDER: "me"}), AT)
    assert (asker.user, asker.links, asker.holder) == (tomas, ("a", "b"), "me")


def test_who_asks_stays_the_same_for_the_whole_request(tomas):
    asking = request(tomas)
    assert access.viewer(asking, AT) is access.viewer(asking, AT + DAY)


def test_roles_are_read_once(tomas, django_assert_num_queries):
    asker = viewer(tomas)
    with django_assert_num_queries(1):
        assert asker.has_role(Role.COORDINATOR)
        assert not asker.has_role(Role.ADMIN)


def test_a_role_that_begins_tomorrow_does_not_count_today(acompana):
    user = factories.staff("Nuevo", acompana, Role.ADMIN)
    Membership.objects.filter(user=user).update(valid_from=AT.date() + DAY)
    assert not viewer(user).has_role(Role.ADMIN)
    assert viewer(user, at=AT + DAY).has_role(Role.ADMIN)


def test_a_browser_keeps_its_name_once_it_has_one():
    asking = request()
    access.remember_holder(asking)
    name = asking.session[HOLDER]
    access.remember_holder(asking)
    assert len(name) >= 24
    assert asking.session[HOLDER] == name


def test_a_browser_keeps_its_last_ten_links(visit):
    asking = request()
    grants = [link(visit) for _ in range(12)]
    for grant in grants:
        access.remember_grant(asking, grant)
    assert asking.session[GRANTS] == [str(grant.uuid) for grant in grants[2:]]


# --- programs --------------------------------------------------------------------------------------------------------


def test_a_program_asks_as_the_account_of_its_token(tomas):
    assert access.bearer_user(accounts.issue_token(tomas, by=MAKER, at=AT)) == tomas


def test_a_programs_holds_belong_to_its_account_whatever_the_token(tomas, rosa):
    def holder(user):
        asking = request(user, **{HOLDER: "a browser's", GRANTS: ["a"]})
        asking.bearer = True
        return access.viewer(asking, AT)

    assert holder(tomas).holder == holder(tomas).holder != holder(rosa).holder
    assert holder(tomas).links == ()


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --"])
def test_an_unknown_token_is_nobodys(tomas, token):
    accounts.issue_token(tomas, by=MAKER, at=AT)
    assert access.bearer_user(token) is None


def test_a_revoked_token_is_nobodys(tomas):
    token = accounts.issue_token(tomas, by=MAKER, at=AT)
    ApiToken.objects.update(revoked_at=AT)
    assert access.bearer_user(token) is None


def test_the_token_of_an_account_that_was_closed_is_nobodys(tomas):
    token = accounts.issue_token(tomas, by=MAKER, at=AT)
    tomas.is_active = False
    tomas.save()
    assert access.bearer_user(token) is None
