"""An interpreter cannot go: their time is free, another who bridges it is seated at once, and everybody is told."""

from datetime import time

import pytest

from scheduling import appointments, interpreting, search
from scheduling.models import Encounter, Event, EventClaim, Interpreter, Notification, Participant, Schedule
from scheduling.refusals import NotFound, NotPossibleNow
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, criteria, user_of, viewer

pytestmark = pytest.mark.django_db

TEN = AT + HOUR


@pytest.fixture
def dr_park(acompana, elena, consulta):
    """A clinician who speaks only English."""
    return factories.clinician("Park", acompana, elena, languages=["en"])


@pytest.fixture
def voice(acompana, elena):
    """Add interpreters by name, as they are needed."""

    def add(name, *languages, **how):
        return factories.interpreter(name, acompana, elena, languages, **how)

    return add


@pytest.fixture
def visit(dr_park, nayeli, lupita):
    """Lupita's visit in Mixteco with Dr. Park, whom Nayeli interprets."""
    return booked(lupita)


def booked(patient, language="mxb", at=AT):
    by = viewer(user_of(patient), at=at)
    slot = search.find(criteria(language=language), at=at).found[0].slot
    return appointments.confirm(appointments.hold(slot, by=by, at=at), patient=patient, by=by, at=at)


def leave(visit, who, at=AT):
    return interpreting.withdraw(visit, by=viewer(who.user, at=at), at=at)


def voices(visit):
    """Return who interprets a visit, from the patient's side on."""
    shown = type(visit).objects.for_display().get(pk=visit.pk)
    names = {part.pk: part.name for part in shown.participants.all()}
    return [names[pk] for pk in interpreting.pairs(shown)]


def told(kind):
    """Return to whom messages of a kind are owed: names, and by which channel."""
    owed = Notification.objects.filter(kind=kind).order_by("pk")
    return sorted(((one.user or one.patient).preferred_name, one.channel) for one in owed)


def happened(visit):
    return list(Event.objects.filter(subject=visit.uuid).order_by("pk").values_list("kind", flat=True))


# --- another is found ------------------------------------------------------------------------------------------------


def test_another_who_is_free_then_has_the_seat(visit, nayeli, voice):
    voice("Ana", "mxb", "en")
    left = leave(visit, nayeli)
    assert (left.status, voices(visit)) == ("booked", ["Ana"])
    assert interpreting.is_bridged(visit)
    assert happened(visit)[-1] == "appointment.interpreter_replaced"
    factories.assert_the_copy_is_true()


def test_whoever_left_is_free_for_somebody_else(visit, nayeli, voice):
    voice("Ana", "mxb", "en")
    leave(visit, nayeli)
    assert not nayeli.actor.participations.exists()
    assert TEN in {start.starts_at for start in nayeli.actor.open_starts.all()}


def test_whoever_has_given_less_lately_is_asked_first(visit, nayeli, voice):
    voice("Ana", "mxb", "en"), voice("Beatriz", "mxb", "en")
    Schedule.objects.filter(actor__interpreter__user__email__startswith="ana").update(given_minutes=600)
    leave(visit, nayeli)
    assert voices(visit) == ["Beatriz"]


UNFIT = {
    "speaks something else": {"languages": ["zai", "en"]},
    "does not speak with the clinician": {"languages": ["mxb", "es"]},
    "is not there then": {"hours": [Hours(day, time(11), time(12)) for day in range(7)]},
    "wants more notice": {"schedule": {"notice_minutes": 90}},
    "is not free for all of it": {"hours": [Hours(day, time(10), time(10, 15)) for day in range(7)]},
}


@pytest.mark.parametrize("how", UNFIT)
def test_somebody_who_does_not_fit_is_not_seated(visit, nayeli, voice, how):
    known = {"languages": ["mxb", "en"]} | UNFIT[how]
    voice("Ana", *known.pop("languages"), **known)
    leave(visit, nayeli)
    assert voices(visit) == []


def test_somebody_who_is_not_approved_is_not_seated(visit, nayeli, voice):
    voice("Ana", "mxb", "en")
    Interpreter.objects.exclude(pk=nayeli.pk).update(status="paused")
    leave(visit, nayeli)
    assert voices(visit) == []


def test_two_take_the_place_of_one_if_nobody_alone_can(visit, nayeli, voice):
    voice("Bruno", "es", "en"), voice("Xochitl", "mxb", "es")
    leave(visit, nayeli)
    assert voices(visit) == ["Xochitl", "Bruno"]
    assert factories.slot_of(visit).actors[1] == Interpreter.objects.get(user__email__startswith="xoch").actor.uuid


@pytest.mark.parametrize(("name", "other"), [("Xochitl", "Bruno"), ("Bruno", "Xochitl")])
def test_in_a_relay_the_other_stays(dr_park, lupita, voice, name, other):
    relay = {"Xochitl": voice("Xochitl", "mxb", "es"), "Bruno": voice("Bruno", "es", "en")}
    visit = booked(lupita)
    spoken = {"Xochitl": ["mxb", "es"], "Bruno": ["es", "en"]}[name]
    voice("Ana", *spoken)
    leave(visit, relay[name])
    assert set(voices(visit)) == {"Ana", other}
    assert interpreting.is_bridged(visit)


