"""A layer that is written in the page: begun from a rule, checked, and tried on the examples and on the patient of the page."""

from __future__ import annotations

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...authoring.comparing import AnswerChange, Compared, changed_answers, compare_books
from ...authoring.comparison_page import comparison_page
from ...errors import MrdguideError, Problem, RuleBookError
from ...recommend.evaluation import evaluate
from ...report.blocks import Page
from ...rulebook.book import RuleBook, load_rules

FILE = "layer.yaml"
_FOLDER = "my-layer"
_NAME = re.compile(r"^pack:.*?\bname:\s*['\"]?([a-z0-9][a-z0-9-]*)", re.DOTALL | re.MULTILINE)
# The oldest day that a zip file can hold: the same layer gives the same bytes.
_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Changed:
    """A patient whose answer is another one with the layer: what it was and what it is, by title."""

    who: str
    before: str
    after: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a layer comes to: what is wrong with it, or whose answers it changes. `counted` patients were looked at."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    name: str = ""
    changed: tuple[Changed, ...] = ()
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """The layer against the rules without it, over every combination of verdicts; with patients where they were looked for."""

    page: Page
    patients: tuple[tuple[str, str], ...]  # what each shows, and its profile as JSON text


def begun(rules: RuleBook, layer: str, section: str, entry: str, today: str) -> str:
    """The layer with an entry of the rules put in, to be changed there; begun with a head where it is empty."""
    head = layer.rstrip() or (
        f'pack: {{name: {_FOLDER}, version: "0.1", extends: {rules.pack.name}@{rules.version.rpartition(".")[0]}, '
        f"by: me, date: {today}}}"
    )
    lines = "\n".join(f"  {line}" if line else "" for line in entry.splitlines())
    heading = re.compile(rf"^{re.escape(section)}:[ ]*$", re.MULTILINE)
    found = heading.search(head)
    if found is None:
        return f"{head}\n\n{section}:\n{lines}\n"
    return f"{head[: found.end()]}\n{lines}{head[found.end() :]}\n"


def line_of(problem: Problem) -> int | None:
    """The line of the layer at which a problem lies; None where it lies elsewhere."""
    return problem.line if Path(problem.source).name == FILE else None


def tried(rules: RuleBook, layer: str, patient: Mapping[str, Any], as_of: str) -> Tried:
    """The layer checked, and whose answer changes: the examples, and the patient of the page where there is one."""
    found = _tried(rules, layer)
    if found.problems:
        return found
    with _laid_on(rules, layer) as book:
        return replace(found, changed=(*_of_page(rules, book, patient, as_of), *found.changed))


@lru_cache(maxsize=32)
def _tried(rules: RuleBook, layer: str) -> Tried:
    """The layer on the examples alone: what is kept between requests holds no patient."""
    try:
        with _laid_on(rules, layer) as book:
            answers, count, _ = changed_answers(rules, book)
            changed, warnings = (
                tuple(_of_examples(rules, book, answers)),
                tuple(_as_written(item) for item in book.warnings),
            )
            return Tried((), warnings, book.name, changed, count)
    except RuleBookError as error:
        return Tried(tuple(_as_written(item) for item in error.problems))


@lru_cache(maxsize=16)
def effect(rules: RuleBook, layer: str, most_tried: int = 0) -> Effect | None:
    """The comparison, looking for patients among so many profiles; None where the layer cannot be used."""
    try:
        with _laid_on(rules, layer) as book:
            found = compare_books(rules, book, most_tried=most_tried)
            return Effect(comparison_page(found), tuple(_witnesses(found)))
    except RuleBookError:
        return None


def _witnesses(found: Compared) -> Iterator[tuple[str, str]]:
    for search in found.searches:
        if search.witness is not None:
            witness = search.witness
            told = f"{_title(found.comparison.first, witness.before.outcome)} becomes {_title(found.comparison.second, witness.after.outcome)}"
            yield told, json.dumps(dict(witness.profile), ensure_ascii=False, default=str)


@contextmanager
def _laid_on(rules: RuleBook, layer: str) -> Iterator[RuleBook]:
    """The rules with the layer on them. Its file lives as long as the book is used."""
    with TemporaryDirectory() as made:
        folder = Path(made) / _FOLDER  # places in it are named with this folder, so it is always called the same
        folder.mkdir()
        (folder / FILE).write_text(layer, encoding="utf-8")
        yield load_rules(*rules.folders, folder)


def _as_written(problem: Problem) -> Problem:
    """A problem without the place of the file that was made for a moment."""
    return replace(problem, source=FILE) if line_of(problem) is not None else problem


def _of_page(rules: RuleBook, book: RuleBook, patient: Mapping[str, Any], as_of: str) -> Iterator[Changed]:
    try:
        before, after = (evaluate(patient, rules=item, as_of=as_of) for item in (rules, book))
    except MrdguideError:
        return  # nobody is entered yet, or what is entered cannot be read: the patient view says so
    # Each book names what is possible in an order of its own.
    if set(before.possible_outcomes) != set(after.possible_outcomes):
        yield Changed("the patient in this page", _titles(rules, before.possible_outcomes), _titles(book, after.possible_outcomes), ())  # fmt: skip


def _of_examples(rules: RuleBook, book: RuleBook, answers: list[AnswerChange]) -> Iterator[Changed]:
    for item in answers:
        yield Changed(
            item.file.removesuffix(".yaml"), _titles(rules, item.before.possible_outcomes),
            _titles(book, item.after.possible_outcomes), tuple(item.rules[:3]),
        )  # fmt: skip


def _titles(rules: RuleBook, outcomes: tuple[str, ...]) -> str:
    return " or ".join(_title(rules, name) for name in outcomes)


def _title(rules: RuleBook, name: str) -> str:
    decision = rules.decision
    known = {item.id: item.title for item in decision.outcomes}
    return {**known, decision.insufficient.id: decision.insufficient.title}.get(name, name)


def packed(layer: str) -> tuple[str, str]:
    """The layer as a folder to save: the name of a zip file and its content as a data address."""
    named = _NAME.search(layer)
    folder = named.group(1) if named else _FOLDER
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo(f"{folder}/{FILE}", _DAY), layer)
    return f"{folder}.zip", f"data:application/zip;base64,{base64.b64encode(made.getvalue()).decode('ascii')}"
