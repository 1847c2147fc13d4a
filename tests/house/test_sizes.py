"""Functions and files stay short enough to be read at once."""

import pytest

from tests.house import measure
from tests.house.measure import Size
from tests.house.source import modules

FUNCTIONS = [size for module in modules() for size in measure.functions(module)]
FILES = measure.files(measure.code_files())


def longer(sizes: list[Size], limit: int) -> list[str]:
    return [f"{size.where}: {size.lines}" for size in sizes if size.lines > limit]


def test_no_function_is_long():
    assert longer(FUNCTIONS, 50) == []


def test_most_functions_are_short():
    assert measure.middle(FUNCTIONS) <= 7
    assert measure.ninetieth(FUNCTIONS) <= 20


def test_no_file_is_long():
    assert longer(FILES, 400) == []


def test_most_files_are_short():
    assert measure.ninetieth(FILES) <= 250


def test_most_test_files_are_short():
    assert measure.ninetieth(measure.files(measure.proofs())) <= 250


def test_there_are_more_tests_than_code():
    assert measure.ratio() >= 1.4


@pytest.mark.parametrize("words", ["functions", "files", "test files", "tests ÷ code"])
def test_the_table_has_it_all(words):
    assert words in measure.table()
