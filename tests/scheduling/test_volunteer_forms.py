"""What volunteers tell of themselves, and hosts of their talks, read as it is meant."""

from datetime import date, time

import pytest
from django.utils.translation import override

from scheduling import languages, places
from scheduling.models import Care, Specialty
from scheduling.session_forms import SessionForm
from scheduling.vetting import Claim
from scheduling.volunteer_forms import PROFESSIONS, ApproveForm, ClinicianForm, InterpreterForm, VerifyForm
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ines(acompana):
    """What Inés types."""
    return {
        "name": "Dra. Inés",
        "email": "ines@example.org",
        "organization": acompana.pk,
        "spoken": ["es", "en"],
        "profession": "physician",
        "specialties": ["family"],
        "where": "TX",
        "number": "T-9",
        "expires_on": "2027-03-01",
    }


@pytest.fixture
def tino(acompana):
    """What Tino types."""
    about = {"name": "Tino", "email": "tino@example.org", "organization": acompana.pk, "spoken": ["es"]}
    return about | {"group": "zap", "town": "Juchitán de Zaragoza"}


def filled(kind, typed):
    form = kind(typed)
    assert form.is_valid(), form.errors
    return form


# --- clinicians ------------------------------------------------------------------------------------------------------


def test_a_clinician_is_told_as_they_said_it_by_the_clock_of_their_organization(ines):
    told = filled(ClinicianForm, ines).application("es")
    assert (told.name, told.email, told.language, told.zone) == (
        "Dra. Inés", "ines@example.org", "es", "America/Chicago",
    )  # fmt: skip
    assert (told.languages, told.profession, told.specialties) == (("es", "en"), "physician", ("family",))


@pytest.mark.parametrize("where", sorted(places.STATES))
def test_a_licence_is_of_the_state_that_was_chosen(ines, where):
    [claim] = filled(ClinicianForm, ines | {"where": where}).application("en").licences
    assert claim == Claim("US", where, "T-9", date(2027, 3, 1))


def test_a_cedula_is_of_mexico_and_of_no_state(ines):
    [claim] = filled(ClinicianForm, ines | {"where": "MX"}).application("es").licences
    assert (claim.country, claim.state) == ("MX", "")


@pytest.mark.parametrize("profession", PROFESSIONS)
def test_every_profession_can_be_chosen(ines, profession):
    assert filled(ClinicianForm, ines | {"profession": profession}).application("es").profession == profession


@pytest.mark.parametrize("specialty", Specialty.values)
def test_every_kind_of_patients_can_be_chosen(ines, specialty):
    assert filled(ClinicianForm, ines | {"specialties": [specialty]}).application("es").specialties == (specialty,)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("email", "ines@"),
        ("organization", ""),
        ("organization", 0),
        ("spoken", []),
        ("spoken", ["fr"]),
        ("profession", "healer"),
        ("specialties", []),
        ("specialties", ["family", "tarot"]),
        ("where", ""),
        ("where", "ZZ"),
        ("number", " "),
        ("number", "9" * 41),
        ("expires_on", ""),
        ("expires_on", "0001-01-01"),
    ],
)
def test_what_is_wrong_is_told_at_its_own_field_in_both_languages(ines, field, typed):
    said = []
    for language in ("es", "en"):
        with override(language):
            form = ClinicianForm(ines | {field: typed})
            assert set(form.errors) == {field}
            said.append(str(form.errors[field][0]))
    assert said[0] != said[1]


def test_organizations_are_listed_by_name(acompana):
    factories.organization("brazos")
    assert [str(one) for one in ClinicianForm().fields["organization"].queryset] == ["Acompana", "Brazos"]


# --- interpreters ----------------------------------------------------------------------------------------------------


def test_an_interpreter_speaks_what_is_spoken_in_their_town(tino):
    told = filled(InterpreterForm, tino).application("es")
    assert (told.languages, told.profession, told.licences) == (("es", "zai"), "", ())


def test_a_town_of_several_variants_counts_for_each(tino):
    group = next(one for one in languages.groups() if len(one.variants) > 1)
    found = languages.of_town("san", group.code)
    told = filled(InterpreterForm, tino | {"group": group.code, "town": "san"}).application("es")
    assert set(told.languages) == {"es", *(one.code for one in found)}
    assert len(found) > 1


def test_a_town_of_another_language_is_not_taken(tino):
    assert set(InterpreterForm(tino | {"group": "nah"}).errors) == {"town"}


@pytest.mark.parametrize("town", ["", "a", "Villa Inventada", "\0", "%"])
def test_a_town_nobody_knows_is_told_and_makes_no_interpreter(tino, town):
    assert set(InterpreterForm(tino | {"town": town}).errors) == {"town"}


def test_whoever_speaks_only_the_language_of_their_town_has_nobody_to_interpret_to(tino):
    assert set(InterpreterForm(tino | {"spoken": []}).errors) == {"spoken"}


def test_every_language_can_be_chosen():
    with override("es"):
        chosen = dict(InterpreterForm().fields["group"].choices)
    assert set(chosen) == {group.code for group in languages.groups()}
    assert all(name[0].isupper() for name in chosen.values())


# --- the admin -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", [{"source": "", "expires_on": "2027-03-01"}, {"source": "TMB", "expires_on": "1999-12-31"}]
)
def test_a_licence_is_verified_only_with_a_source_and_a_day(typed):
    assert not VerifyForm(typed).is_valid()


def test_what_the_register_says_is_taken_over():
    assert filled(VerifyForm, {"source": "TMB", "expires_on": "2027-03-01"}).cleaned_data == {
        "source": "TMB",
        "expires_on": date(2027, 3, 1),
    }


@pytest.mark.parametrize(("typed", "right"), [("Dos referencias", True), ("  ", False), ("a" * 201, False)])
def test_nobody_is_let_in_without_grounds(typed, right):
    assert ApproveForm({"approval": typed}).is_valid() is right


# --- a talk ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def told(acompana):
    kind = factories.visit_type("platica", care=Care.PREVENTION, modality="in_person")
    place = factories.clinic("Plaza", acompana, chairs=0)
    return {"visit_type": kind.pk, "location": place.pk, "day": "2026-06-12", "hour": "17:00", "places": "12"}


def test_a_talk_is_read_as_it_was_told(told):
    said = filled(SessionForm, told).cleaned_data
    assert (said["day"], said["hour"], said["places"]) == (date(2026, 6, 12), time(17), 12)


@pytest.mark.parametrize(("places", "right"), [("1", False), ("2", True), ("500", True), ("501", False), ("-3", False)])
def test_a_talk_is_for_two_to_five_hundred(told, places, right):
    assert SessionForm(told | {"places": places}).is_valid() is right


def test_a_talk_is_about_prevention_that_is_still_given(told, consulta):
    over = factories.visit_type("antes", care=Care.PREVENTION, active=False)
    for kind in (consulta, over):
        assert set(SessionForm(told | {"visit_type": kind.pk}).errors) == {"visit_type"}


@pytest.mark.parametrize("typed", ["25:00", "5 pm", "", "17:00:61"])
def test_an_hour_that_is_none_says_how_to_write_one(told, typed):
    with override("es"):
        assert SessionForm(told | {"hour": typed}).errors["hour"] == ["Escriba la hora así: 17:00."]
