"""Who hears `recorded` on this floor: chooses which screens to tell to look again. Nothing depends on being heard."""

from typing import Any

from realtime import groups
from scheduling import sql
from scheduling.events import recorded
from scheduling.models import Clinician, Event

OF_NO_DAY = frozenset({"appointment.held", "appointment.hold_extended"})  # a hold is nobody's visit yet


def connect() -> None:
    """Begin to listen; called from AppConfig.ready()."""
    recorded.connect(tell_screens, dispatch_uid="realtime.tell_screens")


def tell_screens(event: Event, **_: Any) -> None:
    """Tell every screen that shows what moved."""
    kind = f"{event.subject_type}.changed"
    for group in _groups(event):
        groups.push(group, kind, event.subject)


def _groups(event: Event) -> list[str]:
    if event.subject_type == "case":
        return [groups.case(event.subject), groups.board(event.organization_id or 0)]
    if event.subject_type == "appointment":
        days = [] if event.kind in OF_NO_DAY else _days(str(event.subject), event.codes.get("was_with"))
        return [groups.appointment(event.subject), *days]
    if event.subject_type in ("presence", "encounter"):
        room = groups.room(event.codes.get("encounter") or event.subject)
        visit = event.codes["appointment"]
        return [room, groups.appointment(visit), *_days(visit)]
    if event.subject_type == "schedule":
        users = Clinician.objects.filter(actor__uuid=event.subject).values_list("user__uuid", flat=True)
        return [groups.day(user) for user in users]
    return []


def _days(appointment: str, was_with: list[str] | None = None) -> list[str]:
    """Return whose day shows a visit, or did until it moved (the UUIDs of actors)."""
    return [groups.day(user) for (user,) in sql.rows(_DAYS, [appointment, was_with or []])]


_DAYS = """
SELECT u.uuid FROM scheduling_appointment a JOIN scheduling_participant p ON p.appointment_id = a.id
JOIN scheduling_clinician c ON c.actor_id = p.actor_id JOIN scheduling_user u ON u.id = c.user_id WHERE a.uuid = %s
UNION
SELECT u.uuid FROM scheduling_actor x
JOIN scheduling_clinician c ON c.actor_id = x.id JOIN scheduling_user u ON u.id = c.user_id WHERE x.uuid = ANY(%s)
"""
