"""What repeats in another program's calendar: rules, exceptions, changes of one time, and rules without an end."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.ics_files import calendar, event
from tests.scheduling.test_busy import SINCE, found, spans

WEEKLY = ["DTSTART;TZID=America/Los_Angeles:20260302T090000", "DTEND;TZID=America/Los_Angeles:20260302T100000"]
MARCH = {"since": datetime(2026, 3, 1, tzinfo=UTC), "until": datetime(2026, 4, 1, tzinfo=UTC)}


def starts(*components, **how):
    return [start for start, _ in spans(*components, **(MARCH | how))]


MONDAYS = ["03-02 17:00", "03-09 16:00", "03-16 16:00", "03-23 16:00", "03-30 16:00"]


def test_a_rule_keeps_the_hour_on_the_wall():
    assert starts(event(*WEEKLY, "RRULE:FREQ=WEEKLY")) == MONDAYS


def test_a_rule_in_utc_keeps_the_hour_in_utc():
    got = starts(event("DTSTART:20260302T170000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"))
    assert {start[-5:] for start in got} == {"17:00"}


def test_a_rule_by_the_owners_clock():
    assert starts(event("DTSTART:20260302T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")) == MONDAYS


@pytest.mark.parametrize(
    "until", ["20260316T160000Z", "20260316", "20260316T090000", "20260322T235959Z", "20260316T235959"]
)
def test_the_last_day_of_a_rule_however_it_is_written(until):
    assert starts(event(*WEEKLY, f"RRULE:FREQ=WEEKLY;UNTIL={until}")) == MONDAYS[:3]


def test_a_rule_of_every_monday_and_the_first_thursday_is_one_or_the_other():
    assert starts(event(*WEEKLY, "RRULE:FREQ=MONTHLY;BYDAY=MO,1TH")) == [MONDAYS[0], "03-05 17:00", *MONDAYS[1:]]


def test_a_count():
    assert starts(event(*WEEKLY, "RRULE:FREQ=WEEKLY;COUNT=2")) == MONDAYS[:2]


@pytest.mark.parametrize(
    "exdate",
    [
        "EXDATE;TZID=America/Los_Angeles:20260309T090000",
        "EXDATE:20260309T160000Z",
        "EXDATE;TZID=America/Chicago:20260309T110000",
        "EXDATE;TZID=Europe/Berlin:20260309T170000,20260401T000000",
        "EXDATE;VALUE=DATE:20260309",
        "EXDATE:20260309T090000",
    ],
)
def test_an_exception_in_whatever_zone(exdate):
    assert starts(event(*WEEKLY, "RRULE:FREQ=WEEKLY", exdate)) == [MONDAYS[0], *MONDAYS[2:]]


def test_exceptions_of_whole_days():
    got = starts(event("DTSTART;VALUE=DATE:20260305", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260306"))
    assert got == ["03-05 08:00", "03-07 08:00"]


def test_extra_dates_and_periods():
    extra = ["RDATE;TZID=America/Los_Angeles:20260304T090000", "RDATE;VALUE=PERIOD:20260305T170000Z/PT3H"]
    got = spans(event(*WEEKLY, *extra), **MARCH)
    assert got == [
        ("03-02 17:00", "03-02 18:00"),
        ("03-04 17:00", "03-04 18:00"),
        ("03-05 17:00", "03-05 20:00"),
    ]


def test_whole_days_that_repeat_over_the_clock_change():
    got = spans(event("DTSTART;VALUE=DATE:20260307", "RRULE:FREQ=DAILY;INTERVAL=2"), **MARCH)
    assert got[:2] == [("03-07 08:00", "03-08 08:00"), ("03-09 07:00", "03-10 07:00")]


# --- changes of one time ---------------------------------------------------------------------------------------------

RULE = event(*WEEKLY, "RRULE:FREQ=WEEKLY")


def change(when, *lines):
    return event(f"RECURRENCE-ID{when}", *lines)


SECOND = ";TZID=America/Los_Angeles:20260309T090000"


@pytest.mark.parametrize("when", [SECOND, ":20260309T160000Z", ";TZID=America/Chicago:20260309T110000"])
def test_one_time_that_was_moved(when):
    got = starts(RULE, change(when, "DTSTART:20260310T200000Z", "DURATION:PT1H"))
    assert got == [MONDAYS[0], "03-10 20:00", *MONDAYS[2:]]


def test_the_change_may_stand_before_the_rule():
    assert starts(change(SECOND, "DTSTART:20260310T200000Z", "DURATION:PT1H"), RULE)[1] == "03-10 20:00"


def test_one_time_moved_out_of_the_window():
    assert starts(RULE, change(SECOND, "DTSTART:20260501T200000Z", "DURATION:PT1H")) == [MONDAYS[0], *MONDAYS[2:]]


def test_one_time_moved_into_the_window():
    later = ";TZID=America/Los_Angeles:20270308T090000"
    assert "03-10 20:00" in starts(RULE, change(later, "DTSTART:20260310T200000Z", "DURATION:PT1H"))


def test_one_time_that_was_long_before_the_window_and_moved_into_it():
    old = event("DTSTART:20200106T170000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY")
    got = starts(old, change(":20200113T170000Z", "DTSTART:20260310T200000Z", "DURATION:PT1H"))
    assert "03-10 20:00" in got
    assert len(got) == 6


def test_one_time_that_was_cancelled():
    assert starts(RULE, change(SECOND, *WEEKLY, "STATUS:CANCELLED")) == [MONDAYS[0], *MONDAYS[2:]]


def test_one_time_that_the_owner_declined():
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:ramos@example.org"
    here = ["DTSTART:20260309T160000Z", "DURATION:PT1H", declined]
    assert starts(RULE, change(SECOND, *here), owner="ramos@example.org") == [MONDAYS[0], *MONDAYS[2:]]
    assert starts(RULE, change(SECOND, *here)) == MONDAYS


def test_all_declined_but_one_accepted():
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:ramos@example.org"
    series = event(*WEEKLY, "RRULE:FREQ=WEEKLY", declined)
    got = starts(series, change(SECOND, "DTSTART:20260309T160000Z", "DURATION:PT1H"), owner="ramos@example.org")
    assert got == [MONDAYS[1]]


def test_one_time_taken_back_by_message():
    message = calendar("METHOD:CANCEL", change(SECOND, "DTSTART:20260309T160000Z", "DURATION:PT1H"))
    got = [start for start, _ in spans(calendar(RULE) + message, **MARCH)]
    assert got == [MONDAYS[0], *MONDAYS[2:]]


def test_a_series_that_was_cancelled_takes_its_changes_with_it():
    cancelled = event(*WEEKLY, "RRULE:FREQ=WEEKLY", "STATUS:CANCELLED", "SEQUENCE:3")
    assert starts(cancelled, change(SECOND, "DTSTART:20260310T200000Z", "DURATION:PT1H", "SEQUENCE:1")) == []


def test_of_two_versions_the_later_counts():
    earlier = event(*WEEKLY, "RRULE:FREQ=WEEKLY", "SEQUENCE:1")
    later = event("DTSTART:20260303T170000Z", "DURATION:PT1H", "SEQUENCE:2")
    assert starts(earlier, later) == starts(later, earlier) == ["03-03 17:00"]


def test_this_and_all_after_it():
    moved = change(
        ";RANGE=THISANDFUTURE;TZID=America/Los_Angeles:20260316T090000",
        "DTSTART;TZID=America/Los_Angeles:20260316T110000",
        "DURATION:PT1H",
    )
    assert starts(RULE, moved) == [*MONDAYS[:2], "03-16 18:00", "03-23 18:00", "03-30 18:00"]


def test_a_change_of_nothing_we_know_is_read():
    assert starts(change(SECOND, "DTSTART:20260310T200000Z", "DURATION:PT1H")) == ["03-10 20:00"]


# --- no end ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["DTSTART:19700101T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"], 32),
        (["DTSTART:19700101T100000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY;INTERVAL=24"], 31),
        (["DTSTART:20200106T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE"], 4),
        (["DTSTART:19000101T100000Z", "DURATION:PT1H", "RRULE:FREQ=MONTHLY;BYDAY=2TU"], 1),
        (["DTSTART:16010101T100000Z", "DURATION:PT1H", "RRULE:FREQ=YEARLY;BYMONTH=3"], 1),
        (["DTSTART:20260302T100000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY;BYHOUR=10,11"], 60),
    ],
)
def test_rules_that_began_long_ago_and_never_end(lines, expected):
    result = found(calendar(event(*lines)), **MARCH)
    assert (len(result.intervals), result.endless) == (expected - (lines[-1] == "RRULE:FREQ=DAILY"), 0)


@pytest.mark.parametrize("frequency", ["SECONDLY", "MINUTELY", "HOURLY"])
def test_what_repeats_without_a_pause_is_one_long_time(frequency):
    result = found(calendar(event("DTSTART:20260310T000000Z", "DURATION:PT1H", f"RRULE:FREQ={frequency}")), **MARCH)
    [span] = result.intervals
    assert (span.start, span.end) == (datetime(2026, 3, 10, tzinfo=UTC), MARCH["until"])


def test_what_repeats_without_a_pause_until_an_end():
    long = "DTSTART:20260310T000000Z", "DURATION:PT1H"
    assert spans(event(*long, "RRULE:FREQ=MINUTELY;COUNT=61"), **MARCH) == [("03-10 00:00", "03-10 02:00")]
    assert spans(event(*long, "RRULE:FREQ=MINUTELY;UNTIL=20260310T010000Z"), **MARCH) == [
        ("03-10 00:00", "03-10 02:00")
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=SECONDLY;INTERVAL=10",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYSETPOS=2",
        "FREQ=SECONDLY;COUNT=99999999",
    ],
)
def test_what_repeats_too_often_to_be_followed_is_counted_and_the_rest_is_read(rule):
    dense = event("DTSTART:20260302T100000Z", "DTEND:20260302T100001Z", f"RRULE:{rule};BYHOUR=3", uid="dense")
    result = found(calendar(dense, RULE), **MARCH)
    assert (result.endless, len(result.intervals)) == (1, 5)


def test_many_rules_together_do_not_take_for_ever_either():
    often = [
        event("DTSTART:20260302T100000Z", "DTEND:20260302T100001Z", "RRULE:FREQ=MINUTELY", uid=f"u{n}")
        for n in range(30)
    ]
    result = found(calendar(*often, RULE), **MARCH)
    assert 0 < result.endless < 30


def test_a_rule_whose_end_precedes_its_start_repeats_nothing():
    assert starts(event(*WEEKLY, "RRULE:FREQ=WEEKLY;UNTIL=20250101T000000Z")) == []


@pytest.mark.parametrize("weeks", range(1, 9))
@pytest.mark.parametrize("rule", ["FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SU;WKST=SU"])
def test_moving_a_rule_forward_does_not_put_it_out_of_step(rule, weeks):
    """Read in one long window and read from later on, it says the same of what both see."""
    data = calendar(event(*WEEKLY, f"RRULE:{rule}"))
    until = SINCE + timedelta(days=300)
    since = datetime(2026, 4, 1, tzinfo=UTC) + timedelta(weeks=weeks)
    whole = [span for span in found(data, SINCE, until).intervals if span.start >= since]
    assert found(data, since, until).intervals == whole
