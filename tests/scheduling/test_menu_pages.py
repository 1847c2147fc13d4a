"""The menu of whoever works here: what their role lets them open, in their language, and nothing else."""

import pytest
from django.test import Client

from scheduling.models import Membership, Role
from tests import factories
from tests.factories import AT, DAY, user_of
from tests.reading import Page, read

pytestmark = pytest.mark.usefixtures("clock")

TEAM = ["/tablero/", "/espera/lista/"]
MENUS = {
    Role.COORDINATOR: TEAM,
    Role.NAVIGATOR: TEAM,
    Role.ADMIN: [*TEAM, "/voluntarios/lista/"],
    Role.CLINICIAN: ["/dia/", "/horario/", "/horario/calendarios/"],
    Role.INTERPRETER: ["/turnos/", "/horario/", "/horario/calendarios/"],
}
ADDRESSES = {address for menu in MENUS.values() for address in menu}


@pytest.fixture
def people(request):
    """Somebody of each role."""
    names = ["tomas", "carmen", "elena", "dr_ramos", "nayeli"]
    return {role: factories.account(request.getfixturevalue(name)) for role, name in zip(MENUS, names, strict=True)}


def home(user, language: str = "es") -> Page:
    browser = Client()
    if user:
        browser.force_login(user)
    return read(browser.get(f"/?lang={language}"))


def menu(user, language: str = "es") -> list[str]:
    """Return where the menu leads, in its order."""
    return [link for link in home(user, language).links.values() if link in ADDRESSES]


@pytest.mark.parametrize("role", MENUS)
def test_each_role_has_its_menu(people, role):
    assert menu(people[role]) == MENUS[role]


@pytest.mark.parametrize("role", MENUS)
def test_everything_in_a_menu_opens(people, role):
    browser = Client()
    browser.force_login(people[role])
    assert [browser.get(address).status_code for address in MENUS[role]] == [200] * len(MENUS[role])


@pytest.mark.parametrize("role", MENUS)
def test_what_is_not_in_the_menu_of_a_role_is_not_theirs(people, role):
    browser = Client()
    browser.force_login(people[role])
    for address in ADDRESSES - set(MENUS[role]):
        assert browser.get(address).status_code == 404, address


def test_whoever_asks_for_help_has_no_menu(lupita):
    assert menu(None) == menu(user_of(lupita)) == []
    assert "<nav" not in home(user_of(lupita)).html


def test_whoever_has_two_roles_has_both_menus_and_nothing_twice(people, acompana):
    ramos = people[Role.CLINICIAN]
    Membership.objects.create(user=ramos, organization=acompana, role=Role.ADMIN, valid_from=AT.date() - DAY)
    assert menu(ramos) == MENUS[Role.ADMIN] + MENUS[Role.CLINICIAN]


@pytest.mark.parametrize("role", MENUS)
def test_a_role_that_is_over_has_no_menu(people, role):
    Membership.objects.filter(user=people[role]).update(valid_until=AT.date())
    assert menu(people[role]) == []


@pytest.mark.parametrize("role", MENUS)
def test_a_menu_speaks_the_language_of_the_page(people, role):
    spanish, english = (home(people[role], language).links for language in ("es", "en"))
    for address in MENUS[role]:
        said = [{words for words, link in links.items() if link == address} for links in (spanish, english)]
        assert said[0]
        assert not said[0] & said[1]


@pytest.mark.parametrize(("role", "address"), [(role, address) for role, menu in MENUS.items() for address in menu])
def test_a_menu_says_where_one_is(people, role, address):
    browser = Client()
    browser.force_login(people[role])
    html = browser.get(address).content.decode()
    assert html.count('aria-current="page"') == 1
    assert f'<a href="{address}" aria-current="page">' in html


def test_whoever_came_in_by_a_code_alone_has_no_menu(people, client):
    client.force_login(people[Role.COORDINATOR], backend="scheduling.backends.ByPhone")
    assert not ADDRESSES & set(read(client.get("/")).links.values())
