"""What the pages of this floor ask."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from navigation.models import Presence
from scheduling import languages, places
from scheduling.forms import Described, PhoneForm

TONGUES = [
    ("es", lazy("Spanish")),
    ("en", lazy("English")),
    ("qmx", lazy("Mixtec")),
    ("zap", lazy("Zapotec")),
    ("nah", lazy("Nahuatl")),
    ("qtq", lazy("Triqui")),
    (languages.OTHER, lazy("Another language")),
]


class NeedForm(Described):
    """What somebody needs, in their words, where they are, and the language they speak."""

    text = forms.CharField(
        label=lazy("What is happening?"),
        required=False,
        max_length=2000,
        help_text=lazy("A few words are enough. You can leave it empty."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    where = forms.CharField(
        label=lazy("Where are you now?"),
        max_length=30,
        help_text=lazy("Your ZIP code: 5 digits. If you do not know it, write the state."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "states"}),
        error_messages={"required": lazy("Write your ZIP code or your state. Doctors are licensed by state.")},
    )
    language = forms.ChoiceField(
        label=lazy("In which language do you want to talk?"), choices=TONGUES, widget=forms.RadioSelect
    )

    def clean_where(self) -> places.Place:
        """Return the place of a ZIP code, or of a state by its name or its two letters."""
        where = self.cleaned_data["where"].strip()
        by_name = {name.lower(): code for code, name in places.STATES.items()}
        try:
            return places.of_zip(where) if where[:1].isdigit() else places.of_state(by_name.get(where.lower(), where))
        except places.PlaceUnknown:
            raise forms.ValidationError(
                _("We do not find that place. Write the 5 digits of the ZIP code, or the name of the state.")
            ) from None


class TownForm(Described):
    """Which language of a group somebody speaks: told by the town it is from; `found` has those it may be."""

    town = forms.CharField(
        label=lazy("From which town?"),
        max_length=80,
        help_text=lazy("Where you or your parents learnt it. It is only to find somebody who speaks like you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "towns"}),
        error_messages={"required": lazy("Write the town. If you do not know it, press “I do not know”.")},
    )

    def __init__(self, *args: Any, group: str, **kwargs: Any) -> None:
        self.found: tuple[languages.Variant, ...] = ()
        self.chosen = group
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.chosen = cleaned.get("group", self.chosen)
        if self.chosen and "town" in cleaned:
            self.found = languages.of_town(cleaned["town"], self.chosen)
            if not self.found:
                self.add_error("town", _("We do not have that town yet. Try a bigger one near it, or go on without."))
        return cleaned


def _named() -> list[tuple[str, str]]:
    tongue = get_language() or languages.SPANISH
    return [("", _("Choose")), *((group.code, group.name(tongue).capitalize()) for group in languages.groups())]


class TongueForm(TownForm):
    """The same for somebody who has not said yet what the language is called."""

    field_order = ["group", "town"]
    group = forms.ChoiceField(
        label=lazy("What is the language called?"),
        choices=_named,
        error_messages={"required": lazy("Choose the language. If it is not there, press “I do not know”.")},
    )


class ReportForm(PhoneForm):
    """What is asked once somebody is in danger: where, how to call back, who is with them.

    Nothing about who they are.
    """

    field_order = ["place", "country", "phone", "present"]
    place = forms.CharField(
        label=lazy("1. Where are you?"),
        max_length=500,
        help_text=lazy("Street and number. If you do not know: a shop, a crossing, the name of the ranch."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": lazy("Write where you are, as well as you can.")},
    )
    present = forms.ChoiceField(
        label=lazy("3. Who is with the person?"), choices=Presence, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("2. At which number do we call you?")


class DeathForm(PhoneForm):
    """What is asked when somebody died: a way to call, and where it happened. The rest is talked about."""

    field_order = ["country", "phone", "where", "name"]
    where = forms.CharField(
        label=lazy("In which city and state did it happen?"),
        required=False,
        max_length=200,
        help_text=lazy("If you do not know, leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=lazy("What should we call you?"),
        required=False,
        max_length=80,
        help_text=lazy("Your name or a nickname. You do not have to say it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("At which number do we call you?")


class NoteForm(Described):
    """What a coordinator did or learnt."""

    text = forms.CharField(
        label=lazy("What I did"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": lazy("Write what you did, in a few words.")},
    )
