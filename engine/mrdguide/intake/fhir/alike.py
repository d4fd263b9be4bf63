"""Resources of a chart that say the same of what is read here: laboratory values of the same kind, visits, orders.

A chart has thousands of them. What one was found to say, all like it say; they differ in who wrote them, where, when, and how
much was measured.
"""

from __future__ import annotations

from typing import Any

from .current import OBJECT, Resource
from .unread import SPEAKING

# Whose it is, its own words for a machine, and what is generated from the rest.
_LEFT_OUT = frozenset(("id", "meta", "identifier", "subject", "patient"))
_WHO_AND_WHERE = frozenset(("encounter", "performer", "requester", "recorder", "asserter", "context"))
_PERIOD = frozenset(("start", "end"))
_REFERENCE = frozenset(("reference", "type"))
# Elements of which a word alone is read.
_READ = frozenset(("resourceType", *SPEAKING))


def likeness(resource: Resource) -> str:
    """The same for resources that differ in nothing but identity, days, numbers measured and bare references to who and where."""
    return repr([(name, _shape(name, value)) for name, value in resource.items() if not _varies(name, value)])


def _varies(name: str, value: Any) -> bool:
    if isinstance(value, str):
        # A day, a status: a word alone is read only where it is a value, or a conclusion.
        return " " not in value and name not in _READ and not name.startswith("value")
    if name in _LEFT_OUT:
        return True
    if name == "text":
        return isinstance(value, OBJECT) and value.get("status") != "additional"
    if name in _WHO_AND_WHERE:
        listed = value if isinstance(value, list) else [value]
        return all(isinstance(item, OBJECT) and item.keys() <= _REFERENCE for item in listed)
    return isinstance(value, OBJECT) and bool(value) and value.keys() <= _PERIOD


def _shape(name: str, value: Any) -> Any:
    """A measured value without its number; zero is kept, for it can say that there is nothing."""
    if name != "valueQuantity" or not isinstance(value, OBJECT):
        return value
    return {key: item if key != "value" else item == 0 for key, item in value.items()}
