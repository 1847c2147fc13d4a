"""Whatever people and sweeps do, in whatever order: no hold for ever, nobody twice, and no time offered to two."""

from contextlib import suppress
from datetime import time, timedelta
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import appointments, freed, quiet, waitlist
from scheduling.models import Appointment, EventClaim, FreedTime, Offer, Participant, Patient, WaitlistEntry
from scheduling.refusals import Refusal
from scheduling.weeks import Hours
from tests import factories
from tests.factories import AT, user_of, viewer

WEEK = [Hours(day, time(10), time(11)) for day in (0, 1, 2)]  # six half hours
NAMES = ["Lupita", "Beto", "Ana"]

who = st.sampled_from(NAMES)
acts = st.one_of(
    st.tuples(st.sampled_from(["join", "leave", "accept", "decline", "book", "cancel"]), who),
    st.tuples(st.sampled_from(["wait", "sweep"]), st.sampled_from([1, 10, 29, 60, 9 * 60])),
)


class Story:
    """Three people and one doctor, with a clock that only goes forward."""

    def __init__(self, people: dict[str, Patient]) -> None:
        self.people, self.at = people, AT

    def by(self, name: str):
        return viewer(user_of(self.people[name]), at=self.at)

    def go(self, act: str, given: object) -> None:
        with suppress(Refusal):
            getattr(self, act)(given)
        self.check()

    def join(self, name: str) -> None:
        factories.waits(self.people[name], at=self.at)

    def leave(self, name: str) -> None:
        for entry in WaitlistEntry.objects.filter(patient=self.people[name]):
            waitlist.leave(entry, by=self.by(name), at=self.at)

    def accept(self, name: str) -> None:
        for offer in self.offers(name):
            booked = waitlist.accept(offer, by=self.by(name), at=self.at)
            assert self.at < offer.due_at or offer.status == "accepted"
            assert booked.patient == self.people[name]

    def decline(self, name: str) -> None:
        for offer in self.offers(name):
            waitlist.decline(offer, by=self.by(name), at=self.at)

    def offers(self, name: str) -> list[Offer]:
        """Whatever was ever offered to somebody: old links are pressed too."""
        return list(Offer.objects.for_display().filter(entry__patient=self.people[name]))

    def book(self, name: str) -> None:
        if found := factories.open_slots(at=self.at):
            held = appointments.hold(found[0].slot, by=self.by(name), at=self.at)
            appointments.confirm(held, patient=self.people[name], by=self.by(name), at=self.at)

    def cancel(self, name: str) -> None:
        for visit in Appointment.objects.filter(patient=self.people[name], status="booked"):
            appointments.cancel(visit, because="patient", by=self.by(name), at=self.at)

    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    def sweep(self, minutes: int) -> None:
        self.wait(minutes)
        for act in (freed.read, waitlist.read, waitlist.lapse_due, appointments.lapse_holds, freed.look_again):
            act(at=self.at)
        freed.offer_due(at=self.at)
        self.check_swept()

    def check(self) -> None:
        taken = Participant.objects.filter(occupied__isnull=False).order_by("actor", "occupied")
        spans = [(part.actor_id, part.occupied.lower, part.occupied.upper) for part in taken]
        assert all(one[0] != after[0] or one[2] <= after[1] for one, after in pairwise(spans))
        offers = list(Offer.objects.open().select_related("appointment", "entry"))
        assert len({offer.appointment.starts_at for offer in offers}) == len(offers)
        assert len({offer.entry_id for offer in offers}) == len(offers)
        for offer in offers:
            assert offer.entry.status == "offered"
            assert offer.appointment.held_until in (offer.due_at, None)
            assert quiet.awake_at(offer.due_at - timedelta(seconds=1), "America/Chicago") < offer.due_at
        offered = WaitlistEntry.objects.filter(status="offered").count()
        assert offered == len(offers)

    def check_swept(self) -> None:
        """Once the sweeps came by, what is held for somebody is open to an answer, and nothing is held for nobody."""
        held = Appointment.objects.filter(status="proposed", held_by="")
        assert not held.filter(held_until__lte=self.at).exists()
        assert set(held.values_list("pk", flat=True)) == set(Offer.objects.open().values_list("appointment", flat=True))
        assert not EventClaim.objects.filter(attempts__gt=0).exists()
        assert not FreedTime.objects.filter(due_at__lte=self.at).exists()
        factories.assert_the_copy_is_true(at=self.at)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(acts, min_size=3, max_size=14))
def test_every_hold_ends_and_every_time_is_one_persons(db, acompana, elena, consulta, story):
    with transaction.atomic():
        factories.clinician("Ramos", acompana, elena, hours=WEEK, schedule={"horizon_days": 7})
        people = {name: factories.patient(name, f"+1713555014{number}") for number, name in enumerate(NAMES)}
        told = Story(people)
        for act, given_ in story:
            told.go(act, given_)
        told.sweep(12 * 60)
        told.sweep(12 * 60)
        transaction.set_rollback(True)


def test_a_story_in_which_everything_happens(acompana, elena, consulta):
    factories.clinician("Ramos", acompana, elena, hours=WEEK[:1], schedule={"horizon_days": 5})
    people = {name: factories.patient(name, f"+1713555014{number}") for number, name in enumerate(NAMES)}
    told = Story(people)
    for act, given_ in [
        ("book", "Beto"), ("join", "Lupita"), ("join", "Ana"), ("sweep", 1), ("cancel", "Beto"), ("sweep", 1),
        ("decline", "Lupita"), ("accept", "Lupita"), ("sweep", 29), ("accept", "Ana"), ("sweep", 10), ("leave", "Ana"),
    ]:  # fmt: skip
        told.go(act, given_)
    assert {offer.status for offer in Offer.objects.all()} >= {"accepted", "declined"}
