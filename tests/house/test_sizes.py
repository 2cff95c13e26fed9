import ast

import pytest

from tests.house.rooms import ROOT, SOURCES, TEMPLATES, name, tree

LINES, FUNCTION = 400, 50
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "service", "services", "manager", "core", "misc", "base"}


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES], ids=name)
def test_a_file_is_a_room_and_no_hall(path):
    if path.suffix in {".py", ".html", ".txt", ".typ", ".xml"}:
        lines = path.read_text("utf-8").count("\n")
        assert lines <= LINES, f"{lines} lines: split it by what it is about"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_function_fits_on_a_page(path):
    long = [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > FUNCTION
    ]
    assert long == []


def test_every_room_is_named_after_what_happens_in_it():
    named = [name(path) for path in SOURCES if EMPTY_WORDS & {path.stem, *path.relative_to(ROOT).parts[:-1]}]
    assert named == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "campaign")], ids=name)
def test_every_room_says_what_it_is_for(path):
    if path.read_text("utf-8").strip():
        assert ast.get_docstring(tree(path))
