"""A session begun with a code is a patient's, whatever else the account may be; and a code proves one phone, once."""

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from scheduling import access, accounts, no_shows
from scheduling.access import Viewer
from scheduling.backends import ByPhone
from scheduling.models import Appointment, DataKey, Event, Notification, PhoneCode
from scheduling.refusals import CodeExpired, NotFound, TooManyCodes, WrongCode
from tests import factories
from tests.factories import AT, HOUR, MAKER, MINUTE, user_of, viewer

pytestmark = pytest.mark.django_db

BACKEND = "scheduling.backends.ByPhone"
PHONE, OTHER = "+17135550190", "+17135550191"
HERS, ELSEWHERE = viewer(holder="her phone"), viewer(holder="another browser")


@pytest.fixture
def visit(dr_ramos, lupita, clock):
    return factories.booked(lupita)


def by_phone(user, at=AT):
    return Viewer(user, at, by_phone=True)


# --- what such a session is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [{}, {"username": "x"}, {"username": "x", "password": "y"}, {"password": "y"}])
def test_the_backend_itself_lets_nobody_in(tomas, known):
    assert ByPhone().authenticate(None, **known) is None


def test_no_password_makes_a_session_by_phone(tomas, settings):
    tomas.set_password("correct horse battery")
    tomas.save()
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    assert authenticate(None, username=tomas.email, password="correct horse battery") is None


def test_the_session_remembers_how_it_began(client, lupita):
    for backend, expected in ((BACKEND, True), ("django.contrib.auth.backends.ModelBackend", False)):
        client.force_login(user_of(lupita), backend=backend)
        request = RequestFactory().get("/")
        request.user, request.session = user_of(lupita), client.session
        assert access.viewer(request, AT).by_phone is expected


def test_it_has_no_role_although_the_account_has(tomas):
    assert viewer(tomas).memberships
    assert by_phone(tomas).memberships == ()


@pytest.mark.parametrize("who", ["dr_ramos", "nayeli"])
def test_it_sees_no_visit_one_only_takes_part_in(request, visit, nayeli, who):
    factories.interprets(nayeli, visit)
    user = factories.account(request.getfixturevalue(who))
    assert list(Appointment.objects.visible_to(viewer(user))) == [visit]
    assert not Appointment.objects.visible_to(by_phone(user)).exists()


def test_it_sees_ones_own_visits_as_a_patient(visit, lupita):
    assert list(Appointment.objects.visible_to(by_phone(user_of(lupita)))) == [visit]


def test_it_cannot_note_that_somebody_did_not_come(visit, dr_ramos, lupita):
    late = visit.starts_at + no_shows.PATIENCE
    with pytest.raises(NotFound):
        no_shows.mark_noshow(visit, by=by_phone(dr_ramos.user, late), at=late)
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("page", ["/dia/", "/turnos/", "/horario/", "/horario/calendarios/", "/tablero/"])
def test_pages_of_staff_are_closed_to_it(client, clock, dr_ramos, page):
    client.force_login(dr_ramos.user, backend=BACKEND)
    assert client.get(page).status_code in (302, 403, 404)


# --- codes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(outbox):
    """Send a code and return it with its digits."""

    def send(phone=PHONE, by=HERS, at=AT):
        outbox.clock.at = at
        code = accounts.send_code(phone, typed={"name": "Ana"}, language="es", by=by, at=at)
        return code, outbox.code()

    return send


@pytest.mark.parametrize("dress", ["{}", " {}", "{} ", "\t{}\n"])
def test_spaces_around_the_digits_do_not_matter(sent, dress):
    code, digits = sent()
    assert accounts.check_code(code, dress.format(digits), by=HERS, at=AT).phone == PHONE


