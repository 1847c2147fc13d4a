"""What a host is asked about a talk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from scheduling.forms import DayField, Described
from scheduling.models import Care, Location, VisitType


class SessionForm(Described):
    """About what, where, when, and for how many."""

    visit_type: Any = forms.ModelChoiceField(
        label=lazy("About what?"),
        queryset=VisitType.objects.filter(care=Care.PREVENTION, active=True),
        error_messages={"required": lazy("Choose what it is about.")},
    )
    location: Any = forms.ModelChoiceField(
        label=lazy("Where?"),
        queryset=Location.objects.order_by("name"),
        error_messages={"required": lazy("Choose where.")},
    )
    day = DayField(
        label=lazy("Which day?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": lazy("Choose the day."), "invalid": lazy("Write the day as 2027-03-12.")},
    )
    hour = forms.TimeField(
        label=lazy("At what hour, by the clock of that place?"),
        widget=forms.TimeInput(attrs={"type": "time", "step": "900"}),
        error_messages={"required": lazy("Write the hour as 17:00."), "invalid": lazy("Write the hour as 17:00.")},
    )
    places = forms.IntegerField(
        label=lazy("For how many people?"),
        min_value=2,
        max_value=500,
        initial=15,
        error_messages={
            "required": lazy("Write how many people fit."),
            "min_value": lazy("A talk is for two people or more."),
            "max_value": lazy("No more than 500."),
        },
    )
