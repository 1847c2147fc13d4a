"""Whoever speaks what no clinician does: an interpreter who is free then, or two in a relay, in search and hold."""

from dataclasses import replace
from datetime import time

import pytest

from scheduling import appointments, eligibility, schedules, search
from scheduling.matching import Reason
from scheduling.models import Actor, Clinician, Interpreter, Participant, Schedule
from scheduling.refusals import SlotTaken
from scheduling.schedules import Hours
from tests import factories
from tests.factories import AT, DAY, HOUR, MAKER, MINUTE, criteria, user_of, viewer

pytestmark = pytest.mark.django_db

TEN = AT + HOUR
HERS, HIS = viewer(holder="lupita's phone"), viewer(holder="beto's phone")


@pytest.fixture(params=["few fit", "many fit"], autouse=True)
def way(request, monkeypatch):
    """Each test twice: looking up each clinician's times, and walking through time."""
    if request.param == "many fit":
        monkeypatch.setattr(eligibility, "FEW", 0)


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


def look(language="mxb", at=AT, each=0, **wanted):
    return search.find(criteria(language=language, **wanted), at=at, each=each)


def found(language="mxb", **wanted):
    return look(language, **wanted).found


def who(one):
    return [one.clinician.user.preferred_name, *(each.user.preferred_name for each in one.interpreters)]


def refusals(language="mxb", **wanted):
    return {refused.code: refused.count for refused in look(language, **wanted).refusals}


def during(start, end=12):
    return [Hours(day, time(start), time(end)) for day in range(7)]


# --- one interpreter -------------------------------------------------------------------------------------------------


def test_a_time_with_an_interpreter_says_who_interprets_what(dr_park, nayeli):
    first = found()[0]
    assert (first.slot.starts_at, who(first)) == (TEN, ["Park", "Nayeli"])
    assert first.slot.actors == (dr_park.actor.uuid, nayeli.actor.uuid)
    assert first.slot.language == "mxb"
    assert first.across == [(nayeli, ("mxb", "en"))]


def test_whoever_speaks_the_language_needs_nobody(dr_ramos, nayeli):
    assert {one.interpreters for one in found("es")} == {()}


def test_within_an_hour_those_who_speak_it_come_first(dr_park, nayeli, acompana, elena):
    factories.clinician("Xochitl", acompana, elena, languages=["mxb"])
    starts = [(one.slot.starts_at - TEN, len(one.interpreters)) for one in found(limit=50)[:4]]
    assert starts == [(0 * MINUTE, 0), (30 * MINUTE, 0), (0 * MINUTE, 1), (30 * MINUTE, 1)]


def test_a_sooner_hour_with_an_interpreter_comes_before_a_later_one_without(dr_park, nayeli, acompana, elena):
    factories.clinician("Xochitl", acompana, elena, languages=["mxb"], hours=during(11))
    assert [len(one.interpreters) for one in found(limit=50)[:4]] == [1, 1, 0, 0]


def test_an_interpreter_is_not_asked_while_there_are_times_enough_soon_without(dr_park, nayeli, acompana, elena):
    for name in ("Uno", "Dos"):
        factories.clinician(name, acompana, elena, languages=["mxb"], hours=during(11))
    assert {one.interpreters for one in found(limit=4)} == {()}
    assert any(one.interpreters for one in found(limit=20))


def test_only_the_times_at_which_both_are_free(dr_park, voice):
    voice("Nayeli", "mxb", "en", hours=during(11))
    assert [one.slot.starts_at - TEN for one in found(limit=3)] == [HOUR, HOUR + 30 * MINUTE, DAY + HOUR]


def test_an_interpreter_must_be_free_for_the_whole_visit(dr_park, voice):
    factories.visit_type("larga", minutes=60, modality="phone")
    voice("Nayeli", "mxb", "en", hours=[Hours(0, time(10), time(10, 30)), Hours(0, time(11), time(12))])
    assert [one.slot.starts_at for one in found(visit_type="larga", until=AT + DAY)] == [TEN + HOUR]


