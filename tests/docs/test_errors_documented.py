"""Every public function says what it raises: those of the package, of its documented modules, and whatever a page has a reader import."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module

from docs.making.python_page import MODULES, public

import mrdguide

from .blocks import DOCS, ROOT, blocks

_PAGES = (*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md")


def _things() -> Iterator[tuple[str, object]]:
    for name in mrdguide.__all__:
        yield name, getattr(mrdguide, name)
    for module in MODULES:
        for name, thing in public(import_module(f"mrdguide.{module}")).items():
            yield f"{module}.{name}", thing
    yield from _imported_by_readers()


def _imported_by_readers() -> Iterator[tuple[str, object]]:
    """What a page that a reader follows imports from the package by name, in Python that stands in no file of the project."""
    for page in _PAGES:
        for block in blocks(page):
            if block.language != "python" or block.file:
                continue
            for node in ast.walk(ast.parse(block.text)):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mrdguide"):
                    home = import_module(str(node.module))
                    yield from ((f"{node.module}.{item.name}", getattr(home, item.name)) for item in node.names)


def _functions(name: str, thing: object) -> Iterator[tuple[str, object]]:
    """A function, or the public methods that a class of this package defines; a protocol says what others are to do."""
    if inspect.isfunction(thing):
        yield name, thing
    elif inspect.isclass(thing) and not getattr(thing, "_is_protocol", False):
        # A class may keep what it works out while it is looked at.
        for member, value in dict(vars(thing)).items():
            function = getattr(value, "__func__", value)
            if inspect.isfunction(function) and not member.startswith("_"):
                yield f"{name}.{member}", function


def silent() -> list[str]:
    """Public functions that do not say what they raise."""
    return [
        name
        for holder, thing in _things()
        for name, function in _functions(holder, thing)
        if str(getattr(function, "__module__", "")).startswith("mrdguide") and "Raises" not in (function.__doc__ or "")
    ]


def test_every_public_function_says_what_it_raises() -> None:
    assert silent() == []


def test_enough_functions_are_looked_at() -> None:
    found = {name for holder, thing in _things() for name, _ in _functions(holder, thing)}
    assert {
        "evaluate", "fhir.read", "cohort.run", "cohort.spark.run", "record.DecisionStore.append", "interview.next",
        "mrdguide.cohort.answer_columns.answer_schema",
    } <= found  # fmt: skip
