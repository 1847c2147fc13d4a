"""Who may practise here: somebody applies, an organization's admin verifies licences and approves, with the source.

Only the approved are offered (search judges it again each time). Nothing is approved by a machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Q

from scheduling import events, notifications
from scheduling.access import Viewer
from scheduling.models import (
    Actor,
    ActorKind,
    Channel,
    Clinician,
    Interpreter,
    Licence,
    Membership,
    Organization,
    PracticeStatus,
    Role,
    Schedule,
    User,
)
from scheduling.notifications import Recipient
from scheduling.refusals import LicenceNotVerified, NotFound, NotPossibleNow

APPLIED, APPROVED = "volunteer_applied", "volunteer_approved"
Practitioner = Clinician | Interpreter


@dataclass(frozen=True)
class Claim:
    """A licence somebody says they have: of a US state, or of a country (`state` empty), until a day."""

    country: str
    state: str
    number: str
    expires_on: date


@dataclass(frozen=True)
class Application:
    """What a volunteer tells of themselves; with a profession they are a clinician, without an interpreter."""

    name: str
    email: str
    language: str
    zone: str
    languages: tuple[str, ...]
    profession: str = ""
    specialties: tuple[str, ...] = ()
    licences: tuple[Claim, ...] = ()


def apply(told: Application, organization: Organization, *, by: Viewer, at: datetime) -> Practitioner | None:
    """Keep an application and tell the organization's admins.

    Return None, and do nothing, if the e-mail address is known already: the asker is told the same either way.
    """
    try:
        with transaction.atomic():
            return _apply(told, organization, by, at)
    except IntegrityError:  # the only thing that may be there already is the address
        return None


def _apply(told: Application, organization: Organization, by: Viewer, at: datetime) -> Practitioner:
    user = User.objects.create(
        email=told.email.lower(), preferred_name=told.name, language=told.language, zone=told.zone
    )
    one = _clinician(told, user) if told.profession else _interpreter(told, user)
    Schedule.objects.create(actor=one.actor, organization=organization, zone=told.zone)
    events.record("volunteer.applied", one, by=by, at=at, organization=str(organization.uuid))
    notifications.owe(APPLIED, _admins(organization, at), at=at, subject=one.uuid)
    return one


def _clinician(told: Application, user: User) -> Clinician:
    made: Clinician = Clinician.objects.create(
        user=user,
        actor=Actor.objects.create(kind=ActorKind.CLINICIAN),
        profession=told.profession,
        specialties=list(told.specialties),
        languages=list(told.languages),
    )
    for claim in told.licences:
        Licence.objects.create(clinician=made, data_key=user.data_key, **vars(claim))
    return made


def _interpreter(told: Application, user: User) -> Interpreter:
    actor = Actor.objects.create(kind=ActorKind.INTERPRETER)
    made: Interpreter = Interpreter.objects.create(user=user, actor=actor, languages=list(told.languages))
    return made


def _admins(organization: Organization, at: datetime) -> Sequence[Recipient]:
    today = at.date()
    now = Q(valid_from__lte=today) & (Q(valid_until=None) | Q(valid_until__gt=today))
    members = Membership.objects.filter(now, organization=organization, role=Role.ADMIN).select_related("user")
    return [Recipient(Channel.EMAIL, one.user.language, user_id=one.user_id) for one in members if one.user.email]


@transaction.atomic
def verify_licence(licence: Licence, *, source: str, expires_on: date, by: Viewer, at: datetime) -> Licence:
    """Note that a licence was looked up at its source, and until when it runs there; raise NotFound for outsiders."""
    one = _locked(licence.clinician, by)
    licence.verified_at, licence.verified_by, licence.source, licence.expires_on = at, by.user, source, expires_on
    licence.save(update_fields=["verified_at", "verified_by", "source", "expires_on"])
    events.record("volunteer.licence_verified", one, by=by, at=at, country=licence.country, state=licence.state)
    return licence


@transaction.atomic
def approve(volunteer: Practitioner, *, source: str, by: Viewer, at: datetime) -> Practitioner:
    """Let a volunteer be offered from now on, and tell them; raise LicenceNotVerified for a clinician without one.

    Approving again whoever was suspended or paused writes the new source.
    """
    one = _locked(volunteer, by)
    if isinstance(one, Clinician) and not _has_licence(one, at):
        raise LicenceNotVerified
    one.status, one.approved_at, one.approved_by, one.approval_source = PracticeStatus.APPROVED, at, by.user, source
    one.save(update_fields=["status", "approved_at", "approved_by", "approval_source"])
    role = Role.CLINICIAN if isinstance(one, Clinician) else Role.INTERPRETER
    Membership.objects.get_or_create(
        user=one.user,
        organization=one.actor.schedule.organization,
        role=role,
        valid_until=None,
        defaults={"valid_from": at.astimezone(ZoneInfo(one.actor.schedule.zone)).date()},
    )
    events.record("volunteer.approved", one, by=by, at=at)
    to = [Recipient(Channel.EMAIL, one.user.language, user_id=one.user_id)]
    notifications.owe(APPROVED, to, at=at, subject=one.uuid)
    return one


def _has_licence(one: Clinician, at: datetime) -> bool:
    valid: bool = Licence.objects.filter(clinician=one, verified_at__isnull=False, expires_on__gt=at.date()).exists()
    return valid


@transaction.atomic
def suspend(volunteer: Practitioner, *, by: Viewer, at: datetime) -> Practitioner:
    """Offer a volunteer no more, from now on; raise NotPossibleNow if they are not offered.

    Their booked visits look for somebody else (see rematching).
    """
    one = _locked(volunteer, by)
    if one.status not in (PracticeStatus.APPROVED, PracticeStatus.PAUSED):
        raise NotPossibleNow
    one.status = PracticeStatus.SUSPENDED
    one.save(update_fields=["status"])
    events.record("volunteer.suspended", one, by=by, at=at)
    return one


def visible(viewer: Viewer) -> list[Practitioner]:
    """Return the volunteers of the organizations the viewer is an admin of, those who wait first."""
    mine = {"actor__schedule__organization__in": viewer.organizations(Role.ADMIN)}
    everybody: list[Practitioner] = [
        *Clinician.objects.filter(**mine).select_related("user__data_key", "actor").prefetch_related("licences"),
        *Interpreter.objects.filter(**mine).select_related("user__data_key", "actor"),
    ]
    return sorted(everybody, key=lambda one: (one.status != PracticeStatus.APPLIED, one.user.preferred_name))


def find(uuid: object, viewer: Viewer) -> Practitioner:
    """Return one volunteer the viewer answers for; raise NotFound."""
    found = next((one for one in visible(viewer) if one.uuid == uuid), None)
    if found is None:
        raise NotFound
    return found


def _locked(volunteer: Practitioner, by: Viewer) -> Practitioner:
    """Lock the volunteer's actor, like every booking of their time, and read them again.

    Raises NotFound for who is no admin of theirs.
    """
    Actor.objects.select_for_update(no_key=True).get(pk=volunteer.actor_id)
    one: Practitioner = (
        type(volunteer).objects.select_related("user", "actor__schedule__organization").get(pk=volunteer.pk)
    )
    if one.actor.schedule.organization_id not in by.organizations(Role.ADMIN):
        raise NotFound
    return one
