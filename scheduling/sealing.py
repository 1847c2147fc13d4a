"""Text at rest under a key of its own: sealed with AES-256-GCM, found again (phones only) by a keyed hash.

Note [Two layers of keys]. The deployment's keyring (settings.DATA_KEYS) seals one data key for each person and each
case; the data key seals the text. Rotating the keyring reseals a few bytes for each person; destroying a data key
makes every text under it unreadable, in backups too, which is what purging means.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


class Unreadable(Exception):
    """The text was sealed under another key, or has been altered."""


def new_data_key() -> bytes:
    """Return 32 fresh random bytes, sealed under the current key of the keyring, with that key's id in front."""
    name, master = next(iter(settings.DATA_KEYS.items()))
    return name.encode() + b":" + _encrypt(master, secrets.token_bytes(32))


def open_data_key(sealed: bytes) -> bytes:
    """Return the 32 bytes inside; raises Unreadable if the keyring no longer holds the key named in front."""
    name, _, box = bytes(sealed).partition(b":")
    master = settings.DATA_KEYS.get(name.decode(errors="replace"))
    if master is None:
        raise Unreadable(f"keyring has no key {name!r}")
    return _decrypt(master, box)


def seal(text: str, key_id: int, key: bytes) -> str:
    """Return ``<key id>.<base64>``; the same text sealed twice looks different."""
    return f"{key_id}.{base64.urlsafe_b64encode(_encrypt(key, text.encode(), str(key_id).encode())).decode()}"


def unseal(sealed: str, key_id: int, key: bytes) -> str:
    """Return the text; raises Unreadable if it was sealed under another key or altered."""
    name, _, box = sealed.partition(".")
    if name != str(key_id):
        raise Unreadable(f"sealed under key {name}, not {key_id}")
    return _decrypt(key, _from_base64(box), name.encode()).decode()


def keyed_hash(value: str, purpose: str) -> str:
    """Return 64 hex digits that only this deployment can compute; equal values of one purpose give equal digits.

    The oldest key of the ring makes them, so that adding a new one in front changes no hash.
    """
    oldest = list(settings.DATA_KEYS.values())[-1]
    return hmac.new(oldest, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def _encrypt(key: bytes, text: bytes, bound_to: bytes = b"") -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, bound_to)


def _from_base64(box: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(box)
    except ValueError:
        raise Unreadable("altered: not base64") from None


def _decrypt(key: bytes, box: bytes, bound_to: bytes = b"") -> bytes:
    try:
        return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], bound_to)
    except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
        raise Unreadable("altered, or sealed under another key") from None
