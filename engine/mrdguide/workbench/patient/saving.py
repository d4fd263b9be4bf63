"""The patient of the page as a file to save: the profile as it is entered, which opens again here and in every command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...interview.writing import commented
from ..bench import Bench
from ..exchange import Fields, Turn
from ..look import data_address, filled
from ..state import State
from .changes import set_fields
from .judged import counted

if TYPE_CHECKING:
    from markupsafe import Markup

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60


def saved_part(bench: Bench, state: State, fields: Fields) -> Markup:
    """A link to the file, with what is being typed in it; or why there is none. A file cannot say what the page still holds
    against signing, so that nothing is saved before that is settled."""
    turn = set_fields(bench, state, fields)
    name = _named(turn.state)
    return filled(
        "saved.html.j2",
        name=name,
        href=data_address("application/yaml", _written(bench, turn.state, name).encode()),
        against=list(_against(turn)),
    )


def _against(turn: Turn) -> Iterator[str]:
    """What has to be settled first, in words."""
    if turn.problems:
        yield "something in the form cannot be read, and would not be in the file"
    if turn.state.tried:
        yield "results were entered to try them, from no report, and would read like results in the file"
    if turn.state.imported is not None and turn.state.imported.open:
        yield "parts of the record that it was read from were not read or are in doubt, which the file could not say"


def _written(bench: Bench, state: State, name: str) -> str:
    head = [f"Entered in the workbench of mrdguide, and judged there on {state.as_of} by {bench.rules.name}."]
    if state.invented:
        head.append(f"Began as an invented example: {state.invented}.")
    head.append(f"mrdguide evaluate {name} --as-of {state.as_of}")
    return commented(counted(state.profile), "\n".join(head))


def _named(state: State) -> str:
    text = _NOT_IN_A_NAME.sub("-", str(state.profile.get("id") or "")).strip("-.")
    return f"{text[:_LONGEST] or 'patient'}.yaml"
