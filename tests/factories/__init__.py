"""People, not numbers: the same people as in the demo, made one by one for a test."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from scheduling import accounts, appointments, freed, open_starts, schedules, search, sessions, waitlist
from scheduling.access import System, Viewer
from scheduling.matching import Criteria
from scheduling.models import (
    Actor,
    ActorKind,
    Appointment,
    Chair,
    Clinician,
    Interpreter,
    Licence,
    Location,
    Membership,
    OpenStart,
    Organization,
    Participant,
    Patient,
    PracticeStatus,
    Role,
    Schedule,
    User,
    VisitType,
    WaitlistEntry,
)
from scheduling.slots import Slot
from scheduling.waitlist import Wish
from scheduling.weeks import Hours

# A Monday morning in Houston: 9:00 by the wall clock, an hour before anything begins.
AT = datetime(2026, 6, 8, 14, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MAKER = System("tests")
EVERY_DAY = [Hours(day, time(10), time(12)) for day in range(7)]


def organization(
    slug: str = "acompana", states: Iterable[str] = ("TX",), zone: str = "America/Chicago"
) -> Organization:
    return Organization.objects.create(slug=slug, name=slug.title(), service_states=list(states), zone=zone)


def staff(name: str, org: Organization, role: Role, **fields: object) -> User:
    """Somebody with an e-mail and, by default, a phone, who works for an organization."""
    known = {"email": f"{name.lower()}@acompana.example", "preferred_name": name, "zone": org.zone}
    user = User.objects.create(**known | fields)
    Membership.objects.create(user=user, organization=org, role=role, valid_from=AT.date() - timedelta(days=30))
    return user


def visit_type(code: str = "consulta-video", **fields: object) -> VisitType:
    known: dict[str, object] = {
        "name_es": "Consulta por video",
        "name_en": "Video visit",
        "minutes": 30,
        "modality": "video",
        "care": "clinical",
        "specialty": "family",
    }
    return VisitType.objects.create(code=code, **known | fields)


def clinician(
    name: str,
    org: Organization,
    approver: User,
    *,
    states: Iterable[str] = ("TX",),
    languages: Iterable[str] = ("es",),
    hours: Iterable[Hours] = EVERY_DAY,
    licensed_until: datetime = AT + timedelta(days=365),
    schedule: dict[str, object] | None = None,
    **fields: object,
) -> Clinician:
    """A volunteer, approved, with a licence in each state and hours every day from 10 to 12, open for two weeks."""
    user = staff(name, org, Role.CLINICIAN)
    actor = Actor.objects.create(kind=ActorKind.CLINICIAN)
    known = {"profession": "physician", "specialties": ["family"], "languages": list(languages)}
    made: Clinician = Clinician.objects.create(user=user, actor=actor, **known | approved(approver) | fields)
    for state in states:
        licence(made, state, approver, licensed_until)
    _open(actor, org, hours, schedule or {})
    return made


def licence(one: Clinician, state: str, verifier: User, until: datetime) -> Licence:
    return Licence.objects.create(
        clinician=one,
        data_key=one.user.data_key,
        country="US",
        state=state,
        number="T-1",
        expires_on=until.date(),
        verified_at=AT,
        verified_by=verifier,
        source="state board",
    )


def approved(by: User) -> dict[str, object]:
    return {"status": PracticeStatus.APPROVED, "approved_at": AT, "approved_by": by, "approval_source": "interview"}


def interpreter(
    name: str,
    org: Organization,
    approver: User,
    languages: Iterable[str],
    *,
    hours: Iterable[Hours] = EVERY_DAY,
    schedule: dict[str, object] | None = None,
) -> Interpreter:
    actor = Actor.objects.create(kind=ActorKind.INTERPRETER)
    user = staff(name, org, Role.INTERPRETER)
    made = Interpreter.objects.create(user=user, actor=actor, languages=list(languages), **approved(approver))
    _open(actor, org, hours, schedule or {})
    return made


def clinic(name: str, org: Organization, *, chairs: int = 2, **fields: object) -> Location:
    known: dict[str, object] = {
        "city": "Houston",
        "state": "TX",
        "postal_code": "77074",
        "zone": org.zone,
        "languages": ["es"],
        "specialties": ["family"],
        "bookable_here": True,
    }
    place = Location.objects.create(organization=org, name=name, **known | fields)
    for number in range(chairs):
        actor = Actor.objects.create(kind=ActorKind.CHAIR)
        Chair.objects.create(actor=actor, location=place, label=str(number + 1))
        _open(actor, org, EVERY_DAY, {})
    return place


def talk(host: Clinician, org: Organization, *, places: int = 3, at: datetime = AT, hours: int = 30) -> Appointment:
    """A talk in so many hours, at a clinic of the organization."""
    about = {"name_es": "Plática", "name_en": "Talk", "minutes": 60, "modality": "in_person", "care": "prevention"}
    kind, _ = VisitType.objects.get_or_create(code="platica", defaults=about | {"specialty": "family"})
    place = Location.objects.filter(organization=org).first() or clinic("Plaza", org, chairs=0)
    starts_at = at + timedelta(hours=hours)
    return sessions.open_session(kind, place, starts_at, places, by=viewer(host.user, at=at), at=at)


def _open(actor: Actor, org: Organization, hours: Iterable[Hours], how: dict[str, object]) -> None:
    known: dict[str, object] = {"zone": org.zone, "horizon_days": 14, "notice_minutes": 0}
    made = Schedule.objects.create(actor=actor, organization=org, **known | how)
    schedules.set_week(made, hours, by=MAKER, at=AT)
    open_starts.extend(at=AT)


def patient(name: str, phone: str, *, state: str = "TX", zone: str = "America/Chicago", **fields: object) -> Patient:
    """Somebody who is helped, with an account of their own that signs in by phone."""
    user = User.objects.create(phone=phone, preferred_name=name, zone=zone)
    return accounts.patient_of(user, about={"state": state, "zone": zone} | fields, by=MAKER, at=AT)


def user_of(who: Patient) -> User:
    return who.representatives.get().user


def account(who: User | Clinician | Interpreter | Patient) -> User:
    """Return what somebody signs in with, whoever they are."""
    if isinstance(who, Patient):
        return user_of(who)
    return who if isinstance(who, User) else who.user


def viewer(user: User | None = None, holder: str = "", at: datetime = AT) -> Viewer:
    return Viewer(user, at, holder=holder or (f"holder-{user.pk}" if user else "browser"))


def criteria(**fields: object) -> Criteria:
    known: dict[str, object] = {
        "state": "TX",
        "language": "es",
        "since": AT,
        "until": AT + timedelta(days=14),
        "zone": "America/Chicago",
    }
    return Criteria(**known | fields)


def open_slots(at: datetime = AT, **fields: object) -> list[search.Found]:
    return search.find(criteria(**fields), at=at).found


def hold(by: Viewer, number: int = 0, at: datetime = AT) -> Appointment:
    """Hold one of the open times, by default the first."""
    return appointments.hold(open_slots(at)[number].slot, by=by, at=at)


def interprets(one: Interpreter, visit: Appointment) -> Participant:
    """Let an interpreter join a visit, as a search for one will."""
    lasts = (visit.starts_at, visit.ends_at)
    return Participant.objects.create(appointment=visit, actor=one.actor, role="interpreter", occupied=lasts)


def slot_of(appointment: Appointment) -> Slot:
    """Return the open time an appointment was made of."""
    return search.slot_of(Appointment.objects.for_display().get(pk=appointment.pk))


def booked(who: Patient, number: int = 0, at: datetime = AT, **fields: object) -> Appointment:
    """A visit booked for a patient at one of the open times, by default the first."""
    by = viewer(user_of(who), at=at)
    return appointments.confirm(hold(by, number, at), patient=who, by=by, at=at, **fields)


def booked_later(who: Patient, after: timedelta = 9 * DAY) -> Appointment:
    """A visit booked at AT, at the first open time so long after: by default on Wednesday the 17th at ten."""
    by = viewer(user_of(who))
    held = appointments.hold(open_slots(since=AT + after)[0].slot, by=by, at=AT)
    return appointments.confirm(held, patient=who, by=by, at=AT)


def waits(who: Patient, at: datetime = AT, **wish: object) -> WaitlistEntry:
    """Put a patient on the waiting list for a doctor in Texas; by default any hour suits them."""
    known = {"state": "TX", "zone": "America/Chicago", "language": "es", "specialty": "family", "care": "clinical"}
    return waitlist.join(who, Wish(**known | wish), by=viewer(user_of(who), at=at), at=at)


def offers_go_out(at: datetime = AT) -> None:
    """Let the sweeps note what became free, and offer it."""
    freed.read(at=at)
    freed.look_again(at=at)
    freed.offer_due(at=at)


def assert_the_copy_is_true(at: datetime = AT) -> None:
    """The open starts that search reads are those that follow from rules, exceptions and visits, for everybody."""
    for schedule in Schedule.objects.all():
        rows = OpenStart.objects.filter(actor=schedule.actor_id, starts_at__gte=at).order_by("starts_at")
        expected = open_starts.derived([schedule], at, schedule.open_until)[schedule.actor_id]
        assert list(rows.values_list("starts_at", "free_minutes", "rule")) == expected
