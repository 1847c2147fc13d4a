"""The note of a visit: the patient reads what they take home; orientation has neither diagnosis nor prescription."""

from datetime import timedelta

import pytest

from scheduling import appointments, notes
from scheduling.models import Event, Licence, VisitNote
from scheduling.notes import Words
from scheduling.refusals import NotFound, NotPossibleNow, OrientationOnly
from tests import factories
from tests.factories import viewer
from tests.reading import read

HOME = Words("Hablamos de la rodilla.", "Hielo y reposo una semana.")
JUDGED = Words("Hablamos.", assessment="Esguince", plan="Ibuprofeno")


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def ramos(dr_ramos):
    return viewer(dr_ramos.user)


def write(visit, words, by, after=0):
    return notes.write(visit, words, by=by, at=visit.starts_at + timedelta(minutes=after))


def test_what_is_written_lies_sealed_under_the_patients_key(visit, ramos, lupita):
    note = write(visit, JUDGED, ramos)
    assert (note.assessment, note.plan, note.data_key) == ("Esguince", "Ibuprofeno", lupita.data_key)
    raw = VisitNote.objects.values_list("summary", "assessment", "plan").get()
    assert not any("sguince" in str(text) or "Hablamos" in str(text) for text in raw)


def test_writing_again_leaves_one_note_and_two_events(visit, ramos):
    write(visit, HOME, ramos)
    write(visit, Words("Corrección."), ramos, after=30)
    assert VisitNote.objects.get().summary == "Corrección."
    assert Event.objects.filter(kind="appointment.note_written").count() == 2
    assert all(event.codes == {} for event in Event.objects.filter(kind="appointment.note_written"))


def test_a_licence_that_lapsed_before_the_visit_makes_it_orientation(visit, ramos):
    Licence.objects.update(expires_on=visit.starts_at.date())
    with pytest.raises(OrientationOnly):
        write(visit, JUDGED, ramos)
    assert write(visit, HOME, ramos).summary == HOME.summary


def test_a_licence_elsewhere_makes_it_orientation(visit, ramos):
    Licence.objects.update(state="CA")
    with pytest.raises(OrientationOnly):
        write(visit, JUDGED, ramos)


def test_a_licence_nobody_verified_makes_it_orientation(visit, ramos):
    Licence.objects.update(verified_at=None, verified_by=None, source="")
    with pytest.raises(OrientationOnly):
        write(visit, Words("x", plan="y"), ramos)


def test_orientation_is_orientation_whoever_gives_it(visit, ramos):
    type(visit.visit_type).objects.update(care="orientation")
    with pytest.raises(OrientationOnly):
        write(visit, JUDGED, ramos)


@pytest.mark.parametrize("who", ["lupita", "tomas", "elena", "nayeli"])
def test_only_who_sees_the_patient_writes(request, visit, nayeli, who):
    if who == "nayeli":
        factories.interprets(nayeli, visit)
    with pytest.raises(NotFound):
        write(visit, HOME, viewer(factories.account(request.getfixturevalue(who))))


def test_nothing_is_written_before_the_visit_or_of_one_that_was_cancelled(visit, ramos, lupita):
    with pytest.raises(NotPossibleNow):
        write(visit, HOME, ramos, after=-1)
    appointments.cancel(visit, because="patient", by=viewer(factories.user_of(lupita)), at=factories.AT)
    with pytest.raises(NotPossibleNow):
        write(visit, HOME, ramos)


# --- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, clock, visit, dr_ramos):
    """The clinician's page of the note, when the visit has begun."""
    clock.at = visit.starts_at
    client.force_login(dr_ramos.user)
    return f"/citas/{visit.uuid}/nota/"


def test_a_medical_visit_has_room_for_assessment_and_plan(client, page):
    assert {"summary", "next_steps", "assessment", "plan"} <= set(read(client.get(page)).html.split('"'))


def test_a_visit_of_orientation_has_no_room_for_them_and_says_why(client, page):
    Licence.objects.update(state="CA")
    shown = read(client.get(page))
    assert not {"assessment", "plan"} & set(shown.html.split('"'))
    assert "Esta cita es orientación: sin diagnóstico y sin receta" in shown.words


def test_what_is_sent_for_a_field_that_is_not_there_is_not_kept(client, page):
    Licence.objects.update(state="CA")
    client.post(page, {"summary": "Hablamos.", "plan": "Ibuprofeno"})
    assert VisitNote.objects.get().plan == ""


def test_the_patient_reads_what_they_take_home_and_nothing_else(client, page, visit, lupita):
    assert client.post(page, vars(JUDGED) | {"next_steps": "Hielo"}).url == "/dia/"
    client.force_login(factories.user_of(lupita))
    shown = read(client.get(f"/citas/{visit.uuid}/")).words
    assert "Hablamos." in shown
    assert "Hielo" in shown
    assert "Esguince" not in shown
    assert "Ibuprofeno" not in shown


def test_an_empty_note_says_what_to_write_and_loses_nothing(client, page):
    shown = read(client.post(page, {"summary": "", "next_steps": "Hielo"}))
    assert "Escriba unas palabras para el paciente." in shown.errors
    assert "Hielo" in shown.html


def test_a_note_can_be_mended_with_what_was_written_in_it(client, page):
    client.post(page, {"summary": "Hablamos."})
    assert "Hablamos." in read(client.get(page)).html


def test_a_note_of_somebody_elses_patient_is_not_there(client, page, acompana, elena):
    other = factories.clinician("Salinas", acompana, elena)
    client.force_login(other.user)
    assert client.get(page).status_code == 404
