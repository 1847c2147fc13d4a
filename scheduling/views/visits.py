"""The patient's visits: the list, one of them, its calendar file, cancelling; and the link that opens one."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from scheduling import (
    accounts,
    appointments,
    clock,
    contacts,
    deadlines,
    encounters,
    events,
    invitations,
    notes,
    phones,
    problems,
    relatives,
    rematching,
    rescheduling,
    shifts,
)
from scheduling.access import BY_PHONE, Viewer, remember_grant, remember_holder, side_of, viewer
from scheduling.forms import CodeForm, PhoneForm
from scheduling.models import UPCOMING, Appointment, GrantScope, ParticipantRole, PhoneCode, WaitlistEntry
from scheduling.refusals import CodeExpired, NotFound, NotPossibleNow, PasswordNeeded, TooManyCodes, WrongCode
from scheduling.views.booking import CODE, by_password


def visible(uuid: UUID, asker: Viewer) -> Appointment:
    """Return a visit the asker may see, ready to be shown; raise NotFound."""
    found: Appointment | None = Appointment.objects.visible_to(asker).for_display().filter(uuid=uuid).first()
    if found is None or found.patient_id is None:
        raise NotFound
    return found


@never_cache
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """List the visits of whoever is signed in; whoever is not proves their phone first."""
    asker = viewer(request, clock.now())
    if asker.user is None:
        return redirect("sign_in")
    mine = Appointment.objects.visible_to(asker).for_display().exclude(patient=None)
    mine = mine.filter(patient__representatives__user=asker.user, patient__representatives__until=None)
    theirs = list(relatives.of(asker.user))
    coming = [visit for visit in mine if visit.status in UPCOMING]
    context = {
        "waits": WaitlistEntry.objects.visible_to(asker).spoken_for_by(asker).on_the_list(),
        "coming": coming,
        "relatives": theirs,
        "others": {one.patient_id for one in theirs},
        "past": [visit for visit in mine.order_by("-starts_at")[:10] if visit not in coming],
    }
    return render(request, "scheduling/visits.html", context)


@never_cache
@require_safe
def visit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Show one visit: when, in whose clock, with whom, and the way in."""
    at = clock.now()
    asker = viewer(request, at)
    found = visible(uuid, asker)
    if asker.memberships:
        events.looked(found, "visit", by=asker, at=at)
    return render(request, "scheduling/visit.html", _context(found, asker) | _private(found, asker))


