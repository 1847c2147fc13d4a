"""Who may practise: somebody applies, an admin of theirs verifies and approves, and only then are they offered."""

from datetime import date, timedelta

import pytest

from scheduling import search, vetting
from scheduling.models import (
    Clinician,
    Event,
    Interpreter,
    Licence,
    Membership,
    Notification,
    PracticeStatus,
    Role,
    Schedule,
    User,
)
from scheduling.refusals import LicenceNotVerified, NotFound, NotPossibleNow
from scheduling.vetting import Application, Claim
from tests import factories
from tests.factories import AT, viewer

TEXAS = Claim("US", "TX", "T-9", date(2027, 6, 8))
NEXT_YEAR = date(2027, 3, 1)
INES = Application(
    name="Dra. Inés",
    email="Ines@example.org",
    language="es",
    zone="America/Chicago",
    languages=("es",),
    profession="physician",
    specialties=("family",),
    licences=(TEXAS,),
)
TINO = Application(
    name="Tino", email="tino@example.org", language="es", zone="America/Chicago", languages=("es", "zai")
)


def applied(told, acompana):
    return vetting.apply(told, acompana, by=viewer(), at=AT)


@pytest.fixture
def ines(acompana, elena):
    return applied(INES, acompana)


@pytest.fixture
def by_elena(elena):
    return viewer(elena)


def verified(ines, by):
    return vetting.verify_licence(ines.licences.get(), source="TMB, 8 June", expires_on=NEXT_YEAR, by=by, at=AT)


# --- applying --------------------------------------------------------------------------------------------------------


def test_who_applies_waits_and_is_not_offered(ines):
    assert (ines.status, ines.user.email, ines.user.preferred_name) == ("applied", "ines@example.org", "Dra. Inés")
    assert not ines.user.has_usable_password()
    assert not Membership.objects.filter(user=ines.user).exists()


def test_a_licence_of_an_application_is_sealed_and_not_verified(ines):
    licence = Licence.objects.get(clinician=ines)
    assert (licence.state, licence.number, licence.verified_at, licence.source) == ("TX", "T-9", None, "")
    raw = Licence.objects.filter(clinician=ines).values_list("number", flat=True).get()
    assert "T-9" not in str(raw)


def test_an_interpreter_applies_without_a_licence(acompana):
    tino = applied(TINO, acompana)
    assert isinstance(tino, Interpreter)
    assert (tino.languages, tino.status) == (["es", "zai"], PracticeStatus.APPLIED)
    assert Schedule.objects.get(actor=tino.actor).organization == acompana


def test_the_admins_of_that_organization_are_told_and_nobody_else(acompana, elena, tomas):
    factories.staff("Alma", factories.organization("casa-pacifico", ["CA"]), Role.ADMIN)
    applied(INES, acompana)
    owed = Notification.objects.filter(kind=vetting.APPLIED)
    assert [one.user for one in owed] == [elena]


def test_an_address_we_know_changes_nothing_and_tells_nothing(acompana, tomas):
    again = Application(**vars(INES) | {"email": tomas.email.upper()})
    assert applied(again, acompana) is None
    assert Clinician.objects.count() == 0
    assert User.objects.filter(email=tomas.email).count() == 1


def test_an_application_is_an_event_without_values(ines):
    event = Event.objects.get(kind="volunteer.applied")
    assert set(event.codes) == {"organization"}


# --- verifying and approving -----------------------------------------------------------------------------------------


def test_a_clinician_without_a_verified_licence_is_not_approved(ines, by_elena):
    with pytest.raises(LicenceNotVerified):
        vetting.approve(ines, source="video call", by=by_elena, at=AT)
    assert Clinician.objects.get().status == PracticeStatus.APPLIED


def test_a_licence_that_lapsed_is_none(ines, by_elena):
    vetting.verify_licence(ines.licences.get(), source="TMB", expires_on=AT.date(), by=by_elena, at=AT)
    with pytest.raises(LicenceNotVerified):
        vetting.approve(ines, source="video call", by=by_elena, at=AT)


def test_what_the_register_says_of_the_day_counts(ines, by_elena, elena):
    verified(ines, by_elena)
    licence = Licence.objects.get(clinician=ines)
    assert (licence.expires_on, licence.verified_by, licence.source) == (NEXT_YEAR, elena, "TMB, 8 June")


def test_whoever_is_approved_is_a_member_and_told_how_to_begin(ines, by_elena, elena):
    verified(ines, by_elena)
    one = vetting.approve(ines, source="video call", by=by_elena, at=AT)
    assert (one.status, one.approved_by, one.approval_source) == (PracticeStatus.APPROVED, elena, "video call")
    assert Membership.objects.get(user=ines.user).role == Role.CLINICIAN
    assert Notification.objects.get(kind=vetting.APPROVED).user == ines.user


def test_approving_twice_makes_one_member(ines, by_elena):
    verified(ines, by_elena)
    for _ in range(2):
        vetting.approve(ines, source="video call", by=by_elena, at=AT)
    assert Membership.objects.filter(user=ines.user).count() == 1


def test_an_interpreter_needs_no_licence(acompana, by_elena):
    one = vetting.approve(applied(TINO, acompana), source="talked", by=by_elena, at=AT)
    assert Membership.objects.get(user=one.user).role == Role.INTERPRETER


ACTS = {
    "verify": lambda ines, by: verified(ines, by),
    "approve": lambda ines, by: vetting.approve(ines, source="x", by=by, at=AT),
    "suspend": lambda ines, by: vetting.suspend(ines, by=by, at=AT),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("who", ["tomas", "carmen", "alma", "nobody"])
def test_only_an_admin_of_theirs_may(request, ines, act, who):
    alma = factories.staff("Alma", factories.organization("casa-pacifico", ["CA"]), Role.ADMIN)
    outsider = {"alma": alma, "nobody": None}.get(who) if who in ("alma", "nobody") else request.getfixturevalue(who)
    with pytest.raises(NotFound):
        ACTS[act](ines, viewer(outsider))


def test_an_admin_sees_the_volunteers_of_their_own_those_who_wait_first(ines, dr_ramos, nayeli, by_elena):
    assert [one.user.preferred_name for one in vetting.visible(by_elena)] == ["Dra. Inés", "Nayeli", "Ramos"]
    alma = factories.staff("Alma", factories.organization("casa-pacifico", ["CA"]), Role.ADMIN)
    assert vetting.visible(viewer(alma)) == []
    with pytest.raises(NotFound):
        vetting.find(ines.uuid, viewer(alma))


# --- suspending ------------------------------------------------------------------------------------------------------


def test_whoever_is_suspended_is_offered_no_more(dr_ramos, by_elena):
    assert factories.open_slots()
    vetting.suspend(dr_ramos, by=by_elena, at=AT)
    assert search.find(factories.criteria(), at=AT).found == []


def test_whoever_was_never_offered_cannot_be_suspended(ines, by_elena):
    with pytest.raises(NotPossibleNow):
        vetting.suspend(ines, by=by_elena, at=AT)


def test_whoever_was_suspended_may_come_back_with_a_new_source(dr_ramos, by_elena):
    vetting.suspend(dr_ramos, by=by_elena, at=AT)
    later = AT + timedelta(days=3)
    one = vetting.approve(dr_ramos, source="cleared by the board", by=by_elena, at=later)
    assert (one.approved_at, one.approval_source) == (later, "cleared by the board")
    assert factories.open_slots()
