"""Whatever people and the engine do, in whatever order: nobody is forgotten, and nobody is called in vain."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navigation import cases, escalation
from navigation.models import Case, CaseStatus, Escalation, EscalationStatus, Tier
from scheduling.models import Notification, NotificationStatus
from scheduling.refusals import NotPossibleNow
from tests import factories
from tests.factories import AT, help

ENGINE_OF = {
    CaseStatus.OPEN: EscalationStatus.RUNNING,
    CaseStatus.ACKNOWLEDGED: EscalationStatus.ANSWERED,
    CaseStatus.RESOLVED: EscalationStatus.ENDED,
}

acts = st.one_of(
    st.tuples(st.just("step"), st.sampled_from([0, 2, 11, 61])),
    st.tuples(st.sampled_from(["take", "note", "resolve"]), st.sampled_from(["tomas", "rosa"])),
    st.tuples(st.just("tell"), st.sampled_from(list(Tier))),
)


class Story:
    """One case from its opening on, with a clock that only goes forward."""

    def __init__(self, people: dict[str, object]) -> None:
        self.people, self.at = people, AT
        self.case = help.case(tier=Tier.ORANGE)
        self.versions: dict[int, tuple[int, int]] = {}

    def go(self, act: str, given: object) -> None:
        with suppress(NotPossibleNow):
            getattr(self, act)(given)
        for engine in Escalation.objects.select_related("case__owner__data_key"):
            self.check(engine, just_stepped=act == "step")

    def step(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        escalation.step_due(at=self.at)

    def take(self, who: str) -> None:
        cases.acknowledge(self.case, by=self.viewer(who), at=self.at)
        assert not self.owed_below(Escalation.objects.get(case=self.case))

    def note(self, who: str) -> None:
        cases.note(self.case, "x", by=self.viewer(who), at=self.at)

    def resolve(self, who: str) -> None:
        cases.resolve(self.case, "helped", by=self.viewer(who), at=self.at)

    def tell(self, tier: Tier) -> None:
        cases.tell_more(self.case, help.report(tier=tier), by=factories.viewer(at=self.at), at=self.at)

    def viewer(self, who: str):
        return factories.viewer(self.people[who], at=self.at)

    def check(self, engine: Escalation, just_stepped: bool) -> None:
        """Look at a case and its calling: each agrees with the other, and versions only rise."""
        case = engine.case
        assert engine.status == ENGINE_OF[case.status]
        if case.status != CaseStatus.RESOLVED:
            assert (case.owner is not None) == (case.status == CaseStatus.ACKNOWLEDGED)
            assert engine.due_at > self.at or not just_stepped
        if case.status != CaseStatus.OPEN:
            assert not self.owed_below(engine)
        versions = (engine.version, case.version)
        assert all(now >= before for now, before in zip(versions, self.versions.get(case.pk, (0, 0)), strict=True))
        self.versions[case.pk] = versions

    def owed_below(self, engine: Escalation) -> bool:
        still = Notification.objects.filter(topic=escalation.topic(engine.case), status=NotificationStatus.OWED)
        return still.filter(topic_version__lt=engine.version).exists()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(acts, max_size=14))
def test_whatever_happens_nobody_is_forgotten_or_called_in_vain(rota, tomas, rosa, story):
    with transaction.atomic():
        told = Story({"tomas": tomas, "rosa": rosa})
        for act, given_to_it in story:
            told.go(act, given_to_it)
        transaction.set_rollback(True)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(acts, max_size=10))
def test_whatever_happened_an_unresolved_case_still_calls_somebody(rota, tomas, rosa, story):
    with transaction.atomic():
        told = Story({"tomas": tomas, "rosa": rosa})
        for act, given_to_it in story:
            told.go(act, given_to_it)
        for case in Case.objects.unresolved():
            before = len(help.pages(case))
            for _ in range(2):  # once for an answer that expires, and once for the next step
                escalation.step_due(at=Escalation.objects.get(case=case).due_at)
            assert len(help.pages(case)) > before
        transaction.set_rollback(True)
