"""What pages ask, and what they say when an answer does not do. Field names are short; nothing typed is ever lost."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from scheduling import phones, spoken
from scheduling.contacts import Wishes
from scheduling.models import Whose
from scheduling.quiet import Rule

COUNTRIES = [("US", lazy("United States (+1)")), ("MX", lazy("Mexico (+52)"))]
NAME_LENGTH = 80


class Described(forms.Form):
    """Ties hints and errors to their inputs for those who hear the page, and dresses the inputs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        self.prepare()
        for name, field in self.fields.items():
            widget = field.widget
            if not isinstance(widget, forms.RadioSelect | forms.CheckboxInput | forms.HiddenInput):
                classes = widget.attrs.get("class", "")
                widget.attrs["class"] = f"input {classes}".strip()
            self._describe(name, field)

    def prepare(self) -> None:
        """Set what depends on who asks, before what was typed is judged."""

    def _describe(self, name: str, field: forms.Field) -> None:
        base = str(self.auto_id or "id_%s") % name
        ids = [f"{base}_hint"] if field.help_text else []
        if self.is_bound and self.errors.get(name):
            ids.append(f"{base}_error")
            field.widget.attrs["aria-invalid"] = "true"
        if ids:
            field.widget.attrs["aria-describedby"] = " ".join(ids)


def phone_words(error: phones.PhoneError) -> str:
    """Return what to do about a phone number that is none, saying how many digits are expected."""
    if error.code in ("too_short", "too_long") and error.expected is not None:
        wrote = ngettext("You wrote %(got)s.", "You wrote %(got)s.", error.got or 0) % {"got": error.got}
        return (
            _("Write the %(expected)s digits, for example 713 555 0142.") % {"expected": error.expected} + " " + wrote
        )
    words = {
        "empty": _("Write the number where we can call you."),
        "not_digits": _("Write the number with digits only, for example 713 555 0142."),
        "extension": _("Write a number without an extension."),
    }
    return words.get(error.code, _("That number does not exist. Check the digits and the country."))


class PhoneForm(Described):
    """A phone number and the country it is of, which is always asked: the same ten digits can be a number in both."""

    country = forms.ChoiceField(label=lazy("Country of the phone"), choices=COUNTRIES, initial="US")
    phone = forms.CharField(
        label=lazy("Your phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off", "class": "num"}),
        error_messages={"required": lazy("Write the number where we can call you.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "phone" in cleaned and "country" in cleaned:
            try:
                cleaned["phone"] = phones.parse(cleaned["phone"], cleaned["country"]).e164
            except phones.PhoneError as error:
                self.add_error("phone", phone_words(error))
        return cleaned


class ContactForm(PhoneForm):
    """Who books: a name they choose, a phone to prove, and what they want to say beforehand."""

    field_order = ["name", "country", "phone", "email", "reason"]
    name = forms.CharField(
        label=lazy("What should we call you?"),
        max_length=NAME_LENGTH,
        help_text=lazy("Your name or a nickname."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Write a name or a nickname.")},
    )
    email = forms.EmailField(
        label=lazy("E-mail, if you want the appointment in your calendar"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
        error_messages={"invalid": lazy("That is not an e-mail address. You may leave it empty.")},
    )
    reason = forms.CharField(
        label=lazy("What do you want to tell the doctor?"),
        required=False,
        max_length=2000,
        help_text=lazy("If you want. Only the person who sees you reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(Described):
    """What somebody we know already wants to say beforehand."""

    reason = ContactForm.base_fields["reason"]


class CodeForm(Described):
    """The six digits of the message."""

    code = forms.CharField(
        label=lazy("Write the 6-digit code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*", "class": "code"}
        ),
        error_messages={"required": lazy("Write the 6 digits of the message.")},
    )

    def clean_code(self) -> str:
        digits = "".join(sign for sign in self.cleaned_data["code"] if sign in "0123456789")
        if len(digits) != 6:
            raise forms.ValidationError(_("The code has 6 digits. You wrote %(got)s.") % {"got": len(digits)})
        return digits


class NoteForm(Described):
    """What a patient takes home from a visit."""

    summary = forms.CharField(
        label=lazy("What you talked about, for the patient to read"),
        max_length=4000,
        help_text=lazy("In their language, in plain words."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": lazy("Write a few words for the patient.")},
    )
    next_steps = forms.CharField(
        label=lazy("What comes next"),
        required=False,
        max_length=4000,
        help_text=lazy("What to do, where to go, when to come back."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ClinicalNoteForm(NoteForm):
    """The same for a medical visit of somebody licensed there: with what colleagues need to know."""

    assessment = forms.CharField(
        label=lazy("Assessment, for colleagues"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    plan = forms.CharField(
        label=lazy("Plan and prescription"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


YES_NO = [("True", lazy("Yes")), ("False", lazy("No"))]


def _hours() -> list[tuple[str, str]]:
    """Return the hours of a day, each as a person says it."""
    times = [datetime(2000, 1, 1, hour, tzinfo=UTC) for hour in range(24)]
    return [(one.strftime("%H:%M"), spoken.hour(one, "UTC", get_language() or "es")) for one in times]


def _yes_no(label: Any, hint: Any = "") -> forms.TypedChoiceField:
    """Return a question with two things to press; one of them must be."""
    return forms.TypedChoiceField(
        label=label,
        help_text=hint,
        choices=YES_NO,
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Choose yes or no.")},
    )


def _hour(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=_hours,
        error_messages={"required": lazy("Choose an hour."), "invalid_choice": lazy("Choose an hour.")},
    )


class WishForm(Described):
    """What somebody says about their phone. From an hour until the same hour means at any time."""

    whose = forms.ChoiceField(
        label=lazy("Is this phone only yours?"),
        help_text=lazy("If others use it, our messages never say what they are about."),
        choices=Whose.choices,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Choose one of the two.")},
    )
    reminders = _yes_no(lazy("May we send you reminders?"), lazy("The codes that you ask for always arrive."))
    join_now = _yes_no(
        lazy("If others use it: may we write when you can go in?"), lazy("That message has the hour and a link.")
    )
    voicemail = _yes_no(lazy("May we leave a voice message?"), lazy("It says only that we called."))
    since = _hour(lazy("Write to me from"))
    until = _hour(lazy("Write to me until"))

    def wishes(self) -> Wishes:
        """Return what was said."""
        said = self.cleaned_data
        quiet = Rule(time.fromisoformat(said["until"]), time.fromisoformat(said["since"]))
        return Wishes(Whose(said["whose"]), said["voicemail"], said["join_now"], quiet, said["reminders"])


class DayField(forms.DateField):
    """A day of this age of the world: at the ends of the calendar there is no day before or after."""

    default_error_messages = {"invalid": lazy("Write the day as 2027-03-12.")}
    widget = forms.DateInput(attrs={"type": "date"})

    def to_python(self, value: Any) -> date | None:
        """Return the day, or None for nothing; raise ValidationError for what is none."""
        day: date | None = super().to_python(value)
        if day is not None and not 2000 <= day.year < 3000:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day
