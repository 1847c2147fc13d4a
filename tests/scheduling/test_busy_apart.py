"""Reading a foreign calendar in a process of its own: the same answer, and an end to whatever has none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling import busy, busy_apart, ics
from tests.ics_files import VTIMEZONE_RULES, calendar, event

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def test_it_says_what_would_be_said_here():
    zone = VTIMEZONE_RULES.format(name="Custom")
    declined = event("DTSTART:20260601", "ATTENDEE;PARTSTAT=DECLINED:mailto:a@example.org", uid="no")
    ours = event("DTSTART:20260701", uid="1@acompana")
    weekly = event("DTSTART;TZID=Custom:20260302T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY", uid="weekly")
    data = calendar(zone, weekly, declined, ours, event("DTSTART:soon", uid="broken"))
    how = {"zone": LOS_ANGELES, "owner": "a@example.org", "leave_out": "@acompana"}
    apart = busy_apart.read(data, SINCE, UNTIL, **how)
    assert apart == busy.read(data, SINCE, UNTIL, **how)
    assert (len(apart.intervals), apart.broken) == (44, 1)


def test_what_is_no_calendar():
    with pytest.raises(ics.NotACalendar):
        busy_apart.read(b"<html>", SINCE, UNTIL, zone=LOS_ANGELES)


def test_time_has_an_end():
    never = event("DTSTART:20260601T160000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30")
    with pytest.raises(busy_apart.TooMuch):
        busy_apart.read(calendar(never), SINCE, UNTIL, zone=LOS_ANGELES, seconds=1)


def test_memory_has_an_end(monkeypatch):
    """The limit is told to the process itself: too little even to begin is an answer, not a crash of ours."""
    run = busy_apart.subprocess.run

    def starved(command, **how):
        return run(
            [command[0], "-c", "import resource; resource.setrlimit(resource.RLIMIT_AS, (1, 1)); import icalendar"],
            **how,
        )

    monkeypatch.setattr(busy_apart.subprocess, "run", starved)
    with pytest.raises(busy_apart.TooMuch):
        busy_apart.read(calendar(), SINCE, UNTIL, zone=LOS_ANGELES)


def test_five_megabytes_are_read_in_time():
    events = [
        event(
            f"DTSTART:2026{n % 12 + 1:02}{n % 28 + 1:02}T{n % 24:02}0000Z",
            "DURATION:PT30M",
            "SUMMARY:" + "x" * 90,
            uid=f"u{n}",
        )
        for n in range(24_000)
    ]
    data = calendar(*events)
    assert 4.5e6 < len(data) < 5.2e6
    found = busy_apart.read(data, SINCE, UNTIL, zone=LOS_ANGELES)
    assert (found.events, found.broken) == (24_000, 0)
    assert len(found.intervals) == len({(n % 12, n % 28, n % 24) for n in range(24_000)})
