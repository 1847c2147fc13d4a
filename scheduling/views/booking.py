"""From a held time to a booked visit: who it is for, the code on the phone, done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from scheduling import accounts, appointments, clock, phones, problems, relatives, search, shifts
from scheduling.access import BY_PHONE, Viewer, viewer
from scheduling.forms import CodeForm
from scheduling.models import Appointment, AppointmentStatus, Patient, PhoneCode, Relation, User
from scheduling.refusals import (
    CodeExpired,
    HoldExpired,
    NotFound,
    PasswordNeeded,
    PatientBusy,
    Refusal,
    TooManyCodes,
    WrongCode,
)
from scheduling.search import Found
from scheduling.slots import Slot
from scheduling.views.relatives_form import OTHER, BookForm, KnownForm

CODE = "phone_code"  # in the session: which code was sent last


@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask who the held time is for; whoever is signed in only says what they want to say."""
    at = clock.database_now()
    asker = viewer(request, at)
    held = _held(uuid, asker)
    if held.status == AppointmentStatus.BOOKED:
        return redirect("visit", held.uuid)
    if held.held_until is None or held.held_until <= at:
        return _expired(request, held, at)
    if asker.user is not None:
        return _known(request, held, asker)
    form = BookForm(request.POST or None, initial=_typed_before(request, asker))
    if not form.is_valid():
        return _page(request, held, at, form=form)
    try:
        code = accounts.send_code(
            form.cleaned_data["phone"],
            typed=form.cleaned_data | {"language": request.LANGUAGE_CODE, "as_typed": form.data["phone"]},
            language=request.LANGUAGE_CODE,
            by=asker,
            at=at,
        )
    except TooManyCodes as refusal:
        form.add_error("phone", " ".join(problems.words(refusal, held.zone, request.LANGUAGE_CODE)))
        return _page(request, held, at, form=form)
    request.session[CODE] = str(code.uuid)
    return redirect("hold_code", held.uuid)


def _known(request: HttpRequest, held: Appointment, asker: Viewer) -> HttpResponse:
    form = KnownForm(request.POST or None, initial=_typed_before(request, asker))
    if request.method == "POST" and form.is_valid():
        assert asker.user
        return _confirm(request, held, asker, asker.user, form.cleaned_data)
    return _page(request, held, asker.at, form=form, known=True)


