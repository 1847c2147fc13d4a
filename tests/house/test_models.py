"""What every model keeps to: known choices, no forbidden fact about anybody, sealed texts, complete migrations."""

import ast
import io
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models import CheckConstraint, Q

from scheduling.fields import EncryptedTextField
from tests.house.source import modules, pages

MODELS = [model for app in ("scheduling", "navigation") for model in apps.get_app_config(app).get_models()]
CHOSEN = [(model, field) for model in MODELS for field in model._meta.concrete_fields if field.choices]
# Never asked, never kept: words of a name, so that `advisable` is no `visa`.
FORBIDDEN = re.compile(
    r"(^|_)(immigration|immigrant|migratory|alien|a_number|anumber|ssn|itin|social_security|visa|passport|curp|"
    r"citizen|citizenship|nationality|undocumented|legal_status|country_of_birth|birth_country|birthplace|"
    r"birth_place|entry_route|port_of_entry|entered_us|deport\w*|detention_number)(_|$)"
)


def _name(one) -> str:
    return one.__name__ if isinstance(one, type) else getattr(one, "name", str(one))


@pytest.mark.parametrize(("model", "field"), CHOSEN, ids=_name)
def test_a_choice_is_known_to_the_database(model, field):
    """A typing mistake in a status is refused by the table itself."""
    known = {value for value, _ in field.flatchoices if value != ""}
    checked = [
        set(value)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
        for key, value in _lookups(constraint.condition)
        if key == f"{field.name}__in"
    ]
    assert known in checked


def _lookups(condition: Q):
    for child in condition.children:
        yield from _lookups(child) if isinstance(child, Q) else [child]


def test_nothing_forbidden_is_kept_anywhere():
    names = {f"{model.__name__}.{field.name}": field.name for model in MODELS for field in model._meta.get_fields()}
    assert [where for where, name in names.items() if FORBIDDEN.search(name)] == []


def test_nothing_forbidden_is_a_column(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        columns = cursor.fetchall()
    assert len(columns) > 200
    assert [column for column in columns if FORBIDDEN.search(column[1])] == []


def test_nothing_forbidden_is_asked():
    asked = [
        (module.name, target.id)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.AnnAssign | ast.Assign)
        for target in ([node.target] if isinstance(node, ast.AnnAssign) else node.targets)
        if isinstance(target, ast.Name)
    ]
    inputs = [(path.name, name) for path in pages() for name in re.findall(r'name="(\w+)"', path.read_text())]
    assert [found for found in asked + inputs if FORBIDDEN.search(found[1].lower())] == []


@pytest.mark.parametrize("name", ["visa_number", "a_number", "SSN", "country_of_birth", "legal_status"])
def test_the_forbidden_is_recognised(name):
    assert FORBIDDEN.search(name.lower())


@pytest.mark.parametrize("name", ["advisable", "cabin", "entry", "status", "country", "birthday_free"])
def test_the_harmless_is_not(name):
    assert not FORBIDDEN.search(name)


def test_free_text_and_what_identifies_somebody_is_sealed():
    """Whatever a person types about themselves lies in the database as ciphertext; staff e-mail is the exception."""
    telling = re.compile(
        r"^(preferred_name|phone|callback|place|reason|text|answers|typed|body|address|email|context)$"
    )
    open_by_decision = {"User.email", "Location.address"}
    bare = [
        f"{model.__name__}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if telling.match(field.name) and not isinstance(field, EncryptedTextField)
    ]
    assert sorted(set(bare) - open_by_decision) == []


def test_migrations_are_complete(db):
    out = io.StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


def test_every_table_has_a_place_in_the_words_of_its_floor():
    """Each model says what it is, in a sentence."""
    silent = [model.__name__ for model in MODELS if not model.__doc__ or model.__doc__.startswith(f"{model.__name__}(")]
    assert silent == []
