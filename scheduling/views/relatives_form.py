"""Whom a visit is for: whoever books, or somebody who gave them permission."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from scheduling.forms import NAME_LENGTH, ContactForm, Described, ReasonForm
from scheduling.models import Relation

ME, OTHER = "me", "other"
RELATIONS = [  # who the patient is to the user; kept is who the user is to the patient
    (Relation.PARENT, lazy("My son or daughter")),
    (Relation.CHILD, lazy("My mother or father")),
    (Relation.PARTNER, lazy("My husband, wife or partner")),
    (Relation.RELATIVE, lazy("Somebody else of my family")),
    (Relation.OTHER, lazy("Somebody who is not family")),
]


class ForWhom(Described):
    """The question, and what must be said of somebody else; for oneself nothing of it is read."""

    whom = forms.ChoiceField(
        label=lazy("Whom is the appointment for?"),
        choices=[(ME, lazy("For me")), (OTHER, lazy("For somebody else"))],
        required=False,
        initial=ME,
        widget=forms.RadioSelect,
    )
    their_name = forms.CharField(
        label=lazy("What should we call them?"),
        help_text=lazy("Their name or a nickname."),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    relation = forms.ChoiceField(
        label=lazy("Who are they to you?"), choices=[("", lazy("Choose")), *RELATIONS], required=False
    )
    permission = forms.BooleanField(label=lazy("They gave me permission to make the appointment"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("whom") == OTHER:
            missing = {
                "their_name": _("Write their name or a nickname."),
                "relation": _("Choose who they are to you."),
                "permission": _("Ask them first. If they say yes, press the box."),
            }
            for name, words in missing.items():
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return cleaned


class BookForm(ForWhom, ContactForm):
    """What somebody new says."""


class KnownForm(ForWhom, ReasonForm):
    """What somebody says whom we know already."""
