"""Frozen classes whose methods are made late behave as `@dataclass(frozen=True, slots=True)` does."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from functools import partial
from typing import Any, ClassVar

import pytest

from mrdguide.reading.frozen import frozen


class _Fields:
    name: str
    number: int = 3
    many: list[int] = field(default_factory=list)
    silent: int = field(default=0, repr=False, compare=False)
    made: int = field(default=7, init=False)
    last: str = field(default="z", kw_only=True)


def _class(decorator: Callable[[type], type]) -> Any:
    names = {"__annotations__": _Fields.__annotations__, "__module__": __name__, "__qualname__": "Kind"}
    return decorator(
        type("Kind", (), {**names, **{key: value for key, value in vars(_Fields).items() if key[0] != "_"}})
    )


LATE, STANDARD = _class(frozen), _class(dataclass(frozen=True, slots=True))
CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}),
    (("a", 4), {"last": "y"}),
    (("a",), {"number": 5, "many": [1], "silent": 2}),
    ((), {}),
    (("a", 1, [], 2, 3), {}),
    (("a",), {"unknown": 1}),
]


@pytest.mark.parametrize(("given", "named"), CALLS)
def test_it_is_made_and_shown_alike(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    def tried(kind: Any) -> object:
        try:
            found = kind(*given, **named)
        except TypeError as error:
            return str(error).replace("Kind.", "")
        return repr(found), asdict(found), [item.name for item in fields(found)]

    assert tried(LATE) == tried(STANDARD)
    assert tried(LATE) == tried(STANDARD)  # the methods that stand there now


def test_it_is_compared_alike() -> None:
    for kind in (LATE, STANDARD):
        assert kind("a") == kind("a", silent=9)
        assert kind("a") != kind("b")
        assert kind("a") != "a"
        assert kind("a").__eq__("a") is NotImplemented
        with pytest.raises(TypeError):
            hash(kind("a"))  # it holds a list


@frozen
class Point:
    x: int
    y: int = 0
    count: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("below zero")

    @property
    def sum(self) -> int:
        return self.x + self.y


@frozen
class Named(Point):
    name: str = "p"


@frozen
class Inside:
    of: object


@dataclass(frozen=True, slots=True)
class Below(Point):
    z: int = 1


def test_it_is_frozen_hashable_and_can_be_copied() -> None:
    point = Point(1, 2)
    for change in (partial(setattr, point, "x", 2), partial(delattr, point, "x"), partial(setattr, point, "other", 2)):
        with pytest.raises(FrozenInstanceError):
            change()
    assert not hasattr(point, "__dict__")
    assert {point: "here"}[Point(1, 2)] == "here"
    for again in (copy.copy(point), copy.deepcopy(point), pickle.loads(pickle.dumps(point)), replace(point, y=2)):
        assert again == point
    with pytest.raises(ValueError, match="below zero"):
        replace(point, x=-1)


def test_it_matches_patterns_and_inherits() -> None:
    match Named(1, 2, "n"):
        case Named(x, y, name):
            assert (x, y, name) == (1, 2, "n")
    assert Named(1).sum == 1
    assert Named(1) != Point(1)
    assert repr(Named(1)) == "Named(x=1, y=0, name='p')"
    assert Below(1, 2) == Below(1, 2, 1)
    with pytest.raises(ValueError, match="below zero"):
        Named(-1)


def test_its_methods_are_made_once_for_each_class() -> None:
    Inside(1)
    first = Inside.__init__
    Inside(2)
    assert Inside.__init__ is first
    assert Inside.__init__.__qualname__ == "Inside.__init__"


def test_one_that_holds_itself_can_be_shown() -> None:
    held: list[object] = []
    held.append(Inside(held))
    assert "..." in repr(held)