def test_an_interpreters_notice_and_horizon_count(dr_park, voice):
    voice("Nayeli", "mxb", "en", schedule={"notice_minutes": 90, "horizon_days": 2})
    times = [one.slot.starts_at for one in found(limit=50)]
    assert times[0] == TEN + 30 * MINUTE
    assert times[-1] < AT + 2 * DAY


@pytest.mark.parametrize("status", ["applied", "paused", "suspended"])
def test_only_an_approved_interpreter(dr_park, nayeli, status):
    Interpreter.objects.update(status=status)
    assert found() == []


def test_an_interpreter_speaks_to_both(dr_park, voice):
    voice("Tino", "zai", "en"), voice("Xochitl", "mxb", "es")
    assert found() == []


def test_the_clinician_must_fit_in_everything_else(dr_park, nayeli):
    assert found(state="CA") == found(specialty="dental") == []
    Clinician.objects.update(max_age=17)
    assert found(age=30) == []
    assert found(age=7) != []


def test_who_has_interpreted_less_lately_is_asked_first(dr_park, voice):
    for name in ("Ana", "Beatriz", "Carla"):
        voice(name, "mxb", "en")
    Schedule.objects.exclude(actor__interpreter__user__email__startswith="beatriz").update(given_minutes=600)
    assert {who(one)[1] for one in found()} == {"Beatriz"}


def test_of_equals_not_always_the_same_interprets(acompana, elena, consulta, voice):
    for name in ("Park", "Smith", "Jones"):
        factories.clinician(name, acompana, elena, languages=["en"])
    for name in ("Ana", "Beatriz", "Carla"):
        voice(name, "mxb", "en")
    assert len({who(one)[1] for one in found(limit=50)}) > 1


def test_times_far_away_are_found_too(dr_park, voice):
    voice("Nayeli", "mxb", "en", hours=[Hours(3, time(11), time(12))], schedule={"horizon_days": 14})
    assert [one.slot.starts_at - TEN for one in found(limit=3)] == [
        3 * DAY + HOUR, 3 * DAY + HOUR + 30 * MINUTE, 10 * DAY + HOUR,
    ]  # fmt: skip


def test_nobody_has_more_times_than_asked_for(dr_park, nayeli):
    assert len(found(limit=50, each=3)) == 3


def test_a_group_of_languages_is_heard_by_whoever_speaks_one_of_its_variants(dr_park, nayeli):
    assert who(found("qmx")[0]) == ["Park", "Nayeli"]


# --- a relay ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def relay(dr_park, voice):
    return voice("Xochitl", "mxb", "es"), voice("Bruno", "es", "en")


def test_two_interpret_one_after_the_other(dr_park, relay):
    first, second = relay
    one = found()[0]
    assert (one.slot.starts_at, who(one)) == (TEN, ["Park", "Xochitl", "Bruno"])
    assert one.slot.actors == (dr_park.actor.uuid, first.actor.uuid, second.actor.uuid)
    assert one.across == [(first, ("mxb", "es")), (second, ("es", "en"))]


def test_no_relay_where_one_is_enough(dr_park, relay, nayeli):
    assert {len(one.interpreters) for one in found(limit=50)} == {1}


def test_a_relay_at_the_times_at_which_one_alone_is_not_free(dr_park, relay, voice):
    voice("Nayeli", "mxb", "en", hours=during(11))
    ways = {one.slot.starts_at - TEN: len(one.interpreters) for one in found(until=AT + DAY, limit=50)}
    assert ways == {0 * MINUTE: 2, 30 * MINUTE: 2, HOUR: 1, HOUR + 30 * MINUTE: 1}


def test_all_three_must_be_free(dr_park, voice):
    voice("Xochitl", "mxb", "es", hours=during(11)), voice("Bruno", "es", "en", hours=during(10, 11))
    assert found() == []
    assert refusals() == {Reason.NO_INTERPRETER: 1}


