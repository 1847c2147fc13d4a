"""What forms make of what people type: forgiving where the meaning is plain, and clear about the rest."""

from datetime import date, time

import pytest
from django import forms
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.forms import (
    ClinicalNoteForm,
    CodeForm,
    ContactForm,
    DayField,
    NoteForm,
    PhoneForm,
    ReasonForm,
    WishForm,
)
from scheduling.models import Whose
from scheduling.quiet import Rule

LUPITA = {"name": "Lupita", "country": "US", "phone": "713 555 0142"}
WISH = {
    "whose": "mine",
    "reminders": "True",
    "join_now": "True",
    "voicemail": "False",
    "since": "08:00",
    "until": "21:00",
}


def errors(kind: type[forms.Form], typed: dict[str, str], field: str, language: str = "es") -> str:
    """Return what a form says about a field, in a language."""
    with override(language):
        return " ".join(str(error) for error in kind(typed).errors.get(field, []))


# --- the code --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["123456", " 123456 ", "123 456", "1 2 3 4 5 6", "123-456", "123456."])
def test_a_code_is_understood_however_it_is_spaced(typed):
    form = CodeForm({"code": typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["code"] == "123456"


@pytest.mark.parametrize(("typed", "got"), [("12345", 5), ("1234567", 7), ("12345a", 5), ("hola", 0), ("½²³", 0)])
@pytest.mark.parametrize(("language", "said"), [("es", "Usted escribió {}."), ("en", "You wrote {}.")])
def test_a_code_that_is_none_says_how_many_digits_were_written(typed, got, language, said):
    assert errors(CodeForm, {"code": typed}, "code", language).endswith(said.format(got))


def test_a_code_left_out_is_asked_for():
    assert errors(CodeForm, {"code": "  "}, "code") == "Escriba los 6 números del mensaje."


@given(typed=st.text(max_size=12))
@settings(deadline=None)
def test_whatever_is_typed_as_a_code_is_six_digits_or_an_error(typed):
    form = CodeForm({"code": typed})
    if form.is_valid():
        code = form.cleaned_data["code"]
        assert (len(code), code.isascii(), code.isdigit()) == (6, True, True)
    else:
        assert list(form.errors) == ["code"]


# --- the phone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "phone", "meant"),
    [
        ("US", "(713) 555-0142", "+17135550142"),
        ("US", "+1 713 555 0142", "+17135550142"),
        ("US", "713.555.0142", "+17135550142"),
        ("MX", "55 1234 5678", "+525512345678"),
        ("MX", "+52 55 1234 5678", "+525512345678"),
    ],
)
def test_the_same_number_is_understood_as_people_write_it(country, phone, meant):
    form = PhoneForm({"country": country, "phone": phone})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == meant


def test_the_country_decides_whose_number_it_is():
    numbers = []
    for country in ("US", "MX"):
        form = PhoneForm({"country": country, "phone": "656 234 5678"})
        assert form.is_valid(), form.errors
        numbers.append(form.cleaned_data["phone"][:3])
    assert numbers == ["+16", "+52"]


@pytest.mark.parametrize("country", ["", "GT", "us"])
def test_a_country_that_cannot_be_called_is_told_apart_from_the_number(country):
    assert set(PhoneForm({"country": country, "phone": "713 555 0142"}).errors) == {"country"}


@given(phone=st.text(max_size=60), country=st.sampled_from(["US", "MX", "", "XX"]))
@settings(deadline=None)
def test_whatever_is_typed_as_a_phone_can_be_called_or_is_an_error(phone, country):
    form = PhoneForm({"country": country, "phone": phone})
    if form.is_valid():
        assert form.cleaned_data["phone"].startswith(("+1", "+52"))
    else:
        assert set(form.errors) <= {"country", "phone"}


# --- who books -------------------------------------------------------------------------------------------------------


def test_a_name_and_a_phone_are_enough():
    assert ContactForm(LUPITA).is_valid()


def test_blanks_around_a_name_are_not_part_of_it():
    form = ContactForm(LUPITA | {"name": "  Doña Lupita "})
    assert form.is_valid()
    assert form.cleaned_data["name"] == "Doña Lupita"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "a" * 81),
        ("name", "Lu\0pita"),
        ("phone", "7" * 41),
        ("email", "lupita@"),
        ("email", "a" * 400 + "@ejemplo.mx"),
        ("reason", "a" * 2001),
    ],
)
@pytest.mark.parametrize("language", ["es", "en"])
def test_what_does_not_fit_is_told_at_its_own_field(field, typed, language):
    assert errors(ContactForm, LUPITA | {field: typed}, field, language).endswith(".")
    assert set(ContactForm(LUPITA | {field: typed}).errors) == {field}


