"""What a change did to the answer, what matters most first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...logic.truth import Verdict
from ...recommend.what_if import Difference, VerdictChange
from ...report.pages.lines import both, either, titles
from .form_plan import as_asked

# How many of the verdicts and reasons that changed stand in the open; the others open on request.
_MOST_SHOWN = 4
_KINDS = ("block", "criterion", "caution", "protocol")


@dataclass(frozen=True, slots=True)
class Effect:
    """What it does to what is possible, in words (`lines`), with all that was and is (`possible`), and what changed below it, each as
    a sign and words."""

    moved: bool
    lines: tuple[str, ...]
    possible: tuple[str, ...]
    first: tuple[tuple[str, str], ...]
    rest: tuple[tuple[str, str], ...]


def effect(found: Difference, *, supposed: bool = False) -> Effect:
    """What a change did to the answer; of one that is only `supposed` what it would do."""
    details = tuple(_details(found))
    shown, rest = details[:_MOST_SHOWN], details[_MOST_SHOWN:]
    if set(found.before.possible_outcomes) == set(found.after.possible_outcomes):
        return Effect(False, (_stays(found),), (), shown, rest)
    return Effect(True, tuple(_moved(found, supposed)), _before_and_now(found), shown, rest)


def _stays(found: Difference) -> str:
    possible = titles(found.after.rules, found.after.possible_outcomes)
    return (
        f"The answer stays: {possible[0]}." if len(possible) == 1
        else f"The same answers as before are possible: {either(possible)}."
    )  # fmt: skip


def _moved(found: Difference, supposed: bool) -> Iterator[str]:
    rules, before, after = found.after.rules, found.before.possible_outcomes, found.after.possible_outcomes
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    if gone and len(after) > 1:
        yield f"No longer possible: {both(titles(rules, gone))}."
    if come and len(after) > 1:
        yield f"Newly possible: {both(titles(rules, come))}."
    if len(after) == 1:
        was = f"; the answer was: {titles(rules, before)[0]}" if len(before) == 1 else ""
        yield f"{'It would be' if supposed else 'It is now'}: {titles(rules, after)[0]}{was}."


def _before_and_now(found: Difference) -> tuple[str, ...]:
    was, now = (titles(found.after.rules, one.possible_outcomes) for one in (found.before, found.after))
    told = [("Possible before", was)] if len(was) > 1 else []
    told += [("Possible now", now)] if len(now) > 1 else []
    return tuple(f"{words}: {either(names)}." for words, names in told)


def _details(found: Difference) -> Iterator[tuple[str, str]]:
    turned = {change.title for change in found.verdict_changes}
    for text in found.reasons_added:
        yield "+", f"New reason: {text}" if text in turned else f"Now among the reasons, and so before: {text}"
    for text in found.reasons_removed:
        yield (
            "\N{MINUS SIGN}",
            f"No longer a reason: {text}" if text in turned else f"Still so, but no longer among the reasons: {text}",
        )
    told = {*found.reasons_added, *found.reasons_removed}
    for change in sorted(found.verdict_changes, key=_weight):
        if change.title not in told and _is_told(change):
            before, after = (item.value.replace("_", " ") for item in (change.before, change.after))
            yield "~", f"{change.title}: {before} \N{RIGHTWARDS ARROW} {after}"
    yield from (("?", f"Now missing: {as_asked(text)}") for text in found.missing_added)
    yield from (("+", f"No longer missing: {as_asked(text)}") for text in found.missing_removed)


def _is_told(change: VerdictChange) -> bool:
    """A criterion where it came to hold or holds no longer; blocks, cautions and patterns of studies whatever they became."""
    turned = Verdict.MET in (change.before, change.after)
    return change.kind in _KINDS and (turned or change.kind != "criterion")


def _weight(change: VerdictChange) -> tuple[int, int]:
    """What was found first, then what holds no longer, then what cannot be excluded any more, then what is known now."""
    turns = (
        change.after is Verdict.MET and change.before is Verdict.NOT_MET, change.before is Verdict.MET,
        change.after is Verdict.UNKNOWN, change.after is Verdict.MET, True,
    )  # fmt: skip
    return turns.index(True), _KINDS.index(change.kind) if change.kind in _KINDS else len(_KINDS)