def test_a_relay_goes_through_no_third(dr_park, voice):
    voice("Xochitl", "mxb", "zai"), voice("Tino", "zai", "es"), voice("Bruno", "es", "en")
    assert found() == []
    assert refusals() == {Reason.LANGUAGE: 1}


# --- why not ---------------------------------------------------------------------------------------------------------


def test_a_language_is_a_reason_only_where_nobody_interprets_it(dr_park, dr_ramos, voice):
    assert refusals() == {Reason.LANGUAGE: 2}
    voice("Tino", "mxb", "es")
    assert refusals() == {Reason.LANGUAGE: 1}
    voice("Bruno", "es", "en")
    assert refusals() == {}


def test_interpreters_who_are_busy_are_another_reason(dr_park, voice):
    voice("Nayeli", "mxb", "en", hours=during(15, 17))
    assert refusals() == {Reason.NO_INTERPRETER: 1}


def test_whoever_has_no_time_themselves_is_not_waiting_for_an_interpreter(dr_park, nayeli):
    schedules.set_week(dr_park.actor.schedule, [], by=MAKER, at=AT)
    assert refusals() == {Reason.NO_OPEN_TIME: 1}


def test_whoever_sees_no_such_age_is_counted_for_the_age(dr_park, nayeli):
    Clinician.objects.update(max_age=17)
    assert refusals(age=30) == {Reason.AGE: 1}


# --- holding ---------------------------------------------------------------------------------------------------------


def test_a_hold_takes_the_time_of_everybody(dr_park, relay):
    slot = found()[0].slot
    held = appointments.hold(slot, by=HERS, at=AT)
    parts = held.participants.order_by("pk")
    assert [part.role for part in parts] == ["clinician", "interpreter", "interpreter"]
    assert all(part.occupied.lower == TEN for part in parts)
    assert held.language == "mxb"
    assert factories.slot_of(held) == slot
    factories.assert_the_copy_is_true()


def test_each_ones_buffers_count(dr_park, voice):
    nayeli = voice("Nayeli", "mxb", "en", schedule={"before_minutes": 10, "after_minutes": 5})
    held = appointments.hold(found()[0].slot, by=HERS, at=AT)
    taken = held.participants.get(actor=nayeli.actor).occupied
    assert (taken.lower, taken.upper) == (held.starts_at - 10 * MINUTE, held.ends_at + 5 * MINUTE)


def test_confirming_adds_the_patient(dr_park, nayeli, lupita):
    by = viewer(user_of(lupita))
    visit = appointments.confirm(appointments.hold(found()[0].slot, by=by, at=AT), patient=lupita, by=by, at=AT)
    assert set(visit.participants.values_list("role", flat=True)) == {"clinician", "interpreter", "patient"}


def test_cancelling_frees_everybody(dr_park, relay, lupita):
    by = viewer(user_of(lupita))
    slot = found()[0].slot
    visit = appointments.confirm(appointments.hold(slot, by=by, at=AT), patient=lupita, by=by, at=AT)
    appointments.cancel(visit, because="patient", by=by, at=AT)
    assert not Participant.objects.filter(occupied__isnull=False).exists()
    assert found()[0].slot == slot
    factories.assert_the_copy_is_true()


def test_an_interpreter_who_is_held_is_free_for_nobody_else(dr_park, nayeli, acompana, elena):
    factories.clinician("Smith", acompana, elena, languages=["en"])
    both = [one.slot for one in found(limit=50) if one.slot.starts_at == TEN]
    assert len(both) == 2
    appointments.hold(both[0], by=HERS, at=AT)
    with pytest.raises(SlotTaken):
        appointments.hold(both[1], by=HIS, at=AT)
    assert TEN not in {one.slot.starts_at for one in found(limit=50)}


def test_what_was_refused_left_nobody_taken(dr_park, nayeli, dr_ramos):
    slot = found()[0].slot
    factories.hold(HIS)  # Ramos, in Spanish
    schedules.take_off(nayeli.actor.schedule, AT.date(), AT.date(), by=MAKER, at=AT)
    before = Participant.objects.count()
    with pytest.raises(SlotTaken):
        appointments.hold(slot, by=HERS, at=AT)
    assert Participant.objects.count() == before


