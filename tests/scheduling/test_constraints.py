"""What the database itself refuses, whoever writes: every constraint of this floor, tripped once by an example."""

from datetime import time
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import F

from scheduling.fields import Ciphertext
from scheduling.models import (
    Actor,
    Appointment,
    AvailabilityException,
    AvailabilityRule,
    BusyFeed,
    BusyInterval,
    Clinician,
    Consent,
    ContactRule,
    DataKey,
    Delivery,
    Encounter,
    Event,
    EventClaim,
    FreedTime,
    InboundMessage,
    Interpreter,
    Licence,
    LinkGrant,
    Location,
    Membership,
    Notification,
    Offer,
    OfferSkip,
    OpenStart,
    OptOut,
    Organization,
    Participant,
    Patient,
    Presence,
    Recovery,
    Rematch,
    Representative,
    Schedule,
    SuitableHours,
    User,
    VisitNote,
    VisitType,
    WaitlistEntry,
)
from scheduling.waiting import Span
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, user_of, viewer
from tests.factories.feeds import feed

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(acompana, elena, dr_ramos, nayeli, lupita, esperanza):
    """A booked visit and a held time, with everybody in them."""
    visit, held = factories.booked(lupita), factories.hold(viewer(holder="beto's phone"))
    patient = visit.participants.get(role="patient")
    presence = {"encounter": visit.encounter, "participant": patient, "arrived_at": AT, "seen_at": AT}
    Presence.objects.create(**presence)
    factories.schedules.take_off(dr_ramos.actor.schedule, AT.date() + DAY, AT.date() + DAY, by=MAKER, at=AT)
    Rematch.objects.create(appointment=visit, because="suspended", opened_at=AT)
    factories.accounts.grant_link("appointment", visit.uuid, at=AT)
    wrote = {"gateway": "http", "provider_id": "1", "data_key": lupita.data_key, "received_at": AT, "due_at": AT}
    InboundMessage.objects.create(**wrote)
    OptOut.objects.create(address_hash="hers", channel="sms", at=AT)
    ContactRule.objects.create(phone_hash="hers", saved_at=AT)
    Delivery.objects.create(notification=Notification.objects.first(), gateway="http", at=AT)
    feed(dr_ramos, (AT, AT + HOUR))
    Consent.objects.create(patient=lupita, given_by=elena, kind="book", wording=1, at=AT)
    _offered(lupita)
    return SimpleNamespace(
        organization=acompana,
        elena=elena,
        ramos=dr_ramos,
        lupita=lupita,
        visit=visit,
        held=held,
        presence=presence,
        wrote=wrote | {"provider_id": "2"},
    )


def _offered(lupita):
    """Lupita waits, on Mondays only, and has an offer; there is another she was passed over for."""
    entry = factories.waits(lupita, hours=(Span(0, time(8), time(20)),), first_day=AT.date())
    factories.offers_go_out()
    freed = FreedTime.objects.create(
        actor=lupita.actor, starts_at=AT, ends_at=AT + DAY, cause="found", due_at=None, created_at=AT
    )
    OfferSkip.objects.create(freed=freed, entry=entry, because="busy", at=AT)


def change(model, **fields):
    """Return an example that gives every row of a model other values."""
    return lambda here: model.objects.update(**fields)


def change_visit(**fields):
    return lambda here: Appointment.objects.filter(pk=here.visit.pk).update(**fields)


def claim_twice(here):
    event = Event.objects.first()
    EventClaim.objects.bulk_create(EventClaim(event=event, reader="tests", due_at=AT) for _ in range(2))


def event_by_nobody(here):
    Event.objects.create(kind="visit.happened", subject_type="visit", subject=here.visit.uuid, at=AT)


def the_same_open_start_again(here):
    known = OpenStart.objects.filter(actor=here.ramos.actor).first()
    OpenStart.objects.create(actor=known.actor, starts_at=known.starts_at, free_minutes=30)


def the_same_membership_again(here):
    Membership.objects.create(user=here.elena, organization=here.organization, role="admin", valid_from=AT.date())


def speak_for_her_twice(here):
    Representative.objects.create(
        user=user_of(here.lupita), patient=here.lupita, relation="other", consented_at=AT + DAY
    )


def consent_twice(here):
    Consent.objects.create(patient=here.lupita, given_by=here.elena, kind="book", wording=2, at=AT)


def wait_for_it_twice(here):
    known = WaitlistEntry.objects.values().first()
    WaitlistEntry.objects.create(**known | {"id": None, "uuid": here.visit.uuid})


def offer_twice(here):
    known = Offer.objects.values().first()
    Offer.objects.create(**known | {"id": None, "uuid": here.visit.uuid, "appointment_id": here.visit.pk})


