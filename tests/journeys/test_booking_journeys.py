"""From the first page to a booked visit: on a phone in Spanish, in English, by keyboard alone, without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Patient
from tests.journeys.steps import (
    given_a_patient,
    then_the_visit_is_theirs,
    then_they_see_times_that_say_why_they_fit,
    when_they_begin_at_home,
    when_they_book,
    when_they_come_to_the_times,
    when_they_hold_a_time,
    when_they_say_what_they_need,
    when_they_say_who_they_are,
    when_they_write_the_code,
)

pytestmark = pytest.mark.journey
MARKED = "one => [one, one.closest('label') ?? one].some(each => getComputedStyle(each).outlineStyle !== 'none')"


def test_lupita_books_a_visit_on_her_phone(world):
    lupita = given_a_patient(world, "Lupita", "713 555 0142")
    when_they_come_to_the_times(lupita)
    then_they_see_times_that_say_why_they_fit(lupita)
    when_they_hold_a_time(lupita)
    then_the_time_left_is_counted(lupita)
    before = when_they_say_who_they_are(lupita, email="lupita@ejemplo.mx")
    lupita.looks("code")
    when_they_write_the_code(lupita, before)
    then_the_visit_is_theirs(lupita)
    lupita.looks("visit")
    then_an_invitation_came(lupita, "lupita@ejemplo.mx")
    then_the_link_on_the_phone_opens_the_visit(lupita)
    then_her_visits_are_listed(lupita)


def then_the_time_left_is_counted(patient: Patient) -> None:
    patient.sees("This time is yours")
    expect(patient.page.locator("[data-left]")).to_have_text(re.compile(r"^[45]:\d\d$"))
    patient.looks("hold")


def then_an_invitation_came(patient: Patient, address: str) -> None:
    calendar = patient.world.inside.last_message("appointment_booked", address)["calendar"]
    assert "METHOD:REQUEST" in calendar
    assert patient.place.split("/")[2] in calendar


def then_the_link_on_the_phone_opens_the_visit(patient: Patient) -> None:
    body = patient.world.inside.last_message("appointment_booked", patient.e164)["body"]
    other = given_a_patient(patient.world, "Lupita", patient.phone)
    other.goes_to(re.search(r"http\S+", body)[0])
    assert other.place == patient.place
    other.sees("Confirmed")


def then_her_visits_are_listed(patient: Patient) -> None:
    visit = patient.place
    patient.goes_to("/citas/")
    expect(patient.page.locator(f"a[href='{visit}']")).to_be_visible()
    patient.looks("visits")


def test_sam_books_a_visit_in_english(world):
    sam = given_a_patient(world, "Sam", "713 555 0151", language="en")
    when_they_come_to_the_times(sam, speaks="en")
    then_they_see_times_that_say_why_they_fit(sam)
    when_they_hold_a_time(sam)
    when_they_write_the_code(sam, when_they_say_who_they_are(sam))
    then_the_visit_is_theirs(sam)
    assert sam.page.locator("html").get_attribute("lang") == "en"


def test_berta_changes_the_language_and_keeps_what_she_typed(world):
    berta = given_a_patient(world, "Berta", "713 555 0152")
    when_they_begin_at_home(berta)
    berta.writes("where", "77074")
    berta.page.click("[data-language]")
    berta.page.wait_for_load_state()
    assert berta.page.input_value("[name=where]") == "77074"
    berta.language = "en"
    berta.sees("In which language do you want to talk?")


def test_don_chuy_books_without_javascript(world):
    chuy = given_a_patient(world, "Don Chuy", "713 555 0153", javascript=False)
    visit = when_they_book(chuy)
    then_the_visit_is_theirs(chuy)
    then_he_can_save_it_in_his_calendar(chuy)
    then_the_room_says_that_it_needs_javascript(chuy, visit)
    when_he_cancels(chuy, visit)
    chuy.sees("Cancelled")


def then_he_can_save_it_in_his_calendar(patient: Patient) -> None:
    with patient.page.expect_download() as saved:
        patient.pressable("Save in my calendar").click()
    assert saved.value.suggested_filename == "cita.ics"


def then_the_room_says_that_it_needs_javascript(patient: Patient, visit: str) -> None:
    status = patient.goes_to(f"{visit}sala/")
    if status == 200:
        patient.sees("The call needs JavaScript")
    else:  # the door opens half an hour before, and the visit is tomorrow
        assert status == 425
        patient.sees("The room is not open yet")


def when_he_cancels(patient: Patient, visit: str) -> None:
    patient.goes_to(visit)
    patient.presses("Cancel")
    patient.presses("Yes, cancel it")


def test_ines_books_by_keyboard_alone(world):
    ines = given_a_patient(world, "Inés", "713 555 0154")
    ines.goes_to("/")
    by_keyboard(ines, "See a doctor")
    reach(ines, "[name=where]")
    ines.page.keyboard.type("77074")
    reach(ines, "[name=language]:checked")
    by_keyboard(ines, "Go on")
    by_keyboard(ines, "No, none of this")
    reach(ines, "article.offer:last-of-type .times button")
    ines.page.keyboard.press("Enter")
    ines.page.wait_for_url(re.compile("/apartar/.+"))
    for name, words in {"name": "Inés", "phone": ines.phone}.items():
        reach(ines, f"[name={name}]")
        ines.page.keyboard.type(words)
    before = ines.codes_so_far()
    by_keyboard(ines, "Send me the code")
    reach(ines, "[name=code]")
    ines.page.keyboard.type(ines.reads_the_code(after=before))
    ines.page.keyboard.press("Enter")
    ines.page.wait_for_url(re.compile("/citas/.+"))
    then_the_visit_is_theirs(ines)


def by_keyboard(person: Patient, words: str) -> None:
    """Tab to what says this, see that it is marked, and press it."""
    name = person.in_their_words(words)
    reach(person, f"a:has-text('{name}'), button:has-text('{name}')")
    person.page.keyboard.press("Enter")
    person.page.wait_for_load_state()


def reach(person: Patient, selector: str) -> None:
    wanted = person.page.locator(selector).first
    for _ in range(150):
        person.page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate(MARKED)
            return
    raise AssertionError(f"the keyboard does not reach {selector} on {person.place}")


def test_rosa_comes_back_with_a_mistake(world):
    rosa = given_a_patient(world, "Rosa", "713 555 0155")
    when_they_begin_at_home(rosa)
    rosa.presses("Go on")
    rosa.sees("Write your ZIP code or your state. Doctors are licensed by state.")
    rosa.looks("ask with mistakes")
    when_they_say_what_they_need(rosa, where="Texas")
    assert re.match("/pedir/.+", rosa.place)


def test_where_nobody_fits_the_page_says_why_and_what_else(world):
    ana = given_a_patient(world, "Ana", "713 555 0156")
    when_they_come_to_the_times(ana, where="Wyoming", speaks="qmx", town="Tezoatlán")
    ana.sees("No time for you yet")
    ana.looks("no times")
    ana.presses("Orientation")
    assert "care=orientation" in ana.place
