"""Everybody in a visit is told when it is booked and when it is cancelled, in their language, zone and calendar."""

import pytest
from icalendar import Calendar

from scheduling import accounts, appointments, invitations
from scheduling.models import Notification, Patient
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(dr_ramos, lupita):
    """Lupita, who gave her e-mail, sees Dr. Ramos at ten."""
    lupita.email = "lupita@example.org"
    lupita.save()
    return factories.booked(lupita, reason="me duele el pecho")


@pytest.fixture
def said(outbox):
    """What reached somebody at an address, about one kind of news."""

    def to(address, kind=invitations.BOOKED):
        return next(message for message in outbox.messages(kind) if message.address == address)

    return to


def cancel(visit, at=AT):
    return appointments.cancel(visit, because="patient", by=viewer(user_of(visit.patient)), at=at)


def addresses(messages):
    return sorted(message.address for message in messages)


def event(message):
    [found] = Calendar.from_ical(message.calendar).walk("VEVENT")
    return found


HERS, HIS = "lupita@example.org", "ramos@acompana.example"


# --- to whom ---------------------------------------------------------------------------------------------------------


def test_the_patient_is_told_by_phone_and_mail_and_the_clinician_by_mail(visit, outbox):
    assert addresses(outbox.messages()) == ["+17135550142", HERS, HIS]


def test_whoever_gave_no_mail_is_told_by_phone_alone(dr_ramos, beto, outbox):
    factories.booked(beto)
    assert addresses(outbox.messages()) == ["+17135550145", HIS]


def test_nobody_is_told_of_a_hold(dr_ramos, outbox):
    factories.hold(viewer())
    assert outbox.messages() == []


def test_the_interpreter_is_told_that_it_is_cancelled(visit, nayeli, outbox):
    factories.interprets(nayeli, visit)
    cancel(visit)
    assert "nayeli@acompana.example" in addresses(outbox.messages(invitations.CANCELLED))


def test_a_chair_is_told_nothing(esperanza, lupita, outbox):
    factories.visit_type("consulta-clinica", modality="in_person")
    factories.booked(lupita)
    assert addresses(outbox.messages()) == ["+17135550142"]


def test_what_was_not_yet_said_about_a_cancelled_visit_is_never_said(visit, outbox):
    cancel(visit)
    assert {message.notification.kind for message in outbox.messages()} == {invitations.CANCELLED}
    assert Notification.objects.filter(kind=invitations.BOOKED, status="void").count() == 3


@pytest.mark.parametrize(
    ("hours", "wakes"),
    [(1, True), (11, True), (12, False), (24, False)],
    ids=["soon", "at dawn", "later", "next night"],
)
def test_at_night_only_news_of_a_visit_that_begins_before_the_day_does_wakes_anybody(visit, hours, wakes):
    late = visit.starts_at.replace(hour=2) + DAY  # nine at night in Houston
    visit.starts_at = late + hours * HOUR
    assert invitations.is_near(visit, at=late) is wakes


def test_whoever_books_at_night_gets_the_link_at_once(dr_ramos, lupita, outbox):
    outbox.clock.at = AT + 14 * HOUR
    factories.booked(lupita, at=outbox.clock.at)
    assert "+17135550142" in addresses(outbox.messages(invitations.BOOKED))


def test_of_a_visit_that_is_cancelled_later_both_are_told(visit, outbox):
    outbox.messages()
    cancel(visit)
    kinds = [message.notification.kind for message in outbox.messages()]
    assert (kinds.count(invitations.BOOKED), kinds.count(invitations.CANCELLED)) == (3, 3)


# --- in which words --------------------------------------------------------------------------------------------------


def test_each_in_their_own_language(dr_ramos, lupita, said):
    Patient.objects.update(language="en", email="")
    lupita.refresh_from_db()
    lupita.email = HERS
    lupita.save()
    factories.booked(lupita)
    assert "Your appointment is set: Monday, June" in said(HERS).body
    assert "Su cita" in said(HIS).body
    assert str(event(said(HERS))["SUMMARY"]) == "Appointment"
    assert str(event(said(HIS))["SUMMARY"]) == "Cita"


def test_the_patient_in_the_zone_of_the_visit_and_the_clinician_in_their_own(visit, dr_ramos, said):
    dr_ramos.user.zone = "America/Los_Angeles"
    dr_ramos.user.save()
    assert "10:00" in said(HERS).body
    assert "hora del centro" in said(HERS).body
    assert "8:00" in said(HIS).body
    assert "hora del Pacífico" in said(HIS).body


def test_the_patients_link_opens_the_visit_without_an_account(visit, said):
    secret = said("+17135550142").body.split("/l/")[1]
    assert accounts.open_link(secret, at=AT).subject == visit.uuid


def test_each_message_has_a_link_of_its_own(visit, said):
    assert said("+17135550142").body.split("/l/")[1] != said(HERS).body.split("/l/")[1].split()[0]


def test_the_clinicians_link_opens_nothing_by_itself(visit, said):
    assert f"/citas/{visit.uuid}/" in said(HIS).body
    assert "/l/" not in said(HIS).body


def test_no_secret_of_a_link_is_in_a_calendar(visit, said):
    assert "/l/" not in said(HERS).calendar


# --- the calendar ----------------------------------------------------------------------------------------------------


def test_mail_carries_the_invitation_and_a_phone_does_not(visit, said):
    assert said("+17135550142").calendar == ""
    for address in (HERS, HIS):
        invitation = event(said(address))
        assert (invitation.start, invitation.end) == (visit.starts_at, visit.ends_at)
        assert str(invitation["ATTENDEE"]) == f"mailto:{address}"


def test_the_cancellation_takes_the_same_event_out_of_the_calendar(visit, said):
    booked = said(HERS)
    cancel(visit)
    cancelled = said(HERS, invitations.CANCELLED)
    methods = [str(Calendar.from_ical(message.calendar)["METHOD"]) for message in (booked, cancelled)]
    assert methods == ["REQUEST", "CANCEL"]
    assert event(booked)["UID"] == event(cancelled)["UID"]
    assert (event(booked)["SEQUENCE"], event(cancelled)["SEQUENCE"]) == (0, 1)


def test_everybodys_event_is_the_same_event(visit, said):
    assert event(said(HERS))["UID"] == event(said(HIS))["UID"]


def test_an_invitation_sent_late_says_when_it_was_made(visit, outbox, said):
    outbox.clock.move(minutes=7)
    assert event(said(HERS)).DTSTAMP == AT + 7 * MINUTE


def test_the_file_somebody_saves_is_the_same_event_and_names_nobody(visit):
    text = invitations.as_file(visit, language="es", url="https://acompana.example/x", at=AT + HOUR)
    [saved] = Calendar.from_ical(text).walk("VEVENT")
    assert str(saved["UID"]) == f"{visit.uuid}@acompana"
    assert str(Calendar.from_ical(text)["METHOD"]) == "PUBLISH"
    assert "ATTENDEE" not in saved
