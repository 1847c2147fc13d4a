"""How an appointment or an open time is shown: to programs as plain values, to people with its reasons in words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from scheduling import languages
from scheduling.matching import Reason
from scheduling.models import Appointment, Care, Clinician, Fee, Interpreter, Location
from scheduling.places import STATES
from scheduling.search import Found

WRITTEN = (languages.SPANISH, languages.ENGLISH)


def stamp(instant: datetime | None, zone: str) -> str | None:
    """Return RFC 3339 with the offset of the zone; nothing for no instant."""
    return instant.astimezone(ZoneInfo(zone)).isoformat() if instant else None


def times(results: Iterable[Found], language: str, spoken: str) -> list[dict[str, Any]]:
    """Return open times as the API gives them; what is the same for all times of one person is made once."""
    known: dict[Any, dict[str, Any]] = {}
    shown = []
    for one in results:
        key = (one.visit_type.pk, one.clinician or one.location, one.interpreters)
        if key not in known:
            known[key] = _same(one, language, spoken)
        slot = one.slot
        starts_at, ends_at = stamp(slot.starts_at, slot.zone), stamp(one.ends_at, slot.zone)
        when = {"id": slot.id, "starts_at": starts_at, "ends_at": ends_at, "zone": slot.zone}
        shown.append(when | known[key] | ({"places": one.places} if one.location else {}))
    return shown


def _same(one: Found, language: str, spoken: str) -> dict[str, Any]:
    voices = [interpreter(voice, pair) for voice, pair in one.across]
    return {
        "visit_type": visit_type(one, language),
        "clinician": clinician(one.clinician) if one.clinician else None,
        "interpreter": voices[0] if voices else None,
        "relay": voices[1] if len(voices) > 1 else None,
        "location": _clinic(one.location, one.miles) if one.location else None,
        "reasons": reasons(one, spoken),
    }


def visit_type(one: Any, language: str) -> dict[str, Any]:
    kind = one.visit_type
    return {
        "code": kind.code,
        "name": kind.name(language),
        "minutes": kind.minutes,
        "modality": kind.modality,
        "care": kind.care,
    }


def clinician(one: Clinician) -> dict[str, Any]:
    return {
        "id": str(one.uuid),
        "name": one.user.preferred_name,
        "profession": one.profession,
        "specialties": one.specialties,
        "languages": one.languages,
    }


def interpreter(one: Interpreter, between: tuple[str, str]) -> dict[str, Any]:
    return {
        "id": str(one.uuid),
        "name": one.user.preferred_name,
        "languages": one.languages,
        "between": list(between),
    }


def location(one: Location) -> dict[str, Any]:
    return {"id": str(one.uuid), "name": one.name, "city": one.city, "state": one.state, "zone": one.zone}


def _clinic(one: Location, miles: float | None) -> dict[str, Any]:
    """Return a clinic as somebody chooses it: how far, in which languages, at which price, and what it asks for."""
    return location(one) | {
        "distance_miles": None if miles is None else round(miles, 1),
        "languages": one.languages,
        "fee": one.fee,
        "asks_for_id": one.asks_for_id,
    }


def reasons(one: Found, spoken: str) -> list[str]:
    """Return why a time fits, in words: language, licence, price, and what a clinic does not ask for."""
    said = [_interprets(voice, pair) for voice, pair in one.across]
    said += [_speaks(spoken)] if spoken and not said else []
    said = [*([_("You have seen them before")] if one.known else []), *said]
    if one.clinician and one.visit_type.care == Care.CLINICAL:
        said.append(_("Licensed in %(state)s") % {"state": STATES.get(one.slot.state, one.slot.state)})
    if one.clinician:
        said.append(_("Free of charge"))
    if one.location:
        said = [*_far(one.miles), *said, *_of_clinic(one.location)]
    return said


def _far(miles: float | None) -> list[str]:
    """Return how far a clinic is, in whole miles, if that is known."""
    if miles is None:
        return []
    whole = max(1, round(miles))
    return [ngettext("%(miles)s mile from you", "%(miles)s miles from you", whole) % {"miles": whole}]


def _interprets(one: Interpreter, between: tuple[str, str]) -> str:
    """Return who interprets what; Spanish and English are said only where both of them are meant."""
    name = one.user.preferred_name
    first, second = (languages.name(code, get_language() or "es") for code in between)
    if between[0] not in WRITTEN and between[1] in WRITTEN:
        return _("%(name)s interprets %(language)s") % {"name": name, "language": first}
    return _("%(name)s interprets between %(first)s and %(second)s") % {"name": name, "first": first, "second": second}


def _speaks(spoken: str) -> str:
    return {"es": _("Speaks Spanish"), "en": _("Speaks English")}.get(spoken, _("Speaks your language"))


def _of_clinic(place: Location) -> list[str]:
    fees = {Fee.FREE: _("Free of charge"), Fee.SLIDING: _("You pay by what you earn")}
    said = [str(fees[Fee(place.fee)])] if place.fee in fees else []
    return [*said, _("Asks for no ID")] if place.asks_for_id is False else said


def refusal(code: Reason, criteria_state: str) -> str:
    """Return in words why so many clinicians were left out."""
    state = STATES.get(criteria_state, criteria_state)
    words = {
        Reason.SPECIALTY: _("See other kinds of patients."),
        Reason.MODALITY: _("Do not see patients this way."),
        Reason.NO_LICENCE: _("Are not licensed in %(state)s.") % {"state": state},
        Reason.LANGUAGE: _("Do not speak your language."),
        Reason.AGE: _("Do not see patients of this age."),
        Reason.NO_INTERPRETER: _("Need an interpreter, and none is free when they are."),
        Reason.NO_OPEN_TIME: _("Have no open time in these days."),
    }
    return words[code]


def outline(one: Appointment, language: str) -> dict[str, Any]:
    """Return an appointment as the API gives it, without the people in it: nothing more is read."""
    return {
        "id": str(one.uuid),
        "status": one.status,
        "starts_at": stamp(one.starts_at, one.zone),
        "ends_at": stamp(one.ends_at, one.zone),
        "zone": one.zone,
        "visit_type": visit_type(one, language),
        "held_until": stamp(one.held_until, one.zone),
        "version": one.version,
    }


def appointment(one: Appointment, language: str) -> dict[str, Any]:
    """Return an appointment as the API gives it, with where and with whom; needs `for_display`."""
    people = [{"id": str(part.uuid), "role": part.role, "name": part.name} for part in one.participants.all()]
    place = location(one.location) if one.location else None
    return outline(one, language) | {"location": place, "participants": people}
