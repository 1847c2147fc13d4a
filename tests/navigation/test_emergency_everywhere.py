"""Wherever somebody is, whatever language they speak, and whatever happens to us: the number comes first."""

import pytest
from django.utils.translation import override

from navigation.forms import TONGUES, DeathForm, NeedForm, ReportForm, TongueForm, TownForm
from navigation.models import Case, Presence, Tier
from navigation.triage.flags import book
from scheduling import languages, places
from tests.reading import read

pytestmark = pytest.mark.usefixtures("clock", "acompana")
REPORT = {"place": "Rancho El Sol", "country": "US", "phone": "713 555 0142", "present": "alone"}
NEED = {"text": "", "where": "TX", "language": "es"}


def in_danger(client, **need: str):
    """Press a sign of danger; return the page that comes."""
    signs = client.post("/pedir/", NEED | need).url
    return read(client.post(signs, {"yes": "CHEST"}, follow=True))


@pytest.mark.parametrize("state", places.STATES)
def test_in_each_state_the_number_comes_before_any_question(client, state):
    page = in_danger(client, where=state)
    assert page.status == 200
    assert page.html.index('href="tel:911"') < page.html.index("<form")
    assert Case.objects.get().tier == Tier.RED


@pytest.mark.parametrize("tongue", [code for code, _ in TONGUES])
def test_whatever_they_speak_the_number_comes_before_any_question(client, tongue):
    page = in_danger(client, language=tongue)
    assert page.html.index('href="tel:911"') < page.html.index("<form")


OTHER_NUMBERS = {"SUI": "988", "POIS": "1-800-222-1222", "PEST": "1-800-222-1222"}
LIFE = [flag.code for flag in book().flags if flag.level == "emergency"]


@pytest.mark.parametrize("sign", LIFE)
@pytest.mark.parametrize("language", ["es", "en"])
def test_each_sign_of_danger_gives_its_number_before_any_question(client, sign, language):
    signs = client.post(f"/pedir/?lang={language}", NEED).url
    page = read(client.post(signs, {"yes": sign}, follow=True))
    assert page.language == language
    if Case.objects.exists():  # signs of a pregnancy are asked about on a page of their own
        assert page.html.index(f'href="tel:{OTHER_NUMBERS.get(sign, "911")}"') < page.html.index("<form")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("present", Presence.values)
def test_whoever_is_with_them_is_kept(client, language, present):
    client.post(f"/ahora/?lang={language}", REPORT | {"present": present})
    one = Case.objects.get()
    assert (one.present, one.language, one.tier) == (present, language, Tier.RED)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_page_that_failed_keeps_the_number_first_in_both_languages(client, language):
    page = read(client.post(f"/ahora/?lang={language}", {"place": ""}))
    assert page.html.index('href="tel:911"') < page.html.index('role="alert"')
    assert page.language == language


def test_nothing_about_who_they_are_is_asked_where_a_life_is_in_danger():
    assert set(ReportForm().fields) == {"place", "country", "phone", "present"}
    assert not {"name", "email", "birth_date", "status"} & set(ReportForm().fields)


# --- where somebody is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "name"), places.STATES.items())
def test_a_state_may_be_named_or_abbreviated_in_any_case(code, name):
    for typed in (code, code.lower(), name, name.upper(), f"  {name} "):
        form = NeedForm(NEED | {"where": typed})
        assert form.is_valid(), typed
        assert form.cleaned_data["where"].state == code


@pytest.mark.parametrize("typed", ["7707", "770744", "7707A", "99999", "Mexico", "T", "77074-", "٧٧٠٧٤", "½"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_what_is_no_place_says_what_to_write(typed, language):
    with override(language):
        form = NeedForm(NEED | {"where": typed})
        if typed != "77074-":
            assert set(form.errors) == {"where"}
            assert "5" in str(form.errors["where"])


@pytest.mark.parametrize("language", ["fr", "", "ES"])
def test_a_language_that_was_not_offered_is_asked_again(language):
    assert set(NeedForm(NEED | {"language": language}).errors) == {"language"}


# --- the language of a town ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", [group for group in languages.groups() if group.variants], ids=lambda one: one.code)
def test_every_language_can_be_told_by_a_town_of_it(group):
    town = group.variants[0].towns[0]
    form = TongueForm({"group": group.code, "town": town}, group="")
    assert form.is_valid(), form.errors
    assert group.variants[0] in form.found
    assert form.chosen == group.code


@pytest.mark.parametrize("language", ["es", "en"])
def test_languages_are_named_in_the_language_of_the_page(language):
    with override(language):
        chosen = TongueForm(group="").fields["group"].choices
        names = [name for code, name in chosen if code]
    assert names == [group.name(language).capitalize() for group in languages.groups()]


def test_a_town_of_another_group_is_not_found():
    form = TownForm({"town": "Juchitán de Zaragoza"}, group="nah")
    assert not form.is_valid()
    assert form.found == ()


@pytest.mark.parametrize(
    "typed", [{}, {"town": "Juchitán de Zaragoza"}, {"group": "zap"}, {"group": "xx", "town": "x"}]
)
def test_whatever_is_missing_nothing_breaks(typed):
    assert not TongueForm(typed, group="").is_valid()


# --- a death ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", ["where", "name"])
def test_the_family_need_say_nothing_but_a_number(left_out):
    told = {"country": "MX", "phone": "951 555 0142", "where": "Houston", "name": "Lupita"}
    assert DeathForm(told | {left_out: ""}).is_valid()


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_family_is_asked_for_the_number_in_their_language(language):
    with override(language):
        labels = str(DeathForm().fields["phone"].label), str(ReportForm().fields["phone"].label)
    assert labels[0] != labels[1]
    assert {"es": "llamamos", "en": "call you"}[language] in labels[0]
