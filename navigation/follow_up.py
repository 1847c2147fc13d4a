"""What navigation must do about what happened below: nobody whose visit we took away is left without a person."""

from datetime import datetime

from navigation import cases
from navigation.cases import Report
from navigation.models import CaseKind, Tier
from scheduling import events, no_shows
from scheduling.access import System
from scheduling.models import Appointment, Event, Patient

READER = "navigation.follow_up"
MISSING = "appointment.interpreter_missing"
MISSED = "appointment.noshow"
KINDS = ["appointment.cancelled", MISSED, "appointment.rematch_opened", MISSING]
FLAGS = {MISSING: "INTERPRETER", MISSED: "MISSED_AGAIN"}
BY = System(READER)
OURS = frozenset({"clinician", "organization"})


def read(*, at: datetime) -> int:
    """Act on every event of these kinds that waits; return how many. A sweep."""
    return events.read_claims(READER, lambda event: _act(event, at), at=at)


def _act(event: Event, at: datetime) -> None:
    """Open a case for a patient whose visit we cancelled or may not give, or who has no interpreter any more.

    Who misses visits again and again gets a call, and never a ban.
    """
    if event.kind == "appointment.cancelled" and event.codes.get("because") not in OURS:
        return
    visit = Appointment.objects.select_related("patient__data_key", "organization").get(uuid=event.subject)
    if event.kind == MISSED and not no_shows.is_repeated(visit):
        return
    patient: Patient | None = visit.patient
    if patient is None:  # a talk: each of its places is a visit of its own
        return
    report = Report(
        kind=CaseKind.HELP,
        tier=Tier.FOLLOW_UP,
        flags=[FLAGS.get(event.kind, "REBOOK")],
        callback=patient.phone,
        preferred_name=patient.preferred_name,
        language=patient.language,
        state=visit.patient_state,
    )
    cases.open(report, organization=visit.organization, by=BY, at=at)
