"""Attributes that are worked out when they are first looked at."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

Value = TypeVar("Value", covariant=True)


class computed(cached_property[Value]):  # noqa: N801
    """`functools.cached_property` as it is from Python 3.12 on: without a lock.

    The lock of 3.11 is one for all objects of a class. A process forked while any thread holds it can never get it, and
    would wait for ever. Without it two threads may work the same value out at one time; both get the same.
    """

    if not TYPE_CHECKING:

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            kept = instance.__dict__
            name = self.attrname
            if name not in kept:
                return kept.setdefault(name, self.func(instance))
            return kept[name]
