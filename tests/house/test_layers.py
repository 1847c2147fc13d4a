"""Imports point down, events travel up: who may import whom, and by which roads things go the other way."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.source import ROOT, dotted, modules, within


def test_the_import_contracts_hold():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_imported_inside_a_function():
    """But in AppConfig.ready(), where the models exist at last."""
    hidden = [
        module.at(node)
        for module in modules()
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and not (module.name.endswith(".apps") and function.name == "ready")
    ]
    assert hidden == []


def test_nobody_imports_the_wiring_or_the_tests():
    found = [
        f"{module.path.relative_to(ROOT)}:{line}"
        for module in modules()
        for line, name in module.imports()
        if name.startswith("tests") or (name.startswith("config") and not module.name.startswith("config"))
    ]
    assert found == []


def test_verbs_know_no_celery_no_channels_and_no_requests():
    """Only edges do. `access` reads who asks from a request; `notifications` puts words into messages by templates."""
    ways = ("celery", "channels", "django.http", "django.shortcuts", "django.template", "django.views", "ninja")
    known = {"scheduling.access": "django.http", "scheduling.notifications": "django.template"}
    edges = {"shown", "forms", "problems", "urls", "context", "templatetags", "apps"}
    found = [
        f"{module.path.relative_to(ROOT)}:{line} {name}"
        for module in modules()
        if module.name.startswith(("scheduling", "navigation")) and not module.is_edge
        if not edges & set(module.name.split("."))
        for line, name in module.imports()
        if name.startswith(ways) and not name.startswith(known.get(module.name, "-"))
    ]
    assert found == []


def test_there_are_two_signals_and_neither_is_of_a_model():
    """`recorded` for screens, `owed` to deliver at once; losing either loses nothing."""
    made = [
        f"{module.name}.{dotted(node.targets[0])}"
        for module in modules()
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and dotted(node.value.func) == "Signal"
    ]
    assert sorted(made) == ["scheduling.events.recorded", "scheduling.notifications.owed"]
    used = [name for module in modules() for _, name in module.imports() if name.startswith("django.db.models.signals")]
    assert used == []


def test_events_are_announced_by_record_alone():
    senders = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func).endswith((".send_robust", "recorded.send"))
    ]
    assert [place.partition(":")[0] for place in senders] == ["scheduling/events.py", "scheduling/notifications.py"]


def test_models_write_no_other_models():
    """An account is born with the key its texts are sealed under: that one is written with it."""
    writing = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create"}
    own = {"UserManager.create"}
    found = [
        f"{module.at(node)} {kind.name}.{function.name}"
        for module in within("models")
        for kind in module.tree.body
        if isinstance(kind, ast.ClassDef)
        for function in kind.body
        if isinstance(function, ast.FunctionDef) and f"{kind.name}.{function.name}" not in own
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in writing
    ]
    assert found == []


def test_models_keep_their_rules_out_of_save():
    overridden = [
        f"{module.at(function)} {kind.name}.{function.name}"
        for module in within("models")
        for kind in module.tree.body
        if isinstance(kind, ast.ClassDef)
        for function in kind.body
        if isinstance(function, ast.FunctionDef) and function.name in {"save", "delete", "clean", "full_clean"}
    ]
    assert overridden == []
