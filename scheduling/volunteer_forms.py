"""What volunteers are asked, and the admins who verify them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from scheduling import languages, places
from scheduling.forms import NAME_LENGTH, DayField, Described
from scheduling.models import Organization, Specialty
from scheduling.vetting import Application, Claim

PROFESSIONS = {
    "physician": lazy("Physician"),
    "nurse practitioner": lazy("Nurse practitioner"),
    "psychologist": lazy("Psychologist"),
    "dentist": lazy("Dentist"),
    "midwife": lazy("Midwife"),
    "nutritionist": lazy("Nutritionist"),
}
WIDE = [(languages.SPANISH, lazy("Spanish")), (languages.ENGLISH, lazy("English"))]
MEXICO = "MX"


def _where() -> list[tuple[str, str]]:
    return [("", _("Choose")), (MEXICO, _("Mexico (cédula)")), *places.STATES.items()]


class VolunteerForm(Described):
    """What everybody who gives time is asked."""

    name = forms.CharField(
        label=lazy("Your name, as patients will see it"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": lazy("Write your name.")},
    )
    email = forms.EmailField(
        label=lazy("Your e-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": lazy("Write your e-mail."), "invalid": lazy("That is not an e-mail address.")},
    )
    organization: Any = forms.ModelChoiceField(
        label=lazy("With whom do you want to help?"),
        queryset=Organization.objects.order_by("name"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Choose an organization.")},
    )
    spoken = forms.MultipleChoiceField(
        label=lazy("Which languages do you speak well enough to talk about health?"),
        choices=WIDE,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def _told(self, language: str) -> dict[str, Any]:
        said = self.cleaned_data
        known = {"name": said["name"], "email": said["email"], "language": language}
        return known | {"zone": said["organization"].zone, "languages": tuple(said["spoken"])}


class ClinicianForm(VolunteerForm):
    """A clinician: what they do, for whom, and one licence; more are added when they are approved."""

    profession = forms.ChoiceField(label=lazy("What are you?"), choices=PROFESSIONS)
    specialties = forms.MultipleChoiceField(
        label=lazy("Whom do you see?"),
        choices=Specialty.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": lazy("Choose at least one.")},
    )
    where = forms.ChoiceField(
        label=lazy("Where is your licence from?"),
        choices=_where,
        help_text=lazy("With a Mexican cédula you give orientation: no diagnosis and no prescription."),
        error_messages={"required": lazy("Choose the state or country of your licence.")},
    )
    number = forms.CharField(
        label=lazy("Licence number"),
        max_length=40,
        help_text=lazy("It is kept sealed. The organization looks it up."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Write the number of your licence.")},
    )
    expires_on = DayField(
        label=lazy("Until when is it valid?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": lazy("Write until when."), "invalid": lazy("Write the day as 2027-03-12.")},
    )

    def clean_spoken(self) -> list[str]:
        spoken: list[str] = self.cleaned_data["spoken"]
        if not spoken:
            raise forms.ValidationError(_("Choose at least one."))
        return spoken

    def application(self, language: str) -> Application:
        """Return what was told."""
        said = self.cleaned_data
        in_mexico = said["where"] == MEXICO
        country, state = (MEXICO, "") if in_mexico else ("US", said["where"])
        claim = Claim(country, state, said["number"], said["expires_on"])
        practice = {"profession": said["profession"], "specialties": tuple(said["specialties"]), "licences": (claim,)}
        return Application(**self._told(language), **practice)


class InterpreterForm(VolunteerForm):
    """An interpreter: the language of their town beside Spanish, English or both."""

    group = forms.ChoiceField(label=lazy("Which language do you interpret?"), choices=lambda: _groups())
    town = forms.CharField(
        label=lazy("From which town?"),
        max_length=80,
        help_text=lazy("It is not spoken the same everywhere: with the town, people find who understands them."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Write the town.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("spoken"):
            self.add_error("spoken", _("Choose at least one."))
        if "town" in cleaned and "group" in cleaned:
            self.found = languages.of_town(cleaned["town"], cleaned["group"])
            if not self.found:
                self.add_error("town", _("We do not have that town yet. Try a bigger one near it."))
        return cleaned

    def application(self, language: str) -> Application:
        """Return what was told; a town of several variants counts for each of them."""
        told = self._told(language)
        told["languages"] += tuple(variant.code for variant in self.found)
        return Application(**told)


def _groups() -> list[tuple[str, str]]:
    return [(group.code, group.es.capitalize()) for group in languages.groups()]


class VerifyForm(Described):
    """Where a licence was looked up, and until when it runs there."""

    source = forms.CharField(
        label=lazy("Where did you look it up?"),
        max_length=200,
        help_text=lazy("The register and the day, for example: Texas Medical Board, 12 March."),
        error_messages={"required": lazy("Write where you looked it up.")},
    )
    expires_on = DayField(
        label=lazy("Valid until, as the register says"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": lazy("Write until when."), "invalid": lazy("Write the day as 2027-03-12.")},
    )


class ApproveForm(Described):
    """On what grounds somebody is let in."""

    approval = forms.CharField(
        label=lazy("How do you know them?"),
        max_length=200,
        help_text=lazy("For example: video call with Elena, two references."),
        error_messages={"required": lazy("Write how you know them.")},
    )
