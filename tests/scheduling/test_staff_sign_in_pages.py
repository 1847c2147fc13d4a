"""Staff sign in by e-mail and are led to where their work is; strangers cannot begin an account there."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling.models import User
from tests.reading import read

PASSWORD = "correcto-caballo-pila"


def sign_in(client, user: User, password: str = PASSWORD, then: str = ""):
    user.set_password(PASSWORD)
    user.save()
    return client.post(f"/cuenta/login/{then}", {"login": user.email, "password": password})


@pytest.mark.parametrize(
    ("who", "where"), [("tomas", "/tablero/"), ("carmen", "/tablero/"), ("elena", "/tablero/"), ("nayeli", "/turnos/")]
)
def test_each_is_led_to_their_work(client, clock, request, who, where):
    found = request.getfixturevalue(who)
    assert sign_in(client, getattr(found, "user", found)).url == where


def test_a_clinician_is_led_to_their_day(client, clock, dr_ramos):
    assert sign_in(client, dr_ramos.user).url == "/dia/"


def test_who_was_on_the_way_somewhere_goes_on(client, clock, dr_ramos):
    asked = client.get("/horario/")
    assert asked.url == "/cuenta/login/?next=/horario/"
    assert sign_in(client, dr_ramos.user, then="?next=/horario/").url == "/horario/"


def test_the_way_never_leads_to_another_site(client, clock, dr_ramos):
    assert sign_in(client, dr_ramos.user, then="?next=https://malo.example/").url == "/dia/"


def test_a_wrong_password_and_an_unknown_name_say_the_same(client, clock, tomas):
    wrong = read(sign_in(client, tomas, "otra-cosa-distinta"))
    unknown = read(client.post("/cuenta/login/", {"login": "nadie@acompana.example", "password": "otra-cosa-distinta"}))
    assert (wrong.status, wrong.words) == (unknown.status, unknown.words)
    assert wrong.fields["login"] == tomas.email


def test_who_left_does_not_get_in(client, clock, tomas):
    tomas.is_active = False
    assert "_auth_user_id" not in sign_in(client, tomas).wsgi_request.session


def test_nobody_begins_an_account_there(client, db):
    response = client.post("/cuenta/signup/", {"email": "yo@malo.example", "password1": PASSWORD})
    assert not User.objects.filter(email="yo@malo.example").exists()
    assert response.status_code == 200


def test_outside_the_demo_staff_set_up_a_second_factor_first(client, clock, settings, tomas):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(tomas)
    assert client.get("/tablero/").url == "/cuenta/2fa/totp/activate/"


def test_who_just_signed_in_sets_it_up_without_the_password_again(client, clock, settings, tomas):
    settings.SECOND_FACTOR_REQUIRED = True
    clock.at = datetime.now(UTC)
    sign_in(client, tomas)
    page = client.get("/tablero/", follow=True)
    assert page.redirect_chain[-1][0] == "/cuenta/2fa/totp/activate/"
    assert "authenticator_secret" in page.content.decode()


def test_who_signed_in_long_ago_is_asked_for_the_password_first(client, clock, settings, tomas):
    settings.SECOND_FACTOR_REQUIRED = True
    sign_in(client, tomas)
    clock.at = datetime.now(UTC) + timedelta(minutes=6)
    assert client.get("/cuenta/2fa/totp/activate/").url.startswith("/cuenta/reauthenticate/")


def test_a_role_that_ended_opens_nothing(client, clock, dr_ramos):
    client.force_login(dr_ramos.user)
    assert client.get("/dia/").status_code == 200
    dr_ramos.user.memberships.update(valid_until=clock.at.date())
    assert client.get("/dia/").status_code == 404


@pytest.mark.parametrize("page", ["/dia/", "/dia/partes/", "/horario/"])
def test_other_peoples_work_looks_like_nothing_at_all(client, clock, tomas, page):
    client.force_login(tomas)
    assert read(client.get(page)).words == read(client.get("/citas/00000000-0000-4000-8000-000000000000/")).words


# --- what is said to an account --------------------------------------------------------------------------------------


def test_a_forgotten_password_is_set_anew_by_a_link_in_a_message(client, outbox, tomas):
    tomas.set_password("otra-cosa-distinta")
    tomas.save()
    assert client.post("/cuenta/password/reset/", {"email": tomas.email}).url == "/cuenta/password/reset/done/"
    [message] = outbox.messages("account")
    assert message.address == tomas.email
    link = message.body.partition("http://testserver")[2].split()[0]
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert sign_in(client, User.objects.get(pk=tomas.pk)).url == "/tablero/"


def test_an_address_nobody_has_gets_the_same_answer_and_no_message(client, outbox, tomas):
    answers = [client.post("/cuenta/password/reset/", {"email": email}) for email in (tomas.email, "no@x.example")]
    assert answers[0].url == answers[1].url
    assert [message.address for message in outbox.messages("account")] == [tomas.email]


def test_no_page_changes_the_address_by_which_staff_are_known(client, clock, tomas):
    client.force_login(tomas)
    for answer in (client.get("/cuenta/email/"), client.post("/cuenta/email/", {"action_add": "", "email": "x@y.mx"})):
        assert answer.status_code == 404