def test_the_reason_may_be_left_out():
    assert ReasonForm({}).is_valid()


# --- who hears the page ----------------------------------------------------------------------------------------------


def test_a_field_names_its_hint_for_those_who_hear_the_page():
    assert ContactForm().fields["name"].widget.attrs["aria-describedby"] == "id_name_hint"


def test_a_field_that_is_wrong_names_its_error_too():
    attrs = ContactForm(LUPITA | {"name": ""}).fields["name"].widget.attrs
    assert (attrs["aria-invalid"], attrs["aria-describedby"]) == ("true", "id_name_hint id_name_error")


def test_a_field_that_is_right_is_not_called_wrong():
    assert "aria-invalid" not in ContactForm(LUPITA | {"name": ""}).fields["country"].widget.attrs


# --- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2000-01-01", "2026-06-08", "2028-02-29", "2999-12-31"])
def test_a_day_of_this_age_of_the_world_is_one(typed):
    assert DayField().clean(typed) == date.fromisoformat(typed)


@pytest.mark.parametrize("typed", ["1999-12-31", "3000-01-01", "2027-02-29", "0001-01-01", "9999-12-31", "mañana"])
def test_a_day_that_is_none_says_how_to_write_one(typed):
    field = DayField()
    with pytest.raises(Exception, match="2027-03-12"):
        field.clean(typed)


def test_a_day_may_be_left_out_where_it_need_not_be_said():
    assert DayField(required=False).clean("") is None


# --- what a phone wants ----------------------------------------------------------------------------------------------


def test_quiet_hours_are_those_outside_of_what_was_said():
    form = WishForm(WISH)
    assert form.is_valid(), form.errors
    assert form.wishes().quiet == Rule(time(21), time(8))


@pytest.mark.parametrize("hour", ["00:00", "08:00", "23:00"])
def test_from_an_hour_until_the_same_hour_means_at_any_time(hour):
    form = WishForm(WISH | {"since": hour, "until": hour})
    assert form.is_valid()
    assert not any(form.wishes().quiet.holds_at(time(each)) for each in range(24))


@given(said=st.fixed_dictionaries(dict.fromkeys(["reminders", "join_now", "voicemail"], st.booleans())))
@settings(deadline=None)
def test_a_wish_is_kept_as_it_was_said(said):
    form = WishForm(WISH | {"whose": "shared"} | {name: str(value) for name, value in said.items()})
    assert form.is_valid()
    wishes = form.wishes()
    assert wishes.whose == Whose.SHARED
    assert {name: getattr(wishes, name) for name in said} == said


@given(since=st.integers(0, 23), until=st.integers(0, 23), asked=st.integers(0, 23))
@settings(deadline=None)
def test_nobody_is_written_to_outside_the_hours_they_gave(since, until, asked):
    form = WishForm(WISH | {"since": f"{since:02}:00", "until": f"{until:02}:00"})
    assert form.is_valid()
    given_hours = (asked - since) % 24 < ((until - since) % 24 or 24)
    assert form.wishes().quiet.holds_at(time(asked)) is not given_hours


# --- notes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [NoteForm, ClinicalNoteForm])
def test_a_note_needs_words_for_the_patient_and_nothing_else(form):
    assert form({"summary": "Hablamos."}).is_valid()
    assert set(form({"next_steps": "Hielo"}).errors) == {"summary"}


def test_a_note_of_orientation_takes_neither_diagnosis_nor_prescription():
    form = NoteForm({"summary": "Hablamos.", "assessment": "Esguince", "plan": "Ibuprofeno"})
    assert form.is_valid()
    assert set(form.cleaned_data) == {"summary", "next_steps"}
