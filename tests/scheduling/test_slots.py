"""A slot's id says what it is to us, nothing about a person, and nobody else can make or change one."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.signing import TimestampSigner
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduling import slots
from scheduling.places import STATES
from scheduling.refusals import SlotInvalid
from scheduling.slots import LIFE, Slot

MONDAY = Slot(datetime(2026, 6, 8, 15, tzinfo=UTC), uuid4(), (uuid4(),), "TX", "America/Chicago")

any_slot = st.builds(
    Slot,
    starts_at=st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    visit_type=st.uuids(),
    actors=st.lists(st.uuids(), min_size=1, max_size=4).map(tuple),
    state=st.sampled_from(["", *STATES]),
    zone=st.sampled_from(["America/Chicago", "America/Argentina/ComodRivadavia", "UTC"]),
)


@pytest.fixture
def later(monkeypatch):
    """Let time pass for the signature."""

    def pass_by(much: timedelta) -> None:
        now = time.time
        monkeypatch.setattr(time, "time", lambda: now() + much.total_seconds())

    return pass_by


@given(slot=any_slot)
def test_a_slot_read_from_its_id_is_the_same_slot(slot):
    assert slots.read(slot.id) == slot


def test_an_id_travels_in_an_address_as_it_is():
    assert set(MONDAY.id) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=:.")


def test_an_id_is_short_enough_for_a_message():
    assert len(MONDAY.id) < 200


@given(place=st.integers(0, 300), letter=st.sampled_from("aZ0-_:="))
def test_an_id_of_which_any_letter_was_changed_is_invalid(place, letter):
    slot_id = MONDAY.id
    place %= len(slot_id)
    assume(slot_id[place] != letter)
    with pytest.raises(SlotInvalid):
        slots.read(slot_id[:place] + letter + slot_id[place + 1 :])


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "::", "ñ", "null", "a" * 5000])
def test_what_we_did_not_make_is_invalid(forged):
    with pytest.raises(SlotInvalid):
        slots.read(forged)


def test_the_parts_of_two_ids_do_not_make_a_third():
    other = replace(MONDAY, state="CA")
    with pytest.raises(SlotInvalid):
        slots.read(":".join([MONDAY.id.split(":")[0], *other.id.split(":")[1:]]))


def payload(slot_id):
    return slot_id.rsplit(":", 2)[0]


@pytest.mark.parametrize("made_with", [{"key": "another deployment's", "salt": "slot"}, {"salt": "room"}])
def test_what_another_deployment_signed_or_we_for_another_purpose_is_no_slot(made_with):
    with pytest.raises(SlotInvalid):
        slots.read(TimestampSigner(**made_with).sign(payload(MONDAY.id)))


def test_what_we_sign_for_this_purpose_is_one():
    assert slots.read(TimestampSigner(salt="slot").sign(payload(MONDAY.id))) == MONDAY


def test_an_id_works_for_two_hours(later):
    slot_id = MONDAY.id
    later(LIFE - timedelta(seconds=5))
    assert slots.read(slot_id) == MONDAY


def test_after_two_hours_it_is_out_of_date(later):
    slot_id = MONDAY.id
    later(LIFE + timedelta(seconds=5))
    with pytest.raises(SlotInvalid):
        slots.read(slot_id)
