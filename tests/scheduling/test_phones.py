"""What people write as a telephone number, in the country they named, and what comes of it."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.phones import Phone, PhoneError, display, last_two, parse

MEXICO_CITY = "+525512345678"
HOUSTON = "+17135550142"
NO_BREAK = "\u00a0"
MEXICAN_LEADS = ["", "044", "045", "01", "1", "52", "521", "+52", "+521", "+52044", "0052", "00521", "01152", "011521"]


def refusal(text: str, country: str) -> PhoneError:
    with pytest.raises(PhoneError) as caught:
        parse(text, country)
    return caught.value


# --- Mexico ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "5512345678",
        "55 1234 5678",
        "(55) 1234-5678",
        "55.1234.5678",
        "044 55 1234 5678",
        "045 55 1234 5678",
        "01 55 1234 5678",
        "1 55 1234 5678",
        "52 55 1234 5678",
        "52 1 55 1234 5678",
        "+52 55 1234 5678",
        "+52 1 55 1234 5678",
        "(+52) 55 1234 5678",
        "+52 (1) 55 1234 5678",
        "+52 044 55 1234 5678",
        "0052 1 55 1234 5678",
        "011 52 55 1234 5678",
        "+011 52 55 1234 5678",
        "+00 52 55 1234 5678",
        "٥٥١٢٣٤٥٦٧٨",  # Arabic-Indic
        "۵۵۱۲۳۴۵۶۷۸",  # Persian
        "＋５２　５５１２３４５６７８",  # full width
        "\u202a+52\u00a055\u20111234\u20115678\u202c",  # copied from a contact
        "  55 1234 5678\n",
    ],
)
def test_every_way_to_write_a_mexican_number_is_the_same_number(text: str) -> None:
    assert parse(text, "MX") == Phone(MEXICO_CITY, "MX")


@given(lead=st.sampled_from(MEXICAN_LEADS), rest=st.from_regex(r"[0-9]{8}", fullmatch=True), breaks=st.data())
@settings(deadline=None)
def test_old_prefixes_and_separators_never_change_the_ten_digits(lead: str, rest: str, breaks: st.DataObject) -> None:
    marks = st.sampled_from(["", "", " ", "-", ".", " - ", "(", ")"])
    written = "".join(digit + breaks.draw(marks) for digit in f"{lead}55{rest}")
    assert parse(written, "MX").e164 == f"+5255{rest}"


def test_a_prefix_is_not_counted_among_the_digits() -> None:
    problem = refusal("044 55 1234 567", "MX")
    assert (problem.code, problem.expected, problem.got) == ("too_short", 10, 9)


def test_a_toll_free_number_keeps_its_old_long_distance_prefix_out() -> None:
    assert parse("01 800 123 4567", "MX").e164 == "+528001234567"


def test_ten_digits_that_begin_like_a_prefix_are_not_cut() -> None:
    assert refusal("0155123456", "MX").code == "not_valid"
    assert refusal("+52 155123456", "MX").got == 9


# --- the United States -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "7135550142",
        "(713) 555-0142",
        "713.555.0142",
        "713/555-0142",
        "713\u2013555\u20130142",
        "1 713 555 0142",
        "1-713-555-0142",
        "+1 (713) 555-0142",
        "001 713 555 0142",
        "011 1 713 555 0142",
    ],
)
def test_every_way_to_write_a_us_number_is_the_same_number(text: str) -> None:
    assert parse(text, "US") == Phone(HOUSTON, "US")


@pytest.mark.parametrize(
    "text", ["113 555 0142", "013 555 0142", "011 555 0142", "001 555 0142", "1 113 555 0142", "713 155 0142"]
)
def test_codes_that_no_number_has_are_not_valid(text: str) -> None:
    assert refusal(text, "US").code == "not_valid"


def test_leading_zeros_do_not_disappear_into_a_shorter_number() -> None:
    # As an integer it would be 310 0142, which has the shape of an old seven-digit service.
    assert refusal("000 310 0142", "US").code == "not_valid"
    assert refusal("+1 000 310 0142", "US").code == "not_valid"


@pytest.mark.parametrize(
    ("digits", "region"),
    [("7875550142", "PR"), ("3405550142", "VI"), ("6715550142", "GU"), ("6846330142", "AS"), ("6705550142", "MP")],
)
def test_the_territories_are_the_united_states(digits: str, region: str) -> None:
    assert parse(digits, "US") == Phone(f"+1{digits}", region)


@pytest.mark.parametrize("text", ["664 491 0142", "1 664 491 0142", "416 555 0142", "868 620 0142"])
def test_other_lands_of_the_same_plan_are_refused_unless_written_out(text: str) -> None:
    """664 is Tijuana and 868 Matamoros: a Mexican number given as a US one would ring in Montserrat or Trinidad."""
    assert refusal(text, "US").code == "not_valid"
    assert parse("+1 " + text.removeprefix("1 "), "US").region in {"MS", "CA", "TT"}


# --- the country is asked, never guessed -----------------------------------------------------------------------------


def test_the_same_ten_digits_are_two_numbers() -> None:
    assert parse("5512345678", "MX").e164 == "+525512345678"
    assert parse("5512345678", "US").e164 == "+15512345678"
    assert parse("1 5512345678", "MX").e164 == "+525512345678"
    assert parse("1 5512345678", "US").e164 == "+15512345678"


@pytest.mark.parametrize("text", ["+52 55 1234 5678", "+52 1 55 1234 5678", "00521 5512345678", "011 52 5512345678"])
def test_a_written_mexican_code_wins_over_the_us(text: str) -> None:
    assert parse(text, "US") == Phone(MEXICO_CITY, "MX")


@pytest.mark.parametrize("text", ["+1 713 555 0142", "001 713 555 0142", "011 1 713 555 0142"])
def test_a_written_us_code_wins_over_mexico(text: str) -> None:
    assert parse(text, "MX") == Phone(HOUSTON, "US")


@pytest.mark.parametrize("country", ["US", "MX"])
def test_a_third_country_is_believed_when_written(country: str) -> None:
    assert parse("+502 5512 3456", country) == Phone("+50255123456", "GT")
    assert parse("00 44 (0)20 7946 0958", country) == Phone("+442079460958", "GB")


@pytest.mark.parametrize("country", ["", "us", "GT", "Mexico", "None"])
def test_a_country_nobody_offered_is_refused(country: str) -> None:
    assert refusal("+52 55 1234 5678", country).code == "country_unknown"


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("", "MX", "empty"),
        (" \t", "US", "empty"),
        ("()-", "US", "empty"),
        ("\u202a\u202c", "MX", "empty"),
        ("+", "MX", "not_digits"),
        ("no tengo", "MX", "not_digits"),
        ("1-800-FLOWERS", "US", "not_digits"),
        ("713 555 01O2", "US", "not_digits"),
        ("713,555,0142", "US", "not_digits"),
        ("713 +555 0142", "US", "not_digits"),
        ("++52 55 1234 5678", "MX", "not_digits"),
        ("lupita@example.org", "US", "not_digits"),
        ("713 555 0142 ext. 12", "US", "extension"),
        ("713 555 0142 EXT 12", "US", "extension"),
        ("713-555-0142x12", "US", "extension"),
        ("713 555 0142 # 12", "US", "extension"),
        ("713 555 0142,,12", "US", "extension"),
        ("+1-713-555-0142;ext=12", "US", "extension"),
        ("55 1234 5678 extensión: 3", "MX", "extension"),
        ("55 1234 5678 extensio\u0301n 3", "MX", "extension"),
        ("+999 55 1234 5678", "MX", "country_unknown"),
        ("+0 55 1234 5678", "MX", "country_unknown"),
        ("+52", "MX", "too_short"),
        ("+5", "MX", "too_short"),
        ("+502 5512", "MX", "too_short"),
        ("+44 1 2345", "MX", "too_short"),
        ("+502 5512 3456 7890", "MX", "too_long"),
        ("+502 0012 3456", "MX", "not_valid"),
        ("+" + "4" * 300, "MX", "too_long"),
    ],
)
def test_refusals_say_why(text: str, country: str, code: str) -> None:
    assert refusal(text, country).code == code


@pytest.mark.parametrize(
    ("text", "country", "code", "got"),
    [
        ("911", "US", "too_short", 3),
        ("911", "MX", "too_short", 3),
        ("00", "MX", "too_short", 2),
        ("0052", "MX", "too_short", 4),
        ("+1 911", "MX", "too_short", 3),
        ("555 0142", "US", "too_short", 7),
        ("1234 5678", "MX", "too_short", 8),
        ("+52 55 1234 567", "US", "too_short", 9),
        ("52 55 1234 567", "MX", "too_short", 9),
        ("01 55 1234 567", "MX", "too_short", 9),
        ("713 555 01422", "US", "too_long", 11),
        ("1 713 555 01422", "US", "too_long", 11),
        ("55 1234 56789", "MX", "too_long", 11),
        ("+52 1 55 1234 56789", "MX", "too_long", 11),
        ("52 55 1234 5678", "US", "too_long", 12),
    ],
)
def test_a_wrong_length_says_how_many_digits_were_expected(text: str, country: str, code: str, got: int) -> None:
    problem = refusal(text, country)
    assert (problem.code, problem.expected, problem.got) == (code, 10, got)


def test_a_foreign_length_promises_no_count() -> None:
    problem = refusal("+502 5512", "MX")
    assert (problem.expected, problem.got) == (None, None)


@given(text=st.text(alphabet=st.one_of(st.sampled_from("+0123456789 -().x"), st.characters())), country=st.text())
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_number_or_a_refusal(text: str, country: str) -> None:
    codes = {"empty", "not_digits", "extension", "too_short", "too_long", "not_valid", "country_unknown"}
    for named in (country, "US", "MX"):
        try:
            found = parse(text, named)
        except PhoneError as problem:
            assert problem.code in codes
        else:
            assert parse(found.e164, named) == found


# --- for people ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        (HOUSTON, "713 555 0142"),
        (MEXICO_CITY, "55 1234 5678"),
        ("+526645550142", "664 555 0142"),
        ("+50255123456", "+502 5512 3456"),
        ("+442079460958", "+44 20 7946 0958"),
    ],
)
def test_a_number_is_shown_in_groups_that_do_not_break(e164: str, shown: str) -> None:
    assert display(e164) == shown.replace(" ", NO_BREAK)


def test_the_last_two_digits() -> None:
    assert last_two(HOUSTON) == "42"


def test_neither_django_nor_the_heavy_tables_are_imported() -> None:
    heavy = {"phonenumbers.geocoder", "phonenumbers.carrier", "phonenumbers.timezone", "django"}
    script = f"import sys, scheduling.phones; print(sorted({heavy!r} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
