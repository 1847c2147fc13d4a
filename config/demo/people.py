"""Who is who in the demo. Everybody here is invented; the phone numbers are of the range kept for fiction."""

from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from scheduling.models import Fee, Role, Specialty

PASSWORD = "acompana-demo"  # noqa: S105 - printed on screen, and only there is a demo


def known_uuid(handle: str) -> UUID:
    """Return the UUID by which a demo person is known on every machine."""
    return uuid5(NAMESPACE_URL, f"acompana-demo/{handle}")


@dataclass(frozen=True)
class Org:
    slug: str
    name: str
    states: tuple[str, ...]
    zone: str


@dataclass(frozen=True)
class Staff:
    """Somebody who signs in by e-mail; `role` in the organization `org`."""

    handle: str
    name: str
    org: str
    role: Role
    phone: str = ""
    zone: str = "America/Chicago"
    language: str = "es"


@dataclass(frozen=True)
class Doctor(Staff):
    """A clinician: licences as state (or country, lower case) to years from now.

    `hours` as weekday letters and a window.
    """

    role: Role = Role.CLINICIAN
    profession: str = "physician"
    specialties: tuple[str, ...] = (Specialty.FAMILY,)
    languages: tuple[str, ...] = ("es", "en")
    licences: dict[str, float] = field(default_factory=dict)
    hours: tuple[tuple[str, str, str], ...] = ()
    notice: int = 60
    after: int = 5


@dataclass(frozen=True)
class Voice(Staff):
    """An interpreter between any two of `languages` (ISO 639-3)."""

    role: Role = Role.INTERPRETER
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Neighbour:
    """Somebody who is helped; signs in by phone."""

    handle: str
    name: str
    phone: str
    state: str
    zone: str
    languages: tuple[str, ...] = ("es",)


@dataclass(frozen=True)
class Clinic:
    handle: str
    name: str
    org: str
    address: str
    city: str
    state: str
    postal_code: str
    latitude: float
    longitude: float
    zone: str
    chairs: int
    fee: Fee = Fee.SLIDING
    languages: tuple[str, ...] = ("es", "en")


ORGANIZATIONS = [
    Org("acompana", "Acompaña Texas", ("TX", "NM", "OK", "LA", "GA", "FL"), "America/Chicago"),
    Org("casa-pacifico", "Casa Pacífico", ("CA", "OR", "WA", "NV", "AZ"), "America/Los_Angeles"),
]

MORNING, NOON, EVENING = ("09:00", "12:00"), ("12:00", "15:00"), ("17:00", "20:00")
WEEK = ["MO", "TU", "WE", "TH", "FR"]


