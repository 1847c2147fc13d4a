"""Open times: whose, when, why they fit; and holding one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from scheduling import appointments, clock, open_starts, places, problems, search, shown, slots, spoken
from scheduling.access import remember_holder, viewer
from scheduling.matching import Criteria
from scheduling.models import Care, Modality, Specialty
from scheduling.refusals import SlotInvalid, SlotTaken
from scheduling.search import Found

AHEAD = timedelta(days=14)
EACH, LIMIT, NEXT = 6, 60, 3


@dataclass
class Day:
    """A day in words and its times."""

    words: str
    times: list[Found] = field(default_factory=list)


@dataclass
class Offer:
    """One clinician (alone, with an interpreter, with a relay) or clinic, why they fit, and their next times by day."""

    first: Found
    reasons: list[str]
    days: list[Day] = field(default_factory=list)


@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """Show open times for a state and language, grouped by person, soonest first.

    When there are none, why and what else.
    """
    at = clock.now()
    wanted = _criteria(request, at)
    if wanted is None:
        return redirect("ask")
    results = search.find(wanted, at=at, each=EACH)
    near = f"&near={request.GET['near'][:5]}" if wanted.near else ""
    context = {
        "offers": grouped(results.found, wanted.language, at, request.LANGUAGE_CODE),
        "refusals": [(refused.count, shown.refusal(refused.code, wanted.state)) for refused in results.refusals],
        "wanted": wanted,
        "state": places.STATES[wanted.state],
        "looked_at": sum(refused.count for refused in results.refusals),
        "choices": _choices(wanted, near),
        "elsewhere": _elsewhere(wanted, near),
        "wait": _wait(wanted),
    }
    return render(request, "scheduling/times.html", context)


def _criteria(request: HttpRequest, at: datetime) -> Criteria | None:
    """Return what the address asks for, or None if it names no state we know."""
    asked, language = request.GET, request.GET.get("language", "")[:3]
    asker = viewer(request, at)
    try:
        place = places.of_state(asked.get("state", ""))
        zone = places.zone_named(asked.get("zone") or place.zone)
    except places.PlaceUnknown:
        return None
    return Criteria(
        state=place.state,
        language=language if language.isalpha() else "",
        since=at,
        until=at + AHEAD,
        zone=zone,
        modality=_one_of(Modality.values, asked.get("modality")),
        specialty=_one_of(Specialty.values, asked.get("specialty")),
        care=_one_of(Care.values, asked.get("care")),
        limit=LIMIT,
        urgent=open_starts.may_use_urgent(asker),
        near=_near(asked.get("near", "")),
        last_clinician=search.last_clinician(asker),
    )


def _near(postal_code: str) -> tuple[float, float] | None:
    """Return the middle of a ZIP code's area; an address that names none just shows no distance."""
    try:
        return places.of_zip(postal_code).middle
    except places.PlaceUnknown:
        return None


def _one_of(known: Iterable[str], given: str | None) -> str:
    return given if given and given in known else ""


def grouped(found: Iterable[Found], language: str, at: datetime, tongue: str) -> list[Offer]:
    """Return open times by person or clinic, each with its next times by day; reasons for a spoken language."""
    offers: dict[Any, Offer] = {}
    for one in found:
        whom = (one.clinician or one.location, len(one.interpreters))
        offer = offers.setdefault(whom, Offer(one, []))
        offer.reasons += [words for words in shown.reasons(one, language) if words not in offer.reasons]
        words = spoken.near_day(one.slot.starts_at, one.slot.zone, tongue, at=at)
        if not offer.days or offer.days[-1].words != words:
            offer.days.append(Day(words))
        if sum(len(day.times) for day in offer.days) < EACH:
            offer.days[-1].times.append(one)
    for offer in offers.values():
        offer.days = [day for day in offer.days if day.times]
    return _nearest_first(list(offers.values()))


def _nearest_first(offers: list[Offer]) -> list[Offer]:
    """Put the clinics among themselves in the order of distance; everybody else stays where they are."""
    clinics = sorted((one for one in offers if one.first.location), key=_miles)
    left = iter(clinics)
    return [next(left) if one.first.location else one for one in offers]


def _miles(offer: Offer) -> float:
    return search.FAR if offer.first.miles is None else offer.first.miles


def _choices(wanted: Criteria, near: str) -> list[tuple[str, str, bool]]:
    """Return the kinds of visit to switch between: label, query, and whether it is the one shown."""
    chosen = (wanted.specialty or Specialty.FAMILY, wanted.modality, wanted.care)
    kinds = [(Specialty.FAMILY, "", "", _("Doctor")), (Specialty.MENTAL, "", "", _("Mood and nerves"))]
    kinds += [(Specialty.WOMEN, "", "", _("Women")), (Specialty.CHILDREN, "", "", _("Children"))]
    kinds += [(Specialty.FAMILY, Modality.PHONE, "", _("By phone"))]
    kinds += [(Specialty.FAMILY, "", Care.ORIENTATION, _("Orientation"))]
    return [(label, _query(wanted, *kind) + near, chosen == tuple(kind)) for *kind, label in kinds]


def _query(wanted: Criteria, specialty: str, modality: str, care: str) -> str:
    base = f"?state={wanted.state}&language={wanted.language}&zone={wanted.zone}&specialty={specialty}"
    return base + (f"&modality={modality}" if modality else "") + (f"&care={care}" if care else "")


def _elsewhere(wanted: Criteria, near: str) -> dict[str, str]:
    """Return what else can be looked for when there is nothing: orientation, by phone, in the other language."""
    return {
        "orientation": _query(wanted, wanted.specialty or Specialty.FAMILY, "", Care.ORIENTATION) + near,
        "phone": _query(wanted, wanted.specialty or Specialty.FAMILY, Modality.PHONE, "") + near,
    }


def _wait(wanted: Criteria) -> str:
    """Return the address at which somebody waits for what they looked for."""
    return reverse("wait") + _query(wanted, wanted.specialty or Specialty.FAMILY, wanted.modality, wanted.care)


@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Hold the chosen time and go on to confirm it; taken, show what is left."""
    at = clock.database_now()
    remember_holder(request)
    try:
        slot = slots.read(request.POST.get("slot", ""))
        held = appointments.hold(slot, by=viewer(request, at), at=at, replace_oldest=True)
    except SlotTaken as refusal:
        left = search.like(slot, limit=NEXT, at=at)
        back = {"back": _like(slot), "back_words": _("See all the times")}
        wait = f"{reverse('wait')}?state={slot.state}&zone={slot.zone}"
        return problems.page(request, refusal, slots=left, zone=slot.zone, wait=wait, **back)
    except SlotInvalid as refusal:
        return problems.page(request, refusal)
    return redirect("hold", held.uuid)


def _like(slot: slots.Slot) -> str:
    return f"/horas/?state={slot.state}&zone={slot.zone}"