def test_one_who_can_alone_takes_the_place_of_both_if_the_other_has_nothing_to_do(dr_park, lupita, voice):
    xochitl, bruno = voice("Xochitl", "mxb", "es"), voice("Bruno", "es", "en")
    visit = booked(lupita)
    voice("Nayeli", "mxb", "en")
    leave(visit, xochitl)
    assert voices(visit) == ["Nayeli"]
    assert not bruno.actor.participations.exists()
    assert ("Bruno", "email") in told(interpreting.LEFT)
    factories.assert_the_copy_is_true()


# --- who is told -----------------------------------------------------------------------------------------------------


def test_everybody_is_told_that_it_changed(visit, nayeli, voice):
    voice("Ana", "mxb", "en")
    Notification.objects.all().delete()
    leave(visit, nayeli)
    assert told("appointment_booked") == [("Ana", "email")]
    assert told(interpreting.LEFT) == [("Nayeli", "email")]
    assert told(interpreting.CHANGED) == [("Lupita", "sms"), ("Park", "email")]
    assert told(interpreting.MISSING) == []


def test_everybody_and_the_coordinators_are_told_that_nobody_was_found(visit, nayeli, tomas, carmen):
    leave(visit, nayeli)
    assert told(interpreting.MISSING) == [("Lupita", "sms"), ("Park", "email"), ("Tomas", "email")]
    assert told(interpreting.CHANGED) == []
    assert happened(visit)[-1] == "appointment.interpreter_missing"


def test_only_the_coordinators_of_today_and_of_that_organization(visit, nayeli, tomas):
    tomas.memberships.update(valid_until=AT.date())
    leave(visit, nayeli)
    assert ("Tomas", "email") not in told(interpreting.MISSING)


def test_what_reaches_the_patients_phone_tells_nothing(visit, nayeli, outbox):
    outbox.messages()
    leave(visit, nayeli)
    [sms] = [one for one in outbox.messages(interpreting.MISSING) if one.notification.channel == "sms"]
    words = sms.body.lower()
    assert words.startswith("tiene un mensaje")
    assert not any(word in words for word in ("intérprete", "mixteco", "nayeli", "cita", "park"))


def test_whoever_left_has_it_taken_out_of_their_calendar(visit, nayeli, voice, outbox):
    voice("Ana", "mxb", "en")
    outbox.messages()
    leave(visit, nayeli)
    [left] = outbox.messages(interpreting.LEFT)
    assert "METHOD:CANCEL" in left.calendar
    assert str(visit.uuid) in left.calendar
    assert left.body.count("/turnos/") == 1
    new = outbox.messages("appointment_booked")[-1]
    assert "METHOD:REQUEST" in new.calendar


def test_a_missing_interpreter_waits_for_the_floor_above(visit, nayeli):
    leave(visit, nayeli)
    claim = EventClaim.objects.get(event__kind="appointment.interpreter_missing")
    assert claim.reader == "navigation.follow_up"


def test_events_hold_no_names(visit, nayeli):
    leave(visit, nayeli)
    event = Event.objects.get(kind="appointment.interpreter_missing")
    assert (event.by_user, set(event.codes)) == (nayeli.user, {"left"})


# --- what does not change --------------------------------------------------------------------------------------------


def test_the_visit_stands_without_an_interpreter(visit, nayeli, lupita, dr_park):
    left = leave(visit, nayeli)
    assert (left.status, left.patient, left.starts_at) == ("booked", lupita, visit.starts_at)
    assert set(visit.participants.values_list("role", flat=True)) == {"clinician", "patient"}
    assert not interpreting.is_bridged(visit)


def test_what_is_open_in_a_browser_knows_that_it_changed(visit, nayeli):
    assert leave(visit, nayeli).version == visit.version + 1


def test_the_way_in_of_whoever_left_no_longer_works(visit, nayeli):
    before = Encounter.objects.get(appointment=visit).room_epoch
    leave(visit, nayeli)
    assert Encounter.objects.get(appointment=visit).room_epoch == before + 1


def test_only_whoever_interprets_it_may_leave_it(visit, voice, dr_park, tomas, lupita):
    ana = voice("Ana", "mxb", "en")
    for stranger in (ana.user, dr_park.user, tomas, user_of(lupita)):
        with pytest.raises(NotFound):
            interpreting.withdraw(visit, by=viewer(stranger), at=AT)
    with pytest.raises(NotFound):
        interpreting.withdraw(visit, by=viewer(), at=AT)
    assert voices(visit) == ["Nayeli"]


def test_nobody_leaves_twice(visit, nayeli):
    leave(visit, nayeli)
    with pytest.raises(NotFound):
        leave(visit, nayeli)


def test_nobody_leaves_what_is_over_or_cancelled(visit, nayeli, lupita):
    with pytest.raises(NotPossibleNow):
        leave(visit, nayeli, at=visit.ends_at)
    appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT)
    with pytest.raises(NotPossibleNow):
        leave(visit, nayeli)


def test_a_visit_is_left_until_its_end(visit, nayeli, voice):
    appointments.arrive(visit, by=viewer(), at=visit.starts_at)
    left = leave(visit, nayeli, at=visit.starts_at + MINUTE)
    assert left.status == "arrived"


def test_what_was_refused_changed_nothing(visit, nayeli, lupita):
    before = Participant.objects.count(), Event.objects.count(), Notification.objects.count()
    with pytest.raises(NotPossibleNow):
        leave(visit, nayeli, at=AT + DAY)
    assert (Participant.objects.count(), Event.objects.count(), Notification.objects.count()) == before
