"""The rules with the layer that a page holds on them: one book for all that is asked about the same layer."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from weakref import finalize

from ...errors import RuleBookError
from ...rulebook.book import RuleBook, load_rules

if TYPE_CHECKING:
    from ..bench import Bench
    from ..state import State

FILE = "layer.yaml"
FOLDER = "my-layer"  # places in a layer are named with its folder, so it is always called the same


@lru_cache(maxsize=8)
def laid_on(rules: RuleBook, layer: str) -> RuleBook:
    """The rules with a layer on them.

    Raises:
        RuleBookError: with every mistake of the layer.
    """
    made = TemporaryDirectory()
    folder = Path(made.name) / FOLDER
    folder.mkdir()
    (folder / FILE).write_text(layer, encoding="utf-8")
    try:
        book = load_rules(*rules.folders, folder)
    except RuleBookError:
        made.cleanup()
        raise
    finalize(book, made.cleanup)  # its files are read again as long as it is used
    return book


def with_layer(bench: Bench, state: State) -> Bench:
    """The bench by which a patient of the page is judged: with the page's layer where that was asked for and can be used."""
    if not state.by_layer or not state.rules.layer.strip():
        return bench
    try:
        return replace(bench, rules=laid_on(bench.rules, state.rules.layer), below=bench)
    except RuleBookError:
        return bench