@never_cache
@require_safe
def visit_state(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Return only what changes of a visit's page while it is watched."""
    asker = viewer(request, clock.now())
    return render(request, "scheduling/visit_state.html", _context(visible(uuid, asker), asker))


def _context(found: Appointment, asker: Viewer) -> dict[str, object]:
    at = asker.at
    opens_at = found.starts_at - encounters.OPENS_BEFORE
    upcoming = found.status in UPCOMING
    closes_at = found.ends_at + encounters.CLOSES_AFTER
    return {
        "visit": found,
        "upcoming": upcoming,
        "opens_at": opens_at,
        "may_move": found.status in rescheduling.MOVABLE and at < found.starts_at,
        "door_open": upcoming and found.by_remote and opens_at <= at <= closes_at,
        "minutes_left": max(0, int((found.starts_at - at) / timedelta(minutes=1))),
        "clock_shift": _clock_shift(found, asker) if upcoming else "",
        "rematch": _elsewhere(found) if upcoming and rematching.is_open(found) else "",
        "reminders_off": upcoming and found.patient is not None and contacts.reminders_off(found.patient.phone),
        "people": [part for part in found.participants.all() if part.role != "patient"],
    }


def _private(found: Appointment, asker: Viewer) -> dict[str, object]:
    """Return what only the patient and who sees them read; an interpreter hears it, and staff need not know."""
    role = _role(found, asker)
    theirs = role in (ParticipantRole.PATIENT, ParticipantRole.CLINICIAN)
    return {"role": role, "reason": found.reason if theirs else "", "note": notes.of(found) if theirs else None}


def _role(found: Appointment, asker: Viewer) -> str:
    """Return as whom somebody looks, mostly from what was read already: who works for nobody speaks for the patient."""
    parts = [part for part in found.participants.all() if part.role != ParticipantRole.PATIENT]
    own = next((part.role for part in parts if asker.user and part.person == asker.user), "")
    if own or asker.memberships:
        return own or encounters.part_of(found, by=asker)
    return ParticipantRole.PATIENT


def _clock_shift(found: Appointment, asker: Viewer) -> str:
    language = get_language() or "es"
    return shifts.words(found.starts_at, found.zone, shifts.other_clock(asker), language, at=asker.at)


def _elsewhere(found: Appointment) -> str:
    """Return where open times like those of a visit are, in the language of its patient."""
    spoken = next(iter(found.patient.languages if found.patient else []), "")
    query = {"state": found.patient_state, "zone": found.zone, "language": spoken}
    return f"{reverse('times')}?{urlencode(query | {'specialty': found.visit_type.specialty})}"


@require_safe
def calendar_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Return the visit as a file for the person's own calendar."""
    at = clock.now()
    found = visible(uuid, viewer(request, at))
    url = request.build_absolute_uri(reverse("visit", args=[found.uuid]))
    text = invitations.as_file(found, language=request.LANGUAGE_CODE, url=url, at=at)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cita.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask once more, then cancel."""
    at = clock.database_now()
    asker = viewer(request, at)
    found = visible(uuid, asker)
    page = reverse("visit", args=[found.uuid])
    if request.method == "POST":
        try:
            appointments.cancel(found, because=side_of(found, by=asker), by=asker, at=at)
        except NotPossibleNow as refusal:
            return problems.page(request, refusal, back=page, back_words=_("Go back"))
        return redirect(page)
    if found.status not in UPCOMING:  # nothing is left to cancel: the page says what became of it
        return redirect(page)
    context = {"visit": found, "late": deadlines.is_late(found, at=at)}
    return render(request, "scheduling/cancel.html", context)


@never_cache
@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Let the browser in by a link from a message; the secret leaves the address at once."""
    grant = accounts.open_link(secret, at=clock.now())
    if grant is None:
        return problems.page(request, NotFound(), back=reverse("sign_in"), back_words=_("Find my appointment by phone"))
    remember_grant(request, grant)
    pages = {GrantScope.APPOINTMENT: "visit", GrantScope.OFFER: "offer", GrantScope.CASE: "case"}
    return redirect(pages[GrantScope(grant.scope)], grant.subject)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Send a code to a phone, whether we know it or not: the answer is the same."""
    at = clock.database_now()
    form = PhoneForm(request.POST or None)
    if not form.is_valid():
        return render(request, "scheduling/sign_in.html", {"form": form})
    remember_holder(request)
    try:
        code = accounts.send_code(
            form.cleaned_data["phone"],
            typed={"language": request.LANGUAGE_CODE},
            language=request.LANGUAGE_CODE,
            by=viewer(request, at),
            at=at,
        )
    except TooManyCodes as refusal:
        form.add_error("phone", " ".join(problems.words(refusal, "America/Chicago", request.LANGUAGE_CODE)))
        return render(request, "scheduling/sign_in.html", {"form": form})
    request.session[CODE] = str(code.uuid)
    return redirect("sign_in_code")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Check the code and show the visits."""
    at = clock.database_now()
    asker = viewer(request, at)
    code = (
        PhoneCode.objects.filter(uuid=request.session.get(CODE), holder=asker.holder).first() if asker.holder else None
    )
    if code is None:
        return redirect("sign_in")
    form = CodeForm(request.POST or None)
    context = {"form": form, "sent_to": phones.last_two(code.phone)}
    if not form.is_valid():
        return render(request, "scheduling/sign_in_code.html", context)
    try:
        user = accounts.check_code(code, form.cleaned_data["code"], by=asker, at=at)
    except (WrongCode, CodeExpired) as refusal:
        form.add_error("code", ". ".join(problems.words(refusal, "UTC", request.LANGUAGE_CODE)))
        return render(request, "scheduling/sign_in_code.html", context, status=refusal.status)
    except PasswordNeeded as refusal:
        return by_password(request, refusal, reverse("visits"))
    request.session.pop(CODE, None)
    login(request, user, backend=BY_PHONE)
    return redirect("visits")
