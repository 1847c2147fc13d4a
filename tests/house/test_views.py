"""Pages and the API start from what the viewer may see: `Model.objects` alone would show everybody everything."""

import ast
from collections.abc import Iterator

from tests.house.source import Module, dotted, modules

SEEING = {"visible_to", "held_by"}
# Where a page or the API begins a query in another way, and why nobody sees too much by it.
EXPLAINED = {
    "scheduling.api._patient": "only patients the asker speaks for: representatives__user",
    "scheduling.api._shown": "read again what _visible or a verb returned a line before",
    "scheduling.views.booking._sent": "codes of this browser's holder only",
    "scheduling.views.waiting.join_code": "codes of this browser's holder only",
    "scheduling.views.visits.sign_in_code": "codes of this browser's holder only",
    "scheduling.views.day._day": "who is at the door of visits that were filtered by visible_to",
    "scheduling.views.hours._page": "time off of the asker's own schedule",
    "scheduling.views.hours.undo": "time off of the asker's own schedule",
    "config.demo.views.outbox": "the demo's invented messages; the page is absent outside of it",
}


def queries(module: Module) -> Iterator[tuple[str, ast.AST, set[str]]]:
    """Yield each query begun at `Model.objects`: in which function, where, and which methods follow in its chain."""
    for function in module.tree.body:
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "objects" and dotted(node.value):
                yield f"{module.name}.{function.name}", node, set(_chain(function, node))


def _chain(function: ast.AST, root: ast.AST) -> Iterator[str]:
    """Yield the methods called on what a query begins with, one after the other."""
    outer = {id(node.value): node for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    called = {id(node.func): node for node in ast.walk(function) if isinstance(node, ast.Call)}
    here: ast.AST = root
    while method := outer.get(id(here)):
        yield method.attr
        here = called.get(id(method), method)


def edges() -> list[Module]:
    """Return the modules that answer people and programs over HTTP."""
    return [module for module in modules() if {"views", "api"} & set(module.name.split("."))]


def test_a_query_of_a_page_begins_with_what_the_viewer_may_see():
    begun = {name for module in edges() for name, _, methods in queries(module) if not methods & SEEING}
    assert sorted(begun - set(EXPLAINED)) == []


def test_every_explained_query_still_exists():
    begun = {name for module in edges() for name, _, methods in queries(module) if not methods & SEEING}
    assert sorted(set(EXPLAINED) - begun) == []


def test_pages_open_no_transactions_and_write_nothing_themselves():
    writing = {"save", "create", "bulk_create", "update", "delete", "get_or_create", "update_or_create", "atomic"}
    plain = {"query.copy", "context.update"}
    found = [
        f"{module.at(node)} {dotted(node.func)}"
        for module in edges()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing
        if dotted(node.func) not in plain
    ]
    assert found == []


def test_pages_read_the_clock_once():
    """Whoever reads it hands it on: nothing they call reads it again."""
    found = []
    for module in edges():
        calls = {function.name: _calls(function) for function in module.functions()}
        readers = {name for name, called in calls.items() if any(one.startswith("clock.") for one in called)}
        found += [f"{module.name}.{name} → {again}" for name in readers for again in calls[name] if again in readers]
        found += [
            f"{module.name}.{name}" for name in readers if sum(one.startswith("clock.") for one in calls[name]) > 1
        ]
    assert found == []


def _calls(function: ast.AST) -> list[str]:
    return [dotted(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)]


def test_the_check_sees_what_it_should():
    text = "def page(request):\n    return Visit.objects.filter(x=1).visible_to(asker).first(), Visit.objects.all()\n"
    module = Module(None, "x.views", text, ast.parse(text))
    assert sorted(bool(methods & SEEING) for _, _, methods in queries(module)) == [False, True]