def skip_twice(here):
    known = OfferSkip.objects.values().first()
    OfferSkip.objects.create(**known | {"id": None, "because": "hours"})


def a_recovery_in_no_language(here):
    Recovery.objects.create(
        data_key=DataKey.objects.create(), phone="+1", phone_hash="x", language="fr", created_at=AT, due_at=AT
    )


def phone_only(here):
    return User.objects.filter(pk=user_of(here.lupita).pk)


def part_of(here, **fields):
    return Participant.objects.create(**{"appointment": here.visit, "role": "guest"} | fields)


def the_same_message_again(here):
    InboundMessage.objects.bulk_create(InboundMessage(**here.wrote) for _ in range(2))


EXAMPLES = {
    "actor_kind_known": change(Actor, kind="robot"),
    "appointment_booked_has_a_patient": change_visit(patient=None),
    "appointment_cancelled_says_why": change_visit(status="cancelled", cancelled_because=""),
    "appointment_ends_after_start": change_visit(ends_at=F("starts_at")),
    "appointment_hold_has_an_end": change_visit(status="proposed"),
    "appointment_session_is_nobodys": change_visit(places=2),
    "appointment_status_known": change_visit(status="forgotten"),
    "busy_feed_error_known": change(BusyFeed, error="tired", failing_since=AT),
    "busy_feed_failing_says_why": change(BusyFeed, failing_since=AT),
    "busy_feed_once": lambda here: feed(here.ramos),
    "busy_interval_ends_after_start": change(BusyInterval, ends_at=F("starts_at")),
    "clinician_approval_complete": change(Clinician, approval_source=""),
    "clinician_status_known": change(Clinician, status="retired"),
    "consent_kind_known": change(Consent, kind="all"),
    "consent_open_once": consent_twice,
    "consent_revoked_after_given": change(Consent, revoked_at=AT - DAY),
    "consent_wording_numbered": change(Consent, wording=0),
    "contact_rule_whose_known": change(ContactRule, whose="dad's"),
    "data_key_destroyed_means_gone": change(DataKey, destroyed_at=AT),
    "delivery_status_known": change(Delivery, status="lost"),
    "encounter_finished_says_when": change(Encounter, status="finished"),
    "encounter_status_known": change(Encounter, status="open"),
    "event_by_somebody": event_by_nobody,
    "event_claimed_once": claim_twice,
    "exception_ends_after_start": change(AvailabilityException, ends_at=F("starts_at")),
    "exception_kind_known": change(AvailabilityException, kind="maybe"),
    "inbound_once": the_same_message_again,
    "inbound_status_known": change(InboundMessage, status="lost", due_at=None),
    "inbound_waiting_is_due": change(InboundMessage, due_at=None),
    "freed_time_cause_known": change(FreedTime, cause="magic"),
    "freed_time_ends_after_start": change(FreedTime, ends_at=F("starts_at")),
    "interpreter_approval_complete": change(Interpreter, approved_by=None),
    "interpreter_status_known": change(Interpreter, status="retired"),
    "licence_once_each_place": lambda here: factories.licence(here.ramos, "TX", here.elena, AT + DAY),
    "licence_state_in_the_us": change(Licence, country="MX"),
    "licence_verification_complete": change(Licence, verified_by=None),
    "link_grant_scope_known": change(LinkGrant, scope="everything"),
    "location_coordinates_on_earth": change(Location, latitude=90.1, longitude=0),
    "location_fee_known": change(Location, fee="cheap"),
    "location_visibility_known": change(Location, address_visibility="half"),
    "membership_ends_after_start": change(Membership, valid_until=F("valid_from")),
    "membership_open_once": the_same_membership_again,
    "membership_role_known": change(Membership, role="boss"),
    "notification_channel_known": change(Notification, channel="pigeon"),
    "notification_language_known": change(Notification, language="mx"),
    "notification_queue_known": change(Notification, queue="later"),
    "notification_sealed_under_a_key": change(Notification, address=Ciphertext("1.AAAA")),
    "notification_status_known": change(Notification, status="lost"),
    "notification_to_somebody": change(Notification, user=None, patient=None),
    "offer_answered_says_when": change(Offer, status="lapsed"),
    "offer_channel_known": change(Offer, channel="pigeon"),
    "offer_open_once": offer_twice,
    "offer_skip_once": skip_twice,
    "offer_skip_because_known": change(OfferSkip, because="whim"),
    "offer_status_known": change(Offer, status="lost", answered_at=AT),
    "open_start_once": the_same_open_start_again,
    "opt_out_channel_known": change(OptOut, channel="pigeon"),
    "opt_out_once": lambda here: OptOut.objects.create(address_hash="hers", channel="sms", at=AT),
    "organization_late_within_a_week": change(Organization, late_change_hours=169),
    "participant_is_somebody": part_of,
    "participant_not_double_booked": lambda here: Participant.objects.filter(appointment=here.held).update(
        occupied=(here.visit.starts_at, here.held.ends_at)
    ),
    "participant_once": lambda here: part_of(here, actor=here.ramos.actor),
    "participant_role_known": lambda here: part_of(here, user=here.elena, role="boss"),
    "patient_language_known": change(Patient, language="fr"),
    "presence_one_place_at_a_time": lambda here: Presence.objects.create(**here.presence),
    "rematch_because_known": change(Rematch, because="mood"),
    "rematch_closes_after_it_opens": change(Rematch, closed_at=AT - DAY),
    "rematch_open_once": lambda here: Rematch.objects.create(appointment=here.visit, because="licence", opened_at=AT),
    "recovery_language_known": a_recovery_in_no_language,
    "representative_open_once": speak_for_her_twice,
    "representative_relation_known": change(Representative, relation="neighbour"),
    "rule_ends_after_it_begins": change(AvailabilityRule, valid_until=F("valid_from")),
    "rule_temporary_has_an_end": change(AvailabilityRule, temporary=True, valid_until=None),
    "rule_urgent_says_until_when": change(AvailabilityRule, urgent=True),
    "rule_weekday_known": change(AvailabilityRule, weekday=7),
    "schedule_horizon_within_a_year": change(Schedule, horizon_days=367),
    "schedule_step_positive": change(Schedule, step_minutes=0),
    "suitable_hours_end_after_start": change(SuitableHours, ends=F("starts")),
    "suitable_hours_weekday_known": change(SuitableHours, weekday=7),
    "user_language_known": change(User, language="fr"),
    "user_phone_sealed_and_hashed": change(User, phone_hash=None),
    "user_reachable": lambda here: phone_only(here).update(phone="", phone_hash=None),
    "visit_note_says_something": lambda here: VisitNote.objects.create(
        appointment=here.visit, data_key=here.visit.data_key, summary="", written_by=here.elena, written_at=AT
    ),
    "visit_type_care_known": change(VisitType, care="magic"),
    "visit_type_minutes_positive": change(VisitType, minutes=0),
    "visit_type_modality_known": change(VisitType, modality="telepathy"),
    "visit_type_places_positive": change(VisitType, places=0),
    "waitlist_entry_care_known": change(WaitlistEntry, care="magic"),
    "waitlist_entry_last_day_after_first": change(WaitlistEntry, last_day=AT.date() - DAY),
    "waitlist_entry_modality_known": change(WaitlistEntry, modality="telepathy"),
    "waitlist_entry_once": wait_for_it_twice,
    "waitlist_entry_specialty_known": change(WaitlistEntry, specialty="magic"),
    "waitlist_entry_status_known": change(WaitlistEntry, status="lost"),
    "waitlist_entry_urgency_known": change(WaitlistEntry, urgency="never"),
}


