"""From a ZIP code or a state to where somebody is: state, city, time zone. Offline; nothing is looked up elsewhere."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import zipcodes

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip

# The zone most people of a state live in; a ZIP code knows better where a state has two.
_EASTERN = "CT DE DC FL GA IN KY ME MD MA MI NH NJ NY NC OH PA RI SC VT VA WV"
_CENTRAL = "AL AR IL IA KS LA MN MS MO NE ND OK SD TN TX WI"
_ZONES = {
    **dict.fromkeys(_EASTERN.split(), "America/New_York"),
    **dict.fromkeys(_CENTRAL.split(), "America/Chicago"),
    **dict.fromkeys(["CO", "ID", "MT", "NM", "UT", "WY"], "America/Denver"),
    **dict.fromkeys(["CA", "NV", "OR", "WA"], "America/Los_Angeles"),
    "AZ": "America/Phoenix",
    "AK": "America/Anchorage",
    "HI": "Pacific/Honolulu",
    "PR": "America/Puerto_Rico",
}


class PlaceUnknown(ValueError):
    """It is no US state, no ZIP code in use, and no time zone."""


@dataclass(frozen=True)
class Place:
    """Where somebody is, as coarse as is needed: two-letter state and IANA zone.

    If a ZIP code told it, that code, the city, and the middle of its area: latitude and longitude in degrees.
    """

    state: str
    zone: str
    city: str = ""
    postal_code: str = ""
    middle: tuple[float, float] | None = None


def of_state(state: str) -> Place:
    """Return the place of a two-letter state, any case; raises PlaceUnknown."""
    known = state.strip().upper()
    if known not in STATES:
        raise PlaceUnknown(state)
    return Place(known, _ZONES[known])


@cache
def _zone_names() -> frozenset[str]:
    """Return the names that mean a zone everywhere: files of this machine alone are none to the database."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def zone_named(name: str) -> str:
    """Return a time zone's name if there is one of that name; raises PlaceUnknown."""
    if name not in _zone_names():
        raise PlaceUnknown(name)
    return name


def of_zip(code: str) -> Place:
    """Return the place of a five-digit ZIP code (a ZIP+4 is cut); raises PlaceUnknown."""
    digits = code.strip().partition("-")[0]
    found = zipcodes.matching(digits) if len(digits) == 5 and digits.isascii() and digits.isdigit() else []
    state = found[0]["state"] if found else ""
    if state not in STATES:
        raise PlaceUnknown(code)
    zone = found[0]["timezone"]
    known = zone if zone and zone.startswith(("America/", "Pacific/")) else _ZONES[state]
    return Place(state, known, found[0]["city"], digits, _middle(found[0]))


def _middle(found: dict[str, Any]) -> tuple[float, float] | None:
    latitude, longitude = found.get("lat"), found.get("long")
    return (float(latitude), float(longitude)) if latitude and longitude else None
