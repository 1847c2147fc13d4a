"""What a patient answers to a reminder: 1, they will be there; 2, they will not."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from scheduling import appointments, events, invitations, reminders, replies, spoken
from scheduling.access import System, Viewer
from scheduling.inbound import Act, Answer, Question
from scheduling.models import Appointment, AppointmentStatus, Channel, Delivery, Notification, NotificationStatus
from scheduling.refusals import NotPossibleNow

VISIT = "visit"
CONFIRMED, CANCELLED, SURE = "reply_confirmed", "reply_cancelled", "reply_sure"
YES = ["1", "si", "yes", "confirmo", "confirmar", "confirm", "ok", "si confirmo", "ahi estare"]
NO = ["2", "no puedo", "no puedo ir"]
UNSURE = ["no", *sorted(replies.CANCEL)]
LATELY = timedelta(days=3)

By = Viewer | System


@transaction.atomic
def confirm(appointment: Appointment, *, by: By, at: datetime) -> Appointment:
    """Note that the patient will be there, at the time it has now; saying so twice changes nothing.

    Raises NotPossibleNow for a visit that is over, begun or cancelled.
    """
    appointment = appointments.locked(appointment)
    if appointment.status != AppointmentStatus.BOOKED:
        raise NotPossibleNow
    if not appointment.patient_confirmed:
        appointment.confirmed_for, appointment.version = appointment.starts_at, appointment.version + 1
        appointment.save(update_fields=["confirmed_for", "version"])
        events.record("appointment.patient_confirmed", appointment, by=by, at=at)
    return appointment


def find(phone_hash: str, at: datetime) -> list[Question]:
    """Return what a phone may answer about the visits it was lately reminded of.

    Yes means those of the last message. No means one: if it was reminded of several lately, each is a question.
    """
    last, lately = _reminded(phone_hash, at)
    if not lately:
        return []
    found = [Question(VISIT, visit.uuid, _no(visit, alone=len(lately) == 1), partial(label, visit)) for visit in lately]
    yes: dict[str, Act] = dict.fromkeys(YES, partial(_confirm_all, last))
    return [*found, Question(f"{VISIT}_yes", last[0].uuid, yes, partial(label, last[0]))]


def _no(visit: Appointment, *, alone: bool) -> dict[str, Act]:
    """Return the words against a visit; a bare NO or CANCELAR might mean our messages, so it is asked."""
    cancel: Act = partial(_cancel, visit)
    return dict.fromkeys(NO, cancel) | dict.fromkeys(UNSURE, _ask if alone else cancel)


def _reminded(phone_hash: str, at: datetime) -> tuple[list[Appointment], list[Appointment]]:
    """Return the visits ahead that a phone was reminded of at their present time: in the last message, and lately."""
    said = Delivery.objects.filter(address_hash=phone_hash, error="", notification__kind__in=reminders.KINDS)
    fields = ("at", "provider_id", "notification__subject", "notification__topic_version")
    rows = list(said.order_by("-at", "-pk").values_list(*fields))
    visits = _as_told([(subject, version) for *_, subject, version in rows], at)
    known = [(when, message, visits[subject]) for when, message, subject, _ in rows if subject in visits]
    last = [visit for when, message, visit in known if (when, message) == known[0][:2]]
    lately = last + [visit for when, _, visit in known if when > at - LATELY]
    return _once(last), _once(lately)


def _as_told(told: Sequence[tuple[Any, int]], at: datetime) -> dict[UUID, Appointment]:
    """Return those still ahead, and at the time that was told: nothing newer was said about them since."""
    subjects = {subject for subject, _ in told}
    about = Notification.objects.filter(subject__in=subjects).order_by()
    newest: dict[Any, int] = dict(about.values_list("subject").annotate(Max("topic_version")))
    current = [subject for subject, version in told if version == newest[subject]]
    visits = Appointment.objects.filter(uuid__in=current, status=AppointmentStatus.BOOKED, starts_at__gt=at)
    return {visit.uuid: visit for visit in visits}


def _once(visits: Sequence[Appointment]) -> list[Appointment]:
    return sorted({visit.pk: visit for visit in visits}.values(), key=lambda visit: visit.starts_at)


def label(visit: Appointment, language: str) -> str:
    """Return when a visit is, in few words: its day and hour."""
    return f"{spoken.day(visit.starts_at, visit.zone, language)}, {spoken.hour(visit.starts_at, visit.zone, language)}"


def _confirm_all(visits: Sequence[Appointment], *, by: By, at: datetime) -> str:
    for visit in visits:
        confirm(visit, by=by, at=at)
    return CONFIRMED


def _ask(*, by: By, at: datetime) -> str:
    return SURE


def _cancel(visit: Appointment, *, by: By, at: datetime) -> Answer:
    """Cancel a visit for its patient, who is told by the answer to their word and not by another message."""
    appointments.cancel(visit, because="patient", by=by, at=at)
    told = Notification.objects.filter(topic=invitations.topic(visit), kind=invitations.CANCELLED, channel=Channel.SMS)
    told.filter(status=NotificationStatus.OWED).update(status=NotificationStatus.VOID)
    return Answer(CANCELLED, {"link": settings.SITE_URL})
