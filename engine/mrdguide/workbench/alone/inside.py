"""The program inside the page: opens what was packed beside it, and answers what the page asks."""

from __future__ import annotations

import json
from pathlib import Path

from ...errors import UsageError
from ...reading.plain_models import Unpacker
from ...report.blocks import Page
from ...rulebook.book import load_rules
from ..bench import Bench
from ..opening import open_bench
from ..replies import answer
from .folder import CASES, COHORT, MADE_FOR, RULES
from .parts import FINGERPRINT


class Inside:
    """One workbench in one page."""

    def __init__(self, home: str) -> None:
        self._bench = _opened(Path(home))

    def answer(self, path: str, body: str) -> tuple[int, str, str]:
        """Status, media type and text for a path and the body of a form, as the worker hands them on."""
        found = answer(self._bench, path, body.encode("ascii", "replace"))
        return found.status, found.media_type, found.body.decode("utf-8")


def _opened(home: Path) -> Bench:
    """The bench of what was packed below a folder.

    Raises:
        UsageError: it was packed for another state of the program, of which the browser has kept a part.
    """
    if (home / MADE_FOR).read_text(encoding="ascii") != (home / FINGERPRINT).read_text(encoding="ascii"):
        raise UsageError(
            "the folder was written anew meanwhile: load the page again, without what the browser has kept"
        )
    layers = sorted((home / RULES).glob("*"), key=lambda path: int(path.name)) if (home / RULES).is_dir() else []
    cases = home / CASES
    return open_bench(
        load_rules(*(next(path.iterdir()) for path in layers)),
        cases if cases.is_dir() else None,
        _cohort(home / COHORT),
    )


def _cohort(path: Path) -> Page | None:
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    page: Page = Unpacker(found["kinds"]).unpacked(found["page"])
    return page
