"""When something is in the way: a time taken, a hold that ended, a wrong code; each says what to do now."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Patient, Person
from tests.journeys.steps import (
    given_a_patient,
    then_the_visit_is_theirs,
    when_they_come_to_the_times,
    when_they_hold_a_time,
    when_they_say_who_they_are,
    when_they_write_the_code,
)

pytestmark = pytest.mark.journey


def test_a_time_somebody_else_took_a_moment_ago(world):
    ana = given_a_patient(world, "Ana", "713 555 0181")
    beto = given_a_patient(world, "Beto", "713 555 0182")
    for one in (ana, beto):
        when_they_come_to_the_times(one)
    when_they_hold_a_time(ana)
    when_he_presses_the_same_time(beto)
    then_he_is_offered_the_next_three(beto)
    when_he_takes_one_of_them(beto)
    when_they_write_the_code(beto, when_they_say_who_they_are(beto))
    then_the_visit_is_theirs(beto)


def when_he_presses_the_same_time(patient: Patient) -> None:
    patient.page.locator("article.offer").last.locator(".times button").first.click()
    patient.page.wait_for_load_state()


def then_he_is_offered_the_next_three(patient: Patient) -> None:
    patient.sees("That time is no longer free")
    expect(patient.page.locator(".times button")).to_have_count(3)
    patient.looks("taken")


def when_he_takes_one_of_them(patient: Patient) -> None:
    patient.page.locator(".times button").first.click()
    patient.page.wait_for_url(re.compile("/apartar/.+"))


def test_a_hold_that_ended_can_be_held_again_and_nothing_is_lost(world):
    ana = given_a_patient(world, "Ana", "713 555 0183")
    when_they_come_to_the_times(ana)
    when_they_hold_a_time(ana)
    before = when_they_say_who_they_are(ana)
    when_the_five_minutes_are_over(ana)
    ana.writes("code", ana.reads_the_code(after=before))
    ana.presses("Confirm my appointment")
    ana.sees("The time to confirm is over")
    ana.looks("hold over")
    ana.page.locator("main form button").first.click()
    ana.sees("This time is yours")
    assert ana.page.input_value("[name=name]") == "Ana"
    assert ana.page.input_value("[name=phone]") == ana.phone
    when_they_write_the_code(ana, when_they_say_who_they_are(ana))
    then_the_visit_is_theirs(ana)


def when_the_five_minutes_are_over(patient: Patient) -> None:
    patient.world.inside.let_lapse(patient.place.split("/")[2])


def test_mistakes_come_back_with_what_was_typed(world):
    ana = given_a_patient(world, "Ana", "713 555 0184")
    when_they_come_to_the_times(ana)
    when_they_hold_a_time(ana)
    for name, words in {"name": "Ana", "phone": "713 555 018", "reason": "La rodilla"}.items():
        ana.writes(name, words)
    ana.presses("Send me the code")
    expect(ana.page.locator("[role=alert]")).to_be_focused()
    assert ana.page.input_value("[name=reason]") == "La rodilla"
    ana.looks("hold with mistakes")
    before = when_they_say_who_they_are(ana)
    right = ana.reads_the_code(after=before)
    ana.writes("code", f"{(int(right) + 1) % 1_000_000:06}")
    ana.presses("Confirm my appointment")
    ana.sees("That is not the code")
    expect(ana.page.locator("[name=code]")).to_be_focused()
    ana.looks("wrong code")
    ana.writes("code", right)
    ana.presses("Confirm my appointment")
    ana.page.wait_for_url(re.compile("/citas/.+"))


def test_a_visit_is_cancelled_after_asking_once_more(world):
    ana = given_a_patient(world, "Ana", "713 555 0185")
    when_they_come_to_the_times(ana)
    when_they_hold_a_time(ana)
    when_they_write_the_code(ana, when_they_say_who_they_are(ana))
    ana.presses("Cancel")
    ana.looks("cancel")
    ana.presses("Yes, cancel it")
    ana.sees("Cancelled")
    ana.looks("cancelled")


def test_the_pages_around_it_are_for_everybody_too(world):
    anybody = Person(world)
    pages = {"/entrar/": "sign in", "/cuenta/login/": "staff sign-in", "/voluntarios/": "volunteer"}
    for address, what in (pages | {"/voluntarios/medicina/": "apply"}).items():
        anybody.goes_to(address)
        anybody.looks(what)
    anybody.goes_to("/entrar/")
    anybody.writes("phone", "713 555 0186")
    anybody.presses("Send me the code")
    anybody.looks("sign-in code")
