"""Cases of a rule author: short patients, each with the answer that is wanted for it.

A case starts from an example or a whole profile, changes it, and says what must come out:

    cases:
      - name: the threshold itself is positive
        why: A level of exactly 1e-5 is positive at 1e-5.
        from: cessation-supported                    # the default: a shipped example, or a file beside this one
        as_of: 2026-11-21                            # the default
        set: {"mrd[3].result": detected, "mrd[3].level": 1e-5}
        remove: ["mrd[4]"]
        each: {"mrd[3].method": [NGS, NGF]}          # the case once for every value
        expect:
          outcome: act-on-resurgence
          possible_outcomes: [act-on-resurgence]
          verdicts: {mrd.positive-now: met}          # also protocols, matches, risk, definitions, secondary,
                                                     # followup, missing
          forbidden: {never.stop-with-two-hrca: []}  # the outcomes that an invariant forbids for this patient

`patient` in the place of `from` holds a whole profile. In `set` and `remove` an index means the entry of the base profile,
also where other entries are removed; the index after the last one adds an entry. `secondary`, `followup` and `missing` are
complete lists, as is each list of `forbidden`; what is missing is named by its place in the profile that is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from ..dates import parse_date
from ..errors import Problem
from ..logic.truth import UNKNOWN
from ..reading.document import Document, DocumentPath, read_file
from ..reading.shipped import folder
from ..reading.validation import StrictModel, closest, problems_of
from ..rulebook.book import RuleBook
from .placing import with_changes

Verdict = Literal["met", "not_met", "unknown"]
_DEFAULT_BASE = "cessation-supported"


def _day(text: str) -> str:
    if not parse_date(text).exact:
        raise ValueError(f"'{text}' is not a single day; give YYYY-MM-DD")
    return text


def _one_sentence(text: str) -> str:
    if not text.endswith(".") or ". " in text:
        raise ValueError("give one sentence that ends with a full stop")
    return text


class Expect(StrictModel):
    """What must come out. What is not named is not looked at."""

    outcome: str = Field(description="the id of the answer")
    possible_outcomes: Annotated[tuple[str, ...], Field(min_length=1)] = Field(
        description="every answer that is still possible; the answer alone where it is settled"
    )
    verdicts: dict[str, Verdict] = Field({}, description="ids of criteria, conclusions, blocks, cautions and remarks")
    protocols: dict[str, Verdict] = Field({}, description="a study's pattern, or STUDY:CRITERION")
    matches: dict[str, Verdict] = Field({}, description="whether a study took patients like this one")
    risk: dict[str, str | int] = Field({}, description="the class or the points by risk scheme")
    definitions: dict[str, Verdict] = Field({}, description="verdicts by other published definitions")
    forbidden: dict[str, tuple[str, ...]] = Field({}, description="the outcomes that an invariant forbids")
    secondary: tuple[str, ...] | None = Field(None, description="every answer beside the main one")
    followup: tuple[str, ...] | None = Field(None, description="every plan that is shown")
    missing: tuple[str, ...] | None = Field(None, description="every fact that is asked for, by its place")


class RuleCase(StrictModel):
    """One case of a file."""

    name: Annotated[str, Field(min_length=1)] = Field(description="what is special about this patient, in a few words")
    why: Annotated[str, AfterValidator(_one_sentence)] = Field(
        description="one sentence: why this answer is right, shown when it does not come out"
    )
    base: Annotated[str, Field(alias="from")] = Field(
        _DEFAULT_BASE, description="a shipped example, or the file of a profile beside this file"
    )
    patient: dict[str, Any] | None = Field(None, description="a whole profile in the place of base")
    as_of: Annotated[str, AfterValidator(_day)] = Field("2026-11-21", description="the day to judge on")
    set: dict[str, Any] = Field({}, description="places of the profile, such as mrd[3].level, and their values")
    remove: tuple[str, ...] = Field((), description="places of the profile to take out")
    each: Annotated[dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]], Field(max_length=1)] = Field(
        {}, description="one place with several values: the case once for each"
    )
    expect: Expect = Field(description="what must come out")

    def alone(self) -> Iterator[RuleCase]:
        """The case once for every value of `each`."""
        for place, values in self.each.items():
            for value in values:
                changed = {"name": f"{self.name}: {value}", "set": {**self.set, place: value}, "each": {}}
                yield self.model_copy(update=changed)
        if not self.each:
            yield self

    def profile(self, beside: Path | None = None) -> dict[str, Any]:
        """The base profile with the changes of the case; `beside` is the folder of its file.

        Raises:
            ValueError: the base does not exist, or a place does not exist or is left as it was.
        """
        if self.patient is not None:
            if "base" in self.model_fields_set:
                raise ValueError("give either 'base' or 'patient', not both")
            return with_changes(self.patient, self.set, self.remove)
        return with_changes(_base(self.base, beside), self.set, self.remove)


class CaseFile(StrictModel):
    cases: Annotated[tuple[RuleCase, ...], Field(min_length=1)]


def _base(name: str, beside: Path | None) -> dict[str, Any]:
    shipped = folder("examples")
    places = [] if beside is None else [beside / name, beside / f"{name}.yaml"]
    example = name.removeprefix("examples/")
    for path in (*places, shipped / example, shipped / f"{example}.yaml"):
        if path.is_file():
            return _profile_of(path, path.stat().st_mtime_ns)
    known = [item.stem for item in sorted(shipped.glob("*.yaml"))]
    if name != example:
        known = [f"examples/{item}.yaml" for item in known]
    raise ValueError(f"there is no base profile '{name}'; {closest(name, known) or 'see mrdguide examples list'}")


@lru_cache
def _profile_of(path: Path, _changed: int) -> dict[str, Any]:
    document = read_file(path)
    if document.problems or not isinstance(document.data, dict):
        raise ValueError(f"the base profile {path.name} cannot be read")
    return document.data


def read_cases(document: Document, beside: Path | None = None) -> tuple[tuple[RuleCase, ...], list[Problem]]:
    """The cases of a file, and everything that is wrong with its form. Words of the rule book are checked by `strangers`."""
    if document.problems:
        return (), document.problems
    try:
        cases = CaseFile.model_validate(document.data).cases
    except ValidationError as error:
        return (), problems_of(error, document, CaseFile)
    problems = []
    for index, case in enumerate(cases):
        if case.name in [other.name for other in cases[:index]]:
            text = f"the name '{case.name}' stands twice"
            problems.append(document.problem(("cases", index, "name"), text, code="duplicate-id"))
        try:
            for single in case.alone():
                single.profile(beside)
        except ValueError as error:
            problems.append(document.problem(("cases", index), str(error), code="bad-value"))
    return cases, problems


def strangers(document: Document, cases: Iterable[RuleCase], rules: RuleBook) -> Iterator[Problem]:
    """Expectations that name something the rule book does not have, or that cannot be an answer of it."""
    known = _Known(rules)
    for index, case in enumerate(cases):
        yield from _unknown_words(document, ("cases", index, "expect"), case.expect, known)
        yield from _no_answer(document, ("cases", index, "expect"), case.expect, rules.decision.insufficient.id)


class _Known:
    """What an expectation may name, by its key."""

    def __init__(self, rules: RuleBook) -> None:
        self.insufficient = rules.decision.insufficient.id
        self.outcomes = [outcome.id for outcome in rules.decision.outcomes]
        self.schemes = {scheme.id: scheme for scheme in rules.schemes}
        self.words: dict[str, Iterable[str]] = {
            "possible_outcomes": self.outcomes,
            "verdicts": (*rules.rules, *rules.aliases),
            "protocols": [
                name.removeprefix("protocol:") for name in rules.decider.index_of if name.startswith("protocol:")
            ],
            "matches": [protocol.id for protocol in rules.protocols],
            "risk": self.schemes,
            "definitions": [item.id for item in rules.alternatives],
            "forbidden": list(rules.decider.forbidden([UNKNOWN] * len(rules.compiled_criteria))),
            "secondary": [item.id for item in rules.decision.secondary],
            "followup": [plan.id for plan in rules.plans],
        }


def _unknown_words(document: Document, here: DocumentPath, found: Expect, known: _Known) -> Iterator[Problem]:
    def unknown(key: str, word: str, words: Iterable[str]) -> Problem:
        text = f"'{word}' is not known here"
        return document.problem((*here, key), text, hint=closest(word, list(words)), code="unknown-id")

    if found.outcome not in (*known.outcomes, known.insufficient):
        yield unknown("outcome", found.outcome, known.outcomes)
    for key, words in known.words.items():
        yield from (unknown(key, word, words) for word in getattr(found, key) or () if word not in words)
    for names in found.forbidden.values():
        yield from (unknown("forbidden", word, known.outcomes) for word in names if word not in known.outcomes)
    for name, value in found.risk.items():
        classes = [item.name for item in known.schemes[name].classes] if name in known.schemes else []
        if classes and value not in (*classes, "unknown"):
            yield unknown("risk", str(value), classes)


def _no_answer(document: Document, here: DocumentPath, found: Expect, insufficient: str) -> Iterator[Problem]:
    several, first = len(found.possible_outcomes) > 1, found.possible_outcomes[0]
    text = ""
    if several != (found.outcome == insufficient):
        text = f"outcome {found.outcome} does not go with {len(found.possible_outcomes)} possible outcome(s)"
    elif not several and found.outcome != first:
        text = f"outcome is {found.outcome} but the possible outcome is {first}"
    if text:
        yield document.problem((*here, "outcome"), text, code="contradiction")
    if found.missing and not several:
        text = "nothing is missing when the outcome is settled"
        yield document.problem((*here, "missing"), text, code="contradiction")
