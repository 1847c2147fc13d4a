"""The languages people speak: each variant has an ISO code, a name and a town; a town leads to whom understands it."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import languages
from scheduling.languages import group_of, name, of_town, spoken_by

VARIANTS = [(group, variant) for group in languages.groups() for variant in group.variants]
CODES = [group.code for group in languages.groups()] + [variant.code for _, variant in VARIANTS]


def test_what_the_file_says_of_itself():
    read = json.loads(Path(languages._FILE).read_text(encoding="utf-8"))
    assert "INALI" in read["source"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", read["as_of"])


def test_every_family_of_mexico_is_there():
    assert len(languages.groups()) >= 50
    assert len(VARIANTS) >= 250
    assert {"mixteco", "zapoteco", "náhuatl", "triqui", "purépecha", "maya"} <= {one.es for one in languages.groups()}


def test_no_code_means_two_things_and_each_fits_where_codes_are_kept():
    wide = {"zap", "nah", "oto"}
    shared = {group.code for group in languages.groups() for one in group.variants if one.code == group.code}
    assert len(set(CODES) | shared) == len(CODES) - len(shared)
    assert all(re.fullmatch("[a-z]{3}", code) for code in CODES)
    private = {group.code for group in languages.groups()} - wide - shared
    assert all("qaa" <= code <= "qtz" for code in private)
    assert not any("qaa" <= variant.code <= "qtz" for _, variant in VARIANTS)


@pytest.mark.parametrize(("group", "variant"), VARIANTS, ids=lambda one: one.code)
def test_each_variant_is_found_by_each_of_its_towns(group, variant):
    assert variant.towns
    for town in variant.towns:
        assert variant in of_town(town, group.code)
        assert variant in of_town(town.partition(",")[0].upper(), group.code)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Tezoatlán de Segura y Luna", "mxb"),
        ("tezoatlan de segura y luna, oaxaca", "mxb"),
        ("  TEZOATLÁN ", "mxb"),
        ("San Martín Peras", "jmx"),
        ("san juan copala", "trc"),
        ("Juchitan de Zaragoza", "zai"),
        ("Cherán", "pua"),
        ("San Juan Chamula", "tzo"),
    ],
)
def test_a_town_is_understood_as_people_write_it(written, code):
    assert [variant.code for variant in of_town(written)] == [code]


def test_a_town_of_two_languages_gives_both_and_the_group_decides():
    assert {variant.code for variant in of_town("Santiago Juxtlahuaca")} == {"vmc"}
    assert {variant.code for variant in of_town("San Juan Atzingo")} == {"poe", "ocu"}
    assert [variant.code for variant in of_town("San Juan Atzingo", "qmt")] == ["ocu"]


def test_a_part_of_a_name_gives_what_it_may_be():
    found = {variant.code for variant in of_town("mixtepec")}
    assert {"mix", "zpm", "ztm", "zoo"} <= found
    assert "mix" in {variant.code for variant in of_town("mixtepec", "qmx")}


@pytest.mark.parametrize("written", ["", "x", "  ", "Guadalajara del Río Inventado", "' OR 1=1", "\u0000"])
def test_what_is_no_town_gives_nothing(written):
    assert of_town(written) == ()


@given(st.text(max_size=60), st.sampled_from(["", "qmx", "zap", "xxx"]))
def test_whatever_is_written_is_no_error(written, group):
    assert all(variant.towns for variant in of_town(written, group))


@pytest.mark.parametrize(
    ("code", "spanish", "english"),
    [
        ("es", "español", "Spanish"),
        ("en", "inglés", "English"),
        ("und", "otra lengua", "another language"),
        ("qmx", "mixteco", "Mixtec"),
        ("mxb", "mixteco de Tezoatlán", "Mixtec (Tezoatlán)"),
        ("yua", "maya", "Yucatec Maya"),
        ("xxx", "xxx", "xxx"),
    ],
)
def test_a_language_has_a_name_in_both_tongues(code, spanish, english):
    assert (name(code, "es"), name(code, "en")) == (spanish, english)


def test_a_variant_is_understood_by_itself_alone():
    assert spoken_by("mxb") == {"mxb"}
    assert spoken_by("es") == {"es"}


def test_a_group_may_be_understood_by_any_of_its_variants():
    assert {"qtq", "trc", "trs", "trq"} == spoken_by("qtq")


def test_a_code_leads_to_its_group():
    assert group_of("mxb").code == group_of("qmx").code == "qmx"
    assert (group_of("es"), group_of("xxx")) == (None, None)


def test_towns_are_listed_as_the_alphabet_has_them():
    found = languages.towns("qtq")
    assert list(found) == sorted(found, key=languages.plain)
    assert set(found) < set(languages.towns())
