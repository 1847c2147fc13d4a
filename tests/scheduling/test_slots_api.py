"""GET /api/v1/slots: open times that fit, soonest first, with why; and how many were left out for which reason."""

from datetime import datetime, timedelta

import pytest

from scheduling.models import Event, OpenStart
from tests import factories

pytestmark = pytest.mark.usefixtures("clock")


def ask(client, **asked: object):
    return client.get("/api/v1/slots", {"state": "TX"} | asked)


def slots(client, **asked: object) -> list[dict]:
    answer = ask(client, **asked)
    assert answer.status_code == 200, answer.content
    return answer.json()["slots"]


def fields_of(answer) -> list[str]:
    """Return which fields a 422 names."""
    body = answer.json()
    assert (answer.status_code, body["code"], answer["Content-Type"]) == (422, "invalid", "application/problem+json")
    return [error["field"] for error in body["errors"]]


def test_an_open_time_as_a_program_gets_it(client, dr_ramos, consulta):
    first = slots(client, language="es")[0]
    assert first["id"]
    assert first | {"id": ""} == {
        "id": "",
        "starts_at": "2026-06-08T10:00:00-05:00",
        "ends_at": "2026-06-08T10:30:00-05:00",
        "zone": "America/Chicago",
        "visit_type": {
            "code": "consulta-video",
            "name": "Consulta por video",
            "minutes": 30,
            "modality": "video",
            "care": "clinical",
        },
        "clinician": {
            "id": str(dr_ramos.uuid),
            "name": "Ramos",
            "profession": "physician",
            "specialties": ["family"],
            "languages": ["es", "en"],
        },
        "interpreter": None,
        "relay": None,
        "location": None,
        "reasons": ["Habla español", "Licencia de Texas vigente", "Gratis"],
    }


def test_an_interpreter_as_a_program_gets_it(client, acompana, elena, consulta, nayeli):
    factories.clinician("Park", acompana, elena, languages=["en"])
    first = slots(client, language="mxb")[0]
    assert first["clinician"]["name"] == "Park"
    assert first["interpreter"] == {
        "id": str(nayeli.uuid),
        "name": "Nayeli",
        "languages": ["mxb", "es", "en"],
        "between": ["mxb", "en"],
    }
    assert first["relay"] is None
    assert first["reasons"][0].startswith("Nayeli interpreta mixteco")


def test_a_relay_as_a_program_gets_it(client, acompana, elena, consulta):
    factories.clinician("Park", acompana, elena, languages=["en"])
    factories.interpreter("Xochitl", acompana, elena, ["mxb", "es"])
    factories.interpreter("Bruno", acompana, elena, ["es", "en"])
    first = slots(client, language="mxb", lang="en")[0]
    across = [(first[who]["name"], first[who]["between"]) for who in ("interpreter", "relay")]
    assert across == [("Xochitl", ["mxb", "es"]), ("Bruno", ["es", "en"])]
    assert first["reasons"][1] == "Bruno interprets between Spanish and English"


def test_a_time_with_an_interpreter_is_held_with_them(client, acompana, elena, consulta, nayeli):
    factories.clinician("Park", acompana, elena, languages=["en"])
    first = slots(client, language="mxb")[0]
    held = client.post("/api/v1/holds", {"slot": first["id"]}, "application/json")
    assert held.status_code == 201
    people = client.get(f"/api/v1/appointments/{held.json()['id']}").json()["participants"]
    assert [(who["role"], who["name"]) for who in people] == [("clinician", "Park"), ("interpreter", "Nayeli")]


def test_a_time_at_a_clinic_has_a_place_and_no_clinician(client, esperanza):
    factories.visit_type("clinica", modality="in_person")
    first = slots(client)[0]
    assert first["clinician"] is None
    assert first["location"] == {
        "id": str(esperanza.uuid),
        "name": "Esperanza",
        "city": "Houston",
        "state": "TX",
        "zone": "America/Chicago",
        "distance_miles": None,
        "languages": ["es"],
        "fee": "unknown",
        "asks_for_id": None,
    }
    assert first["places"] == 2


