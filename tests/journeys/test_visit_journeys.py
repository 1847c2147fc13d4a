"""The visit itself: two browsers, a door between them, and pictures that arrive on both sides."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Patient, Staff
from tests.journeys.steps import given_a_patient, given_staff_at_work, then_somebody_is_seen_and_heard, when_they_book

pytestmark = pytest.mark.journey


def test_lupita_and_dr_ramos_see_and_hear_each_other(world):
    lupita = given_a_patient(world, "Lupita", "713 555 0161")
    dr_ramos = given_staff_at_work(world, "dr_ramos", "/dia/")
    dr_ramos.looks("day without visits")
    visit = when_they_book(lupita, whom="Ramos")
    when_they_book(given_a_patient(world, "Don Chuy", "713 555 0163", javascript=False), whom="Ramos")
    then_the_day_shows_her_without_reload(dr_ramos, visit)
    when_she_goes_to_the_door(lupita)
    then_she_waits(lupita)
    then_the_day_says_she_is_at_the_door(dr_ramos)
    dr_ramos.looks("day")
    when_he_lets_her_in(dr_ramos, visit)
    then_somebody_is_seen_and_heard(lupita)
    then_somebody_is_seen_and_heard(dr_ramos)
    lupita.looks("room")
    dr_ramos.looks("room, as clinician")
    when_she_mutes_herself(lupita)
    when_he_finishes(dr_ramos)
    then_she_is_told_that_it_is_over(lupita)
    then_the_visit_is_done(lupita, visit)


def then_the_day_shows_her_without_reload(staff: Staff, visit: str) -> None:
    expect(staff.page.locator(f"#parts a[href='{visit}sala/'], #parts a[href='{visit}']").first).to_be_visible()


def when_she_goes_to_the_door(patient: Patient) -> None:
    patient.presses("Enter the appointment")
    patient.looks("door")
    patient.page.click("[data-enter]")


def then_she_waits(patient: Patient) -> None:
    expect(patient.page.locator("[data-part=waiting]")).to_be_visible()
    patient.sees("You are in the waiting room")
    patient.looks("waiting room")


def then_the_day_says_she_is_at_the_door(staff: Staff) -> None:
    staff.sees("At the door")


def when_he_lets_her_in(staff: Staff, visit: str) -> None:
    staff.goes_to(f"{visit}sala/")
    staff.page.click("[data-enter]")
    staff.pressable("Let in").first.click()


def when_she_mutes_herself(patient: Patient) -> None:
    mute = patient.page.locator("[data-audio]")
    mute.click()
    expect(mute).to_have_attribute("aria-pressed", "true")
    patient.sees("Muted")


def when_he_finishes(staff: Staff) -> None:
    staff.presses("Finish")
    staff.page.wait_for_url(re.compile("/nota/"))
    staff.sees("The visit is finished.")
    staff.looks("note")


def then_she_is_told_that_it_is_over(patient: Patient) -> None:
    expect(patient.page.locator("[data-over-title]")).to_have_text(patient.in_their_words("The visit is over"))
    patient.looks("over")


def then_the_visit_is_done(patient: Patient, visit: str) -> None:
    patient.goes_to(visit)
    patient.sees("Done")


def test_dr_ramos_sets_his_hours_and_takes_a_day_off(world):
    dr_ramos = given_staff_at_work(world, "dr_ramos", "/horario/")
    dr_ramos.looks("hours")
    dr_ramos.page.fill("[name=SU_1_from]", "18:00")
    dr_ramos.page.fill("[name=SU_1_to]", "20:00")
    dr_ramos.presses("See whom it touches")
    dr_ramos.sees("Your hours are saved.")
    assert dr_ramos.page.input_value("[name=SU_1_to]") == "20:00"
    dr_ramos.page.fill("[name=first]", "2031-03-12")
    dr_ramos.presses("Take them off")
    off = dr_ramos.page.locator("li", has_text="12 de marzo")
    off.get_by_role("button").click()
    expect(off).to_be_hidden()


def test_a_link_of_somebody_else_is_a_page_that_says_what_to_do(world):
    stranger = given_a_patient(world, "Nadie", "713 555 0162")
    assert stranger.goes_to("/citas/00000000-0000-4000-8000-000000000000/sala/") == 404
    stranger.sees("We did not find that page")
    stranger.looks("not found")
    stranger.presses("Go to the first page")
    assert stranger.place == "/"
