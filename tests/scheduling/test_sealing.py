"""What a person told us lies in the database unreadable, and comes back only under the right key."""

import base64
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import sealing
from scheduling.sealing import Unreadable

KEY = bytes(range(32))
OTHER = bytes(reversed(range(32)))
LUPITA, BETO = 7, 8  # the ids of their data keys


@pytest.fixture
def keyring(settings):
    """Give the deployment these master keys, the current one first."""

    def give(*names):
        settings.DATA_KEYS = {name: name.encode().ljust(32, b".") for name in names}

    give("k1")
    return give


def altered(sealed: str) -> str:
    """Flip one bit in the middle of what was sealed."""
    name, _, box = sealed.partition(".")
    content = bytearray(base64.urlsafe_b64decode(box))
    content[len(content) // 2] ^= 1
    return f"{name}.{base64.urlsafe_b64encode(bytes(content)).decode()}"


@given(st.text())
def test_every_text_comes_back_as_it_was(text):
    assert sealing.unseal(sealing.seal(text, LUPITA, KEY), LUPITA, KEY) == text


@given(st.text(min_size=4))
def test_what_is_sealed_shows_nothing_of_the_text(text):
    box = sealing.seal(text, LUPITA, KEY).partition(".")[2]
    assert text.encode() not in base64.urlsafe_b64decode(box)


def test_the_same_text_sealed_twice_looks_different():
    assert sealing.seal("Lupita", LUPITA, KEY) != sealing.seal("Lupita", LUPITA, KEY)


def test_another_key_opens_nothing():
    with pytest.raises(Unreadable):
        sealing.unseal(sealing.seal("Lupita", LUPITA, KEY), LUPITA, OTHER)


def test_a_text_moved_to_another_persons_row_opens_nothing():
    sealed = sealing.seal("Lupita", LUPITA, KEY)
    with pytest.raises(Unreadable):
        sealing.unseal(sealed, BETO, KEY)


def test_a_text_relabelled_with_another_persons_key_opens_nothing():
    relabelled = sealing.seal("Lupita", LUPITA, KEY).replace(f"{LUPITA}.", f"{BETO}.", 1)
    with pytest.raises(Unreadable):
        sealing.unseal(relabelled, BETO, KEY)


def test_a_text_altered_by_one_bit_opens_nothing():
    with pytest.raises(Unreadable):
        sealing.unseal(altered(sealing.seal("Lupita", LUPITA, KEY)), LUPITA, KEY)


@pytest.mark.parametrize("box", ["", "a", "AAAA", "%%%%", "ñ", "A" * 15])
def test_what_was_never_sealed_is_unreadable_and_nothing_worse(box):
    with pytest.raises(Unreadable):
        sealing.unseal(f"{LUPITA}.{box}", LUPITA, KEY)


# --- the keyring -----------------------------------------------------------------------------------------------------


def test_every_data_key_is_new(keyring):
    first, second = (sealing.open_data_key(sealing.new_data_key()) for _ in range(2))
    assert len(first) == len(second) == 32
    assert first != second


def test_a_data_key_is_kept_sealed_and_says_by_which_master_key(keyring):
    sealed = sealing.new_data_key()
    assert sealed.startswith(b"k1:")
    assert sealing.open_data_key(sealed) not in sealed


def test_a_data_key_still_opens_after_a_new_master_key_came_in_front(keyring):
    sealed = sealing.new_data_key()
    inside = sealing.open_data_key(sealed)
    keyring("k2", "k1")
    assert sealing.open_data_key(sealed) == inside
    assert sealing.new_data_key().startswith(b"k2:")


def test_a_data_key_whose_master_key_left_the_ring_is_unreadable(keyring):
    sealed = sealing.new_data_key()
    keyring("k2")
    with pytest.raises(Unreadable, match="k1"):
        sealing.open_data_key(sealed)


def test_a_data_key_under_another_master_key_of_the_same_name_is_unreadable(keyring, settings):
    sealed = sealing.new_data_key()
    settings.DATA_KEYS = {"k1": secrets.token_bytes(32)}
    with pytest.raises(Unreadable):
        sealing.open_data_key(sealed)


@pytest.mark.parametrize("sealed", [b"", b"k1:", b"k1:short", b"\xff\xfe:box"])
def test_a_data_key_that_was_never_one_is_unreadable(keyring, sealed):
    with pytest.raises(Unreadable):
        sealing.open_data_key(sealed)


# --- finding a phone again -------------------------------------------------------------------------------------------


def test_a_phone_is_still_found_after_a_new_master_key_came_in_front(keyring):
    before = sealing.keyed_hash("+17135550142", "phone")
    keyring("k2", "k1")
    assert sealing.keyed_hash("+17135550142", "phone") == before


def test_only_this_deployment_can_compute_the_hash_of_a_phone(keyring):
    ours = sealing.keyed_hash("+17135550142", "phone")
    keyring("k9")
    assert sealing.keyed_hash("+17135550142", "phone") != ours


def test_the_same_value_hashes_differently_for_another_purpose(keyring):
    assert sealing.keyed_hash("123456", "phone") != sealing.keyed_hash("123456", "phone_code")


def test_a_purpose_and_its_value_cannot_be_shifted_into_one_another(keyring):
    assert sealing.keyed_hash("b:c", "a") != sealing.keyed_hash("c", "a:b")


def test_a_hash_has_64_digits_and_shows_nothing_of_the_value(keyring):
    digits = sealing.keyed_hash("+17135550142", "phone")
    assert len(digits) == 64
    assert set(digits) <= set("0123456789abcdef")
    assert "5550142" not in digits
