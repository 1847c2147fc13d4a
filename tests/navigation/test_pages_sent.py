"""What a page says on somebody's telephone: which case, of what sort, how urgent; nothing about anybody."""

from datetime import timedelta

import pytest

from navigation import escalation
from navigation.models import CaseKind, Tier
from scheduling import notifications
from scheduling.models import NotificationStatus, Queue
from tests.factories import AT, help

SECRETS = {"callback": "+17135550142", "place": "Rancho El Sol", "preferred_name": "Lupita"}


def paged(outbox, clock) -> list[str]:
    escalation.step_due(at=clock())
    return [message.body for message in outbox.messages("page")]


def test_a_page_in_spanish(rota, outbox, clock):
    one = help.case(flags=["CHEST"], **SECRETS)
    assert paged(outbox, clock) == [f"{one.code} · Vida · emergencia médica. Abra el tablero."]


def test_a_page_in_english(rota, tomas, outbox, clock):
    type(tomas).objects.filter(pk=tomas.pk).update(language="en")
    one = help.case(tier=Tier.FUNERAL, kind=CaseKind.FUNERAL, **SECRETS)
    assert paged(outbox, clock) == [f"{one.code} · Death · death in the family. Open the board."]


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("language", ["es", "en"])
def test_no_page_tells_on_anybody(rota, tomas, outbox, clock, kind, language):
    type(tomas).objects.filter(pk=tomas.pk).update(language=language)
    help.case(kind=kind, flags=["CHEST"], state="TX", **SECRETS)
    [said] = paged(outbox, clock)
    assert not [secret for secret in [*SECRETS.values(), "CHEST", "TX"] if secret in said]


def test_a_page_goes_to_the_telephone_of_who_is_called(rota, tomas, outbox, clock):
    help.case()
    escalation.step_due(at=AT)
    assert [message.address for message in outbox.messages("page")] == [tomas.phone]


def test_a_page_goes_to_the_number_somebody_has_by_now(rota, tomas, outbox, clock):
    help.case()
    escalation.step_due(at=AT)
    tomas.phone = "+17135550199"
    tomas.save()
    assert [message.address for message in outbox.messages("page")] == ["+17135550199"]


def test_a_page_says_how_urgent_the_case_is_by_now(rota, outbox, clock):
    one = help.case(tier=Tier.ORANGE)
    escalation.step_due(at=AT)
    type(one).objects.filter(pk=one.pk).update(tier=Tier.RED)
    assert "Vida" in outbox.messages("page")[0].body


def test_pages_wait_behind_nothing(rota):
    one = help.case()
    escalation.step_due(at=AT)
    assert [page.queue for page in help.pages(one)] == [Queue.PAGES]


def test_an_answer_between_the_lease_and_the_sending_stops_the_page(rota, tomas, outbox, monkeypatch):
    one = help.case()
    escalation.step_due(at=AT)
    lease = notifications._lease

    def lease_and_then_somebody_answers(queue, at, until):
        leased = lease(queue, at, until)
        help.taken(one, by=tomas)
        return leased

    monkeypatch.setattr(notifications, "_lease", lease_and_then_somebody_answers)
    assert outbox.messages("page") == []
    assert [page.status for page in help.pages(one)] == [NotificationStatus.VOID]


def test_an_answer_stops_a_page_that_failed_and_was_to_be_tried_again(rota, tomas, outbox, settings, clock):
    one = help.case()
    escalation.step_due(at=AT)
    settings.SMS_GATEWAY = "scheduling.gateways.missing"
    notifications.deliver_due(Queue.PAGES, at=AT)
    help.taken(one, by=tomas)
    settings.SMS_GATEWAY = "scheduling.gateways.outbox"
    clock.move(hours=1)
    assert outbox.messages("page") == []


def test_the_ladder_goes_on_while_no_page_can_be_sent(rota, settings):
    settings.SMS_GATEWAY = "scheduling.gateways.missing"
    one = help.case()
    escalation.step_due(at=AT)
    notifications.deliver_due(Queue.PAGES, at=AT)
    escalation.step_due(at=AT + timedelta(minutes=2))
    assert help.calls(one) == [(0, ["Tomas"]), (2, ["Tomas", "Rosa"])]
