"""The evidence that an action works on, and its entries by the names given on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import UsageError

if TYPE_CHECKING:
    from ...evidence import Library


def opened(parsed: argparse.Namespace) -> Library:
    """The evidence of the rules that are named, or the shipped one, for which no rules need be read."""
    from ...evidence import load_library
    from ...reading.shipped import folder
    from ...rulebook.book import load_rules

    return load_rules(*parsed.rules).evidence if parsed.rules else load_library(folder("evidence"))


def see_that_they_are_there(library: Library, named: Sequence[str]) -> None:
    """Refuse ids and aliases that name nothing, with what may be meant."""
    from ...reading.validation import closest

    known = [*library.ids, *library.aliases]
    for name in named:
        if name not in known:
            near = closest(name, known) or "see mrdguide evidence list"
            raise UsageError(f"there is no evidence entry '{name}'; {near}")
