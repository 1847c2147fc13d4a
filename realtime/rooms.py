"""Room tokens: minted at the door for one participant, one role and one room.

Short-lived, and void once the room's epoch moves.

A token is the first message on the socket, never part of an address. Holding one is not enough: the socket asks the
database again when it connects and with every heartbeat.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
from django.conf import settings

from realtime.providers import peer
from scheduling import encounters
from scheduling.access import Viewer
from scheduling.models import Appointment, Encounter, Participant
from scheduling.refusals import RoomTokenInvalid

LIFE = timedelta(minutes=10)
_ALGORITHM, _AUDIENCE = "HS256", "acompana-room"


@dataclass(frozen=True)
class Key:
    """What a token opens: whose place, in which room, at which epoch of it, until when."""

    participant: UUID
    room: UUID
    role: str
    epoch: int
    expires_at: datetime


def knock(appointment: Appointment, *, by: Viewer, at: datetime) -> dict[str, Any]:
    """Return everything a browser needs to enter the room.

    Raise NotFound, RoomClosed, RoomNotOpenYet or RoomTooLate.
    """
    participant = encounters.seat(appointment, by=by)
    encounter = encounters.open_door(appointment, at=at)
    expires_at = at + LIFE
    return {
        "provider": "peer",
        "room": str(encounter.uuid),
        "url": f"/ws/rooms/{encounter.uuid}/",
        "token": mint(participant, encounter, expires_at=expires_at),
        "expires_at": expires_at,
        "ice_servers": peer.ice_servers(participant.uuid.hex, expires_at=expires_at),
        "ice_transport_policy": peer.transport_policy(),
    }


def mint(participant: Participant, encounter: Encounter, *, expires_at: datetime) -> str:
    """Return a signed token for this participant in this room at its present epoch."""
    claims = {
        "aud": _AUDIENCE,
        "sub": str(participant.uuid),
        "room": str(encounter.uuid),
        "role": participant.role,
        "epoch": encounter.room_epoch,
        "exp": int(expires_at.timestamp()),
        "jti": uuid4().hex,
    }
    return jwt.encode(claims, _signing_key(), algorithm=_ALGORITHM)


def read(token: str, *, at: datetime) -> Key:
    """Return what a token opens; raise RoomTokenInvalid if it is not ours or its time is over."""
    required = ["sub", "room", "role", "epoch", "exp"]
    try:
        claims = jwt.decode(
            token,
            _signing_key(),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": required, "verify_exp": False},
        )
        key = Key(
            UUID(claims["sub"]),
            UUID(claims["room"]),
            str(claims["role"]),
            int(claims["epoch"]),
            datetime.fromtimestamp(claims["exp"], UTC),
        )
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise RoomTokenInvalid from None
    if key.expires_at <= at:
        raise RoomTokenInvalid
    return key


def opens(key: Key, *, at: datetime) -> tuple[Encounter, Participant]:
    """Return the room and the place a token opens, asking the database; raise RoomTokenInvalid if it was revoked."""
    encounter = Encounter.objects.filter(uuid=key.room, room_epoch=key.epoch).select_related("appointment").first()
    if encounter is None or key.expires_at <= at:
        raise RoomTokenInvalid
    places = Participant.objects.filter(appointment=encounter.appointment_id, uuid=key.participant, role=key.role)
    participant = places.for_display().first()
    if participant is None:
        raise RoomTokenInvalid
    participant.appointment = encounter.appointment
    return encounter, participant


def _signing_key() -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"room tokens", hashlib.sha256).digest()
