"""The waiting list: going on it, what is offered, leaving; and who waits, for coordinators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scheduling import accounts, clock, phones, places, problems, spoken, suitability, waitlist
from scheduling.access import BY_PHONE, Viewer, remember_holder, viewer
from scheduling.forms import CodeForm
from scheduling.models import (
    EntryStatus,
    Offer,
    OfferStatus,
    PhoneCode,
    Role,
    SkipReason,
    Urgency,
    User,
    WaitlistEntry,
)
from scheduling.refusals import (
    CodeExpired,
    NotFound,
    OfferOver,
    PasswordNeeded,
    PatientBusy,
    SlotTaken,
    TooManyCodes,
    WrongCode,
)
from scheduling.views import waiting_form
from scheduling.views.booking import CODE, by_password
from scheduling.views.staff import for_staff
from scheduling.views.waiting_form import SuitsForm, WaitForm

WATCHING = (Role.COORDINATOR, Role.NAVIGATOR, Role.ADMIN)
SHOWN, LONGEST, LAST_SKIPS = 3, 200, 3


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask what suits somebody, and who they are unless that is known."""
    if request.method == "POST":
        remember_holder(request)
    asker = viewer(request, clock.database_now())
    what = waiting_form.asked(request.GET)
    if what is None:
        return redirect("ask")
    form = (SuitsForm if asker.user else WaitForm)(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _join_page(request, what, form)
    typed = form.typed() | {"what": what, "language": request.LANGUAGE_CODE}
    return _joined(asker, asker.user, typed) if asker.user else _prove(request, asker, what, form, typed)


def _join_page(request: HttpRequest, what: dict[str, str], form: Any) -> HttpResponse:
    context = {"form": form, "what": what, "state": places.STATES[what["state"]], "known": type(form) is SuitsForm}
    return render(request, "scheduling/wait.html", context)


def _prove(request: HttpRequest, asker: Viewer, what: dict[str, str], form: Any, typed: dict[str, Any]) -> HttpResponse:
    """Send a code to the phone of whoever wants to wait."""
    phone, language = form.cleaned_data["phone"], request.LANGUAGE_CODE
    try:
        code = accounts.send_code(phone, typed=typed, language=language, by=asker, at=asker.at)
    except TooManyCodes as refusal:
        form.add_error("phone", " ".join(problems.words(refusal, what["zone"], request.LANGUAGE_CODE)))
        return _join_page(request, what, form)
    request.session[CODE] = str(code.uuid)
    return redirect("wait_code")


@require_http_methods(["GET", "HEAD", "POST"])
def join_code(request: HttpRequest) -> HttpResponse:
    """Check the code, sign in or begin an account with the phone, and put its owner on the list."""
    at = clock.database_now()
    asker = viewer(request, at)
    code = PhoneCode.objects.filter(uuid=request.session.get(CODE), holder=asker.holder).first()
    typed = accounts.typed_with(code) if code and asker.holder else {}
    if code is None or "what" not in typed:
        return redirect("ask")
    form = CodeForm(request.POST or None)
    context = {"form": form, "sent_to": phones.last_two(code.phone), "back": _address(typed["what"])}
    if not form.is_valid():
        return render(request, "scheduling/wait_code.html", context)
    try:
        user = accounts.check_code(code, form.cleaned_data["code"], by=asker, at=at)
    except (WrongCode, CodeExpired) as refusal:
        form.add_error("code", ". ".join(problems.words(refusal, "UTC", request.LANGUAGE_CODE)))
        return render(request, "scheduling/wait_code.html", context, status=refusal.status)
    except PasswordNeeded as refusal:
        return by_password(request, refusal, _address(typed["what"]))
    request.session.pop(CODE, None)
    login(request, user, backend=BY_PHONE)
    return _joined(Viewer(user, at, holder=asker.holder), user, typed)


def _address(what: dict[str, str]) -> str:
    return reverse("wait") + "?" + "&".join(f"{name}={value}" for name, value in what.items())


def _joined(asker: Viewer, user: User, typed: dict[str, Any]) -> HttpResponse:
    what = typed["what"]
    about = typed | {"state": what["state"], "zone": what["zone"]}
    patient = accounts.patient_of(user, about=about, by=asker, at=asker.at)
    entry = waitlist.join(patient, waiting_form.wish(what, typed), by=asker, at=asker.at)
    return redirect("wait_entry", entry.uuid)


@never_cache
@require_safe
def entry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show what somebody waits for, what is offered to them, and what suits them already."""
    at = clock.now()
    asker = viewer(request, at)
    if asker.user is None:
        return redirect("sign_in")
    found = _entry(uuid, asker)
    offers = Offer.objects.visible_to(asker).for_display().open().filter(entry=found, due_at__gt=at)
    waits = found.status == EntryStatus.WAITING
    context = {
        "entry": found,
        "offer": offers.first(),
        "hours": _hours(found, request.LANGUAGE_CODE),
        "waits": waits,
        "slots": list(suitability.open_times(found, at=at))[:SHOWN] if waits else [],
        "listed": found.status in (EntryStatus.WAITING, EntryStatus.OFFERED),
        "state": places.STATES.get(found.state, found.state),
    }
    return render(request, "scheduling/wait_entry.html", context)


def _hours(found: WaitlistEntry, tongue: str) -> list[tuple[str, str]]:
    """Return the days that suit somebody with their hours, as they are read."""
    days: dict[str, list[str]] = {}
    for one in found.hours.all():
        hours = f"{spoken.wall(one.starts, tongue)} – {spoken.wall(one.ends, tongue)}"
        days.setdefault(str(one.get_weekday_display()), []).append(hours)
    return [(day, ", ".join(hours)) for day, hours in days.items()]


def _entry(uuid: UUID, asker: Viewer) -> WaitlistEntry:
    rows = WaitlistEntry.objects.visible_to(asker).select_related("patient").prefetch_related("hours")
    found: WaitlistEntry | None = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


@require_POST
def leave(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take somebody off the list."""
    at = clock.database_now()
    asker = viewer(request, at)
    waitlist.leave(_entry(uuid, asker), by=asker, at=at)
    return redirect("wait_entry", uuid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show a time that is offered, until when it stands and what happens else; take it, or let it go."""
    at = clock.database_now()
    asker = viewer(request, at)
    found = _offer(uuid, asker)
    if request.method == "POST":
        return _answer(request, found, asker)
    if found.status == OfferStatus.ACCEPTED:
        return redirect("visit", found.appointment.uuid)
    context = {"offer": found, "held": found.appointment, "open": found.is_open and found.due_at > at}
    return render(request, "scheduling/wait_offer.html", context)


def _answer(request: HttpRequest, found: Offer, asker: Viewer) -> HttpResponse:
    answer = request.POST.get("answer")
    if answer == "no":
        waitlist.decline(found, by=asker, at=asker.at)
    if answer != "yes":
        return redirect("offer", found.uuid)
    try:
        booked = waitlist.accept(found, by=asker, at=asker.at)
    except (OfferOver, SlotTaken):
        return redirect("offer", found.uuid)
    except PatientBusy as refusal:
        return problems.page(request, refusal, back=reverse("visits"), back_words=_("See my appointments"))
    return redirect("visit", booked.uuid)


def _offer(uuid: UUID, asker: Viewer) -> Offer:
    found: Offer | None = Offer.objects.visible_to(asker).for_display().filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


# --- coordinators ----------------------------------------------------------------------------------------------------


@for_staff(*WATCHING)
@require_safe
def the_list(request: HttpRequest) -> HttpResponse:
    """Show who waits in the viewer's organizations, how long, and why the last times went to others."""
    at = clock.now()
    asker = viewer(request, at)
    rows = WaitlistEntry.objects.visible_to(asker).on_the_list().select_related("patient__data_key")
    entries = list(rows.prefetch_related("skips__freed", "offers")[:LONGEST])
    context = {
        "rows": [_row(entry, at) for entry in sorted(entries, key=lambda one: -suitability.weight(one, at=at))],
        "count": len(entries),
        "longest": max(((at - one.created_at).days for one in entries), default=0),
        "urgencies": Urgency.choices,
        "zone": asker.user.zone if asker.user else "UTC",
        "may_say": asker.has_role(Role.COORDINATOR, Role.ADMIN),
    }
    return render(request, "scheduling/wait_list.html", context)


def _row(entry: WaitlistEntry, at: Any) -> dict[str, Any]:
    offers = list(entry.offers.all())
    return {
        "entry": entry,
        "days": (at - entry.created_at).days,
        "unanswered": sum(one.status == OfferStatus.LAPSED for one in offers),
        "skips": [(one, SkipReason(one.because).label) for one in entry.skips.all()[:LAST_SKIPS]],
    }


@for_staff(Role.COORDINATOR, Role.ADMIN)
@require_POST
def prioritise(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say how soon somebody should be seen."""
    at = clock.database_now()
    asker = viewer(request, at)
    urgency = request.POST.get("urgency", "")
    if urgency not in Urgency.values:
        raise NotFound
    waitlist.prioritise(_entry(uuid, asker), Urgency(urgency), by=asker, at=at)
    messages.success(request, _("Saved."))
    return redirect("wait_list")
