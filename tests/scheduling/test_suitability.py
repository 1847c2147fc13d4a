"""Who may be offered which time, why others may not, and what it costs: judged over people, hours and phones."""

from datetime import date, time, timedelta

import pytest

from scheduling import appointments, contacts, freed, suitability
from scheduling.contacts import Wishes
from scheduling.models import FreedBy, FreedTime, Interpreter, Offer, Schedule, WaitlistEntry, Whose, phone_hash
from scheduling.quiet import NEVER, NIGHT, Rule
from scheduling.waiting import Span
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

AN_HOUR = [Hours(1, time(10), time(11))]  # Tuesday: two visits
TEN = AT + DAY + HOUR
NIGHT_AT = AT - 8 * HOUR


@pytest.fixture
def ramos(acompana, elena, consulta):
    made = factories.clinician("Ramos", acompana, elena, hours=AN_HOUR, schedule={"horizon_days": 7})
    freed.read(at=AT)
    return made


def noted(actor, starts_at=TEN, minutes=60):
    ends_at = starts_at + minutes * MINUTE
    return FreedTime.objects.create(
        actor=actor, starts_at=starts_at, ends_at=ends_at, cause=FreedBy.CANCELLED, due_at=AT, created_at=AT
    )


def judged(*times, at=AT):
    entries = WaitlistEntry.objects.on_the_list().select_related("patient__data_key").prefetch_related("hours")
    times = FreedTime.objects.select_related("actor__clinician", "actor__chair").filter(
        pk__in=[one.pk for one in times]
    )
    return suitability.judge(list(times), list(entries), at=at)


def starts(judgement):
    return [one.found.slot.starts_at for one in judgement.candidates]


def reasons(judgement):
    return [str(reason) for reason in judgement.skips.values()]


# --- what may be offered ---------------------------------------------------------------------------------------------


def test_every_open_time_within_what_is_free_may_be_offered(ramos, lupita):
    factories.waits(lupita)
    judgement = judged(noted(ramos.actor))
    assert starts(judgement) == [TEN, TEN + 30 * MINUTE]
    assert reasons(judgement) == []


@pytest.mark.parametrize(
    ("starts_at", "minutes", "found"),
    [(TEN, 30, 1), (TEN, 29, 1), (TEN + MINUTE, 59, 1), (TEN + HOUR, 60, 0), (TEN - HOUR, 60, 0), (AT, 48 * 60, 2)],
)
def test_a_visit_begins_within_what_is_free(ramos, lupita, starts_at, minutes, found):
    factories.waits(lupita)
    assert len(starts(judged(noted(ramos.actor, starts_at, minutes)))) == found


def test_the_time_of_one_is_not_offered_for_anothers(ramos, lupita, acompana, elena):
    vega = factories.clinician("Vega", acompana, elena, hours=AN_HOUR)
    factories.waits(lupita)
    judgement = judged(noted(ramos.actor))
    assert {one.found.slot.actors[0] for one in judgement.candidates} == {ramos.actor.uuid}
    assert vega.actor.uuid != ramos.actor.uuid


def test_judging_writes_nothing(ramos, lupita):
    entry = factories.waits(lupita)
    judged(noted(ramos.actor))
    entry.refresh_from_db()
    assert (entry.status, Offer.objects.exists()) == ("waiting", False)


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"state": "CA"}, "not_eligible"),
        ({"language": "mxb"}, "not_eligible"),
        ({"care": "prevention"}, "not_eligible"),
        ({"modality": "in_person"}, "not_eligible"),
        ({"specialty": "dental"}, "not_eligible"),
        ({"hours": (Span(1, time(6), time(10)),)}, "hours"),
        ({"hours": (Span(2, time(6), time(12)),)}, "hours"),
        ({"last_day": date(2026, 6, 8)}, "hours"),
        ({"first_day": date(2026, 6, 10)}, "hours"),
    ],
    ids=str,
)
def test_why_a_time_is_not_theirs(ramos, lupita, wish, reason):
    factories.waits(lupita, **wish)
    judgement = judged(noted(ramos.actor))
    assert (starts(judgement), reasons(judgement)) == ([], [reason])


def test_only_the_hours_that_suit_are_offered(ramos, lupita):
    factories.waits(lupita, hours=(Span(1, time(10, 15), time(11)),))
    assert starts(judged(noted(ramos.actor))) == [TEN + 30 * MINUTE]


def test_a_time_that_touches_another_visit_of_theirs_is_free_and_one_that_overlaps_is_not(
    ramos, lupita, acompana, elena
):
    other = factories.clinician("Vega", acompana, elena, hours=[Hours(1, time(10, 30), time(11))])
    slot = next(one.slot for one in factories.open_slots() if one.clinician == other)
    held = appointments.hold(slot, by=viewer(user_of(lupita)), at=AT)
    appointments.confirm(held, patient=lupita, by=viewer(user_of(lupita)), at=AT)
    factories.waits(lupita)
    assert starts(judged(noted(ramos.actor))) == [TEN]


def test_without_an_interpreter_a_language_nobody_shares_is_not_served(ramos, nayeli, lupita):
    factories.waits(lupita, language="mxb")
    assert starts(judged(noted(ramos.actor))) == [TEN, TEN + 30 * MINUTE]
    Interpreter.objects.all().update(status="suspended")
    assert reasons(judged(noted(ramos.actor))) == ["not_eligible"]


# --- who may be asked now --------------------------------------------------------------------------------------------


