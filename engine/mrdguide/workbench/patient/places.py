"""Values at places of a profile as plain data: `mrd[0].quality.first_pull`, `baseline.labs.ldh`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

_STEP = re.compile(r"(\w+)|\[(\d+)\]")


def value_at(profile: Mapping[str, Any], path: str) -> Any:
    """What is recorded at a place; None where nothing is."""
    here: Any = profile
    for name, index in _STEP.findall(path):
        if name:
            here = here.get(name) if isinstance(here, Mapping) else None
        else:
            here = here[int(index)] if isinstance(here, list) and int(index) < len(here) else None
        if here is None:
            return None
    return here


def holds(profile: Mapping[str, Any], path: str) -> bool:
    """Whether a place is recorded, be it as null."""
    above, _, last = path.rpartition(".")
    here = value_at(profile, above) if above else profile
    return isinstance(here, Mapping) and last in here


def with_value(profile: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the profile with a value at a place; mappings on the way are made, list entries must be there."""
    found = deepcopy(dict(profile))
    *steps, last = (name or int(index) for name, index in _STEP.findall(path))
    here: Any = found
    for step in steps:
        if isinstance(step, int):
            here = here[step]
            continue
        below = here.get(step)
        # A bare word is the status of the finding that it stands for.
        here[step] = {"status": below} if isinstance(below, str) else {} if below is None else below
        here = here[step]
    here[last] = value
    return found


def without(profile: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A copy of the profile with nothing at a place; sections that are left empty go too."""
    found = deepcopy(dict(profile))
    _take_out(found, [name or int(index) for name, index in _STEP.findall(path)])
    return found


def _take_out(here: Any, steps: list[str | int]) -> None:
    step, rest = steps[0], steps[1:]
    if isinstance(here, list):
        if not isinstance(step, int) or step >= len(here):
            return
        if rest:
            _take_out(here[step], rest)
        else:
            del here[step]
        return
    if not isinstance(here, dict) or step not in here:
        return
    if not rest:
        del here[step]
        return
    _take_out(here[step], rest)
    if here[step] == {}:
        del here[step]