def test_times_come_soonest_first(client, dr_ramos, elena, acompana):
    factories.clinician("Vega", acompana, elena)
    starts = [datetime.fromisoformat(one["starts_at"]) for one in slots(client, limit=30)]
    assert starts == sorted(starts)
    assert len(starts) == 30


def test_an_id_says_nothing_about_anybody(client, dr_ramos):
    one = slots(client)[0]
    assert "Ramos" not in one["id"]
    assert str(dr_ramos.pk) != one["id"]


def test_refusals_are_counted_by_reason(client, dr_ramos, elena, acompana):
    factories.clinician("Vega", acompana, elena, states=["CA"])
    factories.clinician("Park", acompana, elena, languages=["en"])
    factories.clinician("Luna", acompana, elena, specialties=["women"])
    refusals = {refused["code"]: refused["count"] for refused in ask(client, language="es").json()["refusals"]}
    assert refusals == {"specialty": 1, "no_licence": 1, "language": 1}


# --- filters ---------------------------------------------------------------------------------------------------------


def test_the_language_is_one_the_clinician_speaks(client, dr_ramos):
    assert slots(client, language="en")
    assert slots(client, language="mxb") == []


@pytest.mark.parametrize(("age", "seen"), [(0, False), (17, False), (18, True), (65, True), (66, False)])
def test_the_age_is_one_the_clinician_sees(client, acompana, elena, consulta, age, seen):
    factories.clinician("Vega", acompana, elena, min_age=18, max_age=65)
    assert bool(slots(client, age=age)) is seen


def test_the_kind_of_visit(client, dr_ramos):
    factories.visit_type("consulta-telefono", modality="phone")
    factories.visit_type("orientacion", care="orientation")
    assert {one["visit_type"]["code"] for one in slots(client, visit_type="consulta-telefono")} == {"consulta-telefono"}
    assert {one["visit_type"]["modality"] for one in slots(client, modality="phone")} == {"phone"}
    assert {one["visit_type"]["care"] for one in slots(client, state="CA", care="orientation")} == {"orientation"}
    assert slots(client, visit_type="nada") == slots(client, specialty="dental") == []


def test_only_one_clinicians_times(client, dr_ramos, elena, acompana):
    vega = factories.clinician("Vega", acompana, elena)
    found = slots(client, clinician=str(vega.uuid), limit=200)
    assert {one["clinician"]["name"] for one in found} == {"Vega"}
    assert len(found) == 14 * 4


def test_the_state_may_be_in_small_letters(client, dr_ramos):
    assert slots(client, state="tx")


@pytest.mark.parametrize("limit", [1, 7, 20])
def test_no_more_than_asked_for(client, dr_ramos, limit):
    assert len(slots(client, limit=limit)) == limit


# --- from and to -----------------------------------------------------------------------------------------------------


def days(found: list[dict]) -> set[str]:
    return {one["starts_at"][:10] for one in found}


def test_dates_mean_whole_days_of_the_zone(client, dr_ramos):
    found = slots(client, **{"from": "2026-06-10", "to": "2026-06-11", "limit": 50})
    assert days(found) == {"2026-06-10", "2026-06-11"}
    assert len(found) == 8


def test_instants_are_half_open(client, dr_ramos):
    found = slots(client, **{"from": "2026-06-10T10:30:00-05:00", "to": "2026-06-10T11:30:00-05:00"})
    assert [one["starts_at"][11:16] for one in found] == ["10:30", "11:00"]


def test_an_instant_without_an_offset_is_by_the_zones_clock(client, dr_ramos):
    found = slots(client, zone="America/Denver", **{"from": "2026-06-10T09:30", "to": "2026-06-10T10:00"})
    assert [one["starts_at"] for one in found] == ["2026-06-10T09:30:00-06:00"]


