"""Rule mutation: the rules of a folder are changed once in every place, and the cases say whether they notice.

A change is noticed when the rule book with it is refused, or when a case gets another answer than it says. One that no case
notices is a gap in the cases, or changes no answer that there can be.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..errors import MrdguideError, RuleBookError, UsageError
from ..patient import read_patient
from ..rulebook.book import load_rules
from .mutants import Mutant, mutants, read_documents
from .running import Case, cases_in, run_case


@dataclass(frozen=True, slots=True)
class Tried:
    """A change and what noticed it: a case, or the refusal of the rule book; None when nothing did."""

    mutant: Mutant
    noticed_by: str | None

    @property
    def where(self) -> str:
        return self.mutant.where


class Mutation:
    """The rules of the last of some folders, changed one at a time in a copy."""

    def __init__(self, folders: Sequence[Path], cases: Path | None) -> None:
        """`folders` as for `load_rules`; `cases` as for `cases_in`.

        Raises:
            RuleBookError: the rule book cannot be used as it is.
            UsageError: a case fails without any change, so that it would notice every one.
        """
        self._folders, self._changed = tuple(folders), folders[-1]
        rules = load_rules(*folders)
        self._cases = [replace(case, profile=_read(case)) for case in cases_in(cases, rules)]
        wrong = [case for case in self._cases if not run_case(case, rules).as_expected]
        if wrong:
            named = "; ".join(f"{case.where} {case.name}" for case in wrong[:5])
            raise UsageError(
                f"{len(wrong)} of the cases fail without any change of the rules; mend them first: {named}"
            )
        self.mutants = mutants([item for item in read_documents(self._changed) if not item.problems])

    def run(self, chosen: Sequence[Mutant]) -> Iterator[Tried]:
        """Try some of the changes, in order."""
        with TemporaryDirectory() as made:
            copy = Path(made) / "rules"
            shutil.copytree(self._changed, copy)
            for document in read_documents(copy):
                if document.data != _standing_alone(document.data):
                    Path(document.name).write_text(json.dumps(_standing_alone(document.data)), encoding="utf-8")
            for mutant in chosen:
                file = copy / Path(mutant.document.name).relative_to(self._changed)
                before = file.read_bytes()
                file.write_text(json.dumps(_standing_alone(mutant.changed().data)), encoding="utf-8")
                yield Tried(mutant, self._noticed(copy, mutant))
                file.write_bytes(before)

    def _noticed(self, copy: Path, mutant: Mutant) -> str | None:
        try:
            rules = load_rules(*self._folders[:-1], copy)
        except RuleBookError as error:
            return f"refused: {error.problems[0].message}"
        for case in sorted(self._cases, key=lambda item: not _names(item, mutant.rule)):
            if not run_case(case, rules).as_expected:
                # What noticed this one is likely to notice the next.
                self._cases.remove(case)
                self._cases.insert(0, case)
                return f"{case.where} {case.name}"
        return None


def tried(folders: Sequence[Path], cases: Path | None, only: str = "", jobs: int = 1) -> Iterator[Tried]:
    """Every change whose file or name contains a text, tried in some processes at a time.

    Raises:
        RuleBookError, UsageError: as `Mutation`.
    """
    mutation = Mutation(folders, cases)
    chosen = [mutant for mutant in mutation.mutants if only in f"{mutant.where} {mutant.name}"]
    if jobs <= 1 or len(chosen) < jobs:
        yield from mutation.run(chosen)
        return
    names = [mutant.name for mutant in chosen]
    parts = [(tuple(folders), cases, tuple(names[start::jobs])) for start in range(jobs)]
    with get_context("spawn").Pool(jobs) as pool:
        for part in pool.imap_unordered(_part, parts):
            yield from part


def _part(asked: tuple[tuple[Path, ...], Path | None, tuple[str, ...]]) -> list[Tried]:
    folders, cases, names = asked
    mutation = Mutation(folders, cases)
    return list(mutation.run([mutant for mutant in mutation.mutants if mutant.name in names]))


def _standing_alone(data: Any) -> Any:
    """A file of a changed book, which must not go by the name of the book that it was; layers stay what they are."""
    pack = data.get("pack") if isinstance(data, dict) else None
    if not isinstance(pack, dict) or pack.get("extends"):
        return data
    return {**data, "pack": {**pack, "name": f"{pack.get('name')}-changed", "standalone": True}}


def _read(case: Case) -> object:
    try:
        return read_patient(case.profile)
    except MrdguideError:
        return case.profile


def _names(case: Case, rule: str) -> bool:
    """Whether a case says something of a rule, so that it is the likeliest to notice."""
    name = rule.rpartition(":")[2]
    found = case.expect
    named = (found.verdicts, found.protocols, found.matches, found.risk, found.definitions, found.forbidden)
    return name == found.outcome or any(name in part for part in named)
