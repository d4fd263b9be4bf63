"""The example cases, evaluated."""

from __future__ import annotations

from functools import cache

import mrdguide
from mrdguide import Recommendation
from mrdguide.teach.examples import Example, examples

EXAMPLES = examples()


@cache
def shipped() -> mrdguide.RuleBook:
    return mrdguide.load_rules()


@cache
def evaluated(name: str) -> Recommendation:
    """The recommendation for an example, by the name of its file without the ending."""
    found: Example = next(item for item in EXAMPLES if item.file == f"{name}.yaml")
    return mrdguide.evaluate(found.path, rules=shipped(), as_of=found.as_of)


NAMES = [item.file.removesuffix(".yaml") for item in EXAMPLES]
