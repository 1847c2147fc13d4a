"""The steps of journeys: what is given, what people do, and what they then see."""

import re

from playwright.sync_api import expect

from tests.journeys.people import Patient, Staff, World

# --- given -----------------------------------------------------------------------------------------------------------


def given_a_patient(world: World, name: str, phone: str, **how) -> Patient:
    return Patient(world, name, phone, **how)


def given_staff_at_work(world: World, handle: str, page: str) -> Staff:
    staff = Staff(world, handle)
    staff.signs_in()
    assert staff.goes_to(page) == 200
    return staff


# --- when: a patient -------------------------------------------------------------------------------------------------


def when_they_begin_at_home(patient: Patient) -> None:
    patient.goes_to("/")
    patient.looks("home")
    patient.presses("See a doctor")
    patient.looks("ask")


def when_they_say_what_they_need(patient: Patient, where: str = "77074", speaks: str = "es") -> None:
    patient.writes("text", "Me duele la rodilla desde hace dos semanas")
    patient.writes("where", where)
    patient.page.check(f"[name=language][value={speaks}]")
    patient.presses("Go on")


def when_none_of_the_signs_is_there(patient: Patient) -> None:
    patient.looks("signs")
    patient.presses("No, none of this")


def when_they_hold_a_time(patient: Patient, whom: str = "") -> None:
    """Hold the first time of whoever is named, else the first time of whoever comes last."""
    offers = patient.page.locator("article.offer")
    offer = offers.filter(has_text=whom).first if whom else offers.last
    offer.locator(".times button").first.click()
    patient.page.wait_for_url(re.compile("/apartar/.+"))


def when_they_say_from_which_town(patient: Patient, town: str) -> None:
    patient.sees("From which town?")
    patient.looks("town")
    patient.writes("town", town)
    patient.presses("Go on")


def when_they_come_to_the_times(patient: Patient, town: str = "", **need: str) -> None:
    """Say what they need, that there is no danger, and, of a language of several, from which town it is."""
    when_they_begin_at_home(patient)
    when_they_say_what_they_need(patient, **need)
    when_none_of_the_signs_is_there(patient)
    if town:
        when_they_say_from_which_town(patient, town)


def when_they_say_who_they_are(patient: Patient, **more: str) -> int:
    """Fill in who it is for, and return how many codes had come before this one."""
    before = patient.codes_so_far()
    for name, words in ({"name": patient.name, "phone": patient.phone, "reason": "La rodilla"} | more).items():
        patient.writes(name, words)
    patient.presses("Send me the code")
    return before


def when_they_write_the_code(patient: Patient, before: int) -> None:
    patient.writes("code", patient.reads_the_code(after=before))
    patient.presses("Confirm my appointment")
    patient.page.wait_for_url(re.compile("/citas/.+"))


def when_they_book(patient: Patient, whom: str = "", **need: str) -> str:
    """Take every step from home to the visit's page, and return its address."""
    when_they_come_to_the_times(patient, **need)
    when_they_hold_a_time(patient, whom)
    when_they_write_the_code(patient, when_they_say_who_they_are(patient))
    return patient.place


# --- then ------------------------------------------------------------------------------------------------------------


def then_they_see_times_that_say_why_they_fit(patient: Patient) -> None:
    patient.sees("Choose a time")
    expect(patient.page.locator("article.offer .reasons li").first).to_be_visible()
    expect(patient.page.locator(".times button").first).to_be_visible()
    patient.looks("times")


def then_the_visit_is_theirs(patient: Patient) -> None:
    patient.sees("Confirmed")
    assert re.fullmatch(r"/citas/[0-9a-f-]{36}/", patient.place)
    expect(patient.page.locator("h1 .hour")).to_have_text(re.compile(r"\d{1,2}:\d\d"))
    expect(patient.page.locator(".lede").first).to_have_text(re.compile(r"\(.+\)"))


def then_somebody_is_seen_and_heard(person) -> None:
    """The other's picture is decoded, frame after frame."""
    person.page.wait_for_function(
        """() => [...document.querySelectorAll(".tile:not(.self) video")].some(
            (video) => video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 10
              && video.srcObject.getAudioTracks().some((track) => track.readyState === "live"))""",
        timeout=30_000,
    )
