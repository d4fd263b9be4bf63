"""What a page asks for, what it gets back, and what one step makes of the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Problem
from .bench import Bench
from .state import State

if TYPE_CHECKING:
    from markupsafe import Markup

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """One thing done in a view: `action` is one of the view's own, `fields` are what the page's form held."""

    view: str
    action: str
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of the page as HTML, and the state that it carries."""

    html: str
    state: State


@dataclass(frozen=True, slots=True)
class Turn:
    """What an action came to. `typed` are texts that could not be read, by the name of their field: they stay in the form.

    `problems` say what is wrong with them; the answer shown is then that of `state`, marked as old.
    """

    state: State
    notice: str = ""
    problems: tuple[Problem, ...] = ()
    typed: Fields = field(default_factory=dict)
    focus: str = ""


Action = Callable[[Bench, State, Fields], Turn]
Show = Callable[[Bench, Turn], "Markup"]
# A piece of a view that a page fetches by itself; it changes nothing.
Part = Callable[[Bench, State, Fields], "Markup"]
# The bench with which a view judges what the page holds.
Judging = Callable[[Bench, State], Bench]


def as_opened(bench: Bench, _state: State) -> Bench:
    """The bench itself, whatever the page holds."""
    return bench


@dataclass(frozen=True, slots=True)
class View:
    """A view of the workbench: its name in addresses, its title, how it is shown and what can be done in it.

    `parts` are pieces that a page fetches after the rest, because they take longer; `judging` says by which rules
    it answers.
    """

    id: str
    title: str
    show: Show
    actions: Mapping[str, Action]
    parts: Mapping[str, Part] = field(default_factory=dict)
    judging: Judging = as_opened
