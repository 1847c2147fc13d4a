"""A clock that changes before a visit is announced: in words, on the pages and in the e-mail; where none does, not."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

from scheduling import appointments, invitations, rescheduling, shifts
from scheduling.models import Appointment, Participant
from tests import factories
from tests.factories import AT, DAY, HOUR, user_of, viewer
from tests.reading import read
from tests.walks import hold

NBSP = "\u00a0"
HOUSTON, MEXICO, PHOENIX = "America/Chicago", "America/Mexico_City", "America/Phoenix"
IN_MARCH, OUT_MARCH = datetime(2026, 3, 2, 16, tzinfo=UTC), datetime(2026, 3, 10, 22, tzinfo=UTC)
IN_AUTUMN, OUT_AUTUMN = datetime(2026, 10, 28, 16, tzinfo=UTC), datetime(2026, 11, 3, 16, tzinfo=UTC)
FALL = "El domingo 1 de noviembre Houston atrasa el reloj. La Ciudad de México no: allá será a las 10:00 a. m."


def said(seen, visit, mine=HOUSTON, other=MEXICO, language="es"):
    with translation.override(language):
        return shifts.words(visit, mine, other, language, at=seen).replace(NBSP, " ")


# --- in words --------------------------------------------------------------------------------------------------------


def test_in_march_houston_moves_its_clock_forward_and_mexico_does_not():
    told = "El domingo 8 de marzo Houston adelanta el reloj. La Ciudad de México no: allá será a las 4:00 p. m."
    assert said(IN_MARCH, OUT_MARCH) == told


def test_the_same_in_english():
    told = "On Sunday, March 8 Houston moves its clock forward. Mexico City does not: there it will be 4:00 p.m."
    assert said(IN_MARCH, OUT_MARCH, language="en") == told


def test_in_november_it_moves_back():
    assert said(IN_AUTUMN, OUT_AUTUMN) == FALL


def test_in_november_in_english():
    told = "On Sunday, November 1 Houston moves its clock back. Mexico City does not: there it will be 10:00 a.m."
    assert said(IN_AUTUMN, OUT_AUTUMN, language="en") == told


@pytest.mark.parametrize(
    ("seen", "visit", "told"),
    [
        (IN_MARCH, OUT_MARCH, "El domingo 8 de marzo Houston adelanta el reloj: allá será a las 5:00 p. m."),
        (IN_AUTUMN, OUT_AUTUMN, "El domingo 1 de noviembre Houston atrasa el reloj: allá será a las 10:00 a. m."),
    ],
)
def test_where_the_other_clock_moves_only_its_hour_is_said(seen, visit, told):
    """Somebody of staff in Mexico reads about a patient in Houston."""
    assert said(seen, visit, mine=MEXICO, other=HOUSTON) == told


@pytest.mark.parametrize(("seen", "visit"), [(IN_MARCH, OUT_MARCH), (IN_AUTUMN, OUT_AUTUMN)])
@pytest.mark.parametrize("mine", [PHOENIX, MEXICO, "America/Cancun"])
def test_from_phoenix_nothing_changes(mine, seen, visit):
    assert said(seen, visit, mine=mine) == ""


@pytest.mark.parametrize("visit", [IN_MARCH + DAY, IN_MARCH - DAY, datetime(2026, 3, 8, 7, tzinfo=UTC)])
def test_a_visit_before_the_change_says_nothing(visit):
    assert said(IN_MARCH, visit) == ""


def test_once_the_clock_has_changed_everybody_is_used_to_it():
    assert said(datetime(2026, 3, 9, 16, tzinfo=UTC), OUT_MARCH) == ""


def test_the_day_before_it_says_tomorrow():
    assert said(datetime(2026, 3, 7, 18, tzinfo=UTC), OUT_MARCH).startswith("Mañana Houston adelanta")


def test_where_it_is_another_day_there_the_day_is_said():
    late = datetime(2026, 3, 11, 6, 30, tzinfo=UTC)  # half past eleven at night in Los Angeles
    assert said(IN_MARCH, late, mine="America/Los_Angeles").endswith("miércoles 11 de marzo, a las 12:30 a. m.")


def test_a_place_without_words_of_ours_is_its_city():
    assert "Boise adelanta" in said(IN_MARCH, OUT_MARCH, mine="America/Boise")


# --- on the pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def visit(dr_ramos, lupita):
    """A visit of Lupita's, who gave her e-mail, on a Tuesday two days after the clock of Houston changes."""
    lupita.email = "lupita@example.org"
    lupita.save()
    return factories.booked(lupita)