def test_the_past_is_never_offered(client, clock, dr_ramos):
    clock.move(days=2)
    assert min(days(slots(client, **{"from": "2026-06-01", "limit": 200}))) == "2026-06-10"


def test_beyond_the_horizon_there_is_nothing(client, dr_ramos):
    assert slots(client, **{"from": "2026-08-01", "to": "2026-08-31"}) == []


def test_an_end_before_the_start_finds_nothing(client, dr_ramos):
    assert slots(client, **{"from": "2026-06-11", "to": "2026-06-09"}) == []


def test_the_end_of_summer_time_is_in_the_offset(client, clock, acompana, elena, consulta):
    clock.at = factories.AT + timedelta(days=142)  # Wednesday 28 October; clocks go back on 1 November
    factories.clinician("Vega", acompana, elena, schedule={"open_until": factories.AT})
    found = factories.open_starts
    while found.extend(at=clock.at):
        pass
    offsets = {one["starts_at"][:10]: one["starts_at"][19:] for one in slots(client, limit=200)}
    assert (offsets["2026-10-31"], offsets["2026-11-01"]) == ("-05:00", "-06:00")


# --- what is not right -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["ZZ", "MX", "77", "  "])
def test_a_state_that_is_none(client, db, state):
    assert fields_of(ask(client, state=state)) == ["state"]


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc/passwd", "/etc/passwd", "America", "a" * 300])
def test_a_zone_that_is_none(client, db, zone):
    assert fields_of(ask(client, zone=zone)) == ["zone"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 100_000}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"age": -1}, "age"),
        ({"age": 200}, "age"),
        ({"state": "TEX"}, "state"),
        ({"from": "tomorrow"}, "from"),
        ({"to": "2026-13-40"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"language": "español"}, "language"),
        ({"language": "\0"}, "language"),
        ({"visit_type": "\0"}, "visit_type"),
        ({"modality": "telepathy"}, "modality"),
        ({"specialty": "tarot"}, "specialty"),
        ({"care": "tender"}, "care"),
        ({"clinician": "ramos"}, "clinician"),
    ],
)
def test_a_field_that_is_not_right_is_named(client, db, asked, field):
    assert fields_of(ask(client, **asked)) == [field]


def test_a_field_nobody_knows_is_named(client, db):
    assert fields_of(ask(client, colour="red")) == ["colour"]


def test_without_a_state_nothing_is_looked_for(client, db):
    assert fields_of(client.get("/api/v1/slots")) == ["state"]


def test_several_wrong_fields_are_all_named(client, db):
    assert sorted(fields_of(ask(client, limit=0, age=-1))) == ["age", "limit"]


def test_what_was_sent_is_not_repeated(client, db):
    assert "<script>" not in ask(client, zone="<script>").content.decode()


# --- reading ---------------------------------------------------------------------------------------------------------


def test_looking_writes_nothing(client, dr_ramos):
    before = OpenStart.objects.count(), Event.objects.count()
    answer = ask(client)
    assert (OpenStart.objects.count(), Event.objects.count()) == before
    assert not answer.cookies


def test_looking_takes_six_queries_at_most(client, dr_ramos, elena, acompana, django_assert_max_num_queries):
    factories.visit_type("clinica", modality="in_person")
    factories.clinic("Esperanza", acompana)
    for name in ("Vega", "Park", "Okafor"):
        factories.clinician(name, acompana, elena)
    with django_assert_max_num_queries(6):
        ask(client, language="es", limit=200)


def test_reasons_are_in_the_language_of_who_asks(client, dr_ramos):
    found = client.get("/api/v1/slots?state=TX&language=en", headers={"accept-language": "en"}).json()["slots"]
    assert found[0]["reasons"][0] == "Speaks English"
    assert found[0]["visit_type"]["name"] == "Video visit"
