"""An account begins with a phone that was proved, once; with it the person it helps; links and tokens open little."""

import pytest

from scheduling import access, accounts
from scheduling.accounts import LINK_LIFE
from scheduling.models import (
    ApiToken,
    Event,
    GrantScope,
    LinkGrant,
    Patient,
    PhoneCode,
    Relation,
    Representative,
    User,
    phone_hash,
)
from tests import factories
from tests.factories import AT, DAY, MAKER, user_of, viewer

pytestmark = pytest.mark.django_db

LUPITAS = "+17135550142"
HERS = viewer(holder="lupita's phone")


def prove(outbox, phone=LUPITAS, **typed):
    code = accounts.send_code(phone, typed=typed, language="es", by=HERS, at=AT)
    return accounts.check_code(code, outbox.code(), by=HERS, at=AT)


# --- the account -----------------------------------------------------------------------------------------------------


def test_a_phone_never_seen_before_begins_an_account(outbox):
    user = prove(outbox, name="Lupita", language="en")
    assert (user.phone, user.phone_hash) == (LUPITAS, phone_hash(LUPITAS))
    assert (user.preferred_name, user.language) == ("Lupita", "en")
    assert not user.has_usable_password()
    assert not (user.is_staff or user.is_superuser)


def test_beginning_an_account_is_an_event_without_any_value(outbox):
    user = prove(outbox, name="Lupita")
    event = Event.objects.get(kind="user.began")
    assert (event.subject, event.by_system, event.codes) == (user.uuid, "accounts", {})


def test_a_known_phone_finds_its_account_and_changes_nothing_in_it(outbox, lupita):
    assert prove(outbox, name="Somebody else") == user_of(lupita)
    assert User.objects.get(pk=user_of(lupita).pk).preferred_name == "Lupita"
    assert not Event.objects.filter(kind="user.began").exists()


def test_somebody_who_typed_nothing_has_an_account_in_spanish(outbox):
    assert (prove(outbox).preferred_name, User.objects.get().language) == ("", "es")


def test_the_account_does_not_share_the_key_of_the_code(outbox):
    assert prove(outbox).data_key_id != PhoneCode.objects.get().data_key_id


# --- the patient -----------------------------------------------------------------------------------------------------


def begin(user, **about):
    return accounts.patient_of(user, about=about, by=viewer(user), at=AT)


def test_a_patient_begins_with_what_the_account_knows():
    user = User.objects.create(phone=LUPITAS, preferred_name="Lupita", language="en", zone="America/Denver")
    patient = Patient.objects.get(pk=begin(user).pk)
    assert (patient.preferred_name, patient.phone, patient.email) == ("Lupita", LUPITAS, "")
    assert (patient.language, patient.languages, patient.zone) == ("en", ["en"], "America/Denver")
    assert patient.actor.kind == "patient"
    assert patient.data_key_id == user.data_key_id


def test_what_was_typed_about_the_patient_wins():
    user = User.objects.create(phone=LUPITAS, preferred_name="Lupita")
    about = {"name": "Doña Lupe", "languages": ["mxb"], "state": "TX", "email": "lupe@example.org"}
    patient = Patient.objects.get(pk=begin(user, zone="America/Denver", **about).pk)
    assert (patient.preferred_name, patient.email) == ("Doña Lupe", "lupe@example.org")
    assert (patient.languages, patient.state, patient.zone) == (["mxb"], "TX", "America/Denver")


def test_the_account_speaks_for_the_patient_it_is():
    user = User.objects.create(phone=LUPITAS)
    spoken = Representative.objects.get(patient=begin(user))
    assert (spoken.user, spoken.relation, spoken.consented_at, spoken.until) == (user, Relation.SELF, AT, None)
    assert Event.objects.get(kind="patient.began").by_user == user


def test_the_same_account_is_the_same_patient_the_next_time(lupita):
    again = begin(user_of(lupita), name="Another name")
    assert again == lupita
    assert Patient.objects.get().preferred_name == "Lupita"


def test_somebody_who_speaks_for_a_child_is_still_a_patient_of_their_own(beto):
    mother = User.objects.create(phone=LUPITAS, preferred_name="Lupita")
    Representative.objects.create(user=mother, patient=beto, relation=Relation.PARENT, consented_at=AT)
    assert begin(mother) != beto


# --- links -----------------------------------------------------------------------------------------------------------


def grant(lupita, **life):
    return accounts.grant_link(GrantScope.APPOINTMENT, lupita.uuid, at=AT, **life)


def test_a_link_opens_its_record_until_it_ends(lupita):
    made, secret = grant(lupita)
    assert accounts.open_link(secret, at=AT) == made
    assert accounts.open_link(secret, at=AT + LINK_LIFE - DAY).subject == lupita.uuid
    assert accounts.open_link(secret, at=AT + LINK_LIFE) is None


def test_a_revoked_link_opens_nothing(lupita):
    made, secret = grant(lupita)
    LinkGrant.objects.filter(pk=made.pk).update(revoked_at=AT)
    assert accounts.open_link(secret, at=AT) is None


@pytest.mark.parametrize("secret", ["", "x", "' OR 1=1 --"])
def test_a_guessed_link_opens_nothing(lupita, secret):
    grant(lupita)
    assert accounts.open_link(secret, at=AT) is None


def test_the_secret_of_a_link_is_kept_nowhere(lupita):
    made, secret = grant(lupita)
    assert len(secret) >= 20
    assert secret not in str(LinkGrant.objects.filter(pk=made.pk).values().get())


def test_every_link_has_a_secret_of_its_own(lupita):
    assert len({grant(lupita)[1] for _ in range(20)}) == 20


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_a_token_lets_a_program_ask_and_only_its_hash_is_kept(tomas):
    token = accounts.issue_token(tomas, by=MAKER, at=AT)
    assert access.bearer_user(token) == tomas
    assert token not in str(ApiToken.objects.values().get())
    assert Event.objects.get(kind="user.token_issued").subject == tomas.uuid


def test_a_link_is_no_token_and_a_token_no_link(tomas, lupita):
    _, secret = grant(lupita)
    token = accounts.issue_token(tomas, by=MAKER, at=AT)
    assert access.bearer_user(secret) is None
    assert accounts.open_link(token, at=AT) is None


def test_two_people_never_share_a_phone(lupita):
    with pytest.raises(Exception, match="phone_hash"):
        factories.patient("Beto", LUPITAS)