@pytest.mark.parametrize("typed", ["", "0", "12345", "1234567", "abcdef", "१२३४५६", "12 34 56", "x" * 5000])
def test_what_is_not_the_code_costs_a_try_and_says_how_many_are_left(sent, typed):
    code, _digits = sent()
    with pytest.raises(WrongCode) as refused:
        accounts.check_code(code, typed, by=HERS, at=AT)
    assert refused.value.tries_left == accounts.TRIES - 1
    assert PhoneCode.objects.get().tries_left == accounts.TRIES - 1


def test_after_five_wrong_ones_the_right_one_is_worth_nothing(sent):
    code, digits = sent()
    for left in reversed(range(accounts.TRIES)):
        with pytest.raises(WrongCode) as refused:
            accounts.check_code(code, "wrong", by=HERS, at=AT)
        assert refused.value.tries_left == left
    with pytest.raises(CodeExpired):
        accounts.check_code(code, digits, by=HERS, at=AT)


@pytest.mark.parametrize(("minutes", "works"), [(0, True), (9, True), (10, False), (60, False)])
def test_a_code_lives_ten_minutes(sent, minutes, works):
    code, digits = sent()
    try:
        found = accounts.check_code(code, digits, by=HERS, at=AT + minutes * MINUTE)
    except CodeExpired:
        found = None
    assert bool(found) is works


def test_in_another_browser_it_is_useless_and_no_try_is_lost(sent):
    code, digits = sent()
    with pytest.raises(CodeExpired):
        accounts.check_code(code, digits, by=ELSEWHERE, at=AT)
    assert accounts.check_code(code, digits, by=HERS, at=AT).phone == PHONE


def test_the_code_of_one_phone_proves_no_other(sent):
    _first, digits = sent()
    second, right = sent(OTHER)
    with pytest.raises(WrongCode):
        accounts.check_code(second, digits if digits != right else "x", by=HERS, at=AT)


def test_the_sixth_in_an_hour_waits_and_other_phones_do_not(sent):
    for number in range(accounts.CODES_PER_PHONE):
        sent(at=AT + number * MINUTE)
    with pytest.raises(TooManyCodes) as refused:
        sent(at=AT + 10 * MINUTE)
    assert (refused.value.again_at, refused.value.minutes) == (AT + HOUR, 50)
    sent(OTHER, at=AT + 10 * MINUTE)
    sent(at=AT + HOUR)


def test_neither_digits_nor_phone_nor_name_are_readable_in_its_row(sent):
    _code, digits = sent()
    row = str(PhoneCode.objects.values().get())
    assert not [word for word in (digits, PHONE, PHONE[2:], "Ana") if word in row]


@pytest.mark.parametrize(("minutes", "gone"), [(69, 0), (70, 0), (71, 1)])
def test_it_is_forgotten_an_hour_after_it_ended_with_its_key(sent, minutes, gone):
    code, _digits = sent()
    assert accounts.forget_codes(at=AT + minutes * MINUTE) == gone
    assert (DataKey.objects.get(pk=code.data_key_id).sealed is None) is bool(gone)


def test_what_its_message_said_is_unreadable_then(sent):
    sent()
    assert "digits" in Notification.objects.get(kind="code").context
    accounts.forget_codes(at=AT + 2 * HOUR)
    assert "digits" not in (Notification.objects.get(kind="code").context or "")


# --- what the account gives ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "given", "after"), [("", "a@x.org", "a@x.org"), ("b@x.org", "", "b@x.org")])
def test_only_an_e_mail_that_is_given_is_taken_over(lupita, before, given, after):
    lupita.email = before
    lupita.save()
    found = accounts.patient_of(user_of(lupita), about={"email": given, "name": "X"}, by=MAKER, at=AT)
    assert (found.email, found.preferred_name) == (after, "Lupita")
    assert Event.objects.filter(kind="patient.email_given").exists() is bool(given)


def test_the_same_e_mail_again_is_no_event(lupita):
    for _ in range(2):
        accounts.patient_of(user_of(lupita), about={"email": "a@x.org"}, by=MAKER, at=AT)
    assert Event.objects.filter(kind="patient.email_given").count() == 1
