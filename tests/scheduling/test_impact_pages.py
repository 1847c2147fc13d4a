"""Before a change of hours is saved its page says whom it touches, and asks what happens with each visit."""

import pytest

from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Schedule
from tests import factories
from tests.reading import read

EVENING = {"TU_1_from": "17:00", "TU_1_to": "20:00"}


@pytest.fixture
def at_work(client, clock, dr_ramos):
    """Dr. Ramos's browser."""
    client.force_login(dr_ramos.user)
    return client


@pytest.fixture
def visit(dr_ramos, lupita):
    """Lupita's visit, on Monday at ten."""
    return factories.booked(lupita)


def chosen(*visits, how="keep"):
    return {f"visit_{visit.uuid}": how for visit in visits}


def saved():
    return AvailabilityRule.objects.filter(valid_until=None, weekday=1, starts="17:00").exists()


def asked_to_move():
    return [visit.pk for visit in Appointment.objects.all() if visit.is_asked_to_move]


def test_a_change_that_touches_nobody_is_saved_at_once(at_work):
    page = read(at_work.post("/horario/", EVENING, follow=True))
    assert saved()
    assert "guardadas" in page.words


def test_a_change_that_touches_somebody_says_whom_and_saves_nothing(at_work, visit):
    page = read(at_work.post("/horario/", EVENING))
    assert "1 cita apartada queda fuera" in page.title
    assert "Lunes 8 de junio, 10:00 a. m. · Lupita" in page.words
    assert "a nadie se le cancela" in page.words
    assert not saved()


def test_it_says_what_is_open_instead_after_the_change(at_work, visit):
    page = read(at_work.post("/horario/", EVENING))
    assert "martes 9 de junio, 5:00 p. m." in page.words


def test_it_says_so_when_nothing_is(at_work, visit):
    page = read(at_work.post("/horario/", {}))
    assert "no hay otra parecida" in page.words


def test_what_was_typed_travels_with_the_choice(at_work, visit):
    page = read(at_work.post("/horario/", EVENING))
    assert {name: page.fields[name] for name in EVENING} == EVENING
    at_work.post("/horario/", EVENING | chosen(visit))
    assert saved()


def test_a_visit_that_stands_is_listed_and_nobody_hears_of_it(at_work, visit, outbox):
    outbox.messages()
    page = read(at_work.post("/horario/", EVENING | chosen(visit), follow=True))
    assert f"/citas/{visit.uuid}/" in page.links.values()
    assert outbox.messages("appointment_please_move") == []
    assert asked_to_move() == []


def test_whoever_is_asked_to_move_hears_of_it_and_the_visit_stands(at_work, visit, outbox):
    page = read(at_work.post("/horario/", EVENING | chosen(visit, how="move"), follow=True))
    assert "Le pedimos a 1 persona que elija otra hora" in page.words
    assert "ya le pedimos otra hora" in page.words
    assert len(outbox.messages("appointment_please_move")) == 1
    assert Appointment.objects.get().status == "booked"


def test_the_patients_page_says_so(at_work, client, visit, lupita):
    at_work.post("/horario/", EVENING | chosen(visit, how="move"))
    client.force_login(factories.user_of(lupita))
    page = read(client.get(f"/citas/{visit.uuid}/"))
    assert "¿Puede a otra hora?" in page.words
    assert "esta sigue en pie" in page.words


def test_each_visit_is_chosen_for_itself(at_work, visit, beto):
    other = factories.booked(beto)
    page = read(at_work.post("/horario/", EVENING | chosen(visit, how="move")))
    assert "2 citas apartadas quedan fuera" in page.title
    assert page.fields[f"visit_{visit.uuid}"] == "move"
    assert page.fields[f"visit_{other.uuid}"] == "keep"
    at_work.post("/horario/", EVENING | chosen(visit, how="move") | chosen(other))
    assert asked_to_move() == [visit.pk]


