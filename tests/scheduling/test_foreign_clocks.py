"""By which clock a foreign calendar is read: Windows' names, prefixes, its own definitions, none at all."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import busy, ics
from tests.ics_files import VTIMEZONE_DATES, VTIMEZONE_RULES, calendar, event

OWNER = ZoneInfo("America/Chicago")
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
PACIFIC = VTIMEZONE_RULES.format(name="Pacific Standard Time")


def starts(*components, zone=OWNER):
    """Return when the busy time of a file begins, by UTC."""
    found = busy.read(calendar(*components), SINCE, UNTIL, zone=zone)
    return [f"{one.start:%m-%d %H:%M}" for one in found.intervals]


def at_ten(tzid, day="20260601"):
    return event(f"DTSTART;TZID={tzid}:{day}T100000", "DURATION:PT1H")


@pytest.mark.parametrize(
    ("tzid", "hour"),
    [
        ("Eastern Standard Time", 14),
        ("Central Standard Time", 15),
        ("Mountain Standard Time", 16),
        ("US Mountain Standard Time", 17),
        ("Pacific Standard Time", 17),
        ("Alaskan Standard Time", 18),
        ("Hawaiian Standard Time", 20),
        ("SA Pacific Standard Time", 15),
        ("Central America Standard Time", 16),
        ("Mountain Standard Time (Mexico)", 17),
        ("Eastern Standard Time (Mexico)", 15),
        ("Argentina Standard Time", 13),
        ("W. Europe Standard Time", 8),
        ("India Standard Time", 4),
        ("UTC", 10),
    ],
)
def test_outlooks_names_of_clocks_are_known(tzid, hour):
    """Windows calls a clock by its winter name all the year."""
    assert starts(at_ten(f'"{tzid}"')) == [f"06-01 {hour:02}:{30 if 'India' in tzid else 0:02}"]


@pytest.mark.parametrize(("day", "hour"), [("20260115", 18), ("20260601", 17), ("20261115", 18)])
def test_a_winter_name_in_summer_is_summer_time(day, hour):
    assert starts(at_ten("Pacific Standard Time", day))[0].endswith(f"{hour}:00")


@pytest.mark.parametrize(
    "tzid",
    [
        "America/New_York",
        '"America/New_York"',
        "/freeassociation.sourceforge.net/America/New_York",
        "/softwarestudio.org/Tzfile/America/New_York",
        "/citadel.org/20260101_1/America/New_York",
        "US/Eastern",
        "Eastern Standard Time",
    ],
)
def test_one_clock_has_many_names(tzid):
    assert starts(at_ten(tzid)) == ["06-01 14:00"]


@pytest.mark.parametrize(
    "tzid", ["", "Customized Time Zone", "Houston", "America", "../../etc/passwd", "/", "///", "x" * 300, "GMT+25"]
)
def test_a_clock_nobody_knows_is_the_owners(tzid):
    assert starts(at_ten(f'"{tzid}"')) == ["06-01 15:00"]


@pytest.mark.parametrize(
    "tzid",
    ["Customized Time Zone", "(UTC-08:00) Pacific Time (US & Canada)", "tzone://Microsoft/Custom", "Mi reloj ñ"],
)
def test_a_clock_the_file_defines_is_read_by_its_definition(tzid):
    defined = VTIMEZONE_RULES.format(name=tzid)
    assert starts(defined, at_ten(f'"{tzid}"')) == ["06-01 17:00"]
    assert starts(defined, at_ten(f'"{tzid}"', "20261201")) == ["12-01 18:00"]


def test_a_definition_may_stand_behind_what_it_defines():
    assert starts(at_ten("Mine"), VTIMEZONE_RULES.format(name="Mine")) == ["06-01 17:00"]


def test_a_definition_by_single_dates_is_one_too():
    defined = VTIMEZONE_DATES.format(name="Mine")
    assert starts(
        defined,
        at_ten("Mine"),
    ) == ["06-01 17:00"]


def test_a_real_name_wins_over_what_the_file_says_of_it():
    """Old files carry old rules; the clock on the wall follows today's."""
    defined = VTIMEZONE_RULES.format(name="America/New_York")
    assert starts(defined, at_ten("America/New_York")) == ["06-01 14:00"]


@pytest.mark.parametrize("owner", ["America/Chicago", "America/Denver", "Pacific/Honolulu", "Asia/Kolkata"])
def test_a_floating_time_is_the_owners_wherever_they_are(owner):
    zone = ZoneInfo(owner)
    [found] = busy.read(calendar(event("DTSTART:20260601T100000", "DURATION:PT1H")), SINCE, UNTIL, zone=zone).intervals
    assert found.start.astimezone(zone).hour == 10