def constraints():
    models = apps.get_app_config("scheduling").get_models()
    return {constraint.name for model in models for constraint in model._meta.constraints}


def tripped(example, here):
    """Return the name of the constraint that refuses an example."""
    try:
        with transaction.atomic():
            example(here)
    except IntegrityError as error:
        return error.__cause__.diag.constraint_name
    return None


def test_every_constraint_has_an_example():
    assert constraints() == set(EXAMPLES)


def test_every_constraint_refuses_its_example(here):
    assert {name: tripped(example, here) for name, example in EXAMPLES.items()} == {name: name for name in EXAMPLES}


def test_what_does_not_overlap_is_not_double_booked(here):
    """Half-open: the next visit begins at the very instant at which this one ends."""
    assert here.visit.ends_at == here.held.starts_at
    parts = Participant.objects.filter(actor=here.ramos.actor).order_by("occupied")[:2]
    assert [part.occupied.lower for part in parts] == [here.visit.starts_at, here.held.starts_at]


def test_whoever_takes_no_time_is_in_as_many_visits_as_need_be(here):
    part_of(here, user=here.elena, role="coordinator")
    part_of(here, user=here.elena, role="coordinator", appointment=here.held)
    assert Participant.objects.filter(user=here.elena).count() == 2


def test_an_admin_who_left_may_come_back(here):
    Membership.objects.filter(user=here.elena).update(valid_until=AT.date())
    the_same_membership_again(here)
    assert Membership.objects.filter(user=here.elena).count() == 2
