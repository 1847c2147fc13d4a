"""GET /api/v1/openapi.json: a document a program can be made from, with every address other programs rely on."""

import json

import pytest

PROMISED = {
    ("get", "/slots"),
    ("post", "/holds"),
    ("get", "/appointments"),
    ("post", "/appointments"),
    ("get", "/appointments/{appointment}"),
    ("post", "/appointments/{appointment}/cancel"),
    ("post", "/appointments/{appointment}/reschedule"),
    ("post", "/appointments/{appointment}/room-token"),
    ("post", "/triage"),
    ("get", "/cases"),
    ("post", "/cases"),
    ("get", "/cases/{code}"),
    ("post", "/cases/{code}/acknowledge"),
    ("post", "/cases/{code}/note"),
    ("post", "/cases/{code}/resolve"),
    ("get", "/cases/{code}/timeline"),
}


@pytest.fixture
def document(client, db):
    return client.get("/api/v1/openapi.json").json()


@pytest.fixture
def operations(document):
    return {
        (method, path.removeprefix("/api/v1")): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_says_which_openapi_and_whose(document):
    assert document["openapi"].startswith("3.")
    assert document["info"]["title"] == "Acompaña"
    assert document["info"]["version"] == "1"


def test_every_promised_address_is_in_it(operations):
    assert not PROMISED - set(operations)


def test_nothing_is_in_it_that_was_not_promised(operations):
    assert not set(operations) - PROMISED


def test_every_operation_says_what_it_does_and_has_a_name_of_its_own(operations):
    assert all(operation["summary"] for operation in operations.values())
    names = [operation["operationId"] for operation in operations.values()]
    assert len(set(names)) == len(names)


def test_every_operation_has_an_answer(operations):
    assert all(operation["responses"] for operation in operations.values())


def test_every_place_in_an_address_is_a_parameter(operations):
    for (_method, path), operation in operations.items():
        places = {part.strip("{}") for part in path.split("/") if part.startswith("{")}
        given = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert given == places, path
        assert all(one["required"] for one in operation["parameters"] if one["in"] == "path")


def test_every_reference_leads_somewhere(document):
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    def references(part):
        if isinstance(part, dict):
            yield from [part["$ref"]] if "$ref" in part else []
            part = list(part.values())
        if isinstance(part, list):
            for one in part:
                yield from references(one)

    assert set(references(document["paths"])) <= known


def test_programs_are_told_to_bring_a_token(document, operations):
    [scheme] = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert all("security" in operation for operation in operations.values())


def test_bodies_refuse_fields_they_do_not_know(document):
    bodies = document["components"]["schemas"]
    assert [
        name
        for name in ("NewHold", "NewAppointment", "NewCase", "Question")
        if bodies[name].get("additionalProperties", True)
    ] == []


def test_the_search_names_every_filter(operations):
    names = {one["name"] for one in operations["get", "/slots"]["parameters"]}
    asked = {"state", "language", "visit_type", "modality", "specialty", "age", "from", "to", "limit"}
    assert asked <= names
    assert [one["name"] for one in operations["get", "/slots"]["parameters"] if one["required"]] == ["state"]


def test_it_tells_on_nobody(document, dr_ramos, lupita):
    assert not [name for name in ("Ramos", "Lupita") if name in json.dumps(document)]
