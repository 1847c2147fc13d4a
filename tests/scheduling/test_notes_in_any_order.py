"""Whatever is written about a visit, by whom and when: one note, of who saw the patient, no judgement without right."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling import appointments, notes
from scheduling.models import Licence, VisitNote
from scheduling.notes import Words
from scheduling.refusals import NotFound, NotPossibleNow, OrientationOnly
from tests import factories
from tests.factories import viewer
from tests.reading import read

pytestmark = pytest.mark.django_db
tries = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
letters = st.characters(exclude_categories=["Cs"])
texts = st.text(letters, max_size=40)
written = st.builds(
    Words, summary=st.text(letters, min_size=1, max_size=40), next_steps=texts, assessment=texts, plan=texts
)


@pytest.fixture
def visit(dr_ramos, lupita):
    return factories.booked(lupita)


@pytest.fixture
def ramos(dr_ramos):
    return viewer(dr_ramos.user)


@given(words=st.lists(written, min_size=1, max_size=4))
@tries
def test_the_last_words_stand_alone_and_as_they_were_written(visit, ramos, words):
    with transaction.atomic():
        for number, each in enumerate(words):
            notes.write(visit, each, by=ramos, at=visit.starts_at + number * factories.MINUTE)
        kept = VisitNote.objects.get()
        transaction.set_rollback(True)
    assert Words(kept.summary, kept.next_steps, kept.assessment, kept.plan) == words[-1]


@given(words=written, state=st.sampled_from(["TX", "CA"]), days=st.integers(-2, 2), care=st.booleans())
@tries
def test_a_judgement_needs_a_medical_visit_and_a_licence_there_on_that_day(visit, ramos, words, state, days, care):
    may = state == "TX" and days > 0 and care
    with transaction.atomic():
        Licence.objects.update(state=state, expires_on=visit.starts_at.date() + timedelta(days=days))
        type(visit.visit_type).objects.update(care="clinical" if care else "orientation")
        try:
            notes.write(visit, words, by=ramos, at=visit.starts_at)
            refused = False
        except OrientationOnly:
            refused = True
        transaction.set_rollback(True)
    assert refused is (bool(words.assessment or words.plan) and not may)


@given(minutes=st.integers(-3000, 3000))
@tries
def test_nothing_is_written_before_the_visit_and_anything_after(visit, ramos, minutes):
    with transaction.atomic():
        try:
            notes.write(visit, Words("Hablamos."), by=ramos, at=visit.starts_at + minutes * factories.MINUTE)
        except NotPossibleNow:
            assert not VisitNote.objects.exists()
        assert VisitNote.objects.exists() is (minutes >= 0)
        transaction.set_rollback(True)


@pytest.mark.parametrize("because", ["patient", "clinician", "organization"])
def test_a_visit_that_was_cancelled_has_no_note_whoever_cancelled_it(visit, ramos, lupita, because):
    appointments.cancel(visit, because=because, by=viewer(factories.user_of(lupita)), at=factories.AT)
    with pytest.raises(NotPossibleNow):
        notes.write(visit, Words("Hablamos."), by=ramos, at=visit.starts_at)


def test_a_colleague_of_the_same_organization_writes_no_note(visit, acompana, elena):
    colleague = factories.clinician("Salinas", acompana, elena)
    with pytest.raises(NotFound):
        notes.write(visit, Words("Hablamos."), by=viewer(colleague.user), at=visit.starts_at)
    assert notes.of(visit) is None


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("field", ["summary", "next_steps", "assessment", "plan"])
def test_a_text_that_is_too_long_is_told_and_not_lost(client, clock, visit, dr_ramos, language, field):
    clock.at = visit.starts_at
    client.force_login(dr_ramos.user)
    page = read(client.post(f"/citas/{visit.uuid}/nota/?lang={language}", {"summary": "x", field: "a" * 4001}))
    assert page.errors
    assert len(page.fields[field]) == 4001
    assert notes.of(visit) is None


@pytest.mark.parametrize("text", ["<b>Hielo</b>", "{{ visit }}", "{% now %}", "&lt;", "' OR 1=1 --"])
def test_what_was_written_is_shown_as_words_and_nothing_else(client, clock, visit, dr_ramos, lupita, text):
    notes.write(visit, Words(text), by=viewer(dr_ramos.user), at=visit.starts_at)
    clock.at = visit.starts_at
    client.force_login(factories.user_of(lupita))
    page = read(client.get(f"/citas/{visit.uuid}/"))
    assert text in page.words
    assert "<b>Hielo" not in page.html
