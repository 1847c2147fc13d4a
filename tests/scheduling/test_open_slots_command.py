"""`manage.py open_slots`: one line a case, the starts or what is wrong with the case; no database behind it."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from scheduling.management.commands.open_slots import Command

Json = dict[str, Any]

MORNING = {"weekday": "TU", "start": "09:00", "end": "10:30"}
CASE: Json = {
    "zone": "America/Mexico_City",
    "windows": [MORNING],
    "slot_minutes": 30,
    "from": "2026-03-09",
    "to": "2026-03-15",
}
STARTS = ["2026-03-10T15:00:00Z", "2026-03-10T15:30:00Z", "2026-03-10T16:00:00Z"]


@pytest.fixture
def answers(tmp_path: Path):
    """Return a caller that puts these cases in a file and reads the answers."""

    def run(*cases: object) -> list[Json]:
        file = tmp_path / "cases.json"
        file.write_text(json.dumps(cases))
        return [json.loads(line) for line in output(str(file)).splitlines()]

    return run


def output(file: str) -> str:
    out = io.StringIO()
    call_command("open_slots", file, stdout=out)
    return out.getvalue()


@pytest.fixture
def starts(answers):
    """Return a caller that changes the case and reads its starts, without date and seconds where it is the Tuesday."""

    def run(**changes: object) -> str:
        (answer,) = answers(CASE | {name.rstrip("_"): value for name, value in changes.items()})
        return " ".join(start.removeprefix("2026-03-10T").removesuffix(":00Z") for start in answer["starts"])

    return run


@pytest.fixture
def problem(answers):
    """Return a caller that reads what is wrong with a case, as (code, field)."""

    def run(case: object) -> tuple[str, str]:
        (answer,) = answers(case)
        assert set(answer) == {"error"}
        assert set(answer["error"]) == {"code", "field", "detail"}
        return answer["error"]["code"], answer["error"]["field"]

    return run


# --- answers ---------------------------------------------------------------------------------------------------------


def test_a_week_of_one_window(answers) -> None:
    assert answers(CASE) == [{"starts": STARTS}]


def test_standard_input(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps([CASE]).encode())))
    assert json.loads(output("-")) == {"starts": STARTS}


def test_no_cases_no_lines(answers) -> None:
    assert answers() == []


def test_a_visit_must_end_inside_the_window(starts) -> None:
    assert starts(slot_minutes=45) == "15:00 15:45"
    assert starts(slot_minutes=91) == ""


def test_the_step_may_differ_from_the_length(starts) -> None:
    assert starts(step_minutes=20) == "15:00 15:20 15:40 16:00"
    assert starts(slot_minutes=20, step_minutes=45) == "15:00 15:45"


def test_the_shortest_and_the_longest_visit(answers) -> None:
    whole_day = {"weekday": "TU", "start": "00:00", "end": "00:00"}
    short, long = answers(
        CASE | {"slot_minutes": 1}, CASE | {"windows": [whole_day], "slot_minutes": 1440, "step_minutes": 1}
    )
    assert len(short["starts"]) == 90
    assert long["starts"] == ["2026-03-10T06:00:00Z"]


def test_dates_are_inclusive(starts) -> None:
    assert starts(from_="2026-03-10", to="2026-03-10") == "15:00 15:30 16:00"
    assert starts(from_="2026-03-11", to="2026-03-16") == ""


def test_a_window_across_midnight_belongs_to_its_first_day(starts) -> None:
    night = {"weekday": "TU", "start": "17:00", "end": "01:00"}
    assert starts(windows=[night], slot_minutes=240, from_="2026-03-10", to="2026-03-10") == ("23:00 2026-03-11T03:00")
    assert starts(windows=[night], slot_minutes=240, from_="2026-03-11", to="2026-03-11") == ""


@pytest.mark.parametrize("end", ["24:00", "00:00"])
def test_midnight_has_two_names_as_an_end(end: str, starts) -> None:
    evening = {"weekday": "TU", "start": "17:00", "end": end}
    assert starts(windows=[evening], slot_minutes=420, step_minutes=30) == "23:00"


@pytest.mark.parametrize(("index", "weekday"), list(enumerate(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])))
def test_weekdays(index: int, weekday: str, answers) -> None:
    (answer,) = answers(CASE | {"windows": [{"weekday": weekday, "start": "09:00", "end": "09:30"}]})
    assert answer["starts"] == [f"2026-03-{9 + index:02}T15:00:00Z"]


def test_off_takes_and_extra_gives(starts) -> None:
    off = {"kind": "off", "start": "2026-03-10T09:00", "end": "2026-03-10T09:30"}
    extra = {"kind": "extra", "start": "2026-03-10T09:10", "end": "2026-03-10T10:00"}
    assert starts(exceptions=[off]) == "15:30 16:00"
    assert starts(exceptions=[extra]) == "15:00 15:10 15:30 15:40 16:00"
    assert starts(exceptions=[extra, off]) == starts(exceptions=[off, extra]) == "15:30 15:40 16:00"


def test_wall_times_may_carry_seconds(starts) -> None:
    off = {"kind": "off", "start": "2026-03-10T09:00:00", "end": "2026-03-10T09:00:01"}
    assert starts(exceptions=[off]) == "15:30 16:00"


def test_busy_time_is_utc_or_has_an_offset(starts) -> None:
    assert starts(busy=[["2026-03-10T15:00:00Z", "2026-03-10T15:30:00Z"]]) == "15:30 16:00"
    assert starts(busy=[["2026-03-10T09:00:00-06:00", "2026-03-10T09:10:00-06:00"]]) == "15:30 16:00"
    assert starts(busy=[["2026-03-10T15:40:00Z", "2026-03-10T15:40:00Z"]]) == "15:00 15:30 16:00"


def test_the_clock_changes(answers) -> None:
    case = CASE | {
        "zone": "America/New_York",
        "windows": [{"weekday": "SU", "start": "01:00", "end": "03:00"}],
        "slot_minutes": 60,
    }
    spring, autumn = answers(
        case | {"from": "2026-03-08", "to": "2026-03-08"}, case | {"from": "2026-11-01", "to": "2026-11-01"}
    )
    assert spring["starts"] == ["2026-03-08T06:00:00Z"]
    assert autumn["starts"] == ["2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"]


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"zone": "America/Aztlan"}, "unknown_zone", "zone"),
        ({"zone": "America"}, "unknown_zone", "zone"),
        ({"zone": "../zone"}, "unknown_zone", "zone"),
        ({"zone": ""}, "unknown_zone", "zone"),
        ({"zone": None}, "unknown_zone", "zone"),
        ({"windows": {}}, "not_a_list", "windows"),
        ({"windows": ["TU"]}, "not_an_object", "windows[0]"),
        ({"windows": [MORNING, MORNING | {"weekday": "XX"}]}, "unknown_weekday", "windows[1].weekday"),
        ({"windows": [MORNING | {"weekday": "tu"}]}, "unknown_weekday", "windows[0].weekday"),
        ({"windows": [MORNING | {"weekday": ["TU"]}]}, "unknown_weekday", "windows[0].weekday"),
        ({"windows": [MORNING | {"start": "9:00"}]}, "not_a_time", "windows[0].start"),
        ({"windows": [MORNING | {"start": "09:60"}]}, "not_a_time", "windows[0].start"),
        ({"windows": [MORNING | {"start": "24:00"}]}, "not_a_time", "windows[0].start"),
        ({"windows": [MORNING | {"start": "09:00Z"}]}, "not_a_time", "windows[0].start"),
        ({"windows": [MORNING | {"start": "0900"}]}, "not_a_time", "windows[0].start"),
        ({"windows": [MORNING | {"start": 9}]}, "not_a_time", "windows[0].start"),
        ({"windows": [MORNING | {"end": "25:00"}]}, "not_a_time", "windows[0].end"),
        ({"windows": [MORNING | {"end": None}]}, "not_a_time", "windows[0].end"),
        ({"windows": [MORNING | {"room": 3}]}, "unknown_field", "windows[0].room"),
        ({"windows": [{"weekday": "TU", "start": "09:00"}]}, "missing_field", "windows[0].end"),
        ({"slot_minutes": 0}, "out_of_range", "slot_minutes"),
        ({"slot_minutes": -30}, "out_of_range", "slot_minutes"),
        ({"slot_minutes": 1441}, "out_of_range", "slot_minutes"),
        ({"slot_minutes": "30"}, "not_a_number", "slot_minutes"),
        ({"slot_minutes": 7.5}, "not_a_number", "slot_minutes"),
        ({"slot_minutes": True}, "not_a_number", "slot_minutes"),
        ({"step_minutes": 0}, "out_of_range", "step_minutes"),
        ({"step_minutes": None}, "not_a_number", "step_minutes"),
        ({"from": "2026-03-16"}, "from_after_to", "from"),
        ({"from": "2026-3-9"}, "not_a_date", "from"),
        ({"from": "20260309"}, "not_a_date", "from"),
        ({"from": "2026-W11-1"}, "not_a_date", "from"),
        ({"to": "2026-02-30"}, "not_a_date", "to"),
        ({"to": None}, "not_a_date", "to"),
        ({"to": "2027-04-13"}, "range_too_long", "to"),
        ({"from": "1969-12-31"}, "out_of_range", "from"),
        ({"from": "2200-01-01"}, "out_of_range", "from"),
        ({"to": "9999-12-31"}, "out_of_range", "to"),
        ({"exceptions": None}, "not_a_list", "exceptions"),
        ({"busy": [["2026-03-10T15:00:00Z"]]}, "not_a_pair", "busy[0]"),
        ({"busy": ["2026-03-10T15:00:00Z"]}, "not_a_pair", "busy[0]"),
        ({"busy": [["2026-03-10T15:00:00Z", "2026-03-10T14:59:59Z"]]}, "end_before_start", "busy[0]"),
        ({"busy": [["2026-03-10T15:00:00", "2026-03-10T16:00:00Z"]]}, "not_an_instant", "busy[0][0]"),
        ({"busy": [["2026-03-10T15:00:00Z", "mañana"]]}, "not_an_instant", "busy[0][1]"),
        ({"busy": [["0001-01-01T00:00:00+05:00", "2026-03-10T16:00:00Z"]]}, "out_of_range", "busy[0][0]"),
        ({"buffer": 5}, "unknown_field", "buffer"),
    ],
)
def test_a_bad_case_says_what_and_where(changes: Json, code: str, field: str, problem) -> None:
    assert problem(CASE | changes) == (code, field)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "holiday"}, "unknown_kind", "exceptions[0].kind"),
        ({"end": "2026-03-10T09:00"}, "end_before_start", "exceptions[0].end"),
        ({"end": "2026-03-09T09:00"}, "end_before_start", "exceptions[0].end"),
        ({"start": "2026-03-10"}, "not_a_wall_time", "exceptions[0].start"),
        ({"start": "2026-03-10T09:00Z"}, "not_a_wall_time", "exceptions[0].start"),
        ({"start": "2026-03-10T09:00:00-06:00"}, "not_a_wall_time", "exceptions[0].start"),
        ({"start": "2026-03-10 09:00"}, "not_a_wall_time", "exceptions[0].start"),
        ({"end": "9999-12-31T23:00"}, "out_of_range", "exceptions[0].end"),
        ({"note": "vacaciones"}, "unknown_field", "exceptions[0].note"),
    ],
)
def test_a_bad_exception_says_what_and_where(changes: Json, code: str, field: str, problem) -> None:
    exception = {"kind": "off", "start": "2026-03-10T09:00", "end": "2026-03-10T10:00"} | changes
    assert problem(CASE | {"exceptions": [exception]}) == (code, field)


@pytest.mark.parametrize("name", ["zone", "windows", "slot_minutes", "from", "to"])
def test_what_a_case_cannot_do_without(name: str, problem) -> None:
    assert problem({key: value for key, value in CASE.items() if key != name}) == ("missing_field", name)


@pytest.mark.parametrize("case", [None, [], "case", 7])
def test_a_case_is_an_object(case: object, problem) -> None:
    assert problem(case) == ("not_an_object", "")


def test_the_first_and_the_last_year(answers) -> None:
    first, last = answers(
        CASE | {"from": "1970-01-01", "to": "1970-01-06"}, CASE | {"from": "2199-12-31", "to": "2199-12-31"}
    )
    assert first["starts"][0] == "1970-01-06T15:00:00Z"
    assert last["starts"][0] == "2199-12-31T15:00:00Z"


def test_four_hundred_days_are_not_too_many(answers) -> None:
    (answer,) = answers(CASE | {"to": "2027-04-12"})
    assert len(answer["starts"]) == 57 * 3


def test_a_bad_case_stops_no_other(answers) -> None:
    good, bad, again = answers(CASE, CASE | {"zone": "Mictlan"}, CASE)
    assert good == again == {"starts": STARTS}
    assert bad["error"]["detail"] == "expected an IANA time zone, got 'Mictlan'"


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"from": "2400-01-01"}, "expected a year from 1970 to 2199, got '2400-01-01'"),
        ({"slot_minutes": 0}, "expected 1 to 1440 minutes, got 0"),
        ({"windows": [MORNING | {"weekday": 2}]}, "expected one of MO TU WE TH FR SA SU, got 2"),
    ],
)
def test_the_detail_says_what_would_do(changes: Json, detail: str, answers) -> None:
    (answer,) = answers(CASE | changes)
    assert answer["error"]["detail"] == detail


@pytest.mark.parametrize("text", ["", "{}", "[", "\ud800", "[" * 100_000])
def test_a_file_that_is_no_list_of_cases_is_refused_whole(text: str, tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text(text, errors="surrogatepass")
    with pytest.raises(CommandError, match="JSON"):
        output(str(file))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        output(str(tmp_path / "nada.json"))


def test_it_starts_without_the_checks_that_need_a_database() -> None:
    assert list(Command.requires_system_checks) == []
    assert Command.requires_migrations_checks is False