@require_http_methods(["GET", "HEAD", "POST"])
def hold_code(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Check the code, sign in or begin an account with the phone, and book the held time for its owner."""
    at = clock.database_now()
    asker = viewer(request, at)
    held, code = _held(uuid, asker), _sent(request, asker)
    if held.status == AppointmentStatus.BOOKED:
        return redirect("visit", held.uuid)
    if code is None:
        return redirect("hold", held.uuid)
    if held.held_until is None or held.held_until <= at:
        return _expired(request, held, at)
    form = CodeForm(request.POST or None)
    if not form.is_valid():
        return _page(request, held, at, form=form, code=code)
    try:
        user = accounts.check_code(code, form.cleaned_data["code"], by=asker, at=at)
    except (WrongCode, CodeExpired) as refusal:
        form.add_error("code", ". ".join(problems.words(refusal, held.zone, request.LANGUAGE_CODE)))
        return _page(request, held, at, form=form, code=code, status=refusal.status)
    except PasswordNeeded as refusal:
        return by_password(request, refusal, reverse("hold", args=[held.uuid]))
    login(request, user, backend=BY_PHONE)
    return _confirm(request, held, Viewer(user, at, holder=asker.holder), user, accounts.typed_with(code))


def by_password(request: HttpRequest, refusal: PasswordNeeded, then: str) -> HttpResponse:
    """Lead somebody with duties to where they sign in with their password, and from there on to where they were."""
    messages.info(request, ". ".join(problems.words(refusal, "UTC", request.LANGUAGE_CODE)))
    return redirect_to_login(then)


def _confirm(request: HttpRequest, held: Appointment, asker: Viewer, user: User, typed: dict[str, Any]) -> HttpResponse:
    at = asker.at
    patient = _patient(held, asker, user, typed)
    try:
        booked = appointments.confirm(held, patient=patient, reason=typed.get("reason", ""), by=asker, at=at)
    except HoldExpired:
        return _expired(request, held, at)
    except PatientBusy as refusal:
        return problems.page(request, refusal, back=reverse("visits"), back_words=_("See my appointments"))
    request.session.pop(CODE, None)
    return redirect("visit", booked.uuid)


def _patient(held: Appointment, asker: Viewer, user: User, typed: dict[str, Any]) -> Patient:
    """Return whom the visit is for: the user, or the person they said."""
    about = typed | {"state": held.patient_state, "zone": held.zone}
    if typed.get("whom") != OTHER:
        return accounts.patient_of(user, about=about, by=asker, at=asker.at)
    relation = Relation(typed["relation"])
    about |= {"name": typed["their_name"]}
    return relatives.patient_for(user, about=about, relation=relation, by=asker, at=asker.at)


@require_POST
def send_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send another code to the same phone."""
    at = clock.database_now()
    asker = viewer(request, at)
    held, code = _held(uuid, asker), _sent(request, asker)
    if code is not None:
        try:
            again = accounts.send_code(
                code.phone, typed=accounts.typed_with(code), language=request.LANGUAGE_CODE, by=asker, at=at
            )
        except TooManyCodes as refusal:
            form = CodeForm({"code": ""})
            form.errors.clear()
            form.add_error(None, " ".join(problems.words(refusal, held.zone, request.LANGUAGE_CODE)))
            return _page(request, held, at, form=form, code=code, status=refusal.status)
        request.session[CODE] = str(again.uuid)
    return redirect("hold_code", held.uuid)


@require_POST
def extend(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give five minutes more, once."""
    at = clock.database_now()
    asker = viewer(request, at)
    held = _held(uuid, asker)
    try:
        appointments.extend_hold(held, by=asker, at=at)
    except HoldExpired:
        return _expired(request, held, at)
    except Refusal:
        pass  # already extended: the page says until when it is theirs
    return redirect("hold_code" if request.POST.get("back") == "hold_code" else "hold", held.uuid)


def _held(uuid: UUID, asker: Viewer) -> Appointment:
    """Return the appointment if it is the asker's: held by their browser, whatever became of it since, or theirs."""
    found: Appointment | None = Appointment.objects.held_by(asker).for_display().filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def _sent(request: HttpRequest, asker: Viewer) -> PhoneCode | None:
    known = request.session.get(CODE)
    if not known:
        return None
    code: PhoneCode | None = PhoneCode.objects.filter(uuid=known, holder=asker.holder).first()
    return code


def _typed_before(request: HttpRequest, asker: Viewer) -> dict[str, Any]:
    code = _sent(request, asker)
    if code is None:
        return {}
    typed = accounts.typed_with(code)
    return typed | {"phone": typed.get("as_typed", "")}


def _page(
    request: HttpRequest,
    held: Appointment,
    at: datetime,
    *,
    form: Any,
    known: bool = False,
    code: PhoneCode | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the held time with its clock, and one question."""
    left = int((held.held_until - at).total_seconds()) if held.held_until else 0
    other, language = shifts.other_clock(viewer(request, at)), request.LANGUAGE_CODE
    context = {
        "held": held,
        "clock_shift": shifts.words(held.starts_at, held.zone, other, language, at=at),
        "form": form,
        "known": known,
        "sent_to": phones.last_two(code.phone) if code else "",
        "seconds": max(left, 0),
        "total": int(appointments.HOLD.total_seconds()),
    }
    return render(request, "scheduling/hold.html", context, status=status)


def _expired(request: HttpRequest, held: Appointment, at: datetime) -> HttpResponse:
    """Say that the time was let go; offer it again if it is still free, and what is near if not."""
    slot = search.slot_of(held)
    near = search.like(slot, limit=4, at=at)
    # Over, but nobody has asked for the time since and no sweep has come by: it is still kept, for nobody.
    free = held.status == AppointmentStatus.PROPOSED or any(_same(one, slot, held) for one in near)
    context = {"held": held, "again": slot if free else None, "others": near[:3]}
    return render(request, "scheduling/hold_over.html", context, status=HoldExpired.status)


def _same(one: Found, slot: Slot, held: Appointment) -> bool:
    """Return whether an open time is the one that was held: the same hour with the same person, or any chair there."""
    with_them = one.slot.actors == slot.actors
    return one.slot.starts_at == slot.starts_at and (with_them or held.location_id == getattr(one.location, "pk", 0))
