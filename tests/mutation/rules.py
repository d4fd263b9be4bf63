"""Rule mutation: change the shipped rules once in every place, and see whether some clinical case notices.

    python -m tests.mutation.rules                      # every mutant; minutes
    python -m tests.mutation.rules --only mrd. --jobs 2

A mutant is killed when the rule book with it cannot be loaded (the schema, the checks or the proofs refuse it), or when a
case of `tests/cases/` or an example gives another answer than it says. One that survives is either a gap in the cases or
no change of meaning: those are listed in `equivalent.yaml`, each with the reason. Survivors that are not listed are
printed with file and line, and the exit status is 1; so it is when the list names what is killed or no longer there.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated
from unittest.mock import patch

from pydantic import Field

import mrdguide
from mrdguide.authoring.cases import Expect, RuleCase
from mrdguide.authoring.mutants import Mutant, mutants, read_documents
from mrdguide.authoring.running import compared
from mrdguide.decide import forward_chaining
from mrdguide.errors import MrdguideError, RuleBookError
from mrdguide.reading.document import Document, read_file
from mrdguide.reading.validation import StrictModel
from mrdguide.rulebook import book
from mrdguide.rulefiles import source
from mrdguide.teach.examples import examples

from ..recommend.test_cases import FILES, ROOT, singly

# What is told of each mutant that was tried: its number, the mutant, and what noticed it.
Tell = Callable[[int, Mutant, str | None], None]

RULES = ROOT / "rules"
EQUIVALENT = Path(__file__).with_name("equivalent.yaml")


class Equivalents(StrictModel):
    """Mutants that no case can tell from the rules, and why."""

    why: Annotated[str, Field(min_length=20)]
    mutants: Annotated[tuple[str, ...], Field(min_length=1)]


class EquivalentsFile(StrictModel):
    equivalent: tuple[Equivalents, ...]


def listed() -> dict[str, str]:
    """The reason by the name of each mutant that is listed.

    Raises:
        ValueError: a mutant is listed twice, or the file is not as it should be.
    """
    document = read_file(EQUIVALENT)
    found: dict[str, str] = {}
    for entry in EquivalentsFile.model_validate(document.data).equivalent:
        for name in entry.mutants:
            if name in found:
                raise ValueError(f"{EQUIVALENT.name}: '{name}' is listed twice")
            found[name] = entry.why
    return found


@cache
def _documents() -> list[Document]:
    return read_documents(RULES)


@cache
def shipped_mutants() -> list[Mutant]:
    """Every mutant of the shipped rules."""
    return mutants(_documents())


@dataclass(frozen=True, eq=False)
class _Patient:
    """One case with its profile read: what must come out, and what it is called."""

    name: str
    profile: mrdguide.Patient
    as_of: str
    expect: Expect


@cache
def _patients() -> list[_Patient]:
    """All cases and examples.

    Raises:
        ValueError: one gives another answer than it says without any change, so it would notice every mutant.
    """
    cases = [(f"{path.stem}: {case.name}", case) for path in FILES for case in singly(path)]
    found = [_of_case(name, case) for name, case in cases] + list(_of_examples())
    rules = mrdguide.load_rules(RULES)
    wrong = [patient.name for patient in found if _differs(patient, rules)]
    if wrong:
        raise ValueError(f"mend these cases first, they fail without any change of the rules: {'; '.join(wrong)}")
    return found


def _of_case(name: str, case: RuleCase) -> _Patient:
    return _Patient(name, mrdguide.read_patient(case.profile()), case.as_of, case.expect)


def _of_examples() -> Iterator[_Patient]:
    for example in examples():
        expect = Expect.model_validate(example.expected.model_dump())
        yield _Patient(f"example: {example.file}", mrdguide.read_patient(example.path), example.as_of, expect)


def killer(mutant: Mutant) -> str | None:
    """What notices a mutant; None when it survives."""
    try:
        rules = _with(mutant)
    except RuleBookError as error:
        return f"refused: {error.problems[0].message}"
    # The second engine decides by the same changed rules; that the two agree is tested elsewhere.
    with patch.object(forward_chaining, "available", lambda: False):
        patients = _patients()
        for patient in sorted(patients, key=lambda item: not _names(item.expect, mutant.rule)):
            if _differs(patient, rules):
                # What noticed this one is likely to notice the next.
                patients.remove(patient)
                patients.insert(0, patient)
                return patient.name
    return None


def _with(mutant: Mutant) -> mrdguide.RuleBook:
    """The rule book with one change, made in memory."""
    documents = {document.name: document for document in _documents()}
    documents[mutant.document.name] = mutant.changed()

    def read(path: Path) -> Document:
        # A copy: the numbers behind the names of parameters are put into it.
        return replace(documents[str(path)])

    # What was compiled of the files on disk says nothing of these, and must not be made of them.
    with patch.object(source, "read_file", read), patch.object(book, "shipped_files", lambda: None):
        return mrdguide.load_rules(RULES)


def _names(expect: Expect, rule: str) -> bool:
    """Whether a case says something of a rule, so that it is the likeliest to notice."""
    name = rule.rpartition(":")[2]
    return name == expect.outcome or any(
        name in named
        for named in (expect.verdicts, expect.protocols, expect.matches, expect.risk, expect.definitions, expect.forbidden)
    )  # fmt: skip


def _differs(patient: _Patient, rules: mrdguide.RuleBook) -> bool:
    try:
        answer = mrdguide.evaluate(patient.profile, rules=rules, as_of=patient.as_of)
        return any(expected != found for _, expected, found in compared(answer, patient.expect))
    except (MrdguideError, KeyError):
        # No answer, or one without the class or rule that is expected.
        return True


def run(chosen: Sequence[Mutant], jobs: int, tell: Tell) -> None:
    """Try mutants in processes of their own, and tell what noticed each."""
    with get_context("spawn").Pool(jobs, maxtasksperchild=200) as pool:
        places = [shipped_mutants().index(mutant) for mutant in chosen]
        for number, (mutant, found) in enumerate(zip(chosen, pool.imap(_killer_at, places), strict=True), 1):
            tell(number, mutant, found)


def _killer_at(place: int) -> str | None:
    return killer(shipped_mutants()[place])


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.rules", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="TEXT", help="mutants whose file or name contains it")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at a time (default 1)")
    parser.add_argument("--killed", action="store_true", help="print what noticed the others, too")
    parsed = parser.parse_args(arguments)
    expected = listed()
    chosen = [mutant for mutant in shipped_mutants() if parsed.only in f"{_where(mutant)} {mutant.name}"]
    survivors: list[Mutant] = []
    mistakes = [f"{EQUIVALENT.name}: there is no mutant '{name}'" for name in _gone(expected)]
    begun = time.monotonic()

    def tell(number: int, mutant: Mutant, found: str | None) -> None:
        if found is None and mutant.name not in expected:
            survivors.append(mutant)
            print(f"{_where(mutant)}: survives: {mutant.name}", flush=True)
        elif found is not None and mutant.name in expected:
            mistakes.append(f"{EQUIVALENT.name}: '{mutant.name}' is noticed now, by {found}")
        elif found is not None and parsed.killed:
            print(f"{_where(mutant)}: {mutant.name}: {found}", flush=True)
        if sys.stderr.isatty():
            print(f"\r{number} of {len(chosen)}", end="", file=sys.stderr)

    run(chosen, parsed.jobs, tell)
    for mistake in mistakes:
        print(mistake)
    equivalent = sum(mutant.name in expected for mutant in chosen)
    print(
        f"{len(chosen)} mutants: {len(chosen) - equivalent - len(survivors)} killed, {equivalent} listed as equivalent, "
        f"{len(survivors)} survive ({time.monotonic() - begun:.0f} s)"
    )
    return 1 if survivors or mistakes else 0


def _where(mutant: Mutant) -> str:
    return mutant.where.removeprefix(f"{ROOT}/")


def _gone(names: Iterable[str]) -> list[str]:
    there = {mutant.name for mutant in shipped_mutants()}
    return [name for name in names if name not in there]


if __name__ == "__main__":
    sys.exit(main())
