"""Plants the demo: organizations, people, hours, shifts, and a few visits booked by the same verbs everybody uses."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction

from config.demo import people
from config.demo.people import CLINICIANS, CLINICS, INTERPRETERS, ORGANIZATIONS, PATIENTS, STAFF, known_uuid
from navigation.models import OnCallShift
from scheduling import accounts, appointments, open_starts, schedules, search, sessions
from scheduling.access import System, Viewer
from scheduling.matching import Criteria
from scheduling.models import (
    Actor,
    ActorKind,
    AvailabilityException,
    Chair,
    Clinician,
    ExceptionKind,
    Interpreter,
    Licence,
    Location,
    Membership,
    Organization,
    PracticeStatus,
    Schedule,
    User,
    VisitType,
    Weekday,
)
from scheduling.refusals import Refusal
from scheduling.weeks import Hours

SEEDER = System("demo")
SOURCE = "demo data"
Say = Callable[[str], None]


def planted() -> bool:
    """Return whether the demo is there already."""
    return User.objects.filter(uuid=known_uuid("tomas")).exists()


def plant(*, at: datetime, days: int, say: Say) -> None:
    """Plant everything, once; a second call changes nothing."""
    with transaction.atomic():
        say("Organizations and clinics")
        orgs = {org.slug: _organization(org) for org in ORGANIZATIONS}
        _visit_types()
        for clinic in CLINICS:
            _clinic(clinic, orgs[clinic.org], days, at)
        say("Coordinators, clinicians and interpreters")
        password = make_password(people.PASSWORD)
        users = {who.handle: _staff(who, orgs[who.org], password, at) for who in [*STAFF, *CLINICIANS, *INTERPRETERS]}
        for doctor in CLINICIANS:
            _clinician(doctor, users[doctor.handle], users["elena"], orgs[doctor.org], days, at)
        for voice in INTERPRETERS:
            _interpreter(voice, users[voice.handle], users["elena"], orgs[voice.org], days, at)
        for neighbour in PATIENTS:
            _patient(neighbour, at)
    say("Open times")
    while open_starts.extend(at=at):
        pass
    say("Some visits already booked, and a talk")
    _book_some(at)
    _talk(at)


def refresh(*, at: datetime) -> None:
    """Keep the demo alive on any day it is started: somebody is on call, and Dr. Ramos is there for the next hours."""
    tomas, rosa = (User.objects.get(uuid=known_uuid(handle)) for handle in ("tomas", "rosa"))
    joel = User.objects.get(uuid=known_uuid("joel"))
    for user, org, rank in ((tomas, "acompana", 1), (rosa, "acompana", 2), (joel, "casa-pacifico", 1)):
        _on_call(user, Organization.objects.get(slug=org), rank, at)
    _open_now(Schedule.objects.get(actor__clinician__user__uuid=known_uuid("dr_ramos")), at)
    while open_starts.extend(at=at):
        pass


def _on_call(user: User, organization: Organization, rank: int, at: datetime) -> None:
    current = OnCallShift.objects.filter(user=user, ends_at__gt=at + timedelta(days=7)).exists()
    if not current:
        OnCallShift.objects.create(
            user=user, organization=organization, rank=rank, starts_at=at, ends_at=at + timedelta(days=28)
        )


def _open_now(schedule: Schedule, at: datetime) -> None:
    """Give extra time from the last half hour on, so that a visit can be booked and entered at any hour of the day."""
    start = at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
    if schedule.exceptions.filter(kind=ExceptionKind.EXTRA, ends_at__gt=at + timedelta(hours=2)).exists():
        return
    AvailabilityException.objects.create(
        schedule=schedule, kind=ExceptionKind.EXTRA, starts_at=start, ends_at=start + timedelta(hours=6)
    )
    open_starts.rebuild([schedule], start - timedelta(hours=1), start + timedelta(hours=7))


# --- the pieces ------------------------------------------------------------------------------------------------------


def _organization(org: people.Org) -> Organization:
    return Organization.objects.create(slug=org.slug, name=org.name, service_states=list(org.states), zone=org.zone)


def _visit_types() -> None:
    names = ("code", "name_es", "name_en", "minutes", "modality", "care", "specialty")
    VisitType.objects.bulk_create(VisitType(**dict(zip(names, row, strict=True))) for row in people.VISIT_TYPES)


def _staff(who: people.Staff, organization: Organization, password: str, at: datetime) -> User:
    user = User.objects.create(
        uuid=known_uuid(who.handle),
        email=f"{who.handle}@acompana.example",
        phone=who.phone,
        preferred_name=who.name,
        language=who.language,
        zone=who.zone,
    )
    user.password = password
    user.save(update_fields=["password"])
    Membership.objects.create(user=user, organization=organization, role=who.role, valid_from=at.date())
    return user


def _clinician(
    doctor: people.Doctor, user: User, admin: User, organization: Organization, days: int, at: datetime
) -> None:
    actor = Actor.objects.create(kind=ActorKind.CLINICIAN)
    clinician = Clinician.objects.create(
        user=user,
        actor=actor,
        profession=doctor.profession,
        specialties=list(doctor.specialties),
        languages=list(doctor.languages),
        **_approved(admin, at),
    )
    for place, years in doctor.licences.items():
        Licence.objects.create(
            clinician=clinician,
            data_key=user.data_key,
            country="US" if place.isupper() else place.upper(),
            state=place if place.isupper() else "",
            number="DEMO-0001",
            expires_on=(at + timedelta(days=365 * years)).date(),
            verified_at=at,
            verified_by=admin,
            source=SOURCE,
        )
    schedule = _schedule(
        actor, organization, doctor.zone, days, notice_minutes=doctor.notice, after_minutes=doctor.after
    )
    _week(schedule, doctor.hours, at)


def _approved(admin: User, at: datetime) -> dict[str, object]:
    return {
        "status": PracticeStatus.APPROVED,
        "approved_at": at,
        "approved_by": admin,
        "approval_source": SOURCE,
    }


def _interpreter(
    voice: people.Voice, user: User, admin: User, organization: Organization, days: int, at: datetime
) -> None:
    actor = Actor.objects.create(kind=ActorKind.INTERPRETER)
    Interpreter.objects.create(user=user, actor=actor, languages=list(voice.languages), **_approved(admin, at))
    schedule = _schedule(actor, organization, voice.zone, days, notice_minutes=30)
    _week(schedule, [(day, "09:00", "21:00") for day in people.WEEK], at)


def _clinic(clinic: people.Clinic, organization: Organization, days: int, at: datetime) -> None:
    location = Location.objects.create(
        uuid=known_uuid(clinic.handle),
        organization=organization,
        name=clinic.name,
        address=clinic.address,
        city=clinic.city,
        state=clinic.state,
        postal_code=clinic.postal_code,
        latitude=clinic.latitude,
        longitude=clinic.longitude,
        zone=clinic.zone,
        languages=list(clinic.languages),
        specialties=["family"],
        fee=clinic.fee,
        asks_for_id=False,
        bookable_here=True,
        confirmed_on=at.date(),
    )
    for number in range(clinic.chairs):
        actor = Actor.objects.create(kind=ActorKind.CHAIR)
        Chair.objects.create(actor=actor, location=location, label=str(number + 1))
        schedule = _schedule(actor, organization, clinic.zone, days, notice_minutes=120)
        _week(schedule, [(day, "08:00", "12:00") for day in people.WEEK], at)


def _schedule(actor: Actor, organization: Organization, zone: str, days: int, **how: int) -> Schedule:
    return Schedule.objects.create(actor=actor, organization=organization, zone=zone, horizon_days=days, **how)


def _week(schedule: Schedule, hours: Iterable[tuple[str, str, str]], at: datetime) -> None:
    week = [Hours(Weekday[day].value, time.fromisoformat(start), time.fromisoformat(end)) for day, start, end in hours]
    schedules.set_week(schedule, week, by=SEEDER, at=at)


def _patient(neighbour: people.Neighbour, at: datetime) -> None:
    user = User.objects.create(
        uuid=known_uuid(neighbour.handle), phone=neighbour.phone, preferred_name=neighbour.name, zone=neighbour.zone
    )
    about = {"languages": list(neighbour.languages), "state": neighbour.state, "zone": neighbour.zone}
    accounts.patient_of(user, about=about, by=SEEDER, at=at)


def _talk(at: datetime) -> None:
    """Let Dr. Ramos hold a talk at the clinic in five days, at eleven by its clock."""
    place = Location.objects.get(uuid=known_uuid("esperanza"))
    day = (at + timedelta(days=5)).astimezone(ZoneInfo(place.zone)).date()
    starts_at = datetime.combine(day, time(11), ZoneInfo(place.zone)).astimezone(UTC)
    host = Viewer(User.objects.get(uuid=known_uuid("dr_ramos")), at)
    sessions.open_session(VisitType.objects.get(code="platica-diabetes"), place, starts_at, 12, by=host, at=at)


def _book_some(at: datetime) -> None:
    """Book two visits in the coming days for patients other than Lupita, whose day is for whoever tries the demo."""
    for handle, state, zone in (
        ("irma", "NM", "America/Denver"),
        ("beto", "TX", "America/Chicago"),
        ("mateo", "CA", "America/Los_Angeles"),
    ):
        user = User.objects.get(uuid=known_uuid(handle))
        patient = accounts.patient_of(user, about={}, by=SEEDER, at=at)
        wanted = Criteria(
            state,
            "es",
            at + timedelta(days=1),
            at + timedelta(days=6),
            zone,
            specialty="mental" if state == "NM" else "",
        )
        viewer = Viewer(user, at, holder=f"demo-{handle}")
        for found in search.find(wanted, at=at).found[:1]:
            try:
                held = appointments.hold(found.slot, by=viewer, at=at)
                appointments.confirm(held, patient=patient, by=viewer, at=at)
            except Refusal:  # a demo without this visit is still a demo
                continue
