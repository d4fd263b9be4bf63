"""Everything mrdguide raises on purpose. Catch `MrdguideError` and nothing else gets past you."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]

# What each `Problem.code` means. Codes are stable: programs may rely on them, wording may change.
CODES: dict[str, str] = {
    "not-found": "a file, a folder or a table does not exist, or cannot be opened",
    "not-readable": "the text is not UTF-8, YAML, JSON or CSV",
    "too-large": "nested too deeply, or too many values",
    "unknown-key": "a key (or a column) that is not known here",
    "missing-key": "a key, a column or a cell that is needed is not there",
    "missing-section": "no file of the rule book has this section",
    "duplicate-key": "the same key (or column) twice in one place",
    "bad-value": "a value of the wrong kind, or a word that is not among those expected",
    "out-of-range": "a number outside its possible range",
    "not-a-date": "not a calendar date",
    "unknown-unit": "a unit that is missing, or does not measure this quantity",
    "contradiction": "values that cannot both be right",
    "duplicate-id": "two entries with the same id",
    "unknown-id": "a reference to something that does not exist",
    "unknown-fact": "a rule names a fact or a field that a profile does not have",
    "unknown-operator": "an operator that the rule language does not have",
    "unknown-study": "a citation of an evidence entry that does not exist",
    "misplaced": "something that belongs elsewhere: a conclusion that reads the patient, a criterion that names another",
    "circle": "rules that refer to each other in a circle",
    "old-id": "a reference by an id that has been renamed (a warning: the rule book can be used)",
    "alias-taken": "an alias that is also an id, or the alias of another entry",
    "not-the-core": "a rule book or layer that takes the name of another, or does not say what it lies on",
    "another-base": "a layer that is written for another rule book, or another version of it",
    "not-in-a-layer": "something that only the rule book itself can say, in a layer",
    "no-effect": "a change of a layer that changes nothing (a warning: the rule book can be used)",
    "not-loosened": "a change of a layer by which answers would be less strict, and which is not declared (a warning: there the core decides)",
    "replaced": "a layer that changes what an entry of another layer rests on, or takes its place (a warning where it is written for that layer)",
    "no-outcome": "some patients get no outcome",
    "outcome-not-reached": "no patient gets this outcome",
    "points-without-class": "a sum of points that no class of a risk scheme covers",
    "invariant-broken": "the rules can break a safety invariant",
    "no-invariants": "a rule book without a single safety invariant",
    "adverse-side": "a rule against stopping that is met by the favourable side of a layer's fact",
    "never-met": "no patient can meet this rule",
    "always-met": "every patient meets this rule",
    "not-used": "a caution, a block or a class that changes nothing",
    "same-meaning": "two entries that say the same",
    "no-reason": "a caution or block without its reason, or without what it rests on",
    "speaks-otherwise": "a study is cited for the opposite of what it says",
    "number-not-cited": "a number was changed that the cited evidence does not hold",
    "number-in-words": "a title or a sentence says another number than the rule",
    "days-for-months": "a number of months that is hardly meant, and is one of days",
    "cut-short": "a text that ends at a sign which begins a comment",
    "not-verified": "a rule rests on evidence of which nothing was verified",
    "finding-not-shown": "a citation names a finding that the entry does not show",
    "retracted": "a rule rests on a publication that was retracted",
    "not-cited": "an evidence entry that no rule and no background note cites",
    "reference-count": "a reference of the review that is missing, or is there more than once",
    "files-changed": "the files that a pickled rule book was made of are not as they were",
    "record-altered": "the decision record is not as it was recorded",
}

# How many problems a message shows; `problems` and the JSON form hold all.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """Another place that has a part in a problem: the other leg of a circle, the first of two."""

    note: str
    source: str = ""
    path: str = ""
    line: int | None = None
    column: int | None = None
    snippet: str = ""

    def __str__(self) -> str:
        head = f"  {self.note}: {_place(self.source, self.line, self.column, self.path)}"
        return f"{head}\n{self.snippet}" if self.snippet else head

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes. Raises nothing."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    `line` and `column` count from 1; they are None when the input had no text (a Python dict). `code` is one of `CODES`;
    `severity` is `warning` when the input can be used all the same. `also` are other places that have a part in it.
    """

    message: str
    source: str = ""
    path: str = ""
    line: int | None = None
    column: int | None = None
    snippet: str = ""
    expected: str = ""
    hint: str = ""
    code: str = field(default="bad-value", kw_only=True)
    severity: Severity = field(default="error", kw_only=True)
    also: tuple[RelatedPlace, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        assert self.code in CODES, f"'{self.code}' is not a documented code"

    def __str__(self) -> str:
        warning = "warning" if self.severity == "warning" else ""
        place = _place(self.source, self.line, self.column, self.path)
        lines = [": ".join(part for part in (place, warning, self.message) if part)]
        if self.snippet:
            lines.append(self.snippet)
        lines.extend(str(place) for place in self.also)
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form. Keys are present even when empty. Raises nothing."""
        return {
            "severity": self.severity, "code": self.code, "message": self.message,
            "source": self.source, "path": self.path, "line": self.line, "column": self.column,
            "snippet": self.snippet, "expected": self.expected, "hint": self.hint,
            "also": [place.to_dict() for place in self.also],
        }  # fmt: skip


def _place(source: str, line: int | None, column: int | None, path: str) -> str:
    where = source if line is None else f"{source}:{line}:{column}"
    return ": ".join(part for part in (where, path) if part)


class MrdguideError(Exception):
    """The family of every error mrdguide raises."""

    problems: tuple[Problem, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON form: the message in short, and every problem with its place. Raises nothing."""
        return {"message": str(self), "problems": [problem.to_dict() for problem in self.problems]}


class ProblemsError(MrdguideError):
    """Bad input, with every problem found in it (not only the first)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(listed(self.problems))

    def __reduce__(self) -> tuple[type[ProblemsError], tuple[tuple[Problem, ...]]]:
        # So that it comes whole out of another process.
        return type(self), (self.problems,)


def listed(problems: tuple[Problem, ...]) -> str:
    """Problems as people read them: the first 20 in full, and how many there are when there is more than one. Raises nothing."""
    shown = [str(problem) for problem in problems[:SHOWN]]
    if len(problems) > SHOWN:
        shown.append(f"and {len(problems) - SHOWN:,} more ({len(problems):,} in all)")
    elif len(problems) > 1:
        shown.append(_counted(problems))
    return "\n\n".join(shown)


def _counted(problems: tuple[Problem, ...]) -> str:
    warnings = sum(problem.severity == "warning" for problem in problems)
    if not warnings:
        return f"{len(problems)} problems"
    found = [(len(problems) - warnings, "problem"), (warnings, "warning")]
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in found if count)


class PatientError(ProblemsError):
    """A patient profile cannot be read."""


class RuleBookError(ProblemsError):
    """A rule book cannot be used."""


class EvidenceError(ProblemsError):
    """An evidence file cannot be used."""


class UsageError(MrdguideError):
    """A call that cannot be carried out: an unreadable file, an `as_of` that is not a date."""


class FhirError(MrdguideError):
    """The input is not FHIR R4 that can be read at all (malformed, or of another version)."""


class NoUsablePatient(FhirError):
    """FHIR data without one patient that they are about; no recommendation can be given."""


class SiteFileError(ProblemsError):
    """A site file, or a code table, cannot be used."""


class RecordError(MrdguideError):
    """The decision record cannot be read or written: the database refuses, or an entry is not as it was recorded."""


class InferenceDisagreement(MrdguideError):
    """The two engines do not agree, so no answer is given. Carries both answers."""

    def __init__(self, compiled: Mapping[str, object], chained: Mapping[str, object]) -> None:
        self.compiled = dict(compiled)
        self.chained = dict(chained)
        differing = sorted(
            key for key in {*self.compiled, *self.chained} if self.compiled.get(key) != self.chained.get(key)
        )
        shown = "; ".join(
            f"{key}: compiled evaluator {self.compiled.get(key)!r}, durable-rules {self.chained.get(key)!r}"
            for key in differing[:5]
        )
        super().__init__(f"the two engines disagree, no recommendation is given ({shown})")

    def __reduce__(self) -> tuple[type[InferenceDisagreement], tuple[dict[str, object], dict[str, object]]]:
        return type(self), (self.compiled, self.chained)


class InconsistentVerdicts(MrdguideError):
    """Verdicts assumed together (in a question of what if) cannot hold together. No evaluation raises it: verdicts that a
    rule book's own criteria give and that contradict each other are told as a fault of the answer."""


class SafetyInvariantViolated(MrdguideError):
    """A recommendation would break a safety invariant of the rule book, so it is withheld."""

    def __init__(self, invariant: str, title: str) -> None:
        self.invariant, self.title = invariant, title
        super().__init__(f"safety invariant {invariant} is violated, no recommendation is given: {title}")

    def __reduce__(self) -> tuple[type[SafetyInvariantViolated], tuple[str, str]]:
        return type(self), (self.invariant, self.title)
