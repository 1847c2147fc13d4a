"""Whom a change of hours touches, told before it is made; and the change, with what was chosen for each of them.

Nobody is cancelled by a change of hours. A visit outside of the new hours stands, or its patient is asked to choose
another time; until they do, it stands too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from scheduling import events, invitations, schedules, search
from scheduling.access import System, Viewer
from scheduling.models import Appointment, Schedule
from scheduling.search import Found

ALTERNATIVES = 3


class Change(Protocol):
    """A verb on a schedule to which everything is given but the schedule, who and when."""

    def __call__(self, schedule: Schedule, /, *, by: Viewer | System, at: datetime) -> object: ...


@dataclass(frozen=True)
class Touched:
    """A booked visit that a change would leave outside of the hours, and open times like it after the change.

    `is_named` says whether whoever asks may know whose visit it is.
    """

    visit: Appointment
    is_named: bool
    alternatives: list[Found]


def preview(schedule: Schedule, change: Change, *, by: Viewer, at: datetime) -> list[Touched]:
    """Return whom a change would touch who is not touched already, in order of time; nothing stays written.

    The change is made and taken back in one transaction, so that what is told is what would be.
    """
    with transaction.atomic():
        touched = [
            Touched(
                visit,
                is_named,
                search.like(search.slot_of(visit), limit=ALTERNATIVES, at=at),
            )
            for visit, is_named in _for_display(_newly_outside(schedule, change, by=by, at=at), by)
        ]
        transaction.set_rollback(True)
    return touched


def _newly_outside(schedule: Schedule, change: Change, *, by: Viewer, at: datetime) -> list[Appointment]:
    before = {visit.pk for visit in schedules.outside_hours(schedule, at=at)}
    change(schedule, by=by, at=at)
    after = schedules.outside_hours(Schedule.objects.get(pk=schedule.pk), at=at)
    return [visit for visit in after if visit.pk not in before]


def _for_display(visits: list[Appointment], by: Viewer) -> list[tuple[Appointment, bool]]:
    keys = [visit.pk for visit in visits]
    seen = set(Appointment.objects.visible_to(by).filter(pk__in=keys).values_list("pk", flat=True))
    return [(visit, visit.pk in seen) for visit in Appointment.objects.for_display().filter(pk__in=keys)]


def carry_out(schedule: Schedule, change: Change, *, moving: Collection[UUID], by: Viewer, at: datetime) -> int:
    """Make a change, and ask the patients of some of the visits it touches to choose another time.

    Return how many were asked. Visits the change does not touch are left alone, whoever names them.
    """
    with transaction.atomic():
        touched = _newly_outside(schedule, change, by=by, at=at)
        asked = [visit for visit in touched if visit.uuid in moving and visit.patient_id is not None]
        for visit in asked:
            ask_to_move(visit, by=by, at=at)
    return len(asked)


@transaction.atomic
def ask_to_move(visit: Appointment, *, by: Viewer | System, at: datetime) -> None:
    """Ask the patient of a booked visit to choose another time. Once for each time: asking again changes nothing.

    The visit's clinician must be locked: every verb locks them before the visit.
    """
    visit = Appointment.objects.select_for_update().get(pk=visit.pk)
    if visit.is_asked_to_move:
        return
    visit.move_asked_for = visit.starts_at
    visit.version += 1
    visit.save(update_fields=["move_asked_for", "version"])
    events.record("appointment.move_asked", visit, by=by, at=at)
    invitations.ask_to_move(visit, at=at)
