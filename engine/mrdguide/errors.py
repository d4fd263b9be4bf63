"""Everything mrdguide raises on purpose. Catch `MrdguideError` and nothing else gets past you."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    `line` and `column` count from 1; they are None when the input had no text (a Python dict).
    """

    message: str
    source: str = ""
    path: str = ""
    line: int | None = None
    column: int | None = None
    snippet: str = ""
    expected: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = self.source
        if self.line is not None:
            place += f":{self.line}:{self.column}"
        head = ": ".join(part for part in (place, self.path, self.message) if part)
        lines = [head]
        if self.snippet:
            lines.append(self.snippet)
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class MrdguideError(Exception):
    """The family of every error mrdguide raises."""


class ProblemsError(MrdguideError):
    """Bad input, with every problem found in it (not only the first)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n\n".join(str(problem) for problem in self.problems))


class PatientError(ProblemsError):
    """A patient profile cannot be read."""


class RuleBookError(ProblemsError):
    """A rule book cannot be used."""


class EvidenceError(ProblemsError):
    """An evidence file cannot be used."""


class UsageError(MrdguideError):
    """A call that cannot be carried out: an unreadable file, an `as_of` that is no date."""


class FhirError(MrdguideError):
    """What was handed over is no FHIR R4 that can be read at all (malformed, or of another version)."""


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


class InconsistentVerdicts(MrdguideError):
    """Verdicts assumed together (in a question of what if) cannot hold together. No evaluation raises it: verdicts that a
    rule book's own criteria give and that contradict each other are told as a fault of the answer."""


class SafetyInvariantViolated(MrdguideError):
    """A recommendation would break a safety invariant of the rule book, so it is withheld."""

    def __init__(self, invariant: str, title: str) -> None:
        self.invariant = invariant
        super().__init__(f"safety invariant {invariant} is violated, no recommendation is given: {title}")
