"""Signed callbacks: who knows the secret may tell us something, for five minutes, about exactly these bytes."""

import hashlib
import hmac
from datetime import datetime
from typing import Final

WINDOW: Final = 300  # seconds a signature is good for, on either side of our clock


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the hexadecimal HMAC-SHA256 of ``<timestamp>.<body>``; the timestamp is Unix seconds."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def is_good(secret: str, timestamp: str, signature: str, body: bytes, *, at: datetime) -> bool:
    """Return whether a body was signed with the secret, lately. Without a secret nothing is."""
    if not secret or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(at.timestamp() - int(timestamp)) > WINDOW:
        return False
    expected = sign(secret, int(timestamp), body)
    return hmac.compare_digest(expected.encode(), signature.encode())
