"""A slot's id: everything needed to check it again and hold it, signed so that nobody else can make one.

It travels through search results and links, so it says nothing about a person: a time, a visit type, whose time, and
the state and zone that were searched for.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core import signing

from scheduling.refusals import SlotInvalid

LIFE = timedelta(hours=2)
_SALT = "slot"


@dataclass(frozen=True)
class Slot:
    """A time that was open when searched.

    Start (UTC), the visit type's and the actors' UUIDs, the patient's state and zone.
    """

    starts_at: datetime
    visit_type: UUID
    actors: tuple[UUID, ...]
    state: str
    zone: str

    @property
    def id(self) -> str:
        """Return the signed id."""
        actors = [actor.hex for actor in self.actors]
        parts = [int(self.starts_at.timestamp()), self.visit_type.hex, actors, self.state, self.zone]
        return signing.dumps(parts, salt=_SALT)


def read(slot_id: str) -> Slot:
    """Return the slot behind an id; raises SlotInvalid if it was not made by us or is older than two hours."""
    try:
        seconds, visit_type, actors, state, zone = signing.loads(slot_id, salt=_SALT, max_age=LIFE)
    except (signing.BadSignature, ValueError):
        raise SlotInvalid from None
    starts_at = datetime.fromtimestamp(seconds, UTC)
    return Slot(starts_at, UUID(visit_type), tuple(UUID(actor) for actor in actors), state, zone)
