"""Telephone numbers: from what a person wrote, and the country they said, to E.164; and back to something readable.

The country is always asked: 55 1234 5678 is a good number both in Mexico City and in New Jersey. Only the core of
`phonenumbers` is imported; its timezone, carrier and geocoder modules hold 100 MB.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

_DIGITS: Final = 10  # of a national number, in both countries
_NO_BREAK: Final = "\u00a0"

# Hyphens, dots and brackets, and the invisible marks that come along when a number is copied from a contact.
_SEPARATORS: Final = re.compile(r"[\s().·/\-\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_NUMBER: Final = re.compile(r"\+?[0-9]+")
_EXTENDED: Final = re.compile(r"\+?[0-9]+(?:e?xt?|extn|extensi[oó]n|[;,]*ext=|#|,+|;+|[pw])[:=]?[0-9]+")
# 011 is dialled from the United States, 00 from Mexico; some write them after a plus. Without one, ten digits or fewer
# are a national number, if a wrong one.
_INTERNATIONAL: Final = re.compile(r"\+(?:00|011)?|00(?=[0-9]{9})|011(?=[0-9]{8})")

_UNREADABLE: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: "country_unknown",
    NumberParseException.TOO_LONG: "too_long",
}
_IMPOSSIBLE: Final = {
    ValidationResult.TOO_SHORT: "too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    ValidationResult.TOO_LONG: "too_long",
}


class PhoneError(ValueError):
    """What was written is no number we can call or write to.

    ``code`` is one of empty, not_digits, extension, too_short, too_long, not_valid, country_unknown. For a wrong
    length in Mexico or the United States, ``expected`` and ``got`` count national digits; otherwise they are None.
    """

    def __init__(self, code: str, expected: int | None = None, got: int | None = None) -> None:
        super().__init__(code)
        self.code, self.expected, self.got = code, expected, got


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can exist: ``e164``, and the ``region`` (ISO 3166) its numbering plan puts it in.

    Numbers move with people: the region tells neither where somebody is nor their zone.
    """

    e164: str
    region: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one country writes its numbers: what may stand before the ten digits, and which regions are the country."""

    calling_code: str
    lead: str
    regions: frozenset[str]


_PLANS: Final = {
    "US": _Plan("1", "1?", frozenset({"US", "PR", "VI", "GU", "AS", "MP"})),
    # Until August 2019 cell phones were dialled with 044, 045 or 1, long distance with 01. Contact lists still are.
    "MX": _Plan("52", "(?:52)?(?:044|045|01|1)?", frozenset({"MX"})),
}


def parse(text: str, country: str) -> Phone:
    """Read a number as somebody in ``country`` ("US" or "MX") writes it.

    A number that starts with +, 00 or 011 says its own country, whichever that is, and is believed. Without one, a
    number of another land in the same plan is refused: 664 is Tijuana, but dialled from the US it is Montserrat.
    Raises PhoneError.
    """
    plan = _PLANS.get(country)
    if plan is None:
        raise PhoneError("country_unknown")
    digits = _compact(text)
    if international := _INTERNATIONAL.match(digits):
        return _parse_international(digits[international.end() :])
    phone = _checked(plan.calling_code + _ten_digits(digits, plan))
    if phone.region not in plan.regions:
        raise PhoneError("not_valid")
    return phone


def last_two(e164: str) -> str:
    """Return the last two digits: enough for an owner to recognise a number, too few for anybody else."""
    return e164[-2:]


def display(e164: str) -> str:
    """Return a number as people read it aloud: national for the US and Mexico, with + and its code for the rest.

    Groups are joined by no-break spaces. Expects what `parse` returned.
    """
    number = phonenumbers.parse(e164)
    shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    if number.country_code in {1, 52}:
        shown = shown.partition(" ")[2]
    return re.sub("[ -]", _NO_BREAK, shown)


def _compact(text: str) -> str:
    """Return the text as ASCII digits, perhaps after a plus; raise PhoneError for anything else in it."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    compact = "".join(str(unicodedata.decimal(character, character)) for character in plain).casefold()
    if not compact:
        raise PhoneError("empty")
    if _EXTENDED.fullmatch(compact):
        raise PhoneError("extension")
    if not _NUMBER.fullmatch(compact):
        raise PhoneError("not_digits")
    return compact


def _parse_international(digits: str) -> Phone:
    for plan in _PLANS.values():
        if digits.startswith(plan.calling_code):
            return _checked(plan.calling_code + _ten_digits(digits.removeprefix(plan.calling_code), plan))
    return _checked(digits)


def _ten_digits(digits: str, plan: _Plan) -> str:
    exact = re.fullmatch(f"{plan.lead}([0-9]{{{_DIGITS}}})", digits)
    if exact:
        return exact[1]
    # Count what the person would count: a prefix is none of the ten digits.
    got = len(digits if len(digits) <= _DIGITS else re.sub(f"^{plan.lead}", "", digits))
    raise PhoneError("too_short" if got < _DIGITS else "too_long", expected=_DIGITS, got=got)


def _checked(digits: str) -> Phone:
    """Return the number if the plan of the country whose code it begins with has room for it."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except NumberParseException as problem:
        raise PhoneError(_UNREADABLE.get(problem.error_type, "too_short")) from None
    length = phonenumbers.is_possible_number_with_reason(number)
    if length in _IMPOSSIBLE:
        raise PhoneError(_IMPOSSIBLE[length])
    region = phonenumbers.region_code_for_number(number)
    if region is None or not phonenumbers.is_valid_number_for_region(number, region):
        raise PhoneError("not_valid")
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164), region)
