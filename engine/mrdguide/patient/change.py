"""A profile with facts changed: `mrd[-1].result` set to another value, `imaging[+]` added, `ecog` taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ..errors import PatientError, UsageError
from ..reading.arguments import shown
from ..reading.document import read_text
from .canonical import plain_profile
from .profile import Patient
from .reader import read_patient

_STEP = re.compile(r"(?:^|\.)([A-Za-z_][A-Za-z0-9_]*)|\[(-?\d+|\+)\]")
_LONGEST_INDEX = 9
_WANTED = "a path like mrd[-1].result, imaging[+] (a new entry) or baseline.labs.ldh"

Steps = tuple[str | int, ...]


def changed(patient: Patient, assignments: Mapping[str, Any], remove: tuple[str, ...] = ()) -> Patient:
    """A copy of the patient with paths set to values and others taken out, validated like any profile.

    Raises:
        UsageError: a path cannot be followed.
        PatientError: the changed profile cannot be read.
    """
    profile = deepcopy(plain_profile(patient))
    places: dict[Steps, str] = {}
    for path, value in assignments.items():
        steps = _steps(path)
        place = _place(profile, steps)
        if place in places:
            raise UsageError(f"'{path}' and '{places[place]}' are one place of the profile; give it once")
        places[place] = path
        _set(profile, path, steps, value)
    for path in remove:
        _remove(profile, path, _steps(path))
    try:
        return read_patient(profile)
    except PatientError as error:
        raise PatientError(error.problems) from None


def parsed_value(text: str) -> Any:
    """A value as it would stand in a YAML profile.

    Raises:
        UsageError: it is not readable as YAML.
    """
    document = read_text(text, "value")
    if document.problems:
        raise UsageError(f"'{text}' is not readable as a value: {document.problems[0].message}")
    return document.data


def _steps(path: object) -> Steps:
    if not isinstance(path, str):
        raise UsageError(f"{shown(path)} is no path of a profile; give {_WANTED}")
    steps: list[str | int] = []
    end = 0
    for match in _STEP.finditer(path):
        if match.start() != end:
            break
        end = match.end()
        name, index = match.groups()
        if index is not None and len(index) > _LONGEST_INDEX:
            raise UsageError(f"'{path[:40]}...' names an entry that no list has; give {_WANTED}")
        steps.append(name if name is not None else (index if index == "+" else int(index)))
    if not steps or end != len(path) or isinstance(steps[0], int):
        raise UsageError(f"'{path}' is no path of a profile; give {_WANTED}")
    return tuple(steps)


def _place(profile: Any, steps: Steps) -> Steps:
    """The same steps with entries of lists counted from the first, so that one place has one form."""
    here, found = profile, list(steps)
    for number, step in enumerate(steps):
        if isinstance(here, list) and not isinstance(step, str):
            found[number] = step + len(here) if step < 0 else step
        elif isinstance(here, list) and step == "+":
            found[number] = len(here)
        here = _below(here, found[number])
    return tuple(found)


def _below(here: Any, step: str | int) -> Any:
    if isinstance(here, list):
        return here[step] if isinstance(step, int) and 0 <= step < len(here) else None
    return here.get(step) if isinstance(here, dict) else None


def _set(profile: dict[str, Any], path: str, steps: Steps, value: Any) -> None:
    here: Any = profile
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if following is None:
            _put(here, step, value, path)
        else:
            here = _into(here, step, following, path)


def _into(here: Any, step: str | int, following: str | int, path: str) -> Any:
    """One step down; what is not there yet is made, and a bare status becomes the mapping it stands for."""
    if isinstance(here, list):
        index = _index(here, step, path)
        if index == len(here):
            here.append({})
        found = here[index]
    else:
        found = here.get(step)
        if found is None:
            found = here[step] = [] if isinstance(following, int) or following == "+" else {}
        elif isinstance(found, str) and isinstance(following, str):
            found = here[step] = {"status": found}
    if not isinstance(found, dict | list):
        raise UsageError(f"{path}: '{step}' has a single value, nothing lies below it")
    return found


def _put(here: Any, step: str | int, value: Any, path: str) -> None:
    if isinstance(here, list):
        index = _index(here, step, path)
        here[index : index + 1] = [value]
    elif isinstance(step, int) or step == "+":
        raise UsageError(f"{path}: there is no list here")
    else:
        here[step] = value


def _index(entries: list[Any], step: str | int, path: str) -> int:
    if step == "+":
        return len(entries)
    if not isinstance(step, int):
        raise UsageError(f"{path}: '{step}' stands below a list; say which entry, for example [0], [-1] or [+]")
    if not -len(entries) <= step < len(entries):
        count = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
        raise UsageError(f"{path}: there is no entry [{step}], the list has {count}; [+] adds one")
    return step % len(entries)


def _remove(profile: dict[str, Any], path: str, steps: Steps) -> None:
    if "+" in steps:
        raise UsageError(f"{path}: [+] adds an entry; name the one to take out, for example [-1]")
    here: Any = profile
    for step in steps[:-1]:
        here = (
            here[_index(here, step, path)]
            if isinstance(here, list)
            else here.get(step)
            if isinstance(here, dict)
            else None
        )
    last = steps[-1]
    if isinstance(here, list):
        del here[_index(here, last, path)]
    elif isinstance(here, dict) and last in here:
        del here[last]
    else:
        raise UsageError(f"{path}: nothing is recorded there, so nothing can be taken out")