def _hours(days: list[str], window: tuple[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((day, *window) for day in days)


PACIFIC: Any = {"org": "casa-pacifico", "zone": "America/Los_Angeles"}
CLINICIANS = [
    Doctor(
        "dr_ramos",
        "Dr. Andrés Ramos",
        "acompana",
        phone="+17135550110",
        licences={"TX": 2, "CA": 1},
        hours=_hours([*WEEK, "SA"], EVENING),
        notice=0,
    ),
    Doctor(
        "dra_whitfield",
        "Dra. Joan Whitfield",
        "acompana",
        specialties=(Specialty.WOMEN,),
        languages=("en",),
        licences={"TX": 3},
        hours=_hours(["MO", "WE"], MORNING),
        language="en",
    ),
    Doctor(
        "dra_salinas",
        "Dra. Inés Salinas",
        "acompana",
        profession="psychologist",
        specialties=(Specialty.MENTAL,),
        languages=("es",),
        licences={"TX": 2, "NM": 2},
        hours=_hours(["TU", "TH"], EVENING),
    ),
    Doctor(
        "dra_mendoza",
        "Dra. Paula Mendoza",
        specialties=(Specialty.CHILDREN, Specialty.FAMILY),
        licences={"CA": 2, "TX": 2},
        hours=_hours(["MO", "TU", "TH"], NOON),
        **PACIFIC,
    ),
    Doctor(
        "dr_okafor",
        "Dr. Samuel Okafor",
        languages=("en", "es"),
        licences={"CA": 2, "AZ": 1},
        hours=_hours(["TU", "FR"], EVENING),
        language="en",
        **PACIFIC,
    ),
    Doctor(
        "lic_torres",
        "Lic. Marta Torres",
        profession="psychologist",
        specialties=(Specialty.MENTAL,),
        languages=("es",),
        licences={"CA": 4},
        hours=_hours(["WE", "SA"], MORNING),
        **PACIFIC,
    ),
    Doctor(
        "dr_park",
        "Dr. Daniel Park",
        "acompana",
        languages=("en",),
        licences={"NY": 2, "NJ": 2},
        zone="America/New_York",
        hours=_hours(["MO", "WE", "FR"], EVENING),
        language="en",
    ),
    Doctor(
        "dra_ibarra", "Dra. Lucía Ibarra", "acompana", licences={"IL": 2, "TX": 1}, hours=_hours(["WE", "FR"], EVENING)
    ),
    Doctor(
        "np_lopez",
        "Enf. Rosa López",
        "acompana",
        profession="nurse practitioner",
        licences={"GA": 2, "FL": 2, "TX": 2},
        zone="America/New_York",
        hours=_hours(WEEK, NOON),
    ),
    Doctor(
        "dra_quiroz",
        "Dra. Elvira Quiroz",
        "acompana",
        languages=("es",),
        licences={"mx": 9},
        zone="America/Mexico_City",
        hours=_hours(["TU", "TH", "SA"], MORNING),
    ),
    Doctor("dr_vega", "Dr. Tomás Vega", "acompana", licences={"TX": -0.1}, hours=_hours(["MO"], EVENING)),
    Doctor(
        "dra_haddad",
        "Dra. Leila Haddad",
        "acompana",
        specialties=(Specialty.FAMILY, Specialty.WOMEN),
        languages=("en", "es"),
        licences={"TX": 2, "OK": 2, "LA": 2},
        hours=_hours(["TH", "SU"], MORNING),
    ),
]

INTERPRETERS = [
    Voice("nayeli", "Nayeli Santiago", "acompana", languages=("mxb", "es", "en"), phone="+17135550121"),
    Voice("xochitl", "Xóchitl Hernández", "acompana", languages=("nhe", "es"), phone="+17135550122"),
    Voice("tino", "Faustino Cruz", languages=("zai", "es"), phone="+15595550123", **PACIFIC),
]

STAFF = [
    Staff("tomas", "Tomás", "acompana", Role.COORDINATOR, phone="+17135550131"),
    Staff("rosa", "Rosa", "acompana", Role.COORDINATOR, phone="+17135550132"),
    Staff("elena", "Elena", "acompana", Role.ADMIN, phone="+17135550133"),
    Staff("carmen", "Carmen", "acompana", Role.NAVIGATOR, phone="+17135550134"),
    Staff("joel", "Joel", role=Role.COORDINATOR, phone="+15595550135", **PACIFIC),
    Staff("alma", "Alma", role=Role.ADMIN, phone="+15595550136", **PACIFIC),
]

PATIENTS = [
    Neighbour("lupita", "Lupita", "+17135550142", "TX", "America/Chicago", ("es", "mxb")),
    Neighbour("mateo", "Mateo", "+15595550143", "CA", "America/Los_Angeles"),
    Neighbour("irma", "Irma", "+15055550144", "NM", "America/Denver"),
    Neighbour("beto", "Beto", "+17135550145", "TX", "America/Chicago"),
]

CLINICS = [
    Clinic(
        "esperanza",
        "Clínica Comunitaria Esperanza",
        "acompana",
        "6550 Bellaire Blvd",
        "Houston",
        "TX",
        "77074",
        29.7052,
        -95.4985,
        "America/Chicago",
        chairs=3,
    ),
    Clinic(
        "la_milpa",
        "Centro de Salud La Milpa",
        "casa-pacifico",
        "1245 E Belmont Ave",
        "Fresno",
        "CA",
        "93701",
        36.7510,
        -119.7760,
        "America/Los_Angeles",
        chairs=2,
    ),
]

# code, Spanish, English, minutes, modality, care, specialty
VISIT_TYPES = [
    ("consulta-video", "Consulta por video", "Video visit", 20, "video", "clinical", Specialty.FAMILY),
    ("consulta-telefono", "Consulta por teléfono", "Phone visit", 20, "phone", "clinical", Specialty.FAMILY),
    ("clinica", "Consulta en la clínica", "Clinic visit", 30, "in_person", "clinical", Specialty.FAMILY),
    ("orientacion", "Orientación por video", "Orientation by video", 20, "video", "orientation", Specialty.FAMILY),
    (
        "orientacion-telefono",
        "Orientación por teléfono",
        "Orientation by phone",
        20,
        "phone",
        "orientation",
        Specialty.FAMILY,
    ),
    ("mujer-video", "Salud de la mujer por video", "Women’s health by video", 30, "video", "clinical", Specialty.WOMEN),
    (
        "ninos-video",
        "Salud de niños por video",
        "Children’s health by video",
        20,
        "video",
        "clinical",
        Specialty.CHILDREN,
    ),
    (
        "platica-diabetes",
        "Plática: vivir con diabetes",
        "Talk: living with diabetes",
        60,
        "in_person",
        "prevention",
        Specialty.FAMILY,
    ),
    (
        "platica-embarazo",
        "Plática: embarazo sano",
        "Talk: a healthy pregnancy",
        60,
        "in_person",
        "prevention",
        Specialty.WOMEN,
    ),
    ("animo-video", "Salud emocional por video", "Mental health by video", 40, "video", "clinical", Specialty.MENTAL),
]
