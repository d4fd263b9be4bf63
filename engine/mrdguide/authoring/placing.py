"""Changes of a plain profile by places such as `mrd[3].level`; an index always means the entry of the profile before the change."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..reading.validation import closest

_STEP = re.compile(r"([A-Za-z_]\w*)((?:\[\d+\])*)$")
_REMOVED = object()


def with_changes(profile: Mapping[str, Any], assigned: Mapping[str, Any], removed: Iterable[str]) -> dict[str, Any]:
    """A copy of a profile with places set and others taken out.

    Raises:
        ValueError: a place does not exist, or has the value already.
    """
    result = copy.deepcopy(dict(profile))
    for place, value in assigned.items():
        _put(result, place, copy.deepcopy(value))
    for place in removed:
        _put(result, place, _REMOVED)
    changed: dict[str, Any] = _without_removed(result)
    return changed


def put(profile: Mapping[str, Any], assigned: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a profile with places set. Only what lies on the way is copied.

    Raises:
        ValueError: a place does not exist, or has the value already.
    """
    result = dict(profile)
    for head in {str(_steps(place)[0]) for place in assigned}:
        if head in result:
            result[head] = copy.deepcopy(result[head])
    for place, value in assigned.items():
        _put(result, place, copy.deepcopy(value))
    return result


def _steps(place: str) -> list[str | int]:
    """`mrd[3].level` as `["mrd", 3, "level"]`."""
    steps: list[str | int] = []
    for part in place.split("."):
        match = _STEP.match(part)
        if match is None:
            raise ValueError(f"'{place}' is no place in a profile; write it like mrd[3].level")
        steps += [match.group(1), *(int(number) for number in re.findall(r"\d+", match.group(2)))]
    return steps


def _put(profile: dict[str, Any], place: str, value: Any) -> None:
    """Set a place, or with `_REMOVED` mark it for removal. Mappings on the way are made, other things must be there."""
    here: Any = profile
    steps = _steps(place)
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if isinstance(step, int):
            if not isinstance(here, list):
                raise ValueError(f"'{place}': there is no list to take [{step}] of")
            if step > len(here) or (step == len(here) and value is _REMOVED):
                raise ValueError(f"'{place}': there are only {len(here)} entries, the first is [0]")
            if step == len(here):
                here.append({} if following is not None else None)
        else:
            if not isinstance(here, dict):
                raise ValueError(f"'{place}': '{step}' cannot be set in {here!r}; set the whole of it")
            if value is _REMOVED and step not in here:
                raise ValueError(f"'{place}': there is no '{step}' to remove; {closest(step, here)}")
            if following is not None:
                here.setdefault(step, [] if isinstance(following, int) else {})
        if following is not None:
            here = here[step]
        elif isinstance(here, dict) and step in here and here[step] == value and type(here[step]) is type(value):
            raise ValueError(f"'{place}' is {value!r} in the base profile already")
        else:
            here[step] = value


def _without_removed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_removed(item) for name, item in value.items() if item is not _REMOVED}
    if isinstance(value, list):
        return [_without_removed(item) for item in value if item is not _REMOVED]
    return value
