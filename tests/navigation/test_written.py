"""Whoever writes AYUDA gets a person, and whoever writes of danger gets one faster, and the number to call first."""

import pytest

from navigation import cases, written
from navigation.models import Case, Escalation
from scheduling import inbound
from scheduling.models import Event, EventClaim, InboundMessage
from tests import factories
from tests.factories import AT, HOUR, MINUTE, viewer
from tests.factories.help import taken

pytestmark = pytest.mark.django_db

HERS = "+17135550142"


def test_help_opens_a_case_with_the_number_to_call(write, acompana):
    assert write("AYUDA")[0].startswith("Una persona le llama")
    case = Case.objects.get()
    assert (case.kind, case.tier, case.callback, case.flags) == ("help", "follow_up", HERS, ["WROTE"])
    assert (case.organization, case.status) == (acompana, "open")
    assert Escalation.objects.get(case=case).due_at == AT


def test_of_somebody_we_know_the_name_and_place_are_known_too(write, lupita):
    write("AYUDA")
    case = Case.objects.get()
    assert (case.preferred_name, case.state, case.language) == ("Lupita", "TX", "es")


def test_it_goes_to_the_organization_of_their_last_visit(write, dr_ramos, lupita, settings):
    factories.booked(lupita)
    factories.organization("elsewhere", states=["TX"])
    settings.DEFAULT_ORGANIZATION = "elsewhere"
    write("AYUDA")
    assert Case.objects.get().organization.slug == "acompana"


def test_asking_again_is_the_same_case(write):
    write("AYUDA"), write("ayuda por favor", at=AT + MINUTE)
    assert Case.objects.count() == 1


def test_asking_on_another_day_or_after_it_was_resolved_is_another(write, tomas):
    write("AYUDA"), write("AYUDA", at=AT + written.SAME)
    assert Case.objects.count() == 2
    for case in Case.objects.all():
        cases.resolve(taken(case, tomas), "helped", by=viewer(tomas), at=AT + written.SAME)
    write("AYUDA", at=AT + written.SAME + MINUTE)
    assert Case.objects.count() == 3


def test_words_that_tell_of_danger_open_a_case_and_say_whom_to_call(write):
    answers = write("me duele mucho el pecho y no puedo respirar")
    case = Case.objects.get()
    assert (case.kind, case.tier, case.told_to_call) == ("medical", "red", "911")
    assert answers[-1].startswith("Llame ya al 911. Diga primero dónde está.")


def test_a_cry_for_help_with_danger_in_it_is_an_emergency(write):
    write("ayuda mi esposo no respira")
    assert Case.objects.get().tier == "red"


def test_danger_told_after_help_was_asked_makes_the_case_more_urgent(write):
    write("AYUDA"), write("me duele mucho el pecho", at=AT + HOUR)
    case = Case.objects.get()
    assert (case.tier, "WROTE" in case.flags) == ("red", True)


def test_words_of_no_danger_disturb_nobody(write):
    write("a que hora es")
    assert Case.objects.count() == 0


@pytest.mark.parametrize("text", ["ALTO", "ALTA", "gracias", "1"])
def test_what_was_understood_is_not_read(write, text):
    write(text)
    assert Case.objects.count() == 0
    assert (text == "1") or not EventClaim.objects.filter(reader=written.READER).exists()


def test_a_message_that_was_forgotten_meanwhile_is_let_go(write):
    inbound.receive("http", "x", phone=HERS, text="AYUDA", at=AT)
    inbound.answer_due(at=AT)
    InboundMessage.objects.all().delete()
    assert written.read(at=AT) == 1
    assert not EventClaim.objects.filter(reader=written.READER).exists()


def test_no_event_says_what_was_written(write):
    write("me duele mucho el pecho")
    assert "pecho" not in str([event.codes for event in Event.objects.all()])


@pytest.mark.parametrize(("language", "says"), [("es", "Llame ya al 911."), ("en", "Call 911 now.")])
def test_it_is_said_in_their_language(write, lupita, language, says):
    user = factories.user_of(lupita)
    user.language = language
    user.save(update_fields=["language"])
    assert write("chest pain, i cannot breathe")[-1].startswith(says)
