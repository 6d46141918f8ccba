"""Tests about the tests: what looks like one is run."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
FILES = sorted(TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_every_test_is_collected(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    called = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    forgotten = [
        function.name
        for function in functions
        if not function.name.startswith("test_")
        and any(isinstance(node, ast.Assert) for node in ast.walk(function))
        and function.name not in called
        and not function.decorator_list
    ]

    assert forgotten == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_test_hides_another_of_the_same_name(path: Path) -> None:
    names = [node.name for node in ast.parse(path.read_text(encoding="utf-8")).body
             if isinstance(node, ast.FunctionDef | ast.ClassDef)]  # fmt: skip

    assert len(names) == len(set(names))


def test_every_file_of_tests_is_named_as_one() -> None:
    helpers = {"__init__", "conftest", "databases", "factories", "tree"}
    strange = [
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("*.py")
        if path.stem not in helpers
        and not path.stem.startswith("test_")
        and any(node.name.startswith("test_") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.FunctionDef))
    ]  # fmt: skip

    # databases.py has `test_config`, which makes a configuration and is no test.
    assert strange == []
