"""When somebody is busy by another program's calendar: one trap of the format after the other."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scheduling import busy, ics
from tests.ics_files import VTIMEZONE_DATES, VTIMEZONE_RULES, calendar, event

LOS_ANGELES, MEXICO, HAVANA = (
    ZoneInfo(name) for name in ("America/Los_Angeles", "America/Mexico_City", "America/Havana")
)
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def found(data, since=SINCE, until=UNTIL, zone=LOS_ANGELES, **how):
    return busy.read(data, since, until, zone=zone, **how)


def spans(*components, **how):
    """Return the busy time of a file as `day hour:minute` pairs in UTC."""
    data = components[0] if isinstance(components[0], bytes) else calendar(*components)
    return [
        tuple(edge.strftime("%m-%d %H:%M") for edge in (one.start, one.end)) for one in found(data, **how).intervals
    ]


# --- one event -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:20260601T160000Z", "DTEND:20260601T170000Z"], ("06-01 16:00", "06-01 17:00")),
        (["DTSTART:20260601T160000Z", "DURATION:PT1H30M"], ("06-01 16:00", "06-01 17:30")),
        (["DTSTART:20260601T160000Z", "DURATION:P1W"], ("06-01 16:00", "06-08 16:00")),
        (["DTSTART;TZID=America/Chicago:20260601T100000", "DURATION:PT1H"], ("06-01 15:00", "06-01 16:00")),
        (["DTSTART;TZID=America/Mexico_City:20260601T100000", "DURATION:PT1H"], ("06-01 16:00", "06-01 17:00")),
        (['DTSTART;TZID="America/Chicago":20260601T100000', "DURATION:PT1H"], ("06-01 15:00", "06-01 16:00")),
        (["DTSTART;TZID=Pacific Standard Time:20260601T090000", "DURATION:PT1H"], ("06-01 16:00", "06-01 17:00")),
        (
            ['DTSTART;TZID="Central Standard Time (Mexico)":20260601T100000', "DURATION:PT1H"],
            ("06-01 16:00", "06-01 17:00"),
        ),
        (
            ["DTSTART;TZID=/mozilla.org/20050126_1/America/Chicago:20260601T100000", "DURATION:PT1H"],
            ("06-01 15:00", "06-01 16:00"),
        ),
        (["DTSTART;TZID=America/Argentina/Salta:20260601T100000", "DURATION:PT1H"], ("06-01 13:00", "06-01 14:00")),
        (["DTSTART;TZID=Nowhere/At All:20260601T090000", "DURATION:PT1H"], ("06-01 16:00", "06-01 17:00")),
        (["DTSTART;TZID=America/New_York:20260601T090000Z", "DURATION:PT1H"], ("06-01 09:00", "06-01 10:00")),
        (["DTSTART:20260601T090000", "DTEND:20260601T100000"], ("06-01 16:00", "06-01 17:00")),
        (["DTSTART;VALUE=DATE:20260601"], ("06-01 07:00", "06-02 07:00")),
        (["DTSTART;VALUE=DATE:20260601", "DTEND;VALUE=DATE:20260603"], ("06-01 07:00", "06-03 07:00")),
        (["DTSTART;VALUE=DATE:20260601", "DTEND;VALUE=DATE:20260601"], ("06-01 07:00", "06-02 07:00")),
        (["DTSTART;VALUE=DATE:20260601", "DURATION:P2D"], ("06-01 07:00", "06-03 07:00")),
        (["DTSTART;VALUE=DATE:20260601T000000"], ("06-01 07:00", "06-02 07:00")),
        (["DTSTART:20260601"], ("06-01 07:00", "06-02 07:00")),
        (["DTSTART:20260601T160000Z", "DTEND;TZID=America/Chicago:20260601T120000"], ("06-01 16:00", "06-01 17:00")),
        (["dtstart:20260601T160000Z", "dtend:20260601T170000Z", "status:TENTATIVE"], ("06-01 16:00", "06-01 17:00")),
        (["DTSTART:20260601T160000Z", "DTEND:20260601T170000Z", "TRANSP:OPAQUE"], ("06-01 16:00", "06-01 17:00")),
    ],
)
def test_one_event(lines, expected):
    assert spans(event(*lines)) == [expected]


HOUR = ["DTSTART:20260601T160000Z", "DTEND:20260601T170000Z"]


@pytest.mark.parametrize(
    "lines",
    [
        [*HOUR, "TRANSP:TRANSPARENT"],
        [*HOUR, "STATUS:CANCELLED"],
        [*HOUR, "status:cancelled"],
        ["DTSTART:20260601T160000Z"],
        ["DTSTART:20260601T160000Z", "DTEND:20260601T160000Z"],
        ["DTSTART:20260601T160000Z", "DURATION:PT0S"],
        [*HOUR, "ATTENDEE;PARTSTAT=DECLINED:mailto:ramos@example.org"],
        [*HOUR, 'ATTENDEE;CN="Ramos, Dr.";PARTSTAT=declined;ROLE=REQ-PARTICIPANT:MAILTO:Ramos@Example.org'],
        [*HOUR, "ATTENDEE;EMAIL=ramos@example.org;PARTSTAT=DECLINED:urn:uuid:0b7c"],
        [
            *HOUR,
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:other@example.org",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:ramos@example.org",
        ],
    ],
)
def test_what_takes_no_time(lines):
    result = found(calendar(event(*lines)), owner="ramos@example.org")
    assert (result.intervals, result.events, result.broken) == ([], 1, 0)


@pytest.mark.parametrize(
    ("line", "owner"),
    [
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:other@example.org", "ramos@example.org"),
        ("ATTENDEE;PARTSTAT=TENTATIVE:mailto:ramos@example.org", "ramos@example.org"),
        ("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ramos@example.org", "ramos@example.org"),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:ramos@example.org", ""),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:", ""),
    ],
)
def test_what_others_declined_or_the_owner_did_not_still_takes_its_time(line, owner):
    assert len(found(calendar(event(*HOUR, line)), owner=owner).intervals) == 1


# --- clocks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hours"), [("20260308", 23), ("20260309", 24), ("20261101", 25)], ids=["spring", "plain", "autumn"]
)
def test_a_whole_day_is_as_long_as_it_is_where_the_owner_is(day, hours):
    [span] = found(calendar(event(f"DTSTART;VALUE=DATE:{day}"))).intervals
    assert (span.end - span.start).total_seconds() == hours * 3600


def test_a_whole_day_where_midnight_itself_is_lost_or_comes_twice():
    spring = spans(event("DTSTART;VALUE=DATE:20260308"), event("DTSTART;VALUE=DATE:20261031", uid="two"), zone=HAVANA)
    assert spring == [("03-08 05:00", "03-09 04:00"), ("10-31 04:00", "11-01 04:00")]


@pytest.mark.parametrize("definition", [VTIMEZONE_RULES, VTIMEZONE_DATES])
@pytest.mark.parametrize("before", [True, False], ids=["zone first", "zone last"])
def test_a_zone_the_file_defines_itself(definition, before):
    zone = definition.format(name="Customized Time Zone")
    stamp = "DTSTART;TZID=Customized Time Zone"
    events = [event(f"{stamp}:2026{day}T090000", "DURATION:PT1H", uid=day) for day in ("0302", "0310", "1030", "1102")]
    got = spans(*([zone, *events] if before else [*events, zone]), zone=MEXICO)
    assert [start for start, _ in got] == ["03-02 17:00", "03-10 16:00", "10-30 16:00", "11-02 17:00"]


def test_files_that_define_the_same_name_differently_do_not_disturb_each_other():
    west = VTIMEZONE_RULES.format(name="Custom")
    east = west.replace("-0800", "-0500").replace("-0700", "-0400")
    lines = event("DTSTART;TZID=Custom:20260601T090000", "DURATION:PT1H")
    assert [spans(zone, lines) for zone in (west, east, west)] == [
        [("06-01 16:00", "06-01 17:00")],
        [("06-01 13:00", "06-01 14:00")],
        [("06-01 16:00", "06-01 17:00")],
    ]


def test_a_zone_that_cannot_be_read_is_the_owners():
    broken = VTIMEZONE_RULES.format(name="Custom").replace("TZOFFSETTO:-0800", "TZOFFSETTO:soon")
    assert spans(broken, event("DTSTART;TZID=Custom:20260601T090000", "DURATION:PT1H")) == [
        ("06-01 16:00", "06-01 17:00")
    ]


def test_a_zone_whose_clock_changes_every_second_is_not_followed():
    endless = VTIMEZONE_RULES.format(name="Custom").replace("FREQ=YEARLY", "FREQ=SECONDLY")
    assert spans(endless, event("DTSTART;TZID=Custom:20260601T090000", "DURATION:PT1H")) == [
        ("06-01 16:00", "06-01 17:00")
    ]


def test_an_hour_the_clock_skips_is_the_one_after():
    got = spans(
        event("DTSTART;TZID=America/Los_Angeles:20260308T023000", "DTEND;TZID=America/Los_Angeles:20260308T040000")
    )
    assert got == [("03-08 10:30", "03-08 11:00")]


def test_a_night_in_which_the_clock_changes_is_as_long_as_it_was():
    night = ["DTSTART;TZID=America/Los_Angeles:20261031T220000", "DURATION:PT8H"]
    assert spans(event(*night)) == [("11-01 05:00", "11-01 13:00")]


# --- the window ------------------------------------------------------------------------------------------------------


def test_busy_time_is_merged_and_ends_with_the_window():
    hours = [(8, 10), (9, 11), (11, 12), (13, 14), (22, 26)]
    events = [
        event(f"DTSTART:20260601T{start:02}0000Z", f"DURATION:PT{end - start}H", uid=f"u{start}")
        for start, end in hours
    ]
    since, until = (datetime(2026, 6, 1, hour, tzinfo=UTC) for hour in (9, 23))
    assert spans(*events, since=since, until=until) == [
        ("06-01 09:00", "06-01 12:00"),
        ("06-01 13:00", "06-01 14:00"),
        ("06-01 22:00", "06-01 23:00"),
    ]


def test_an_empty_window_has_no_busy_time():
    noon = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)
    assert found(calendar(event(*HOUR)), noon, noon).intervals == []


# --- free-busy -------------------------------------------------------------------------------------------------------


def test_free_busy_components():
    periods = [
        "FREEBUSY;FBTYPE=BUSY:20260601T160000Z/PT1H,20260602T160000Z/20260602T173000Z",
        "FREEBUSY:20260603T160000Z/PT30M",
        "FREEBUSY;FBTYPE=FREE:20260604T160000Z/PT1H",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260605T160000Z/PT1H",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260606T160000Z/PT1H",
        "FREEBUSY;FBTYPE=X-OF-THEIR-OWN:20260607T160000Z/PT1H",
    ]
    got = spans(
        "\n".join(["BEGIN:VFREEBUSY", "DTSTART:20260601T000000Z", "DTEND:20260701T000000Z", *periods, "END:VFREEBUSY"])
    )
    assert [start for start, _ in got] == [f"06-0{day} 16:00" for day in (1, 2, 3, 5, 6, 7)]
    assert got[1][1] == "06-02 17:30"


def test_a_broken_period_is_counted():
    result = found(calendar("BEGIN:VFREEBUSY\nFREEBUSY:20260601T160000Z\nEND:VFREEBUSY", event(*HOUR)))
    assert (len(result.intervals), result.broken) == (1, 1)


# --- files as they come ----------------------------------------------------------------------------------------------

ONE = [("06-01 16:00", "06-01 17:00")]


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r", "\r\n\r\n"])
def test_line_ends(ends):
    assert spans(calendar(event(*HOUR), ends=ends)) == ONE


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(encoding):
    assert spans(calendar(event(*HOUR, "SUMMARY:Reunión")).decode().encode(encoding)) == ONE


def test_folded_lines_even_in_the_middle_of_a_letter():
    folded = calendar(event("DTSTART:2026\n 0601T16\n\t0000Z", "DTEND:20260601T170000Z", "SUMMARY:caf\u00e9"))
    assert spans(folded.replace("é".encode(), "é".encode()[:1] + b"\r\n " + "é".encode()[1:])) == ONE


def test_text_that_was_folded_wrongly_does_no_harm():
    text = "DESCRIPTION:Dear all\nthis line was not indented\nnor this: one\n\nWhere: here"
    assert spans(event(text, *HOUR)) == ONE


def test_a_rule_that_was_folded_wrongly_is_put_together_again():
    rule = "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO,\nWE,FR"
    assert len(spans(event(*HOUR, rule))) == 3


def test_bytes_that_are_no_text_do_no_harm():
    assert spans(calendar(event("SUMMARY:x", *HOUR)).replace(b"SUMMARY:x", b"SUMMARY:\xff\xfe\0\x01")) == ONE


def test_an_alarm_in_an_event_is_not_the_event():
    alarm = "BEGIN:VALARM\nTRIGGER:-PT15M\nDURATION:PT9H\nREPEAT:2\nEND:VALARM"
    assert spans(event("DTSTART:20260601T160000Z", alarm, "DURATION:PT1H")) == ONE


def test_tasks_and_journals_take_no_time():
    assert spans("BEGIN:VTODO\nDTSTART:20260601T160000Z\nDUE:20260601T170000Z\nEND:VTODO", event(*HOUR)) == ONE


def test_several_calendars_in_one_file():
    second = calendar(event("DTSTART:20260602T160000Z", "DURATION:PT1H", uid="two"))
    assert spans(calendar(event(*HOUR)) + second) == [*ONE, ("06-02 16:00", "06-02 17:00")]


def test_a_calendar_that_takes_back_another():
    taken_back = calendar("METHOD:CANCEL", event(*HOUR, "SEQUENCE:1"))
    assert spans(calendar(event(*HOUR)) + taken_back) == []
    assert spans(taken_back + calendar("METHOD:REQUEST", event(*HOUR, "SEQUENCE:2"))) == ONE


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["DTSTART:soon", "DTEND:20260601T170000Z"],
        ["DTEND:20260601T170000Z"],
        ["DTSTART:20260601T160000Z", "DTEND:20260601T150000Z"],
        ["DTSTART:20260601T160000Z", "DURATION:-PT1H"],
        ["DTSTART:20260601T160000Z", "DURATION:long"],
        ["DTSTART:20260601T160000Z", "DTSTART:20260602T160000Z", "DURATION:PT1H"],
        ["DTSTART:20261301T160000Z", "DURATION:PT1H"],
        [*HOUR, "RRULE:FREQ=SOMETIMES"],
        [*HOUR, "RRULE:INTERVAL=2"],
        [*HOUR, "RRULE:FREQ=DAILY;INTERVAL=0"],
        [*HOUR, "RRULE:FREQ=DAILY;INTERVAL=-1"],
        [*HOUR, "RRULE:FREQ=DAILY;UNTIL=never"],
        [*HOUR, "EXDATE:yesterday"],
        ['DTSTART;X="never closed:20260601T160000Z', "DURATION:PT1H"],
        ["DTSTART:160000", "DURATION:PT1H"],
        ["DTSTART:20260601T160000Z/PT1H"],
    ],
)
def test_a_broken_event_is_counted_and_the_others_are_read(lines):
    good = event(*HOUR, uid="good")
    result = found(calendar(event(*lines), good))
    assert (result.events, result.broken, len(result.intervals)) == (2, 1, 1)


def test_an_event_that_was_cut_off_is_broken():
    whole = calendar(event(*HOUR), event("DTSTART:20260602T160000Z", "DTEND:20260602T170000Z", uid="two"))
    result = found(whole[: whole.rindex(b"DTEND")])
    assert (len(result.intervals), result.broken) == (1, 1)


def test_an_event_that_never_ends_before_the_next_begins():
    cut = event("DTSTART:20260602T160000Z", uid="two").replace("\nEND:VEVENT", "")
    result = found(calendar(cut, event(*HOUR)))
    assert (len(result.intervals), result.broken) == (1, 1)


def test_events_without_a_uid_are_each_their_own():
    bare = "BEGIN:VEVENT\nDTSTART:202606{}T160000Z\nDURATION:PT1H\nEND:VEVENT"
    assert len(spans(bare.format("01"), bare.format("02"))) == 2


def test_two_events_that_wrongly_share_a_uid_are_both_read():
    assert len(spans(event(*HOUR), event("DTSTART:20260602T160000Z", "DURATION:PT1H"))) == 2


def test_what_was_left_out_on_purpose():
    ours = event(*HOUR, uid="5f0e@acompana")
    assert spans(ours, event("DTSTART:20260602T160000Z", "DURATION:PT1H"), leave_out="@acompana") == [
        ("06-02 16:00", "06-02 17:00")
    ]


@pytest.mark.parametrize("data", [b"", b"<!doctype html><title>Sign in</title>", b"\x89PNG\r\n", event(*HOUR).encode()])
def test_what_is_no_calendar(data):
    with pytest.raises(ics.NotACalendar):
        found(data)


def test_a_calendar_with_nothing_in_it_is_one():
    assert found(calendar()) == busy.Busy([])
