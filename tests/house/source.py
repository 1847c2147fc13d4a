"""The sources as trees, for rules that are about how things are written."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = ("config", "realtime", "navigation", "scheduling")
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"
EDGES = ("views", "management", "api", "tasks", "consumers", "signalling", "health", "middleware", "listeners")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of ours: its dotted name, its text and its tree."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def is_edge(self) -> bool:
        """Whether it is where the world comes in: pages, the API, tasks, commands, sockets."""
        return any(part in EDGES for part in self.name.split("."))

    def functions(self) -> Iterator[Function]:
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield the line and full name of whatever is imported."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def at(self, node: ast.AST) -> str:
        """Return where something is, as an editor opens it."""
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"


@cache
def modules() -> list[Module]:
    """Return every module of the four floors; migrations are written by Django."""
    paths = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    return [_read(path) for path in paths if "migrations" not in path.parts]


def named(*names: str) -> list[Module]:
    """Return modules by their dotted names."""
    known = {module.name: module for module in modules()}
    return [known[name] for name in names]


def within(folder: str) -> list[Module]:
    """Return the modules in a folder of a floor, ``models`` for instance, whatever the floor."""
    return [module for module in modules() if folder in module.name.split(".")]


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return Module(path, name, text, ast.parse(text))


def dotted(node: ast.AST) -> str:
    """Return ``a.b.c`` for an attribute of an attribute of a name; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (inner := dotted(node.value)):
        return f"{inner}.{node.attr}"
    return ""


def pages() -> list[Path]:
    """Return our templates."""
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
