"""How long things are: `make house` prints it, and test_sizes.py holds it to the plan."""

import ast
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house.source import ROOT, Function, Module, modules


@dataclass(frozen=True)
class Size:
    """How many lines something has, and where it is."""

    lines: int
    where: str


def functions(module: Module) -> list[Size]:
    """Return the functions of a module by their lines of code, docstring left out."""
    return [Size(_code_of(function), f"{module.at(function)} {function.name}") for function in module.functions()]


def _code_of(function: Function) -> int:
    last = function.end_lineno or function.lineno
    first = function.body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if said else 0
    return last - function.lineno + 1 - docstring


def files(paths: list[Path]) -> list[Size]:
    """Return files by their lines."""
    return [Size(len(path.read_text(encoding="utf-8").splitlines()), str(path.relative_to(ROOT))) for path in paths]


def code_files() -> list[Path]:
    return [module.path for module in modules() if module.text.strip()]


def proofs() -> list[Path]:
    return [path for path in sorted((ROOT / "tests").rglob("*.py")) if path.read_text(encoding="utf-8").strip()]


def ninetieth(sizes: list[Size]) -> float:
    return statistics.quantiles([size.lines for size in sizes], n=10)[-1]


def middle(sizes: list[Size]) -> float:
    return statistics.median(size.lines for size in sizes)


def longest(sizes: list[Size]) -> Size:
    return max(sizes, key=lambda size: size.lines)


def ratio() -> float:
    """Return how many lines of tests there are for a line of code, blank lines left out."""
    return sum(map(_written, proofs())) / sum(map(_written, code_files()))


def _written(path: Path) -> int:
    return sum(bool(line.strip()) for line in path.read_text(encoding="utf-8").splitlines())


def table() -> str:
    """Return the sizes as a table: what, how many, median, p90, the longest and where it is."""
    rows = [("", "count", "median", "p90", "longest")]
    for name, sizes in (
        ("functions", [size for module in modules() for size in functions(module)]),
        ("files", files(code_files())),
        ("test files", files(proofs())),
    ):
        top = longest(sizes)
        rows.append((name, str(len(sizes)), f"{middle(sizes):g}", f"{ninetieth(sizes):g}", f"{top.lines} {top.where}"))
    lines = [f"{name:<11}{count:>6}{half:>8}{most:>7}  {top}" for name, count, half, most, top in rows]
    return "\n".join([*lines, f"tests ÷ code  {ratio():.2f}"])


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