@pytest.mark.parametrize(
    "prefix", ["X-WR-TIMEZONE:America/New_York", "X-WR-CALNAME:Casa", "X-LIC-LOCATION:Europe/Paris"]
)
def test_a_remark_about_the_calendar_is_not_the_clock_of_an_event(prefix):
    assert starts(prefix, event("DTSTART:20260601T100000", "DURATION:PT1H")) == ["06-01 15:00"]


@pytest.mark.parametrize("tzid", ["America/New_York", "Pacific Standard Time", "Nowhere"])
def test_what_says_utc_itself_is_utc(tzid):
    assert starts(event(f"DTSTART;TZID={tzid}:20260601T100000Z", "DURATION:PT1H")) == ["06-01 10:00"]


# --- one time of many ------------------------------------------------------------------------------------------------

WEEKLY = event("DTSTART;TZID=Pacific Standard Time:20260302T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")


def moved(recurrence, to="20260310T120000Z"):
    return event(f"RECURRENCE-ID{recurrence}", f"DTSTART:{to}", "DURATION:PT1H")


def test_a_meeting_keeps_its_hour_on_outlooks_wall():
    assert starts(PACIFIC, WEEKLY) == ["03-02 17:00", "03-09 16:00", "03-16 16:00"]


@pytest.mark.parametrize(
    "recurrence",
    [
        ";TZID=Pacific Standard Time:20260309T090000",
        ";TZID=America/Los_Angeles:20260309T090000",
        ";TZID=America/New_York:20260309T120000",
        ":20260309T160000Z",
    ],
)
def test_the_time_that_moved_is_found_by_any_clock(recurrence):
    assert starts(PACIFIC, WEEKLY, moved(recurrence)) == ["03-02 17:00", "03-10 12:00", "03-16 16:00"]


@pytest.mark.parametrize(
    "exdate",
    [
        ";TZID=Pacific Standard Time:20260309T090000",
        ";TZID=America/New_York:20260309T120000",
        ":20260309T160000Z",
        ":20260309T160000Z,20270101T000000Z",
    ],
)
def test_the_time_that_is_left_out_is_found_by_any_clock(exdate):
    weekly = WEEKLY.replace("END:VEVENT", f"EXDATE{exdate}\nEND:VEVENT")
    assert starts(PACIFIC, weekly) == ["03-02 17:00", "03-16 16:00"]


def test_a_change_of_another_meeting_moves_nothing():
    other = moved(":20260309T160000Z").replace("UID:one", "UID:two")
    assert starts(PACIFIC, WEEKLY, other) == ["03-02 17:00", "03-09 16:00", "03-10 12:00", "03-16 16:00"]


# --- single values ---------------------------------------------------------------------------------------------------


def prop(value, **params):
    return ics.Property(params, value)


@pytest.mark.parametrize(
    ("text", "length"),
    [("PT15M", 15), ("PT1H30M", 90), ("P1D", 1440), ("P1W", 10080), ("P1DT2H", 1560), ("PT0S", 0), (" PT5M ", 5)],
)
def test_lengths(text, length):
    assert ics.duration(prop(text)) == timedelta(minutes=length)


@pytest.mark.parametrize("text", ["", "-PT15M", "1H", "20260601", "PT1H/PT2H", "P1Y"])
def test_lengths_that_are_none(text):
    with pytest.raises(ics.Broken):
        ics.duration(prop(text))


@pytest.mark.parametrize("text", ["20261301", "20260601T250000", "T100000", "100000", "PT1H", "2026-06-01", "mañana"])
def test_times_that_are_none(text):
    with pytest.raises(ics.Broken):
        ics.times(prop(text), {}, OWNER)


@given(st.dates(date(1970, 1, 1), date(2200, 1, 1)), st.times())
def test_an_instant_written_by_any_program_is_read_as_it_was_meant(day, moment):
    wall = datetime.combine(day, moment.replace(microsecond=0))
    [read] = ics.times(prop(f"{wall:%Y%m%dT%H%M%S}"), {}, OWNER)
    assert read == wall.replace(tzinfo=OWNER)
    [in_utc] = ics.times(prop(f"{wall:%Y%m%dT%H%M%S}Z", TZID="America/Denver"), {}, OWNER)
    assert in_utc.replace(tzinfo=None) == wall
    assert in_utc.utcoffset() == timedelta(0)
