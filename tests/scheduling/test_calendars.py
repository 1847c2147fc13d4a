"""An invitation is a calendar file that calendars understand: one UID, a rising SEQUENCE, UTC, one line of summary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from scheduling.calendars import Invitation, Method, render

START = datetime(2026, 6, 8, 15, tzinfo=UTC)
CITA = Invitation(
    uid=UUID("5b1c9d5e-0000-4000-8000-000000000001"),
    sequence=0,
    starts_at=START,
    ends_at=START + timedelta(minutes=30),
    stamp=START - timedelta(days=1),
    summary="Cita",
    url="https://acompana.example/citas/1/",
    organizer="citas@acompana.example",
    attendee="lupita@example.org",
)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


def event(invitation, method=Method.REQUEST):
    [found] = Calendar.from_ical(render(invitation, method)).walk("VEVENT")
    return found


def test_it_says_what_when_and_where_to_go():
    cita = event(CITA)
    assert (str(cita["SUMMARY"]), str(cita["URL"])) == ("Cita", "https://acompana.example/citas/1/")
    assert (cita.start, cita.end) == (CITA.starts_at, CITA.ends_at)
    assert str(cita["UID"]) == "5b1c9d5e-0000-4000-8000-000000000001@acompana"


def test_instants_are_utc_and_need_no_zone_definition():
    text = render(CITA, Method.REQUEST)
    assert "DTSTART:20260608T150000Z" in text
    assert "DTEND:20260608T153000Z" in text
    assert "DTSTAMP:20260607T150000Z" in text
    assert "TZID" not in text
    assert "VTIMEZONE" not in text


@pytest.mark.parametrize(
    ("method", "status"),
    [(Method.REQUEST, "CONFIRMED"), (Method.CANCEL, "CANCELLED"), (Method.PUBLISH, "CONFIRMED")],
)
def test_the_method_says_what_is_asked_and_the_status_agrees(method, status):
    assert str(Calendar.from_ical(render(CITA, method))["METHOD"]) == method
    assert str(event(CITA, method)["STATUS"]) == status


def test_a_change_keeps_the_uid_and_raises_the_sequence():
    before, after = event(CITA), event(replace(CITA, sequence=1), Method.CANCEL)
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)


def test_who_invites_and_who_is_invited():
    cita = event(CITA)
    assert str(cita["ORGANIZER"]) == "mailto:citas@acompana.example"
    assert str(cita["ATTENDEE"]) == "mailto:lupita@example.org"
    assert cita["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_a_file_somebody_saves_names_nobody():
    text = render(replace(CITA, organizer="", attendee=""), Method.PUBLISH)
    assert "mailto" not in text


def test_a_reminder_a_quarter_of_an_hour_before_and_none_of_what_is_cancelled():
    [alarm] = event(CITA).walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(minutes=-15)
    assert event(CITA, Method.CANCEL).walk("VALARM") == []


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\u0085"])
def test_a_line_break_in_the_summary_becomes_a_space(line_break):
    cita = replace(CITA, summary=f"Cita{line_break}con nosotros")
    assert str(event(cita)["SUMMARY"]) == "Cita con nosotros"
    assert str(event(cita).walk("VALARM")[0]["DESCRIPTION"]) == "Cita con nosotros"


def test_a_line_break_in_the_description_stays_one_and_adds_no_property():
    cita = event(replace(CITA, description="uno\r\nATTENDEE:mailto:otro@example.org"))
    assert "\n" in str(cita["DESCRIPTION"])
    assert str(cita["ATTENDEE"]) == "mailto:lupita@example.org"


@given(summary=words, description=words)
def test_whatever_it_says_can_be_read_back(summary, description):
    cita = event(replace(CITA, summary=summary, description=description))
    assert str(cita["SUMMARY"]) == " ".join(summary.split())
    assert str(cita.get("DESCRIPTION", "")) == description


@given(summary=words)
def test_no_line_is_longer_than_75_bytes_and_each_ends_as_the_standard_says(summary):
    text = render(replace(CITA, summary=summary), Method.REQUEST)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
