"""A slot's id: everything needed to check it again and hold it, signed so that nobody else can make one.

It travels through search results and links, so it says nothing about a person: a time, a visit type, whose time, and
the state, zone and language that were searched for.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner

from scheduling.refusals import SlotInvalid

LIFE = timedelta(hours=2)
_UUID = 16
_HEAD = struct.Struct(
    f">q2s3s{_UUID}sB"
)  # seconds since 1970, state, language, visit type, how many actors; actors and zone follow


@dataclass(frozen=True)
class Slot:
    """A time that was open when searched.

    Start (UTC), the visit type's and the actors' UUIDs (the clinician or chair first, then interpreters from the
    patient's side on), and the patient's state, zone and language, empty if it does not matter.
    """

    starts_at: datetime
    visit_type: UUID
    actors: tuple[UUID, ...]
    state: str
    zone: str
    language: str = ""

    @property
    def id(self) -> str:
        """Return the signed id."""
        seconds, state = int(self.starts_at.timestamp()), self.state.encode().ljust(2)
        language = self.language.encode().ljust(3)
        head = _HEAD.pack(seconds, state, language, self.visit_type.bytes, len(self.actors))
        packed = head + b"".join(actor.bytes for actor in self.actors) + self.zone.encode()
        return _signer().sign(base64.urlsafe_b64encode(packed).decode())


def read(slot_id: str) -> Slot:
    """Return the slot behind an id; raises SlotInvalid if it was not made by us or is older than two hours."""
    try:
        packed = base64.urlsafe_b64decode(_signer().unsign(slot_id, max_age=LIFE))
    except (BadSignature, binascii.Error, ValueError):
        raise SlotInvalid from None
    seconds, state, language, visit_type, count = _HEAD.unpack_from(packed)
    rest = packed[_HEAD.size :]
    actors = tuple(UUID(bytes=rest[place : place + _UUID]) for place in range(0, count * _UUID, _UUID))
    return Slot(
        datetime.fromtimestamp(seconds, UTC),
        UUID(bytes=visit_type),
        actors,
        state.decode().strip(),
        rest[count * _UUID :].decode(),
        language.decode().strip(),
    )


@cache
def _signer() -> TimestampSigner:
    return TimestampSigner(salt="slot")
