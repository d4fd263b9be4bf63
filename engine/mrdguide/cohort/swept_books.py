"""Rule books in which one number is another: for asking a cohort what would change if a threshold moved, never for answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import UsageError
from ..reading.document import read_file
from ..reading.validation import closest
from ..rulebook.book import RuleBook, load_rules
from ..rulefiles.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Sweep:
    """A parameter and the values to try."""

    parameter: Parameter
    values: tuple[int | float, ...]

    @property
    def in_words(self) -> str:
        """What is moved, and what it is in the book."""
        moved = self.parameter
        return f"{moved.id}: {moved.title}; {measured(moved.value, moved.unit)} in the book."


def measured(value: float, unit: str) -> str:
    """A value of a parameter with its unit; `1` is no unit."""
    return f"{value:g}" if unit == "1" else f"{value:g} {unit}"


@dataclass(frozen=True, slots=True)
class Setting:
    """A book with its name in a table: `mrd.recent=3 months`."""

    label: str
    book: RuleBook


def read_sweep(text: str, base: RuleBook) -> Sweep:
    """The sweep that `mrd.recent=3,6,9` means.

    Raises:
        UsageError: there is no such parameter, or a value is no number in its range.
    """
    name, equals, listed = text.partition("=")
    known = {item.id: item for item in base.parameters}
    if name not in known:
        hint = closest(name, known) or f"those there are: {', '.join(known)}"
        raise UsageError(f"--sweep {text}: there is no parameter '{name}'; {hint}")
    parameter, values = known[name], []
    for item in listed.split(",") if equals else [""]:
        try:
            value = int(item) if isinstance(parameter.value, int) else float(item)
        except ValueError:
            kind = "whole numbers" if isinstance(parameter.value, int) else "numbers"
            raise UsageError(f"--sweep {text}: found {item!r}; give {kind} separated by commas") from None
        if not parameter.least <= value <= parameter.most:
            raise UsageError(
                f"--sweep {text}: {value:g} is outside the allowed range {parameter.least:g} to {parameter.most:g} {parameter.unit}"
            )
        values.append(value)
    return Sweep(parameter, tuple(dict.fromkeys(values)))


@contextmanager
def settings(base: RuleBook, sweeps: Sequence[Sweep]) -> Iterator[list[Setting]]:
    """The base, then a book for every combination of the values; they last as long as the block.

    Raises:
        UsageError: the base has layers, or a parameter is named twice.
        RuleBookError: with such a number the book breaks its own safety invariants.
    """
    if len(base.folders) != 1:
        raise UsageError("--sweep takes one whole rule book: what a layer says could only be stricter")
    names = [sweep.parameter.id for sweep in sweeps]
    if len(set(names)) != len(names):
        raise UsageError("--sweep: a parameter is named twice; give all its values at once")
    before = {item.id: item.value for item in base.parameters}
    with TemporaryDirectory(prefix="mrdguide-sweep-") as made:
        found = [Setting("as it is", base)]
        for number, values in enumerate(product(*(sweep.values for sweep in sweeps))):
            changed = dict(zip(names, values, strict=True))
            if all(before[name] == value for name, value in changed.items()):
                continue
            folder = Path(made) / f"{number}"
            _write(base.folders[0], folder, changed)
            label = ", ".join(
                f"{name}={measured(value, sweep.parameter.unit)}"
                for (name, value), sweep in zip(changed.items(), sweeps, strict=True)
            )
            found.append(Setting(label, load_rules(folder)))
        yield found


def _write(source: Path, target: Path, changed: dict[str, int | float]) -> None:
    """The files of a book with other values; it takes another name, since it is not the book that it was."""
    shutil.copytree(source, target)
    for path in sorted(target.rglob("*.y*ml")):
        data = read_file(path).data
        if not isinstance(data, dict) or not {"pack", "parameters"} & set(data):
            continue
        if "pack" in data:
            data = {**data, "pack": {**data["pack"], "name": f"{data['pack']['name']}-swept", "standalone": True}}
        if "parameters" in data:
            data = {**data, "parameters": [_with(item, changed) for item in data["parameters"]]}
        path.write_text(json.dumps(data, ensure_ascii=False, default=str), encoding="utf-8")


def _with(item: dict[str, Any], changed: dict[str, int | float]) -> dict[str, Any]:
    return {**item, "value": changed[item["id"]]} if item["id"] in changed else item