def wished(who, **said):
    known = {"whose": Whose.MINE, "voicemail": False, "join_now": False, "quiet": NIGHT, "reminders": True}
    contacts.wish(user_of(who), Wishes(**known | said), by=viewer(user_of(who)), at=AT)


@pytest.mark.parametrize(
    ("rule", "at", "reason"),
    [
        (NIGHT, AT, None),
        (NIGHT, NIGHT_AT, "quiet_hours"),
        (NEVER, NIGHT_AT, None),
        (Rule(time(8), time(10)), AT, "quiet_hours"),
        (Rule(time(10), time(8)), AT, None),
    ],
    ids=str,
)
def test_nobody_is_asked_in_the_hours_they_want_quiet(ramos, lupita, rule, at, reason):
    factories.waits(lupita, at=NIGHT_AT)
    wished(lupita, quiet=rule)
    judgement = judged(noted(ramos.actor), at=at)
    assert reasons(judgement) == ([reason] if reason else [])
    assert bool(judgement.wakes_at) is (reason == "quiet_hours")


def test_it_is_said_when_they_wake(ramos, lupita):
    factories.waits(lupita, at=NIGHT_AT)
    assert list(judged(noted(ramos.actor), at=NIGHT_AT).wakes_at.values()) == [AT - HOUR]


def test_whoever_wants_no_messages_is_not_woken_for_one(ramos, lupita):
    factories.waits(lupita, at=NIGHT_AT)
    contacts.stop(phone_hash(lupita.phone), "sms", at=AT)
    judgement = judged(noted(ramos.actor), at=NIGHT_AT)
    assert (reasons(judgement), judgement.wakes_at) == (["opted_out"], {})


def test_whoever_has_an_offer_is_not_asked_twice(ramos, lupita):
    factories.waits(lupita)
    factories.offers_go_out()
    assert reasons(judged(noted(ramos.actor))) == ["has_offer"]


@pytest.mark.parametrize(("notice", "found"), [(0, 2), (24 * 60 + 20, 2), (24 * 60 + 51, 1), (26 * 60, 0)])
def test_a_volunteer_knows_early_enough(ramos, lupita, notice, found):
    factories.waits(lupita)
    Schedule.objects.update(notice_minutes=notice)
    assert len(starts(judged(noted(ramos.actor)))) == found


# --- what it costs ---------------------------------------------------------------------------------------------------


def costs(judgement):
    return {one.entry.patient.pk: one.cost for one in judgement.candidates if one.found.slot.starts_at == TEN}


def test_whoever_waits_longer_or_is_more_urgent_gains_more(ramos, lupita, beto):
    ana = factories.patient("Ana", "+17135550146")
    factories.waits(lupita), factories.waits(beto, at=AT - 9 * DAY), factories.waits(ana)
    WaitlistEntry.objects.filter(patient=ana).update(urgency="urgent")
    found = costs(judged(noted(ramos.actor)))
    assert found[ana.pk] < found[beto.pk] < found[lupita.pk] < 0


def test_seeing_her_again_gains_more(ramos, lupita, beto):
    other = factories.booked(beto, 1)
    factories.waits(lupita), factories.waits(beto)
    found = costs(judged(noted(ramos.actor)))
    assert other.starts_at == TEN + 30 * MINUTE
    assert found[beto.pk] < found[lupita.pk]


def candidate(found, entry, **fields):
    known = {"entry": entry, "found": found, "freed": None, "until": AT, "cost": 0}
    return suitability.Candidate(**known | fields)


def test_two_times_of_one_doctor_overlap_only_if_they_share_a_minute(ramos, lupita):
    entry = factories.waits(lupita)
    ten, half_past = (candidate(one, entry) for one in factories.open_slots()[:2])
    assert ten.overlaps(ten) and not ten.overlaps(half_past) and not half_past.overlaps(ten)
    assert ten.time != half_past.time


def test_the_same_hour_of_two_doctors_is_two_times(ramos, lupita, acompana, elena):
    factories.clinician("Vega", acompana, elena, hours=AN_HOUR)
    entry = factories.waits(lupita)
    one, other = (candidate(found, entry) for found in factories.open_slots()[:2])
    assert one.found.slot.starts_at == other.found.slot.starts_at
    assert not one.overlaps(other) and one.time != other.time


# --- what suits already ----------------------------------------------------------------------------------------------


def test_what_is_shown_as_free_is_what_would_be_offered(ramos, lupita):
    entry = factories.waits(lupita, hours=(Span(1, time(10, 30), time(11)),))
    assert [one.slot.starts_at for one in suitability.open_times(entry, at=AT)] == [TEN + 30 * MINUTE]


@pytest.mark.parametrize(("notice", "shown"), [(0, 2), (25 * 60 - 10, 2), (25 * 60 - 9, 1), (30 * 60, 0)])
def test_what_is_too_soon_to_answer_is_not_shown(ramos, lupita, notice, shown):
    entry = factories.waits(lupita)
    Schedule.objects.update(notice_minutes=notice)
    assert len(list(suitability.open_times(entry, at=AT))) == shown


@pytest.mark.parametrize(
    ("zone", "hours", "over"),
    [("America/Chicago", 14, False), ("America/Chicago", 15, True), ("America/New_York", 14, True)],
)
def test_a_last_day_is_over_at_their_midnight(acompana, lupita, zone, hours, over):
    entry = factories.waits(lupita, zone=zone, last_day=AT.date())
    assert suitability.is_over(entry, at=AT + timedelta(hours=hours)) is over
