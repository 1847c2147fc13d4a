"""The clinician's note after a visit."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from scheduling import clock, encounters, notes
from scheduling.access import viewer
from scheduling.forms import ClinicalNoteForm, NoteForm
from scheduling.models import Appointment, Role
from scheduling.notes import Words
from scheduling.refusals import NotFound
from scheduling.views.staff import for_staff


@for_staff(Role.CLINICIAN)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write what the patient takes home; a medical visit has room for the assessment and the plan too."""
    at = clock.database_now()
    asker = viewer(request, at)
    visit: Appointment | None = Appointment.objects.visible_to(asker).for_display().filter(uuid=uuid).first()
    if visit is None or visit.patient is None:
        raise NotFound
    part = encounters.seat(visit, by=asker)
    if part.role != "clinician":
        raise NotFound
    kind = ClinicalNoteForm if notes.may_judge(visit, part) else NoteForm
    written = notes.of(visit)
    form = kind(request.POST or None, initial={name: getattr(written, name, "") for name in kind.base_fields})
    if form.is_valid():
        notes.write(visit, Words(**form.cleaned_data), by=asker, at=at)
        messages.success(request, _("The note is kept. The patient can read the summary now."))
        return redirect("day")
    return render(request, "scheduling/note.html", {"visit": visit, "form": form})
