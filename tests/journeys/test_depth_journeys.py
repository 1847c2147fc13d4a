"""Beyond the first visit: interpreters, talks, the waiting list, and a volunteer from application to first hours."""

import re

import pytest

from tests.journeys.people import Patient, Staff
from tests.journeys.steps import (
    given_a_patient,
    given_staff_at_work,
    then_the_visit_is_theirs,
    when_they_book,
    when_they_come_to_the_times,
    when_they_say_who_they_are,
    when_they_write_the_code,
)

pytestmark = pytest.mark.journey


def test_a_mixtec_speaker_books_with_the_interpreter_of_her_town(world):
    eulalia = given_a_patient(world, "Eulalia", "713 555 0181")
    when_they_come_to_the_times(eulalia, speaks="qmx", town="Tezoatlán de Segura y Luna")
    eulalia.sees("With an interpreter")
    eulalia.looks("times with an interpreter")
    when_they_hold_one_with_an_interpreter(eulalia)
    when_they_write_the_code(eulalia, when_they_say_who_they_are(eulalia))
    then_the_visit_is_theirs(eulalia)
    assert "Nayeli" in eulalia.page.locator("main").inner_text()
    nayeli = given_staff_at_work(world, "nayeli", "/turnos/")
    nayeli.sees("I cannot go")
    nayeli.looks("turns")


def when_they_hold_one_with_an_interpreter(patient: Patient) -> None:
    """Hold the last time shown: the next ones are for those who go in at once."""
    offer = patient.page.locator("article.offer", has_text="Nayeli").first
    offer.locator(".times button").last.click()
    patient.page.wait_for_url(re.compile("/apartar/.+"))


def test_somebody_takes_a_place_in_a_talk_and_the_host_sees_who_comes(world):
    toña = given_a_patient(world, "Toña", "713 555 0182")
    toña.goes_to("/")
    toña.presses("Talks")
    toña.looks("talks")
    toña.page.get_by_role("button", name=toña.in_their_words("Take a place")).first.click()
    toña.page.wait_for_url(re.compile("/apartar/.+"))
    when_they_write_the_code(toña, when_they_say_who_they_are(toña))
    toña.sees("Confirmed")
    dr_ramos = given_staff_at_work(world, "dr_ramos", "/platicas/")
    dr_ramos.goes_to("/dia/")
    dr_ramos.page.locator("a[href^='/platicas/']").first.click()
    dr_ramos.page.wait_for_load_state()
    dr_ramos.looks("talk, as host")
    assert "Toña" in dr_ramos.page.locator("main").inner_text()


def test_where_there_is_no_time_somebody_goes_on_the_waiting_list(world):
    chuy = given_a_patient(world, "Chuy", "713 555 0183")
    when_they_come_to_the_times(chuy, where="Wyoming")
    chuy.presses("Waiting list")
    chuy.looks("waiting list")
    before = chuy.codes_so_far()
    chuy.writes("name", "Chuy")
    chuy.writes("phone", chuy.phone)
    chuy.presses("Send me the code")
    chuy.writes("code", chuy.reads_the_code(before))
    chuy.presses("Go on the list")
    chuy.sees("You are on the list")
    chuy.looks("on the waiting list")
    tomas = given_staff_at_work(world, "tomas", "/espera/lista/")
    assert "Chuy" in tomas.page.locator("main").inner_text()
    tomas.looks("who waits")
    chuy.presses("Leave the list")


def test_a_volunteer_from_application_to_first_hours(world):
    ines = Patient(world, "Inés", "")
    when_she_applies(ines)
    elena = given_staff_at_work(world, "elena", "/voluntarios/lista/")
    elena.looks("volunteers")
    when_the_admin_verifies_and_approves(elena)
    then_she_begins_with_the_link_of_her_mail(ines, world)


def when_she_applies(ines: Patient) -> None:
    ines.goes_to("/voluntarios/medicina/")
    ines.looks("application")
    ines.writes("name", "Dra. Inés Prueba")
    ines.writes("email", "ines@prueba.example")
    ines.page.check("[name=organization] >> nth=0")
    ines.page.check("[name=spoken][value=es]")
    ines.page.select_option("[name=profession]", "physician")
    ines.page.check("[name=specialties][value=family]")
    ines.page.select_option("[name=where]", "TX")
    ines.writes("number", "T-12345")
    ines.writes("expires_on", "2031-03-12")
    ines.presses("I want to help")
    ines.sees("Thank you. We have it.")


def when_the_admin_verifies_and_approves(elena: Staff) -> None:
    elena.page.get_by_role("link", name="Dra. Inés Prueba").click()
    elena.page.wait_for_load_state()
    elena.looks("a volunteer")
    elena.page.locator("[name$=-source]").fill("Texas Medical Board, 12 de marzo")
    elena.page.get_by_role("button", name=elena.in_their_words("Verified"), exact=True).click()
    elena.sees("The licence is verified.")
    elena.writes("approval", "Videollamada, dos referencias")
    elena.page.get_by_role("button", name=elena.in_their_words("Approve"), exact=True).click()
    elena.sees("Approved. We sent the e-mail to choose a password.")


def then_she_begins_with_the_link_of_her_mail(ines: Patient, world) -> None:
    mail = world.inside.last_message("volunteer_approved", "ines@prueba.example")["body"]
    ines.page.goto(re.search(r"https?://\S+/password/reset/key/\S+", mail)[0])
    for field in ines.page.locator("input[type=password]").all():
        field.fill("caballo-correcto-pila")
    ines.looks("choose a password")
    ines.page.locator("main form button, main form [type=submit]").first.click()
    ines.page.wait_for_load_state()
    ines.goes_to("/cuenta/login/")
    ines.writes("login", "ines@prueba.example")
    ines.writes("password", "caballo-correcto-pila")
    ines.presses("Go in")
    assert re.search("/dia/|/2fa/", ines.page.url)


def test_who_booked_reads_on_paper_what_they_need(world):
    """The visit's page still says everything when it is printed."""
    lola = given_a_patient(world, "Lola", "713 555 0184")
    when_they_book(lola)
    lola.page.emulate_media(media="print")
    assert "Casa" not in lola.page.title()
    assert lola.page.locator(".when .hour").first.is_visible()
    assert not lola.page.locator("header.top").first.is_visible()
