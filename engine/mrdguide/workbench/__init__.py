"""The workbench: a patient, the answer and the teaching cases in a browser, without anything kept on a server.

`render` is a pure function from what the page holds and what was done to the next page. `views.VIEWS` names the views.
"""

from .bench import Bench
from .exchange import Fragment, Request
from .render import page, render
from .state import State

__all__ = ["Bench", "Fragment", "Request", "State", "page", "render"]
