"""Two rule books compared: what is written differently, what that does to the answers, and patients who show it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import MrdguideError, UsageError
from ..patient import read_patient
from ..reading.document import read_file
from ..reading.shipped import folder
from ..reading.validation import closest
from ..recommend.evaluation import evaluate
from ..recommend.recommendation import Recommendation
from ..rulebook.book import RuleBook, load_rules
from ..rulebook.compare import Comparison
from ..rulefiles.source import LISTS, read_source
from ..teach.examples import INDEX, examples
from .book_changes import BookChange, book_changes
from .witnesses import MOST_TRIED, PatientSearch, Search, changed_verdicts

CORE = "core"


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One patient of a folder whose answer is another one by the second book."""

    file: str
    before: Recommendation
    after: Recommendation

    @property
    def rules(self) -> list[str]:
        """The rules whose verdict differs: those that the books say otherwise first, then what follows from them."""
        one, two = self.before.rules.rules, self.after.rules.rules
        names = [name for name, _, _ in changed_verdicts(self.before, self.after)]
        return sorted(names, key=lambda name: one.get(name) == two.get(name))


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything a comparison found. `examples` counts the patients of the folder, `unread` those that got no answer."""

    comparison: Comparison
    changes: tuple[BookChange, ...]
    searches: tuple[Search, ...]
    answers: tuple[AnswerChange, ...]
    patients: int
    unread: tuple[str, ...]


def compare_books(
    first: RuleBook,
    second: RuleBook,
    patients: Path | None = None,
    *,
    day: int | None = None,
    most_tried: int = MOST_TRIED,
) -> Compared:
    """Compare two books, on the examples or on a folder of profiles; entries with dates as they are in force on `day`.

    `most_tried` profiles at most are looked at for a patient in each direction; with 0 nobody is looked for.
    """
    if day is not None:
        first, second = first.held_at(day), second.held_at(day)
    comparison = Comparison(first, second)
    found = PatientSearch(comparison, most_tried)
    searches = tuple(found.find(direction) for direction in sorted(comparison.directions)) if most_tried else ()
    answers, count, unread = changed_answers(first, second, patients)
    return Compared(comparison, tuple(book_changes(first, second)), searches, tuple(answers), count, tuple(unread))


def book_of(text: str) -> RuleBook:
    """The rule book that a word of the command line means: `core`, a folder, or folders joined by `+`.

    A folder that is no whole book (it says nothing of outcomes) lies on the shipped one.

    Raises:
        RuleBookError: it cannot be used.
    """
    folders = [folder("rules") if part == CORE else Path(part) for part in text.split("+")]
    if not _is_whole(folders[0]):
        folders.insert(0, folder("rules"))
    return load_rules(*folders)


def with_entries_of(first: RuleBook, second: RuleBook, names: Sequence[str]) -> RuleBook:
    """The second book with some entries as the first has them.

    Raises:
        UsageError: the first book has no such entry.
    """
    source = read_source(first.folders)
    sections: dict[str, list[Any]] = {}
    for name in names:
        place = next(
            ((section, source.entries[section][name][1]) for section in LISTS if name in source.entries[section]), None
        )
        if place is None:
            known = [entry_id for section in LISTS for entry_id in source.entries[section]]
            raise UsageError(
                f"the first book has no entry '{name}'; {closest(name, known) or 'see mrdguide rules list'}"
            )
        section, where = place
        data = where.document.data
        for step in where.path:
            data = data[step]
        sections.setdefault(section, []).append(data)
    with TemporaryDirectory() as made:
        (Path(made) / "as-before.yaml").write_text(json.dumps(sections), encoding="utf-8")
        return load_rules(*second.folders, made)


def _is_whole(place: Path) -> bool:
    documents = [read_file(path) for path in sorted(place.rglob("*.yaml"))] if place.is_dir() else []
    # A folder that cannot be read is told as such, not laid on another.
    return not documents or any(isinstance(item.data, dict) and "decision" in item.data for item in documents)


def changed_answers(
    first: RuleBook, second: RuleBook, patients: Path | None = None
) -> tuple[list[AnswerChange], int, list[str]]:
    """Patients of a folder (the examples) whose answer differs between two books, how many there are, who got no answer."""
    changed, unread, count = [], [], 0
    for file, profile, as_of in _profiles(patients):
        count += 1
        try:
            patient = read_patient(profile)
            before, after = (evaluate(patient, rules=book, as_of=as_of) for book in (first, second))
        except MrdguideError as error:
            unread.append(f"{file}: {str(error).splitlines()[0]}")
            continue
        # Each book names what is possible in an order of its own.
        if (before.outcome, set(before.possible_outcomes)) != (after.outcome, set(after.possible_outcomes)):
            changed.append(AnswerChange(file, before, after))
    return changed, count, unread


def _profiles(patients: Path | None) -> Iterator[tuple[str, Path, str | None]]:
    """Profiles with the day to judge on; those of a folder without an index are judged on today's date."""
    if patients is None or (patients / INDEX).is_file():
        yield from ((item.file, item.path, item.as_of) for item in examples(patients))
        return
    if not patients.is_dir():
        raise UsageError(f"{patients} is not a folder with profiles")
    found = sorted([*patients.rglob("*.yaml"), *patients.rglob("*.json")])
    if not found:
        raise UsageError(f"{patients} holds no profiles (*.yaml, *.json)")
    yield from ((str(path.relative_to(patients)), path, None) for path in found)
