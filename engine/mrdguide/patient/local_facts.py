"""Facts that layers of a rule book add to the profile; they are recorded under `local`, by their ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from ..errors import PatientError, Problem
from ..reading.numbers import scientific
from ..reading.validation import closest
from .facts import ProfileFact
from .profile import Patient

PREFIX = "local."
FactsByPath = Mapping[str, ProfileFact]

# Which of them the rule files that are being read may name.
_NAMEABLE: ContextVar[FactsByPath] = ContextVar("local facts", default={})  # noqa: B039  never written to
_KINDS = {"number": "a number", "flag": "true or false", "finding": "absent, present, not-tested or failed"}
_STATUS = ("absent", "present", "not-tested", "failed")


@contextmanager
def nameable(facts: FactsByPath) -> Iterator[None]:
    """Let rules that are read meanwhile name these facts."""
    token = _NAMEABLE.set(facts)
    try:
        yield
    finally:
        _NAMEABLE.reset(token)


def local_fact(path: str) -> ProfileFact | None:
    """The fact that layers add at a path."""
    return _NAMEABLE.get().get(path)


def local_paths() -> tuple[str, ...]:
    return tuple(_NAMEABLE.get())


def check_local_facts(patient: Patient, facts: FactsByPath) -> None:
    """Whether what a profile holds under `local` are facts of these rules.

    Raises:
        PatientError: with every one that is not.
    """
    if problems := list(_mistakes(patient, facts)):
        raise PatientError(problems)


def _mistakes(patient: Patient, facts: FactsByPath) -> Iterator[Problem]:
    for name, value in patient.local.items():
        path = f"{PREFIX}{name}"
        fact = facts.get(path)
        if fact is None:
            known = [item.removeprefix(PREFIX) for item in facts]
            hint = closest(name, known) or "facts of a house are known to its layer: load it with --rules"
            yield Problem(f"these rules have no fact '{name}'", patient.id, path, hint=hint, code="unknown-key")
        elif value is not None and not _fits(fact, value):
            yield Problem(f"found {value!r}", patient.id, path, expected=wanted(fact), code="bad-value")


def wanted(fact: ProfileFact) -> str:
    """What values a fact can have, in words."""
    if fact.kind == "word":
        return f"one of {', '.join(fact.words)}"
    if fact.kind != "number" or fact.low is None or fact.high is None:
        return _KINDS[fact.kind]
    return f"a number from {_shown(fact.low)} to {_shown(fact.high)}"


def _shown(number: float) -> str:
    return scientific(number) if 0 < abs(number) < 1e-3 else f"{number:g}"


def _fits(fact: ProfileFact, value: object) -> bool:
    if fact.kind == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (fact.low is None or fact.low <= value) and (fact.high is None or value <= fact.high)  # type: ignore[operator]
    if fact.kind == "flag":
        return isinstance(value, bool)
    return value in (_STATUS if fact.kind == "finding" else fact.words)
