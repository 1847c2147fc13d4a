"""What each noun is. One module for each family; import them from here."""

from scheduling.models.appointments import (
    OCCUPYING,
    TRANSITIONS,
    UPCOMING,
    Appointment,
    AppointmentStatus,
    Participant,
    ParticipantRole,
)
from scheduling.models.consents import GrantScope, LinkGrant
from scheduling.models.encounters import Encounter, EncounterStatus, Presence
from scheduling.models.events import AccessRecord, Event, EventClaim, SweepRun
from scheduling.models.notifications import Channel, Delivery, Notification, NotificationStatus, Queue
from scheduling.models.organizations import AddressVisibility, Fee, Location, Membership, Organization, Role
from scheduling.models.people import (
    ApiToken,
    Patient,
    PhoneCode,
    Relation,
    Representative,
    Tongue,
    User,
    phone_hash,
)
from scheduling.models.practitioners import Clinician, Interpreter, Licence, PracticeStatus, Specialty
from scheduling.models.schedules import (
    Actor,
    ActorKind,
    AvailabilityException,
    AvailabilityRule,
    Care,
    Chair,
    ExceptionKind,
    Modality,
    OpenStart,
    Schedule,
    VisitType,
    Weekday,
)
from scheduling.models.secrets import DataKey

__all__ = [
    "OCCUPYING", "TRANSITIONS", "UPCOMING", "AccessRecord", "Actor", "ActorKind", "AddressVisibility", "ApiToken",
    "Appointment", "AppointmentStatus", "AvailabilityException", "AvailabilityRule", "Care", "Chair", "Channel",
    "Clinician", "DataKey", "Delivery", "Encounter", "EncounterStatus", "Event", "EventClaim", "ExceptionKind", "Fee",
    "GrantScope", "Interpreter", "Licence", "LinkGrant", "Location", "Membership", "Modality", "Notification",
    "NotificationStatus", "OpenStart", "Organization", "Participant", "ParticipantRole", "Patient", "PhoneCode",
    "PracticeStatus", "Presence", "Queue", "Relation", "Representative", "Role", "Schedule", "Specialty", "SweepRun",
    "Tongue", "User", "VisitType", "Weekday", "phone_hash",
]
