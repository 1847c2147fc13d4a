"""Who speaks for somebody else: a patient of their own, whose messages reach the phone of whoever speaks for them.

It begins with a permission and ends when either says so. What was booked stays; whoever spoke no longer sees it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from scheduling import events
from scheduling.access import Viewer
from scheduling.models import (
    Actor,
    ActorKind,
    Appointment,
    Consent,
    ConsentKind,
    DataKey,
    LinkGrant,
    Patient,
    Relation,
    Representative,
    User,
)
from scheduling.refusals import NotFound

WORDING = 1  # of the box "They gave me permission": another number whenever its words change


def of(user: User) -> QuerySet[Representative]:
    """Return for whom the user speaks besides themselves, first the longest."""
    others = Representative.objects.filter(user=user, until=None).exclude(relation=Relation.SELF)
    return others.select_related("patient__data_key").order_by("consented_at", "pk")


@transaction.atomic
def patient_for(user: User, *, about: Mapping[str, Any], relation: Relation, by: Viewer, at: datetime) -> Patient:
    """Return the patient for whom the user speaks, begun now with their permission if this is the first time.

    `about` has a name, a state and a zone, perhaps an e-mail. The same name and relation are the same person.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)  # asked twice at once, one is begun
    name = " ".join(about["name"].split())
    for known in of(user).filter(relation=relation):
        if known.patient.preferred_name.casefold() == name.casefold():
            return known.patient
    patient = _begin(user, name, about)
    Representative.objects.create(user=user, patient=patient, relation=relation, consented_at=at)
    consent = Consent.objects.create(patient=patient, given_by=user, kind=ConsentKind.BOOK, wording=WORDING, at=at)
    events.record("patient.began", patient, by=by, at=at)
    events.record("consent.given", consent, by=by, at=at)
    return patient


def _begin(user: User, name: str, about: Mapping[str, Any]) -> Patient:
    patient: Patient = Patient.objects.create(
        data_key=DataKey.objects.create(),
        actor=Actor.objects.create(kind=ActorKind.PATIENT),
        preferred_name=name,
        phone=user.phone,
        email=about.get("email", ""),
        languages=[user.language],
        language=user.language,
        state=about.get("state", ""),
        zone=about.get("zone") or user.zone,
    )
    return patient


@transaction.atomic
def end(user: User, patient: UUID, *, by: Viewer, at: datetime) -> None:
    """Let the user no longer speak for a patient; raise NotFound if they do not.

    Nothing more about that patient reaches the user: no message and no link sent before.
    """
    found = of(user).select_for_update(of=("self",)).filter(patient__uuid=patient).first()
    if found is None:
        raise NotFound
    found.until = at
    found.save(update_fields=["until"])
    for consent in Consent.objects.filter(patient=found.patient, given_by=user, revoked_at=None):
        consent.revoked_at = at
        consent.save(update_fields=["revoked_at"])
        events.record("consent.revoked", consent, by=by, at=at)
    _silence(found.patient, user, at)


def _silence(patient: Patient, user: User, at: datetime) -> None:
    """Forget the phone and mail if they are the user's, and let no link sent before open anything."""
    visits = Appointment.objects.filter(patient=patient).values("uuid")
    LinkGrant.objects.filter(subject__in=visits, revoked_at=None).update(revoked_at=at)
    if patient.phone == user.phone:
        patient.phone, patient.email = "", ""
        patient.save(update_fields=["phone", "email"])
