"""Resources of a chart that say the same of what is read here: laboratory values of the same kind, visits, orders.

A chart has thousands of them. What one was found to say, all like it say; they differ in who wrote them, where, when, and how
much was measured.
"""

from __future__ import annotations

import marshal
from collections.abc import Hashable
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
# The version of marshal that writes the same bytes for the same content; later ones refer back to what they wrote before.
# It takes half the time of repr, and most of what a chart costs is here.
_AS_IT_IS = 2


def likeness(resource: Resource) -> Hashable:
    """The same for resources that differ in nothing but identity, days, numbers measured and bare references to who and where."""
    told = [
        (name, _shape(value) if name == "valueQuantity" else value)
        for name, value in resource.items()
        if not (_is_a_bare_word(name, value) if isinstance(value, str) else _varies(name, value))
    ]
    try:
        return marshal.dumps(told, _AS_IT_IS)
    except ValueError:  # not parsed from JSON: a Mapping that is no dict, a Decimal
        return repr(told)


def _is_a_bare_word(name: str, value: str) -> bool:
    """A day, a status: a word alone is read only where it is a value, or a conclusion."""
    return " " not in value and name not in _READ and not name.startswith("value")


def _varies(name: str, value: Any) -> bool:
    if name in _LEFT_OUT:
        return True
    if name == "text":
        return isinstance(value, OBJECT) and value.get("status") != "additional"
    if name in _WHO_AND_WHERE:
        listed = value if isinstance(value, list) else [value]
        return all(isinstance(item, OBJECT) and item.keys() <= _REFERENCE for item in listed)
    return isinstance(value, OBJECT) and bool(value) and value.keys() <= _PERIOD


def _shape(value: Any) -> Any:
    """A measured value without its number; zero is kept, for it can say that there is nothing."""
    if not isinstance(value, OBJECT):
        return value
    return {key: item if key != "value" else item == 0 for key, item in value.items()}
