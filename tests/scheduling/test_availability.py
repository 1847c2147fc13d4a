"""When Dr. Ramos's time is open: examples to check on a calendar, then an oracle that walks every minute."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.availability import (
    Extra,
    Interval,
    OpenStart,
    Rule,
    Window,
    open_starts,
    open_time,
    resolve,
    starts_for,
    windows_between,
    with_buffers,
)

NEW_YORK = ZoneInfo("America/New_York")
MEXICO_CITY = ZoneInfo("America/Mexico_City")
HAVANA = ZoneInfo("America/Havana")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MO, TU, WE, TH, FR, SA, SU = range(7)
MONDAY = date(2026, 3, 2)
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def span(start: str, end: str) -> Interval:
    return Interval(at(start), at(end))


def weekly(weekday: int, start: str, end: str, zone: ZoneInfo = MEXICO_CITY, step: int = 30, **fields: object) -> Rule:
    return Rule(weekday, time.fromisoformat(start), time.fromisoformat(end), zone, step, **fields)


def window(start: str, end: str, step: int = 30, key: int | None = None) -> Window:
    return Window(at(start), at(end), step, key)


def on(day: date, *rules: Rule) -> list[Window]:
    return windows_between(rules, [], day, day)


def clock(starts: Iterable[OpenStart]) -> str:
    """Return the starts as they read in UTC, with the minutes free from each."""
    return " ".join(f"{start.starts_at:%H:%M}+{start.free_minutes}" for start in starts)


# --- the clock on the wall -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "zone", "real"),
    [
        # An ordinary day, and a zone without daylight saving time.
        ("2026-03-07T09:00", "2026-03-07T12:00", NEW_YORK, span("2026-03-07T14:00", "2026-03-07T17:00")),
        ("2026-03-09T09:00", "2026-03-09T12:00", NEW_YORK, span("2026-03-09T13:00", "2026-03-09T16:00")),
        ("2026-07-01T09:00", "2026-07-01T12:00", MEXICO_CITY, span("2026-07-01T15:00", "2026-07-01T18:00")),
        # Spring: 02:00 to 03:00 is skipped at 07:00Z.
        ("2026-03-08T01:00", "2026-03-08T04:00", NEW_YORK, span("2026-03-08T06:00", "2026-03-08T08:00")),
        ("2026-03-08T02:30", "2026-03-08T04:00", NEW_YORK, span("2026-03-08T07:00", "2026-03-08T08:00")),
        ("2026-03-08T01:00", "2026-03-08T02:30", NEW_YORK, span("2026-03-08T06:00", "2026-03-08T07:00")),
        ("2026-03-08T01:00", "2026-03-08T02:00", NEW_YORK, span("2026-03-08T06:00", "2026-03-08T07:00")),
        ("2026-03-08T03:00", "2026-03-08T04:00", NEW_YORK, span("2026-03-08T07:00", "2026-03-08T08:00")),
        # Autumn: 01:00 to 02:00 happens twice, 05:00Z and 06:00Z.
        ("2026-11-01T00:00", "2026-11-01T03:00", NEW_YORK, span("2026-11-01T04:00", "2026-11-01T08:00")),
        ("2026-11-01T01:30", "2026-11-01T03:00", NEW_YORK, span("2026-11-01T05:30", "2026-11-01T08:00")),
        ("2026-11-01T00:00", "2026-11-01T01:30", NEW_YORK, span("2026-11-01T04:00", "2026-11-01T06:30")),
        ("2026-11-01T01:10", "2026-11-01T01:20", NEW_YORK, span("2026-11-01T05:10", "2026-11-01T06:20")),
        # Havana changed at midnight: 00:00 was skipped in spring and came twice in autumn.
        ("2025-03-08T23:00", "2025-03-09T00:00", HAVANA, span("2025-03-09T04:00", "2025-03-09T05:00")),
        ("2025-03-09T00:00", "2025-03-09T02:00", HAVANA, span("2025-03-09T05:00", "2025-03-09T06:00")),
        ("2025-11-01T23:00", "2025-11-02T00:00", HAVANA, span("2025-11-02T03:00", "2025-11-02T05:00")),
        # Lord Howe moves by half an hour.
        ("2025-10-05T01:30", "2025-10-05T03:00", LORD_HOWE, span("2025-10-04T15:00", "2025-10-04T16:00")),
        ("2025-10-05T02:10", "2025-10-05T03:00", LORD_HOWE, span("2025-10-04T15:30", "2025-10-04T16:00")),
        ("2025-04-06T01:00", "2025-04-06T01:45", LORD_HOWE, span("2025-04-05T14:00", "2025-04-05T15:15")),
    ],
)
def test_a_window_is_the_real_time_between_its_two_readings(
    start: str, end: str, zone: ZoneInfo, real: Interval
) -> None:
    assert resolve(wall(start), wall(end), zone) == real


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("2026-03-08T02:10", "2026-03-08T02:50", NEW_YORK),
        ("2011-12-30T08:00", "2011-12-30T18:00", ZoneInfo("Pacific/Apia")),  # the day Samoa left out
    ],
)
def test_a_window_that_is_skipped_whole_offers_nothing(start: str, end: str, zone: ZoneInfo) -> None:
    real = resolve(wall(start), wall(end), zone)
    assert real.start == real.end
    assert open_starts([Window(real.start, real.end, 5)], []) == []


# --- which windows ---------------------------------------------------------------------------------------------------


def test_a_rule_opens_its_weekday_and_no_other() -> None:
    found = windows_between([weekly(WE, "09:00", "12:00", key=7)], [], MONDAY, MONDAY + timedelta(days=15))
    assert found == [
        window("2026-03-04T15:00", "2026-03-04T18:00", key=7),
        window("2026-03-11T15:00", "2026-03-11T18:00", key=7),
    ]


@pytest.mark.parametrize("weekday", range(7))
def test_each_weekday_comes_once_in_any_week(weekday: int) -> None:
    for offset in range(7):
        first = MONDAY + timedelta(days=offset)
        days = [
            w.start.date()
            for w in windows_between([weekly(weekday, "09:00", "10:00")], [], first, first + timedelta(days=6))
        ]
        assert [day.weekday() for day in days] == [weekday]


@pytest.mark.parametrize("end", ["00:00", "09:00", "08:00"])
def test_an_end_not_after_its_start_is_on_the_next_day(end: str) -> None:
    (found,) = on(MONDAY, weekly(MO, "09:00", end))
    assert found.end == at(f"2026-03-03T{end}") + timedelta(hours=6)


def test_a_night_belongs_whole_to_the_day_it_starts() -> None:
    night = [weekly(day, "22:00", "02:00", step=60) for day in range(7)]
    assert [w.start for w in on(MONDAY, *night)] == [at("2026-03-03T04:00")]
    assert clock(open_starts(on(MONDAY, *night), [])) == "04:00+240 05:00+180 06:00+120 07:00+60"


def test_the_date_is_that_of_each_rule_s_own_zone() -> None:
    """22:00 on a Monday in Tijuana is Tuesday in UTC and in New York; the range still means Monday."""
    tijuana = weekly(MO, "22:00", "23:00", ZoneInfo("America/Tijuana"))
    assert [w.start for w in on(MONDAY, tijuana)] == [at("2026-03-03T06:00")]
    assert on(MONDAY + timedelta(days=1), tijuana) == []


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "days"),
    [
        (None, None, [2, 9, 16, 23]),
        (date(2026, 3, 9), None, [9, 16, 23]),
        (date(2026, 3, 10), None, [16, 23]),
        (None, date(2026, 3, 16), [2, 9]),
        (None, date(2026, 3, 17), [2, 9, 16]),
        (date(2026, 3, 9), date(2026, 3, 10), [9]),
        (date(2026, 3, 9), date(2026, 3, 9), []),
        (date(2026, 4, 1), None, []),
        (date(2026, 1, 1), date(2026, 12, 1), [2, 9, 16, 23]),
        (None, date(2026, 1, 1), []),
    ],
)
def test_a_rule_holds_from_its_first_day_until_before_its_last(
    valid_from: date | None, valid_until: date | None, days: list[int]
) -> None:
    rule = weekly(MO, "09:00", "10:00", valid_from=valid_from, valid_until=valid_until)
    found = windows_between([rule], [], MONDAY, date(2026, 3, 29))
    assert [w.start.day for w in found] == days


@pytest.mark.parametrize(("first", "last", "count"), [(10, 10, 1), (9, 11, 1), (9, 9, 0), (11, 12, 0)])
def test_an_extra_belongs_to_the_local_date_of_its_start(first: int, last: int, count: int) -> None:
    """It starts on the 10th in Mexico City, which is the 11th in UTC, and ends on the 11th in both."""
    extra = Extra(wall("2026-03-10T23:30"), wall("2026-03-11T01:00"), MEXICO_CITY, 30, key=4)
    found = windows_between([], [extra], date(2026, 3, first), date(2026, 3, last))
    assert found == [window("2026-03-11T05:30", "2026-03-11T07:00", key=4)] * count


# --- open time -------------------------------------------------------------------------------------------------------


def test_windows_that_touch_or_overlap_become_one() -> None:
    opened = [
        span("2026-03-02T12:00", "2026-03-02T13:00"),
        span("2026-03-02T09:00", "2026-03-02T10:00"),
        span("2026-03-02T10:00", "2026-03-02T11:00"),
        span("2026-03-02T12:30", "2026-03-02T14:00"),
        span("2026-03-02T12:40", "2026-03-02T12:50"),
    ]
    assert open_time(opened, []) == [
        span("2026-03-02T09:00", "2026-03-02T11:00"),
        span("2026-03-02T12:00", "2026-03-02T14:00"),
    ]


def test_one_absence_may_cut_several_windows() -> None:
    opened = [span(f"2026-03-02T{hour}:00", f"2026-03-02T{hour}:40") for hour in ("09", "10", "11")]
    assert open_time(opened, [span("2026-03-02T09:30", "2026-03-02T11:10")]) == [
        span("2026-03-02T09:00", "2026-03-02T09:30"),
        span("2026-03-02T11:10", "2026-03-02T11:40"),
    ]


def test_overlapping_absences_end_with_the_last_of_them() -> None:
    taken = [span("2026-03-02T09:10", "2026-03-02T09:50"), span("2026-03-02T09:20", "2026-03-02T09:30")]
    assert open_time([span("2026-03-02T09:00", "2026-03-02T10:00")], taken) == [
        span("2026-03-02T09:00", "2026-03-02T09:10"),
        span("2026-03-02T09:50", "2026-03-02T10:00"),
    ]


def test_an_absence_that_ends_where_the_window_starts_takes_nothing() -> None:
    opened = [span("2026-03-02T09:00", "2026-03-02T10:00")]
    taken = [span("2026-03-02T08:00", "2026-03-02T09:00"), span("2026-03-02T10:00", "2026-03-02T11:00")]
    assert open_time(opened, taken) == opened


def test_intervals_without_time_neither_open_nor_take() -> None:
    opened = [span("2026-03-02T09:00", "2026-03-02T10:00")]
    nothing = [span("2026-03-02T09:30", "2026-03-02T09:30"), span("2026-03-02T09:40", "2026-03-02T09:20")]
    assert open_time(opened, nothing) == opened
    assert open_time(nothing, []) == []


def test_off_beats_extra() -> None:
    extra = Extra(wall("2026-03-02T09:00"), wall("2026-03-02T11:00"), MEXICO_CITY, 30)
    off = resolve(wall("2026-03-02T09:30"), wall("2026-03-02T11:00"), MEXICO_CITY)
    assert clock(open_starts(windows_between([], [extra], MONDAY, MONDAY), [off])) == "15:00+30"


# --- starts ----------------------------------------------------------------------------------------------------------


def test_a_morning_of_half_hours() -> None:
    assert clock(open_starts(on(MONDAY, weekly(MO, "09:00", "11:00")), [])) == "15:00+120 15:30+90 16:00+60 16:30+30"


def test_the_grid_counts_from_the_window_not_from_the_hour() -> None:
    assert (
        clock(open_starts([window("2026-03-02T09:10", "2026-03-02T10:00", step=20)], []))
        == "09:10+50 09:30+30 09:50+10"
    )


def test_busy_time_hides_starts_and_never_moves_them() -> None:
    busy = [span("2026-03-02T09:00", "2026-03-02T09:10"), span("2026-03-02T10:20", "2026-03-02T10:30")]
    found = open_starts([window("2026-03-02T09:00", "2026-03-02T11:00")], busy)
    assert clock(found) == "09:30+50 10:00+20 10:30+30"


def test_a_visit_may_run_on_into_the_window_that_follows() -> None:
    """Each window keeps its own grid; the time between them is one."""
    found = open_starts(
        [window("2026-03-02T10:00", "2026-03-02T10:50", 20), window("2026-03-02T09:15", "2026-03-02T10:00")], []
    )
    assert clock(found) == "09:15+95 09:45+65 10:00+50 10:20+30 10:40+10"


def test_overlapping_grids_are_merged_and_the_first_window_names_the_start() -> None:
    found = open_starts(
        [
            window("2026-03-02T09:30", "2026-03-02T10:30", step=30, key=1),
            window("2026-03-02T09:00", "2026-03-02T10:00", step=15, key=2),
        ],
        [],
    )
    assert [(f"{start.starts_at:%H:%M}", start.key) for start in found] == [
        ("09:00", 2), ("09:15", 2), ("09:30", 1), ("09:45", 2), ("10:00", 1),
    ]  # fmt: skip


def test_a_repeated_hour_is_offered_twice_and_a_lost_one_not_at_all() -> None:
    rule = weekly(SU, "01:00", "03:00", NEW_YORK)
    assert (
        clock(open_starts(on(date(2026, 11, 1), rule), []))
        == "05:00+180 05:30+150 06:00+120 06:30+90 07:00+60 07:30+30"
    )
    assert clock(open_starts(on(date(2026, 3, 8), rule), [])) == "06:00+60 06:30+30"


def test_the_step_is_real_time_across_a_change_of_the_clock() -> None:
    rule = weekly(SU, "01:30", "03:30", NEW_YORK, step=40)
    assert clock(open_starts(on(date(2026, 3, 8), rule), [])) == "06:30+60 07:10+20"


def test_minutes_are_whole_and_rounded_down() -> None:
    busy = [span("2026-03-02T09:29:31", "2026-03-02T10:00")]
    assert clock(open_starts([window("2026-03-02T09:00", "2026-03-02T10:00")], busy)) == "09:00+29"


@pytest.mark.parametrize(
    ("minutes", "found"),
    [(1, "09:00+50 09:30+20"), (20, "09:00+50 09:30+20"), (21, "09:00+50"), (50, "09:00+50"), (51, "")],
)
def test_a_start_needs_the_minutes_asked_for(minutes: int, found: str) -> None:
    assert clock(open_starts([window("2026-03-02T09:00", "2026-03-02T09:50")], [], minutes)) == found


def test_a_length_keeps_the_starts_with_room_for_it() -> None:
    starts = open_starts([window("2026-03-02T09:00", "2026-03-02T10:00", step=20)], [])
    assert starts_for(starts, 40) == [at("2026-03-02T09:00"), at("2026-03-02T09:20")]
    assert starts_for(starts, 41) == [at("2026-03-02T09:00")]


def test_a_step_of_nothing_is_an_error_and_not_a_loop() -> None:
    with pytest.raises(ZeroDivisionError):
        open_starts([window("2026-03-02T09:00", "2026-03-02T10:00", step=0)], [])


# --- buffers ---------------------------------------------------------------------------------------------------------


def test_buffers_widen_busy_time_on_the_side_they_belong_to() -> None:
    busy = [span("2026-03-02T09:30", "2026-03-02T10:00")]
    assert with_buffers(busy, before_minutes=10, after_minutes=5) == [span("2026-03-02T09:25", "2026-03-02T10:10")]


def test_a_new_visit_keeps_its_buffers_from_the_visits_that_are_there() -> None:
    """Twenty minutes fit at 09:00 when five must follow, and again from 10:10 when ten must go ahead."""
    taken = with_buffers([span("2026-03-02T09:25", "2026-03-02T10:00")], before_minutes=10, after_minutes=5)
    found = open_starts([window("2026-03-02T09:00", "2026-03-02T10:30", step=10)], taken)
    assert clock(found) == "09:00+20 09:10+10 10:10+20 10:20+10"


def test_buffers_do_not_shorten_the_window_itself() -> None:
    found = open_starts([window("2026-03-02T09:00", "2026-03-02T10:00")], with_buffers([], 15, 15))
    assert clock(found) == "09:00+60 09:30+30"


def test_busy_time_without_time_has_no_buffers() -> None:
    assert with_buffers([span("2026-03-02T09:30", "2026-03-02T09:30")], 10, 10) == []


# --- against an oracle that walks every minute -----------------------------------------------------------------------
#
# It only ever asks what the clock reads at an instant, never which instant a reading is; so it shares neither a
# formula nor a direction with the code.

CHANGES = [
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Los_Angeles", date(2027, 3, 14)),
    ("America/Los_Angeles", date(2026, 11, 1)),
    ("America/Mexico_City", date(2022, 10, 30)),  # the last time it changed
    ("America/Mexico_City", date(2026, 4, 5)),
    ("America/Tijuana", date(2026, 3, 8)),
    ("America/Tijuana", date(2026, 11, 1)),
    ("America/Ciudad_Juarez", date(2022, 11, 30)),  # moved to another zone on a Wednesday
    ("America/Ciudad_Juarez", date(2026, 3, 8)),
    ("America/Phoenix", date(2026, 3, 8)),
    ("America/Havana", date(2025, 3, 9)),
    ("America/Havana", date(2025, 11, 2)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),
    ("Australia/Lord_Howe", date(2025, 10, 5)),
    ("America/New_York", date(2041, 3, 10)),  # past the tables of transitions
]


class Timeline:
    """Nine days of minutes around a day, and what the clock of a zone reads at each."""

    def __init__(self, zone: str, day: date) -> None:
        self.origin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=4)
        minutes = (self.origin + n * MINUTE for n in range(9 * 24 * 60))
        self.readings = [minute.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for minute in minutes]
        self.first: dict[datetime, int] = {}
        self.last: dict[datetime, int] = {}
        for n, reading in enumerate(self.readings):
            self.first.setdefault(reading, n)
            self.last[reading] = n

    def skip(self, reading: datetime) -> int:
        return next(n for n, shown in enumerate(self.readings) if shown > reading)

    def between(self, start: datetime, end: datetime) -> range:
        opening, closing = self.first.get(start), self.last.get(end)
        return range(
            self.skip(start) if opening is None else opening,
            self.skip(end) if closing is None else closing,
        )

    def instant(self, minute: int) -> datetime:
        return self.origin + minute * MINUTE


timeline = cache(Timeline)

quarter_hours = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
small_hours = st.integers(0, 47).map(lambda n: time(n // 12, n % 12 * 5))
times = small_hours | quarter_hours


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, object]:
    """Return rules, extras, absences and busy time crowded around a day on which a clock changes."""
    zone, day = draw(st.sampled_from(CHANGES))
    near = st.integers(-1, 1).map(lambda n: day + timedelta(days=n))
    walls = st.builds(datetime.combine, near, times)
    pairs = st.tuples(walls, walls).map(sorted).map(tuple)
    weekdays = near.map(date.weekday)
    bounds = st.none() | near
    steps = st.sampled_from([5, 10, 15, 20, 30, 45, 60])
    first, last = sorted((draw(near), draw(near)))
    edges = st.integers(-30 * 12, 30 * 12).map(lambda n: 5 * n + 4 * 24 * 60)
    return {
        "timeline": timeline(zone, day),
        "zone": ZoneInfo(zone),
        "rules": draw(st.lists(st.tuples(weekdays, times, times, steps, bounds, bounds), max_size=4)),
        "extras": draw(st.lists(st.tuples(pairs, steps), max_size=2)),
        "off": draw(st.lists(pairs, max_size=2)),
        "busy": draw(st.lists(st.tuples(edges, edges).map(sorted), max_size=6)),
        "buffers": draw(st.tuples(*[st.sampled_from([0, 0, 5, 10, 30])] * 2)),
        "range": (first, last),
        "minutes": draw(st.sampled_from([1, 5, 15, 30, 60, 90])),
    }


def expected(calendar: dict) -> list[tuple[datetime, int, int]]:
    """Return every start, its free minutes and the number of the window it belongs to, minute by minute."""
    line, (first, last), (before, after) = calendar["timeline"], calendar["range"], calendar["buffers"]
    opened: list[tuple[range, int, int]] = []
    for key, (weekday, start, end, step, valid_from, valid_until) in enumerate(calendar["rules"]):
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            valid = (not valid_from or day >= valid_from) and (not valid_until or day < valid_until)
            if day.weekday() == weekday and valid:
                closing = datetime.combine(day, end) + timedelta(days=end <= start)
                opened.append((line.between(datetime.combine(day, start), closing), step, key))
    for key, ((start, end), step) in enumerate(calendar["extras"], start=100):
        if first <= start.date() <= last:
            opened.append((line.between(start, end), step, key))
    is_open = bytearray(len(line.readings))
    for minutes, _, _ in opened:
        is_open[minutes.start : minutes.stop] = b"\1" * len(minutes)
    for start, end in calendar["off"]:
        minutes = line.between(start, end)
        is_open[minutes.start : minutes.stop] = b"\0" * len(minutes)
    starts: dict[int, tuple[int, int]] = {}
    for minutes, step, key in opened:
        for minute in minutes[::step]:
            free = is_open.index(0, minute) - minute
            for start, end in calendar["busy"]:
                if start < end and minute < end + before:
                    free = min(free, start - after - minute)
            if free >= calendar["minutes"]:
                starts.setdefault(minute, (free, key))
    return [(line.instant(minute), *starts[minute]) for minute in sorted(starts)]


@given(calendar=calendars())
@settings(max_examples=400, deadline=None)
def test_the_sweep_agrees_with_a_walk_through_every_minute(calendar: dict) -> None:
    zone, line = calendar["zone"], calendar["timeline"]
    rules = [
        Rule(weekday, start, end, zone, step, valid_from, valid_until, key)
        for key, (weekday, start, end, step, valid_from, valid_until) in enumerate(calendar["rules"])
    ]
    extras = [
        Extra(start, end, zone, step, key) for key, ((start, end), step) in enumerate(calendar["extras"], start=100)
    ]
    off = [resolve(start, end, zone) for start, end in calendar["off"]]
    busy = [Interval(line.instant(start), line.instant(end)) for start, end in calendar["busy"]]
    windows = windows_between(rules, extras, *calendar["range"])
    found = open_starts(windows, [*off, *with_buffers(busy, *calendar["buffers"])], calendar["minutes"])
    assert [(start.starts_at, start.free_minutes, start.key) for start in found] == expected(calendar)


@given(calendar=calendars(), shuffled=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_what_is_given_changes_no_instant(calendar: dict, shuffled) -> None:
    line = calendar["timeline"]
    busy = [Interval(line.instant(start), line.instant(end)) for start, end in calendar["busy"]]
    rules = [Rule(weekday, start, end, calendar["zone"], step) for weekday, start, end, step, *_ in calendar["rules"]]
    windows = windows_between(rules, [], *calendar["range"])
    before = starts_for(open_starts(windows, busy), 15)
    shuffled.shuffle(windows)
    shuffled.shuffle(busy)
    assert starts_for(open_starts(windows, busy), 15) == before
