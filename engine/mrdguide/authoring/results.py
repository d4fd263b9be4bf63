"""What came out of running cases, as text to read and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..rulebook.book import RuleBook
from .running import CaseResult, CaseRun

_ORDER = ("met", "not_met", "unknown")


def results_text(found: CaseRun, rules: RuleBook, *, every_rule: bool) -> str:
    """Every case that differs with what differs and the rules behind it, then how many there were and what they show."""
    lines = [line for result in found.failed for line in _failed(result)]
    count, failed = len(found.results), len(found.failed)
    lines.append(
        f"{rules.pack.name} {rules.version}: {count} {'case' if count == 1 else 'cases'}, {failed} not as expected"
    )
    lines.append(_summary(found))
    if every_rule:
        lines += _every_rule(found)
    return "\n".join(lines)


def as_plain(found: CaseRun) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "cases": [
            {
                "where": result.case.where, "name": result.case.name, "as_expected": result.as_expected,
                "refused": result.refused,
                "differences": [
                    {"name": item.name, "expected": _plain(item.expected), "found": _plain(item.found)}
                    for item in result.differences
                ],
            }
            for result in found.results
        ],
        "coverage": {name: _in_order(seen) for name, seen in found.coverage.verdicts.items()},
        "outcomes": found.coverage.outcomes,
    }  # fmt: skip


def _failed(result: CaseResult) -> Iterator[str]:
    case = result.case
    yield f"{case.where}: {case.name}"
    yield f"  {case.why}"
    if result.refused:
        yield "  got no answer:"
        yield from (f"    {line}" for line in result.refused.splitlines())
    for item in result.differences:
        yield f"  {item.name}"
        missing = " (the rule book has no such thing)" if item.found is None else ""
        yield from _both(item.expected, item.found, missing)
    if result.answer is not None and any(item.name == "outcome" for item in result.differences):
        yield "  what decides:"
        for reason in result.answer.because[:4]:
            yield f"    {reason.verdict.value.replace('_', ' ')}: {reason.title}  [{reason.rule}]"
        for missing_fact in result.answer.missing[:4]:
            yield f"    unknown: {missing_fact.what}"
    yield ""


def _both(expected: Any, found: Any, missing: str) -> Iterator[str]:
    if isinstance(expected, set | list) and isinstance(found, set | list):
        yield from (f"    - {item}" for item in sorted(expected) if item not in found)
        yield from (f"    + {item}" for item in sorted(found) if item not in expected)
        if sorted(expected) == sorted(found):
            yield f"    in another order: {', '.join(found)}"
    else:
        yield f"    - {expected}"
        yield f"    + {'nothing' if found is None else found}{missing}"


def _summary(found: CaseRun) -> str:
    seen = found.coverage
    both = len(seen.verdicts) - len(seen.one_sided)
    given = [name for name, was in seen.outcomes.items() if was]
    return (
        f"rules seen both met and not met: {both} of {len(seen.verdicts)}; "
        f"outcomes given: {len(given)} of {len(seen.outcomes)}"
    )


def _every_rule(found: CaseRun) -> Iterator[str]:
    for name, verdicts in found.coverage.verdicts.items():
        yield f"  {name}: {', '.join(_in_order(verdicts)) or 'never judged'}".replace("_met", " met")
    for name, was in found.coverage.outcomes.items():
        yield f"  outcome {name}: {'given' if was else 'never given'}"


def _in_order(verdicts: frozenset[Any]) -> list[str]:
    names = {str(getattr(item, "value", item)) for item in verdicts}
    return [name for name in _ORDER if name in names]


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else getattr(value, "value", value)
