"""From what a page holds and what was done in it to the next page: no input, no output, nothing remembered."""

from __future__ import annotations

from ..errors import UsageError
from .bench import Bench
from .exchange import Fragment, Request, Turn, View
from .look import HTMX, filled
from .state import State
from .views import VIEWS

START = "patient"


def render(bench: Bench, state: State, request: Request) -> Fragment:
    """What is shown after something was done. The same arguments give the same fragment.

    Raises:
        UsageError: there is no such view, or no such action in it.
    """
    view = _view(request.view)
    if request.action in view.parts:
        return Fragment(view.parts[request.action](view.judging(bench, state), state, request.fields), state)
    if request.action == "show":
        return _shown(bench, view, Turn(state))
    if request.action not in view.actions:
        raise UsageError(f"the view {view.id} has no action '{request.action[:40]}'; reload the page")
    return _shown(bench, view, view.actions[request.action](view.judging(bench, state), state, request.fields))


def page(bench: Bench, state: State, view: str = START) -> str:
    """The whole page as it is opened."""
    shown = _shown(bench, _view(view), Turn(state))
    return filled("page.html.j2", shown=shown.html, htmx=HTMX, rules=bench.rules, version="")


def _view(name: str) -> View:
    found = VIEWS.get(name)
    if found is None:
        raise UsageError(f"the workbench has no view '{name[:40]}'; it has {', '.join(VIEWS)}")
    return found


def _shown(bench: Bench, view: View, turn: Turn) -> Fragment:
    body = view.show(view.judging(bench, turn.state), turn)
    html = filled("view.html.j2", body=body, view=view, views=VIEWS.values(), state=turn.state, turn=turn)
    return Fragment(html, turn.state)
