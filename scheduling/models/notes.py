"""What a clinician writes after a visit: for the patient, and of a medical visit for whoever sees them next."""

from django.db import models
from django.db.models import Q

from scheduling.fields import EncryptedTextField
from scheduling.models.appointments import Appointment
from scheduling.models.base import Public
from scheduling.models.people import User
from scheduling.models.secrets import Sealed


class VisitNote(Public, Sealed):
    """The note of one visit, sealed under the patient's key.

    `summary` and `next_steps` are the patient's to read, in their language; `assessment` and `plan` belong to a medical
    visit alone, of somebody licensed where the patient was (the verb sees to it).
    """

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="note")
    summary = EncryptedTextField()
    next_steps = EncryptedTextField(blank=True)
    assessment = EncryptedTextField(blank=True)
    plan = EncryptedTextField(blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="visit_note_says_something", condition=~Q(summary=""))]