def in_november():
    """Put every visit after the clocks have changed; whoever takes part is taken then."""
    lasts = (OUT_AUTUMN, OUT_AUTUMN + HOUR / 2)
    Appointment.objects.update(starts_at=lasts[0], ends_at=lasts[1])
    Participant.objects.update(occupied=lasts)


@pytest.fixture
def later(visit, clock):
    """The same visit at ten on 3 November, looked at in the week before."""
    in_november()
    clock.move(days=(IN_AUTUMN - AT).days)
    return visit


def test_the_page_of_the_visit_says_it(client, later, lupita):
    client.force_login(user_of(lupita))
    assert FALL in read(client.get(f"/citas/{later.uuid}/")).words.replace(NBSP, " ")
    assert FALL in read(client.get(f"/citas/{later.uuid}/estado/")).words.replace(NBSP, " ")


def test_the_page_says_it_in_english(client, later, lupita):
    client.force_login(user_of(lupita))
    page = read(client.get(f"/citas/{later.uuid}/", headers={"Accept-Language": "en"}))
    assert "Houston moves its clock back. Mexico City does not" in page.words


def test_a_visit_without_a_change_says_nothing(client, clock, visit, lupita):
    client.force_login(user_of(lupita))
    assert "el reloj" not in read(client.get(f"/citas/{visit.uuid}/")).words


def test_a_cancelled_visit_says_nothing_of_clocks(client, later, lupita):
    appointments.cancel(later, because="patient", by=viewer(user_of(lupita), at=IN_AUTUMN), at=IN_AUTUMN)
    client.force_login(user_of(lupita))
    assert "el reloj" not in read(client.get(f"/citas/{later.uuid}/")).words


def test_for_staff_the_other_clock_is_their_own(client, later, dr_ramos):
    dr_ramos.user.zone = PHOENIX
    dr_ramos.user.save()
    client.force_login(dr_ramos.user)
    words = read(client.get(f"/citas/{later.uuid}/")).words.replace(NBSP, " ")
    assert "Phoenix no: allá será a las 9:00 a. m." in words
    assert "México" not in words


def test_the_page_that_asks_for_whom_says_it(client, dr_ramos, clock):
    held = hold(client)
    in_november()
    assert "Houston atrasa el reloj" in read(client.get(held)).words


def test_the_page_that_moves_a_visit_says_it_of_the_new_time(client, clock, visit, lupita, monkeypatch):
    client.force_login(user_of(lupita))
    slot = factories.open_slots()[1].slot
    monkeypatch.setattr(shifts, "words", lambda *told, **_: f"{told[2]}: {told[0]:%H:%M}")  # none changes in June
    page = client.get(f"/citas/{visit.uuid}/cambiar/confirmar/", {"slot": slot.id})
    assert f"{MEXICO}: {slot.starts_at:%H:%M}" in read(page).words


# --- in the e-mail ---------------------------------------------------------------------------------------------------


def mails(outbox, kind, address):
    return next(one for one in outbox.messages(kind) if one.address == address)


def test_the_mail_says_it_and_the_calendar_and_the_phone_do_not(later, outbox):
    hers = mails(outbox, invitations.BOOKED, "lupita@example.org")
    assert FALL in hers.body.replace(NBSP, " ")
    assert "reloj" not in hers.calendar
    assert "reloj" not in mails(outbox, invitations.BOOKED, "+17135550142").body


def test_the_mail_of_staff_in_the_same_zone_as_the_patient_says_nothing(later, outbox):
    assert "reloj" not in mails(outbox, invitations.BOOKED, "ramos@acompana.example").body


def test_the_mail_of_a_moved_visit_says_it(visit, lupita, outbox, clock):
    by = viewer(user_of(lupita))
    rescheduling.reschedule(visit, factories.open_slots()[1].slot, by=by, at=AT)
    in_november()
    assert FALL in mails(outbox, invitations.MOVED, "lupita@example.org").body.replace(NBSP, " ")


# --- what is said once is said once ----------------------------------------------------------------------------------


def test_each_mail_in_spanish_begins_with_its_own_news(visit, lupita, outbox):
    appointments.cancel(visit, because="patient", by=viewer(user_of(lupita)), at=AT)
    assert mails(outbox, invitations.CANCELLED, "lupita@example.org").body.startswith("Se canceló esta cita")


def test_no_spanish_says_a_thing_oftener_than_the_english():
    """Two translations that were glued together by a merge do."""
    with Path("locale/es/LC_MESSAGES/django.po").open("rb") as catalog:
        texts = [one for one in read_po(catalog) if one.id and isinstance(one.id, str)]
    glued = [one.id for one in texts if len(_names(one.string)) > len(_names(one.id))]
    assert glued == []


def _names(text):
    return re.findall(r"%\(\w+\)s", text)