FORGED = {
    "without an interpreter": lambda slot, others: replace(slot, actors=slot.actors[:1]),
    "with one who does not speak it": lambda slot, others: replace(slot, actors=(slot.actors[0], others["Tino"])),
    "in the wrong order": lambda slot, others: replace(slot, actors=slot.actors[::-1]),
    "with the same one twice": lambda slot, others: replace(slot, actors=(*slot.actors, slot.actors[1])),
    "with one too many": lambda slot, others: replace(slot, actors=(*slot.actors, others["Bruno"])),
    "with a second clinician": lambda slot, others: replace(slot, actors=(slot.actors[0], others["Ramos"])),
    "in another language": lambda slot, others: replace(slot, language="zai"),
    "in no language": lambda slot, others: replace(slot, language=""),
    "in the clinician's own": lambda slot, others: replace(slot, language="en"),
    "by interpreters alone": lambda slot, others: replace(slot, actors=slot.actors[1:]),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_slot_in_which_the_bridge_is_not_complete_is_not_held(dr_park, nayeli, dr_ramos, voice, how):
    voice("Tino", "zai", "en"), voice("Bruno", "es", "en")
    slot = found()[0].slot
    names = {"Tino": "interpreter", "Bruno": "interpreter", "Ramos": "clinician"}
    others = {
        name: Actor.objects.get(**{f"{kind}__user__email": f"{name.lower()}@acompana.example"}).uuid
        for name, kind in names.items()
    }
    with pytest.raises(SlotTaken):
        appointments.hold(FORGED[how](slot, others), by=HERS, at=AT)


CHANGES = {
    "the interpreter is paused": lambda dr, voice: Interpreter.objects.update(status="paused"),
    "the interpreter unlearnt it": lambda dr, voice: Interpreter.objects.update(languages=["es", "en"]),
    "the clinician is paused": lambda dr, voice: Clinician.objects.update(status="paused"),
    "the clinician speaks otherwise": lambda dr, voice: Clinician.objects.update(languages=["fr"]),
    "the licence is gone": lambda dr, voice: dr.licences.all().delete(),
    "the interpreter wants more notice": lambda dr, voice: Schedule.objects.filter(actor=voice.actor).update(
        notice_minutes=90
    ),
    "the interpreter has no hours": lambda dr, voice: schedules.set_week(voice.actor.schedule, [], by=MAKER, at=AT),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_the_search_is_judged_again(dr_park, nayeli, change):
    slot = found()[0].slot
    CHANGES[change](dr_park, nayeli)
    with pytest.raises(SlotTaken):
        appointments.hold(slot, by=HERS, at=AT)


def test_a_clinician_who_stopped_speaking_the_language_alone_is_not_held(dr_ramos):
    slot = found("es")[0].slot
    Clinician.objects.update(languages=["en"])
    with pytest.raises(SlotTaken):
        appointments.hold(slot, by=HERS, at=AT)


def test_whoever_missed_it_is_told_of_the_same_clinician_with_another_interpreter(dr_park, voice):
    voice("Ana", "mxb", "en"), voice("Beatriz", "mxb", "en")
    slot = found()[0].slot
    lost = Actor.objects.get(uuid=slot.actors[1])
    schedules.take_off(lost.schedule, AT.date(), AT.date(), by=MAKER, at=AT)
    [like] = search.like(slot, limit=1, at=AT)
    assert (like.slot.starts_at, like.slot.actors[0]) == (TEN, dr_park.actor.uuid)
    assert like.slot.actors[1] not in (lost.uuid, None)
    assert appointments.hold(like.slot, by=HERS, at=AT).status == "proposed"


def test_looking_with_interpreters_takes_few_queries_more(dr_park, relay, nayeli, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        assert found(limit=200)
