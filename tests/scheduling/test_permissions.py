"""Speaking for somebody else: it begins with their permission, and what ends it leaves nothing behind on that phone."""

import pytest

from scheduling import accounts, appointments, invitations, relatives
from scheduling.models import Appointment, Consent, Event, LinkGrant, Patient, Relation, Representative
from scheduling.refusals import NotFound
from tests import factories
from tests.factories import AT, DAY, MINUTE, user_of, viewer
from tests.racing import at_once

pytestmark = pytest.mark.django_db

ABOUT = {"name": "Abuela Chela", "state": "TX", "zone": "America/Chicago"}


def speaks(who, at=AT, relation=Relation.CHILD, **about):
    user = user_of(who) if isinstance(who, Patient) else who
    return relatives.patient_for(user, about=ABOUT | about, relation=relation, by=viewer(user, at=at), at=at)


def stops(user, patient, at=AT + DAY):
    relatives.end(user, patient.uuid, by=viewer(user, at=at), at=at)


@pytest.fixture
def daughter(lupita):
    return user_of(lupita)


@pytest.fixture
def abuela(daughter):
    return speaks(daughter)


@pytest.fixture
def visit(dr_ramos, daughter, abuela):
    """The grandmother's visit, made by her daughter."""
    by = viewer(daughter)
    return appointments.confirm(factories.hold(by), patient=abuela, by=by, at=AT)


# --- it begins -------------------------------------------------------------------------------------------------------


def test_she_is_a_patient_of_her_own_reached_at_her_daughters_phone(abuela, lupita):
    assert abuela.pk != lupita.pk
    assert abuela.actor_id != lupita.actor_id
    assert (abuela.preferred_name, abuela.phone, abuela.state) == ("Abuela Chela", lupita.phone, "TX")


def test_her_words_are_sealed_under_a_key_of_her_own(abuela, daughter):
    assert abuela.data_key_id != daughter.data_key_id


def test_who_speaks_since_when_and_as_whom_is_kept(abuela, daughter):
    kept = Representative.objects.get(patient=abuela)
    assert (kept.user, kept.relation, kept.consented_at, kept.until) == (daughter, "child", AT, None)


def test_the_permission_is_kept_with_the_version_of_its_words(abuela, daughter):
    kept = Consent.objects.get()
    assert (kept.patient, kept.given_by, kept.kind) == (abuela, daughter, "book")
    assert (kept.wording, kept.at, kept.revoked_at) == (relatives.WORDING, AT, None)


def test_both_are_events_and_say_no_name(abuela, daughter):
    kinds = Event.objects.filter(subject__in=[abuela.uuid, Consent.objects.get().uuid]).order_by("pk")
    assert [(one.kind, one.by_user, one.codes) for one in kinds] == [
        ("patient.began", daughter, {}),
        ("consent.given", daughter, {}),
    ]


@pytest.mark.parametrize("name", ["Abuela Chela", "abuela chela", "  Abuela   Chela "])
def test_the_same_name_and_relation_are_the_same_person(abuela, daughter, name):
    assert speaks(daughter, name=name) == abuela
    assert Consent.objects.count() == 1


@pytest.mark.parametrize(("relation", "name"), [(Relation.OTHER, "Abuela Chela"), (Relation.CHILD, "Abuela Meche")])
def test_another_name_or_relation_is_another_person(abuela, daughter, relation, name):
    assert speaks(daughter, relation=relation, name=name) != abuela


def test_somebody_else_who_names_the_same_name_begins_another_patient(abuela, beto):
    assert speaks(beto) != abuela


def test_the_user_is_still_their_own_patient(abuela, daughter, lupita):
    assert accounts.patient_of(daughter, about={}, by=viewer(daughter), at=AT) == lupita


def test_only_others_are_listed(abuela, daughter, beto):
    assert [one.patient for one in relatives.of(daughter)] == [abuela]
    assert list(relatives.of(user_of(beto))) == []


@pytest.mark.django_db(transaction=True)
def test_asked_twice_at_once_one_person_is_begun(lupita):
    both = at_once([lambda: speaks(lupita)] * 2)
    assert both[0] == both[1]
    assert Consent.objects.count() == 1
    assert Patient.objects.count() == 2


# --- her visits ------------------------------------------------------------------------------------------------------


def test_her_visit_is_hers_and_her_daughter_sees_it(visit, daughter, abuela):
    assert visit.patient == abuela
    assert visit in Appointment.objects.visible_to(viewer(daughter))


def test_mother_and_daughter_may_be_seen_at_the_same_hour(visit, acompana, elena, lupita):
    factories.clinician("Vega", acompana, elena)
    assert factories.booked(lupita).starts_at == visit.starts_at


def test_news_of_it_reaches_the_daughters_phone(visit, outbox, lupita):
    phones = [one.address for one in outbox.messages(invitations.BOOKED) if one.address.startswith("+")]
    assert phones == [lupita.phone]


# --- it ends ---------------------------------------------------------------------------------------------------------


def test_the_end_and_the_withdrawn_permission_are_kept(abuela, daughter):
    stops(daughter, abuela)
    assert Representative.objects.get(patient=abuela).until == AT + DAY
    assert Consent.objects.get().revoked_at == AT + DAY
    assert Event.objects.get(kind="consent.revoked").by_user == daughter


def test_her_visits_stay_but_not_for_her_daughter(visit, daughter, abuela, dr_ramos):
    stops(daughter, abuela, at=AT + MINUTE)
    assert Appointment.objects.get(pk=visit.pk).status == "booked"
    assert visit not in Appointment.objects.visible_to(viewer(daughter))
    assert visit in Appointment.objects.visible_to(viewer(dr_ramos.user))


def test_no_link_sent_before_opens_anything(visit, daughter, abuela):
    _grant, secret = accounts.grant_link("appointment", visit.uuid, at=AT)
    stops(daughter, abuela, at=AT + MINUTE)
    assert accounts.open_link(secret, at=AT + MINUTE) is None
    assert not LinkGrant.objects.filter(subject=visit.uuid, revoked_at=None).exists()


def test_nothing_more_about_her_reaches_that_phone(visit, daughter, abuela, outbox):
    outbox.messages()
    stops(daughter, abuela, at=AT + MINUTE)
    before = len(outbox.messages())
    appointments.cancel(visit, because="practitioner", by=factories.MAKER, at=AT + MINUTE)
    new = outbox.messages(invitations.CANCELLED)
    assert daughter.phone not in [one.address for one in new]
    assert len(outbox.messages()) >= before


def test_a_phone_of_her_own_is_kept(abuela, daughter):
    abuela.phone = "+17135550199"
    abuela.save()
    stops(daughter, abuela)
    assert Patient.objects.get(pk=abuela.pk).phone == "+17135550199"


def test_it_may_begin_again_with_a_new_permission(abuela, daughter):
    stops(daughter, abuela)
    again = speaks(daughter, at=AT + 2 * DAY)
    assert again != abuela
    assert Consent.objects.filter(revoked_at=None).get().patient == again


def test_what_ended_does_not_end_twice(abuela, daughter):
    stops(daughter, abuela)
    with pytest.raises(NotFound):
        stops(daughter, abuela)


def test_nobody_else_ends_it(abuela, beto):
    with pytest.raises(NotFound):
        stops(user_of(beto), abuela)
    assert Representative.objects.get(patient=abuela).until is None


def test_nobody_stops_being_themselves(daughter, lupita):
    with pytest.raises(NotFound):
        stops(daughter, lupita)