def test_a_visit_booked_meanwhile_is_asked_about_before_anything_is_saved(at_work, visit, beto):
    at_work.post("/horario/", EVENING)
    late = factories.booked(beto)
    page = read(at_work.post("/horario/", EVENING | chosen(visit)))
    assert f"visit_{late.uuid}" in page.fields
    assert not saved()


def test_going_back_shows_what_was_typed_and_saves_nothing(at_work, visit):
    page = read(at_work.post("/horario/", EVENING | chosen(visit) | {"back": "1"}))
    assert {name: page.fields[name] for name in EVENING} == EVENING
    assert page.fields["MO_1_from"] == ""
    assert not saved()


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/horario/descanso/", {"first": "2026-06-08", "last": ""}),
        ("/horario/pausa/", {"until": ""}),
        ("/horario/reloj/", {"zone": "America/Los_Angeles"}),
    ],
)
def test_every_change_asks_first(at_work, dr_ramos, visit, path, typed):
    version = Schedule.objects.get(actor=dr_ramos.actor).version
    page = read(at_work.post(path, typed))
    assert "1 cita apartada queda fuera" in page.title
    assert page.actions.count(path) == 1
    assert Schedule.objects.get(actor=dr_ramos.actor).version == version
    at_work.post(path, typed | chosen(visit))
    assert Schedule.objects.get(actor=dr_ramos.actor).version == version + 1
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("path", ["/horario/descanso/", "/horario/pausa/", "/horario/reloj/", "/horario/extra/"])
def test_going_back_from_any_change_is_the_page_of_hours(at_work, path):
    typed = {"first": "2026-06-08", "until": "2026-06-12", "zone": "America/Denver", "day": "2026-06-12", "back": "1"}
    page = read(at_work.post(path, typed))
    assert page.title == "Mi horario"
    assert not AvailabilityException.objects.exists()


def test_extra_hours_with_a_visit_in_them_are_not_taken_back_in_silence(at_work, lupita):
    at_work.post("/horario/", {})
    at_work.post("/horario/extra/", {"day": "2026-06-09", "starts": "10:00", "ends": "11:00"})
    visit = factories.booked(lupita)
    extra = AvailabilityException.objects.get()
    path = f"/horario/descanso/{extra.uuid}/deshacer/"
    assert "1 cita apartada" in read(at_work.post(path)).title
    assert AvailabilityException.objects.exists()
    at_work.post(path, {"back": "1"})
    assert AvailabilityException.objects.exists()
    at_work.post(path, chosen(visit))
    assert not AvailabilityException.objects.exists()


def test_weeks_with_a_visit_in_them_are_not_taken_back_in_silence(at_work, lupita):
    at_work.post("/horario/", {})
    at_work.post("/horario/", EVENING | {"from_day": "2026-06-09", "to_day": "2026-06-09"})
    visit = factories.booked(lupita)
    assert "1 cita apartada" in read(at_work.post("/horario/semanas/deshacer/", {"first": "2026-06-09"})).title
    at_work.post("/horario/semanas/deshacer/", {"first": "2026-06-09"} | chosen(visit))
    assert not AvailabilityRule.objects.filter(temporary=True).exists()


@pytest.mark.parametrize("nonsense", [{"visit_x": "keep"}, {"visit_": "move"}])
def test_choices_about_nothing_are_left_alone(at_work, visit, nonsense):
    assert read(at_work.post("/horario/", EVENING | nonsense)).status == 200
    assert not saved()


def test_nobody_is_asked_about_a_colleagues_visit(at_work, visit, acompana, elena, beto):
    vega = factories.clinician("Vega", acompana, elena)
    found = next(one for one in factories.open_slots() if one.clinician == vega)
    by = factories.viewer(factories.user_of(beto))
    held = factories.appointments.hold(found.slot, by=by, at=factories.AT)
    others = factories.appointments.confirm(held, patient=beto, by=by, at=factories.AT)
    page = read(at_work.post("/horario/", EVENING))
    assert "1 cita apartada" in page.title
    at_work.post("/horario/", EVENING | chosen(visit) | chosen(others, how="move"))
    assert asked_to_move() == []
