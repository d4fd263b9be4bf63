"""Models and records as plain data, and back without validating them again.

For data that were valid when they were packed and are known to be the same since, such as what is compiled from the shipped
rules. Only models and dataclasses of this package can be named in such data, so reading them runs nothing that they bring along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from typing import Any

from .validation import StrictModel

_PACKAGE = __name__.partition(".")[0]
# What stands first in a list: that it is a tuple or a list, or which model or dataclass it is.
_TUPLE, _LIST, _FIRST_MODEL = 0, 1, 2
_NESTED = frozenset({list, dict})


class Packer:
    """Packs values; `kinds` then names the models and dataclasses among them, as an `Unpacker` wants them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    @property
    def kinds(self) -> list[str]:
        return list(self._numbers)

    def packed(self, value: Any) -> Any:
        """The value as JSON can hold it.

        Raises:
            TypeError: it holds something that could not be read back as it is.
        """
        if value is None or (isinstance(value, str | bool | int | float) and type(value) in (str, bool, int, float)):
            return value
        if type(value) is tuple:
            return [_TUPLE, *map(self.packed, value)]
        if type(value) is list:
            return [_LIST, *map(self.packed, value)]
        if type(value) is dict and all(type(key) is str for key in value):
            return {key: self.packed(item) for key, item in value.items()}
        if isinstance(value, StrictModel):
            return self._model(value)
        if is_dataclass(value) and not isinstance(value, type):
            return [self._number(type(value)), *(self.packed(getattr(value, item.name)) for item in fields(value))]
        raise TypeError(f"{type(value).__name__} cannot be packed")

    def _model(self, value: StrictModel) -> list[Any]:
        kind, private = type(value), value.__pydantic_private__ or {}
        if any(item != kind.__private_attributes__[name].get_default() for name, item in private.items()):
            raise TypeError(f"{kind.__name__} holds more than its fields")
        given = sum(1 << place for place, name in enumerate(kind.model_fields) if name in value.model_fields_set)
        return [self._number(kind), given, *(self.packed(getattr(value, name)) for name in kind.model_fields)]

    def _number(self, kind: type) -> int:
        return self._numbers.setdefault(f"{kind.__module__}:{kind.__qualname__}", len(self._numbers) + _FIRST_MODEL)


class Unpacker:
    """Reads packed values back; `kinds` are those of the packer.

    Raises:
        ValueError: a kind is neither a model nor a dataclass of this package.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = [_kind_named(name) for name in kinds]

    def unpacked(self, data: Any) -> Any:
        """The value that was packed."""
        if type(data) is list:
            head = data[0]
            if head == _TUPLE:
                return tuple([self.unpacked(item) for item in data[1:]])
            if head == _LIST:
                return [self.unpacked(item) for item in data[1:]]
            kind, names, private = self._kinds[head - _FIRST_MODEL]
            if names is None:
                return kind(*[self.unpacked(item) for item in data[1:]])
            given, unpacked = data[1], self.unpacked
            made = kind.__new__(kind)
            # As pickle puts a model together again, which takes a fifth of the time of `model_construct`.
            made.__setstate__(
                {
                    # Most are plain: those are taken as they are, without asking.
                    "__dict__": {
                        name: unpacked(item) if type(item) in _NESTED else item
                        for name, item in zip(names, data[2:], strict=True)
                    },
                    "__pydantic_fields_set__": {name for place, name in enumerate(names) if given >> place & 1},
                    "__pydantic_extra__": None,
                    "__pydantic_private__": dict(private) if private is not None else None,
                }
            )
            return made
        if type(data) is dict:
            return {key: self.unpacked(item) for key, item in data.items()}
        return data


@cache
def _kind_named(name: str) -> tuple[Any, tuple[str, ...] | None, dict[str, Any] | None]:
    """A model with its fields, and what it holds besides when it is new; a dataclass alone."""
    module, _, kind = name.partition(":")
    found = getattr(import_module(module), kind, None) if module.startswith(f"{_PACKAGE}.") else None
    if isinstance(found, type) and is_dataclass(found):
        return found, None, None
    if not (isinstance(found, type) and issubclass(found, StrictModel)):
        raise ValueError(f"'{name}' is neither a model nor a dataclass of this package")
    private = {key: item.get_default() for key, item in found.__private_attributes__.items()}
    return found, tuple(found.model_fields), private or None
