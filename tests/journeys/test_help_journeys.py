"""Nobody alone: a red flag or a death is on the board at once, a coordinator takes it, and the person is told who."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import Patient, Staff
from tests.journeys.steps import (
    given_a_patient,
    given_staff_at_work,
    when_they_begin_at_home,
    when_they_say_what_they_need,
)

pytestmark = pytest.mark.journey


def test_a_sign_of_danger_calls_a_coordinator(world):
    tomas = given_staff_at_work(world, "tomas", "/tablero/")
    given_the_board_is_watched(tomas)
    lupita = given_a_patient(world, "Lupita", "713 555 0171")
    when_they_begin_at_home(lupita)
    when_they_say_what_they_need(lupita)
    when_she_presses_a_sign_of_danger(lupita)
    then_the_number_comes_first(lupita)
    then_a_card_appears_without_reload(tomas)
    when_she_says_where_she_is(lupita)
    code = then_she_has_a_code(lupita)
    when_he_takes_it(tomas, code)
    then_she_reads_who_is_on_it(lupita, "Tomás")
    then_the_case_has_what_she_said(tomas, lupita)
    when_he_writes_what_he_did_and_closes(tomas)
    lupita.sees("This request is closed")


def given_the_board_is_watched(staff: Staff) -> None:
    staff.sees("Board")
    expect(staff.page.locator("[data-not-live]")).to_be_hidden()
    staff.alone = staff.page.locator("article.case.alone").count()
    staff.page.evaluate("window.sameAsBefore = true")


def when_she_presses_a_sign_of_danger(patient: Patient) -> None:
    patient.page.locator(".sign[data-tone=danger]").first.click()
    patient.page.wait_for_url(re.compile("/casos/.+/ahora/"))


def then_the_number_comes_first(patient: Patient) -> None:
    """Above any field, and on the screen without scrolling."""
    number = patient.page.locator("main a[href^='tel:']").first
    first_field = patient.page.locator("main form").first
    assert number.bounding_box()["y"] < first_field.bounding_box()["y"]
    assert number.bounding_box()["y"] < patient.page.viewport_size["height"]
    patient.looks("now, with a case")


def then_a_card_appears_without_reload(staff: Staff) -> None:
    expect(staff.page.locator("article.case.alone")).to_have_count(staff.alone + 1, timeout=10_000)
    assert staff.page.evaluate("window.sameAsBefore") is True


def when_she_says_where_she_is(patient: Patient) -> None:
    patient.writes("place", "6550 Bellaire Blvd, Houston")
    patient.writes("phone", patient.phone)
    patient.presses("Tell them now")
    patient.page.wait_for_url(re.compile("/casos/[^/]+/$"))


def then_she_has_a_code(patient: Patient) -> str:
    patient.looks("request")
    return re.search(r"[RNFS]-\d{4,5}", patient.page.inner_text("main"))[0]


def when_he_takes_it(staff: Staff, code: str) -> None:
    card = staff.page.locator("article.case", has_text=code)
    card.get_by_role("button", name=staff.in_their_words("I take it")).click()
    staff.page.wait_for_url(re.compile(f"/tablero/{code}/"))
    staff.looks("case, as coordinator")


def then_she_reads_who_is_on_it(patient: Patient, name: str) -> None:
    expect(patient.page.locator("#state h1")).to_contain_text(name, timeout=10_000)
    patient.looks("case")


def then_the_case_has_what_she_said(staff: Staff, patient: Patient) -> None:
    expect(staff.page.locator("main")).to_contain_text("6550 Bellaire")
    expect(staff.page.locator(f"a[href='tel:{patient.e164}']")).to_be_visible()


def when_he_writes_what_he_did_and_closes(staff: Staff) -> None:
    staff.writes("text", "Hablé con ella; la ambulancia va en camino.")
    staff.presses("Write it down")
    staff.page.locator("summary").first.click()
    staff.page.check("[name=outcome][value=helped]")
    staff.presses("Close the case")
    staff.page.wait_for_url(re.compile("/tablero/$"))


def test_a_death_in_the_family_calls_a_coordinator(world):
    tomas = given_staff_at_work(world, "tomas", "/tablero/")
    given_the_board_is_watched(tomas)
    ana = given_a_patient(world, "Ana", "713 555 0172")
    ana.goes_to("/")
    ana.presses("Someone died")
    ana.sees("Do not sign or pay anything yet.")
    ana.looks("death")
    when_she_asks_to_be_called(ana)
    code = then_she_has_a_code(ana)
    then_a_card_appears_without_reload(tomas)
    assert code.startswith("F-")
    when_he_takes_it(tomas, code)
    then_she_reads_who_is_on_it(ana, "Tomás")


def when_she_asks_to_be_called(patient: Patient) -> None:
    patient.writes("phone", patient.phone)
    patient.presses("Please call me")
    patient.page.wait_for_url(re.compile("/casos/[^/]+/$"))


def test_the_board_puts_life_first(world):
    ana = given_a_patient(world, "Ana", "713 555 0177")
    ana.goes_to("/familia/")
    when_she_asks_to_be_called(ana)
    anybody = given_a_patient(world, "", "713 555 0178")
    anybody.goes_to("/ahora/")
    when_she_says_where_she_is(anybody)
    tomas = given_staff_at_work(world, "tomas", "/tablero/")
    tones = tomas.page.locator("article.case.alone").evaluate_all("cards => cards.map(one => one.dataset.tone)")
    assert tones[0] == "danger"
    assert tones.index("grief") > tones.index("danger")
    tomas.looks("board")


def test_help_shows_the_number_before_any_form(world):
    anybody = given_a_patient(world, "", "713 555 0173")
    anybody.goes_to("/ahora/")
    anybody.page.set_viewport_size({"width": 320, "height": 568})
    number = anybody.page.locator("main a[href='tel:911']").first
    box = number.bounding_box()
    assert box["y"] + box["height"] < 568
    assert box["y"] < anybody.page.locator("main form").first.bounding_box()["y"]
    anybody.looks("now")


def test_help_can_be_asked_for_without_javascript(world):
    anybody = given_a_patient(world, "", "713 555 0174", javascript=False)
    anybody.goes_to("/")
    assert anybody.page.locator("a[href='tel:911']").first.is_visible()
    anybody.goes_to("/ahora/")
    when_she_says_where_she_is(anybody)
    assert then_she_has_a_code(anybody).startswith("R-")


def test_a_report_with_a_mistake_comes_back_with_the_number_still_first(world):
    anybody = given_a_patient(world, "", "713 555 0175")
    anybody.goes_to("/ahora/")
    anybody.writes("place", "El rancho de los Pérez")
    anybody.writes("phone", "713")
    anybody.presses("Tell them now")
    expect(anybody.page.locator("[role=alert]").first).to_be_focused()
    assert anybody.page.input_value("[name=place]") == "El rancho de los Pérez"
    assert anybody.page.locator("main a[href='tel:911']").first.is_visible()
    anybody.looks("now, with mistakes")


def test_who_leaves_fast_leaves_no_page_to_go_back_to(world):
    anybody = given_a_patient(world, "", "713 555 0176")
    anybody.goes_to("/")
    anybody.goes_to("/familia/")
    anybody.page.route(re.compile("^https://"), lambda route: route.fulfill(body="<title>El clima</title>"))
    anybody.page.click("[data-exit]")
    anybody.page.wait_for_url(re.compile("google"))
    anybody.looker.wrong.clear()  # the weather is elsewhere by intent
    anybody.page.go_back()
    assert anybody.place == "/"
