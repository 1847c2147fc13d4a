"""No clock in the domain: the edges read it once, and pass the instant down as `at`."""

import ast

from tests.house.source import ROOT, dotted, modules, named, within

CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "time.time",
    "datetime.datetime.now",
    "datetime.date.today",
}
VERBS = [
    "scheduling.accounts",
    "scheduling.appointments",
    "scheduling.busy_feeds",
    "scheduling.derived",
    "scheduling.encounters",
    "scheduling.impact",
    "scheduling.freed",
    "scheduling.invitations",
    "scheduling.notifications",
    "scheduling.offers",
    "scheduling.open_starts",
    "scheduling.schedules",
    "scheduling.search",
    "scheduling.weeks",
    "scheduling.suitability",
    "scheduling.waitlist",
    "scheduling.events",
    "navigation.cases",
    "navigation.escalation",
    "navigation.follow_up",
    "navigation.intake",
    "navigation.moves",
    "navigation.on_call",
]


def test_the_time_is_read_in_one_file():
    found = [
        module.at(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) in CLOCKS and module.name != "scheduling.clock"
    ]
    assert found == []


def test_only_edges_read_it():
    found = [
        f"{module.path.relative_to(ROOT)}:{line}"
        for module in modules()
        for line, name in module.imports()
        if name == "scheduling.clock" and not module.is_edge
    ]
    assert found == []


def test_models_do_not_read_it_by_themselves():
    """`auto_now` is a clock that nobody can stop: when something happened is said by who did it."""
    found = [
        module.at(node)
        for module in within("models")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}
    ]
    assert found == []


def test_verbs_take_who_and_when_by_name():
    """What composes a message or finds questions is no verb: `notifications` and `inbound` call it back."""
    positional = [
        f"{module.at(function)} {function.name}"
        for module in named(*VERBS)
        for function in module.tree.body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if {"at", "by"} & {argument.arg for argument in function.args.args}
        and not function.name.startswith(("compose", "find_questions"))
    ]
    assert positional == []


def test_when_is_never_left_out():
    optional = [
        f"{module.at(function)} {function.name}"
        for module in modules()
        for function in module.functions()
        for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if argument.arg in {"at", "by"} and default is not None
    ]
    assert optional == []


def test_every_verb_says_what_it_does():
    silent = [
        f"{module.at(function)} {function.name}"
        for module in named(*VERBS)
        for function in module.tree.body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if not ast.get_docstring(function)
    ]
    assert silent == []
