"""Between the two processes that read a calendar, what is asked and what is found arrive as they were."""

import io
import json
import subprocess
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import busy, busy_apart, ics
from scheduling.availability import Interval
from scheduling.busy import Busy
from tests.ics_files import calendar, event

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
HOUSTON = ZoneInfo("America/Chicago")
WEEKLY = event("DTSTART;TZID=America/Chicago:20260601T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4")


@pytest.fixture
def told(monkeypatch):
    """Let the other process answer so, and keep what it was asked."""
    asked = []

    def answer(returncode=0, stdout=b""):
        def run(command, **how):
            asked.append((command, how))
            return SimpleNamespace(returncode=returncode, stdout=stdout)

        monkeypatch.setattr(busy_apart.subprocess, "run", run)
        return asked

    return answer


def read(data=b"", **how):
    return busy_apart.read(data, SINCE, UNTIL, **{"zone": HOUSTON} | how)


def inside(monkeypatch, data, **asked):
    """Run the other process's part here, and return what it writes and how it ends."""
    question = {"since": SINCE.isoformat(), "until": UNTIL.isoformat(), "zone": HOUSTON.key}
    question |= {"owner": "", "leave_out": ""} | asked
    written = io.StringIO()
    given_in = SimpleNamespace(buffer=io.BytesIO(json.dumps(question).encode() + b"\n" + data))
    streams = SimpleNamespace(argv=["x", "5"], stdin=given_in, stdout=written)
    monkeypatch.setattr(busy_apart, "sys", streams)
    limits = []
    monkeypatch.setattr(busy_apart.resource, "setrlimit", lambda what, much: limits.append((what, much)))
    return busy_apart.main(), written.getvalue(), limits


# --- what is found ---------------------------------------------------------------------------------------------------


def test_what_is_written_there_is_read_here(monkeypatch):
    data = calendar(WEEKLY, event("DTSTART:soon", uid="broken"))
    code, written, _ = inside(monkeypatch, data)
    assert code == 0
    assert busy_apart._busy(json.loads(written)) == busy.read(data, SINCE, UNTIL, zone=HOUSTON)


spans = st.lists(
    st.builds(
        lambda seconds, length: Interval(
            SINCE + timedelta(seconds=seconds), SINCE + timedelta(seconds=seconds + length)
        ),
        st.integers(0, 10**7),
        st.integers(1, 10**5),
    ),
    max_size=6,
)


@given(spans)
def test_instants_cross_unchanged(found):
    rest = dict(vars(busy.read(calendar(), SINCE, UNTIL, zone=HOUSTON)))
    rest.pop("intervals", None)
    said = json.dumps(rest | {"intervals": [(one.start.isoformat(), one.end.isoformat()) for one in found]})
    assert busy_apart._busy(json.loads(said)) == Busy(found, **rest)


@pytest.mark.parametrize("data", [b"", b"<html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", bytes(50)])
def test_what_is_no_calendar_is_an_answer_of_its_own(monkeypatch, data):
    code, written, _ = inside(monkeypatch, data)
    assert (code, written) == (busy_apart.NOT_A_CALENDAR, "")


def test_time_and_memory_are_limited_before_a_byte_is_read(monkeypatch):
    _, _, limits = inside(monkeypatch, calendar())
    resource = busy_apart.resource
    assert dict(limits) == {
        resource.RLIMIT_CPU: (5, 6),
        resource.RLIMIT_AS: (busy_apart.MEMORY, busy_apart.MEMORY),
    }


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 2),
        ({"leave_out": "@acompana"}, 1),
        ({"owner": "ramos@example.org"}, 1),
        ({"owner": "ramos@example.org", "leave_out": "@acompana"}, 0),
    ],
)
def test_whose_calendar_it_is_and_what_to_leave_out_is_told(monkeypatch, asked, count):
    declined = event("DTSTART:20260601", "ATTENDEE;PARTSTAT=DECLINED:mailto:ramos@example.org", uid="no")
    ours = event("DTSTART:20260701", uid="1@acompana")
    _, written, _ = inside(monkeypatch, calendar(declined, ours), **asked)
    assert len(json.loads(written)["intervals"]) == count


# --- how it ends -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returncode", "raised"),
    [
        (busy_apart.NOT_A_CALENDAR, ics.NotACalendar),
        (1, busy_apart.TooMuch),
        (-9, busy_apart.TooMuch),
        (-24, busy_apart.TooMuch),
        (137, busy_apart.TooMuch),
    ],
)
def test_however_it_ends_it_is_an_answer(told, returncode, raised):
    told(returncode)
    with pytest.raises(raised):
        read()


def test_one_that_hangs_is_given_up(monkeypatch):
    def hangs(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(busy_apart.subprocess, "run", hangs)
    with pytest.raises(busy_apart.TooMuch):
        read()


@pytest.mark.parametrize("seconds", [1, 20])
def test_it_waits_no_longer_than_twice_the_work_it_allows(told, seconds):
    asked = told(1)
    with pytest.raises(busy_apart.TooMuch):
        read(seconds=seconds)
    [(command, how)] = asked
    assert (command[-1], how["timeout"]) == (str(seconds), seconds * 2)


@pytest.mark.parametrize("data", [b"", b"BEGIN", b"\n\n", bytes(range(256))])
def test_the_file_stands_behind_the_question_byte_by_byte(told, data):
    asked = told(1)
    with pytest.raises(busy_apart.TooMuch):
        read(data, owner="a\nb@example.org")
    question, _, rest = asked[0][1]["input"].partition(b"\n")
    assert (json.loads(question)["owner"], rest) == ("a\nb@example.org", data)


def test_no_word_of_the_file_is_in_what_others_see_of_the_process(told):
    """The command line is there for everybody on the machine to read."""
    asked = told(1)
    with pytest.raises(busy_apart.TooMuch):
        read(b"SUMMARY:secret", owner="ramos@example.org")
    assert not any("ramos" in part or "secret" in part for part in asked[0][0])
