"""The secrets a deployment must have: from the environment, or, embedded, made once and kept beside the data."""

import base64
import json
import secrets
from collections.abc import Callable
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config import env


def secret_key(folder: Path | None) -> str:
    """Return Django's signing key; with a folder, make one there if none is given."""
    given = env.text("SECRET_KEY")
    if given:
        return given
    if folder is None:
        raise ImproperlyConfigured("SECRET_KEY: expected a long random text, see .env.example")
    return _kept(folder / "secret_key", lambda: secrets.token_urlsafe(48))


def keyring(folder: Path | None) -> dict[str, bytes]:
    """Return the master keys by id, the current one first: DATA_KEYS=id:base64,id:base64 with 32 bytes each.

    They seal the data keys of persons and cases, and make the keyed hashes by which a phone is found.
    """
    given = env.words("DATA_KEYS")
    if not given and folder is not None:
        given = json.loads(_kept(folder / "keyring.json", _first_keyring))
    if not given:
        raise ImproperlyConfigured("DATA_KEYS: expected id:base64 of 32 random bytes, see .env.example")
    return dict(_key(entry) for entry in given)


def _key(entry: str) -> tuple[str, bytes]:
    name, _, encoded = entry.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if not name or len(key) != 32:
        raise ImproperlyConfigured(f"DATA_KEYS: {name!r} is not id:base64 of 32 bytes")
    return name, key


def _first_keyring() -> str:
    return json.dumps([f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"])


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Return what the file holds, made on first use; two processes that start at once agree on one."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
