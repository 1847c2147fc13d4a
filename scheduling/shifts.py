"""What is said when a clock changes between now and a visit, and the hour there is not what everybody is used to.

The family's clock is Mexico City's, which never changes; for staff it is their own, beside the patient's.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from scheduling import spoken, timezones
from scheduling.access import Viewer

FAMILY = "America/Mexico_City"


def other_clock(asker: Viewer) -> str:
    """Return the zone whose clock matters to the asker beside the visit's own."""
    return asker.user.zone if asker.user is not None and asker.memberships else FAMILY


def words(instant: datetime, mine: str, other: str, language: str, *, at: datetime) -> str:
    """Return which of two clocks changes before the visit and what the other will show; nothing if none does.

    `mine` is the zone in which the hour of the visit is said beside these words. In the language that is on, which
    must be `language`.
    """
    found = timezones.changing(instant, at, mine, other)
    if found is None:
        return ""
    known = {
        "on_day": spoken.on_day(found.at, found.zone, language, at=at),
        "place": spoken.place(found.zone, language),
        "other": _first_up(spoken.place(other, language)),
        "hour": _hour_there(instant, mine, other, language),
    }
    return _sentence(found.forward, found.zone == mine) % known


def _sentence(forward: bool, mine: bool) -> str:
    if mine and forward:
        return _("%(on_day)s %(place)s moves its clock forward. %(other)s does not: there it will be %(hour)s")
    if mine:
        return _("%(on_day)s %(place)s moves its clock back. %(other)s does not: there it will be %(hour)s")
    if forward:
        return _("%(on_day)s %(place)s moves its clock forward: there it will be %(hour)s")
    return _("%(on_day)s %(place)s moves its clock back: there it will be %(hour)s")


def _hour_there(instant: datetime, mine: str, other: str, language: str) -> str:
    """Return the hour in the other place, with its day if it is another one there."""
    said = spoken.at_hour(instant, other, language).removeprefix("at ")
    if instant.astimezone(ZoneInfo(mine)).date() == instant.astimezone(ZoneInfo(other)).date():
        return said
    return f"{spoken.day(instant, other, language)}, {said}"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
