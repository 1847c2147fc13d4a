"""`manage.py busy_times`: one JSON list of UTC pairs, or what is wrong on standard error and exit 2; no database."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from scheduling import busy_apart
from scheduling.management.commands.busy_times import Command
from tests.house.source import ROOT
from tests.ics_files import calendar, event

FROM, TO = "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"
HOUR = ["DTSTART:20260601T160000Z", "DTEND:20260601T170000Z"]
ONE = [["2026-06-01T16:00:00Z", "2026-06-01T17:00:00Z"]]


@pytest.fixture
def file(tmp_path):
    """Return a caller that writes a file and returns its path."""

    def write(data):
        path = tmp_path / "calendar.ics"
        path.write_bytes(data)
        return str(path)

    return write


def run(path, *how, since=FROM, until=TO):
    out, err = io.StringIO(), io.StringIO()
    call_command("busy_times", path, "--from", since, "--to", until, *how, stdout=out, stderr=err)
    [line] = out.getvalue().splitlines()
    return json.loads(line), err.getvalue()


def refused(path, *how, since=FROM, until=TO):
    with pytest.raises(CommandError) as refusal:
        run(path, *how, since=since, until=until)
    assert refusal.value.returncode == 2
    return str(refusal.value)


def test_a_file(file):
    assert run(file(calendar(event(*HOUR)))) == (ONE, "")


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(calendar(event(*HOUR)))))
    assert run("-")[0] == ONE


def test_nothing_is_an_empty_list(file):
    assert run(file(calendar()))[0] == []


def test_whole_days_and_floating_times_are_in_the_zone(file):
    data = calendar(event("DTSTART;VALUE=DATE:20260603"), event("DTSTART:20260605T090000", "DURATION:PT1H", uid="two"))
    assert run(file(data), "--zone", "America/Mexico_City")[0] == [
        ["2026-06-03T06:00:00Z", "2026-06-04T06:00:00Z"],
        ["2026-06-05T15:00:00Z", "2026-06-05T16:00:00Z"],
    ]
    assert run(file(data))[0][0] == ["2026-06-03T00:00:00Z", "2026-06-04T00:00:00Z"]


def test_what_the_owner_declined(file):
    path = file(calendar(event(*HOUR, "ATTENDEE;PARTSTAT=DECLINED:mailto:ramos@example.org")))
    assert run(path, "--owner", "Ramos@example.org")[0] == []
    assert run(path)[0] == ONE


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-06-01T16:30:00Z", "2026-06-02T00:00:00Z"),
        ("2026-06-01T11:30:00-05:00", "2026-06-02T00:00:00+00:00"),
        ("2026-06-01T16:30", "2026-06-02"),
    ],
)
def test_instants_however_they_are_written(file, since, until):
    found, _ = run(file(calendar(event(*HOUR))), since=since, until=until)
    assert found == [["2026-06-01T16:30:00Z", "2026-06-01T17:00:00Z"]]


def test_without_an_offset_they_are_by_the_zones_clock(file):
    path = file(calendar(event(*HOUR)))
    assert run(path, "--zone", "America/Chicago", since="2026-06-01T11:30", until="2026-06-02")[0][0][0].endswith(
        "16:30:00Z"
    )


def test_what_was_left_out_is_said_beside_the_answer(file):
    dense = event("DTSTART:20260601T000000Z", "DURATION:PT0S", "RRULE:FREQ=SECONDLY;BYMONTH=6", uid="dense")
    found, said = run(file(calendar(event(*HOUR), event("DTSTART:soon", uid="x"), dense)))
    assert found == ONE
    assert said.splitlines() == [
        "1 of 3 events do not say when they are and were left out",
        "1 of 3 events repeat too often and were left out",
    ]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"since": "yesterday"}, "--from"),
        ({"until": "2026-06-01T00:00:00+99:00"}, "--to"),
        ({"since": "0001-01-01T00:00:00Z"}, "--from: expected a year"),
        ({"until": "9999-12-31T23:59:59-12:00"}, "--to: expected a year"),
        ({"until": "2026-05-01T00:00:00Z"}, "--to is before --from"),
    ],
)
def test_windows_that_are_none(file, how, words):
    assert words in refused(file(calendar()), **how)


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "", "America", "../etc/passwd"])
def test_zones_nobody_knows(file, zone):
    assert "--zone" in refused(file(calendar()), "--zone", zone)


def test_a_file_that_is_not_there(tmp_path):
    assert "No such file" in refused(str(tmp_path / "none.ics"))
    assert refused(str(tmp_path))


@pytest.mark.parametrize("data", [b"", b"<!doctype html>", bytes(1000)])
def test_what_is_no_calendar(file, data):
    assert "not an iCalendar file" in refused(file(data))


def test_what_never_comes_to_an_end_is_ended(file, monkeypatch):
    """Hourly, so not refused beforehand, and on no day at all: the library would walk to the year 9999."""
    monkeypatch.setattr(busy_apart.read, "__kwdefaults__", busy_apart.read.__kwdefaults__ | {"seconds": 1})
    never = [event(*HOUR, "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", uid=f"u{n}") for n in range(3)]
    assert "too long" in refused(file(calendar(*never)))


def test_as_a_program_without_a_database(file):
    """Standard output is JSON alone, and the exit says whether it is worth reading."""
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "SECRET_KEY": "x" * 50}
    environment |= {"DATA_KEYS": "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}
    command = [sys.executable, "manage.py", "busy_times", "-", "--from", FROM, "--to", TO]
    good = subprocess.run(
        command, input=calendar(event(*HOUR)), capture_output=True, cwd=ROOT, env=environment, check=False
    )
    assert (good.returncode, json.loads(good.stdout), good.stderr) == (0, ONE, b"")
    bad = subprocess.run(command, input=b"nothing", capture_output=True, cwd=ROOT, env=environment, check=False)
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert b"not an iCalendar file" in bad.stderr


def test_it_starts_without_the_checks_that_need_a_database():
    assert list(Command.requires_system_checks) == []
    assert Command.requires_migrations_checks is False
