"""What can be set is written down in .env.example, and nothing else is; what is installed says why."""

import ast
import re
import tomllib

from tests.house.source import ROOT, dotted, modules

READERS = {"env.text", "env.words", "env.flag", "env.number", "env.database"}
NOT_OURS = {"PYTHONTZPATH", "DJANGO_SETTINGS_MODULE"}  # Python's and Django's own


def read_by_config() -> set[str]:
    """Return the variables the code asks for."""
    return {
        node.args[0].value
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if dotted(node.func) in READERS | {"os.environ.get"}
    }


def written_down() -> list[str]:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    return re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)


def test_every_variable_is_written_down_once():
    assert sorted(written_down()) == sorted(read_by_config() - NOT_OURS)


def test_only_config_reads_the_environment():
    elsewhere = [
        module.at(node)
        for module in modules()
        if not module.name.startswith("config")
        for node in ast.walk(module.tree)
        if dotted(node) in {"os.environ", "os.getenv"}
        if isinstance(node, ast.Attribute)
    ]
    assert elsewhere == []


def test_no_secret_is_written_down():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    given = re.findall(r"^(\w*(?:SECRET|KEYS?|PASSWORD)\w*)=(.+)$", example, re.MULTILINE)
    assert given == []


def test_every_package_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    named = [*project["dependencies"], *(one for group in project["optional-dependencies"].values() for one in group)]
    obvious = {"pytest", "pytest-django", "pytest-asyncio", "hypothesis", "ruff", "mypy", "django-stubs"}
    silent = [
        name
        for name in named
        if not re.search(rf'"{re.escape(name)}",\s+# \w', text) and re.split(r"[\[<>=]", name)[0] not in obvious
    ]
    assert silent == []


def test_every_package_is_pinned_for_who_installs():
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").lower().replace("_", "-")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [
        re.split(r"[\[<>=]", one)[0].lower()
        for one in [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    ]
    assert [name for name in names if f"\n{name}==" not in f"\n{pinned}"] == []
