"""Frozen dataclasses whose methods are made when they are first called.

`dataclasses.dataclass` compiles six methods for every class when it is defined, half a millisecond a class before Python
3.13. An answer needs some hundred and fifty of such classes, and few of their methods: to compile all of them took as long
as to evaluate the patient. Everything else is as `@dataclass(frozen=True, slots=True)` has it, fields, `replace` and
pattern matching included.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields, is_dataclass
from typing import Any, TypeVar, dataclass_transform

Kind = TypeVar("Kind", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: Kind) -> Kind:
    """A class decorator: the same as `@dataclass(frozen=True, slots=True)`."""
    # One that inherits from a frozen one has to be declared as such from the beginning.
    inherits = any(is_dataclass(base) for base in kind.__bases__)
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True, frozen=inherits)(kind)
    made.__dataclass_params__.frozen = made.__dataclass_params__.eq = made.__dataclass_params__.repr = True
    made.__dataclass_params__.init = True
    own = vars(kind)
    for name, compiled in (("__init__", _init), ("__eq__", _eq), ("__hash__", _hash), ("__repr__", _repr)):
        if name not in own or (name == "__hash__" and own[name] is None):
            setattr(made, name, _when_called(made, name, compiled))
    made.__setattr__, made.__delattr__ = _set_refused, _delete_refused
    if "__getstate__" not in own:
        made.__getstate__, made.__setstate__ = _state, _set_state
    return made  # type: ignore[no-any-return]


def _when_called(made: type, name: str, compiled: Callable[[type], Any]) -> Any:
    """A method that puts the real one in its own place when it is first called."""

    def first(self: Any, *given: Any, **named: Any) -> Any:
        method = compiled(made)
        method.__qualname__ = f"{made.__qualname__}.{name}"
        setattr(made, name, method)
        return method(self, *given, **named)

    first.__name__ = name
    return first


def _init(made: type) -> Any:
    names: dict[str, Any] = {"MISSING": MISSING}
    given: list[str] = []
    keywords: list[str] = []
    lines: list[str] = []
    for number, item in enumerate(fields(made)):
        value = item.name
        if item.init:
            (keywords if item.kw_only else given).append(_parameter(item, number, names))
            if item.default_factory is not MISSING:
                value = f"factory{number}() if {item.name} is MISSING else {item.name}"
        elif item.default_factory is not MISSING:
            names[f"factory{number}"] = item.default_factory
            value = f"factory{number}()"
        elif item.default is not MISSING:
            names[f"default{number}"] = item.default
            value = f"default{number}"
        else:
            continue
        # By the slot itself: object.__setattr__ would look it up by its name every time.
        names[f"set{number}"] = getattr(made, item.name).__set__
        lines.append(f" set{number}(self, {value})")
    if hasattr(made, "__post_init__"):
        lines.append(" self.__post_init__()")
    parameters = ", ".join(["self", *given, *(["*", *keywords] if keywords else [])])
    return _made("__init__", parameters, lines or [" pass"], names)


def _parameter(item: Field[Any], number: int, names: dict[str, Any]) -> str:
    if item.default_factory is not MISSING:
        names[f"factory{number}"] = item.default_factory
        return f"{item.name}=MISSING"
    if item.default is MISSING:
        return item.name
    names[f"default{number}"] = item.default
    return f"{item.name}=default{number}"


def _eq(made: type) -> Any:
    compared = [item.name for item in fields(made) if item.compare]
    return _made(
        "__eq__",
        "self, other",
        [
            " if other.__class__ is not self.__class__: return NotImplemented",
            f" return {_values('self', compared)} == {_values('other', compared)}",
        ],
        {},
    )


def _hash(made: type) -> Any:
    hashed = [item.name for item in fields(made) if (item.compare if item.hash is None else item.hash)]
    return _made("__hash__", "self", [f" return hash({_values('self', hashed)})"], {})


def _repr(made: type) -> Any:
    shown = [item.name for item in fields(made) if item.repr]

    def shown_as(self: Any) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    return reprlib.recursive_repr()(shown_as)


def _values(of: str, names: list[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


def _made(name: str, parameters: str, lines: list[str], names: dict[str, Any]) -> Any:
    """A function of these lines; nothing but the names of fields enters its text."""
    exec("\n".join([f"def {name}({parameters}):", *lines]), names)
    return names[name]


def _set_refused(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete_refused(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, item.name) for item in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for item, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, item.name, value)
