"""A layer that is written in the page: begun from a rule, checked, and tried on the examples and on the patient of the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...authoring.comparing import AnswerChange, Compared, changed_answers, compare_books
from ...authoring.comparison_page import Called, over_every_combination, side_section, title_of
from ...authoring.doubts import doubts
from ...errors import MrdguideError, Problem, RuleBookError
from ...recommend.evaluation import evaluate
from ...recommend.recommendation import Recommendation
from ...report.blocks import Block
from ...rulebook.book import RuleBook
from .causes import OwnEntry, decisive, own_entries
from .laid_on import FILE, FOLDER, laid_on

_CALLED = Called("your layer", ("without your layer", "with it"))


@dataclass(frozen=True, slots=True)
class Changed:
    """A patient whose answer is another one with the layer: what it was and what it is, by title, and what of the layer makes it so.

    `example` is the name of the example that it is; empty for the patient of the page.
    """

    example: str
    before: str
    after: str
    by: tuple[OwnEntry, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a layer comes to: what is wrong with it, or whose answers it changes. `counted` examples were looked at."""

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    name: str = ""
    changed: tuple[Changed, ...] = ()
    counted: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """A patient in whom the layer makes a difference of one kind: what is told of it, and the profile, if one was found."""

    told: Block
    as_of: str = ""
    profile: str = ""  # as JSON text


@dataclass(frozen=True, slots=True)
class Effect:
    """The layer against the rules without it, over every combination of verdicts; with patients where they were looked for."""

    told: tuple[Block, ...]
    shown: tuple[Shown, ...]


def begun(rules: RuleBook, layer: str, section: str, entry: str, today: str) -> str:
    """The layer with an entry of the rules put in, to be changed there; begun with a head where it is empty."""
    head = layer.rstrip() or (
        f'pack: {{name: {FOLDER}, version: "0.1", extends: {rules.pack.name}@{rules.version.rpartition(".")[0]}, '
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
    return replace(found, changed=(*_of_page(rules, laid_on(rules, layer), patient, as_of), *found.changed))


@lru_cache(maxsize=32)
def _tried(rules: RuleBook, layer: str) -> Tried:
    """The layer on the examples alone: what is kept between requests holds no patient."""
    try:
        book = laid_on(rules, layer)
    except RuleBookError as error:
        return Tried(tuple(_as_written(item) for item in error.problems))
    answers, count, _ = changed_answers(rules, book)
    return Tried((), tuple(_as_written(item) for item in book.warnings), book.name, tuple(_of_examples(rules, book, answers)), count)  # fmt: skip


@lru_cache(maxsize=32)
def doubted(rules: RuleBook, layer: str) -> tuple[Problem, ...]:
    """What can be read in the layer and is hardly meant, as `rules check` tells it; nothing where the layer cannot be used."""
    try:
        book = laid_on(rules, layer)
    except RuleBookError:
        return ()
    return tuple(_as_written(item) for item in doubts(book) if line_of(item) is not None)


@lru_cache(maxsize=16)
def effect(rules: RuleBook, layer: str, most_tried: int = 0) -> Effect | None:
    """The comparison, looking for patients among so many profiles; None where the layer cannot be used."""
    try:
        book = laid_on(rules, layer)
    except RuleBookError:
        return None
    found = compare_books(rules, book, most_tried=most_tried)
    return Effect(over_every_combination(found, _CALLED), tuple(_shown(found)))


def _shown(found: Compared) -> Iterator[Shown]:
    for search in found.searches:
        told, witness = side_section(search, found), search.witness
        if witness is None:
            yield Shown(told)
        else:
            yield Shown(told, witness.as_of, json.dumps(dict(witness.profile), ensure_ascii=False, default=str))


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
        yield _changed("", rules, book, before, after)


def _of_examples(rules: RuleBook, book: RuleBook, answers: list[AnswerChange]) -> Iterator[Changed]:
    for item in answers:
        yield _changed(item.file.removesuffix(".yaml"), rules, book, item.before, item.after)


def _changed(example: str, rules: RuleBook, book: RuleBook, before: Recommendation, after: Recommendation) -> Changed:
    by = decisive(own_entries(rules, book), after)
    return Changed(example, _titles(rules, before.possible_outcomes), _titles(book, after.possible_outcomes), by)


def _titles(rules: RuleBook, outcomes: tuple[str, ...]) -> str:
    return " or ".join(title_of(rules, name) for name in outcomes)
