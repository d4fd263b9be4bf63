"""Every public function that takes something says what it raises."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

from docs.making.python_page import MODULES, public

import mrdguide


def _things() -> Iterator[tuple[str, object]]:
    for name in mrdguide.__all__:
        yield name, getattr(mrdguide, name)
    for module in MODULES:
        for name, thing in public(import_module(f"mrdguide.{module}")).items():
            yield f"{module}.{name}", thing


def _functions(name: str, thing: object) -> Iterator[tuple[str, object]]:
    """A function, or the public methods that a class of this package defines; a protocol says what others are to do."""
    if inspect.isfunction(thing):
        yield name, thing
    elif inspect.isclass(thing) and not getattr(thing, "_is_protocol", False):
        for member, value in vars(thing).items():
            function = getattr(value, "__func__", value)
            if inspect.isfunction(function) and not member.startswith("_"):
                yield f"{name}.{member}", function


def silent() -> list[str]:
    """Public functions that take something and do not say what they raise."""
    return [
        name
        for holder, thing in _things()
        for name, function in _functions(holder, thing)
        if str(getattr(function, "__module__", "")).startswith("mrdguide")
        and set(inspect.signature(function).parameters) - {"self", "cls"}  # type: ignore[arg-type]
        and "Raises" not in (function.__doc__ or "")
    ]


def test_every_public_function_says_what_it_raises() -> None:
    assert silent() == []


def test_enough_functions_are_looked_at() -> None:
    found = {name for holder, thing in _things() for name, _ in _functions(holder, thing)}
    assert {"evaluate", "fhir.read", "cohort.run", "record.DecisionStore.append", "interview.next"} <= found
