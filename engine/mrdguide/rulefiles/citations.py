"""What a rule book cites, and whether the evidence can carry it."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Problem
from ..evidence import Library
from ..evidence.shown import visible_findings
from ..reading.document import DocumentPath
from ..reading.placeholders import UNREAD
from ..reading.validation import closest
from .source import JUDGED, Place, RuleSource


def citations(source: RuleSource) -> Iterator[tuple[Place, DocumentPath, str]]:
    """Every citation of the book: (place of the citing entry, path from there, evidence id or id#finding)."""
    for place, path, citation in _written(source):
        if citation != UNREAD:
            yield place, path, citation


def _written(source: RuleSource) -> Iterator[tuple[Place, DocumentPath, str]]:
    for section in (*JUDGED, "schemes", "alternatives", "background"):
        for entry, place in source.entries[section].values():
            for index, cited in enumerate(entry.cites):
                yield place, ("cites", index), cited
    for protocol, place in source.entries["protocols"].values():
        yield place, ("study",), protocol.study
    for plan, place in source.entries["plans"].values():
        for index, item in enumerate(plan.items):
            yield place, ("items", index, "source"), item.source
    if "readings" in source.single:
        readings, place = source.single["readings"]
        for name in ("marrow_mrd", "imaging"):
            for index, cited in enumerate(getattr(readings, name).cites):
                yield place, (name, "cites", index), cited
    if "decision" in source.single:
        decision, place = source.single["decision"]
        for name in ("outcomes", "secondary", "sides"):
            for number, item in enumerate(getattr(decision, name)):
                for index, cited in enumerate(item.cites):
                    yield place, (name, number, "cites", index), cited


def unknown_studies(source: RuleSource, evidence: Library) -> Iterator[Problem]:
    """Citations of entries that do not exist. No evidence file is read."""
    for place, path, citation in citations(source):
        entry_id = citation.partition("#")[0]
        if entry_id not in evidence:
            yield place.problem(
                f"there is no evidence entry '{entry_id}'", *path, code="unknown-study",
                hint=closest(entry_id, evidence.ids) or "add it under evidence/",
            )  # fmt: skip


def stops_without_support(source: RuleSource, evidence: Library) -> Iterator[Problem]:
    """Outcomes that name stopping and of whose support nothing is left but what was retracted: such a book gives no
    answer at all."""
    if not evidence.retracted or "decision" not in source.single:
        return
    decision, place = source.single["decision"]
    for index, outcome in enumerate(decision.outcomes):
        cited = dict.fromkeys(citation.partition("#")[0] for citation in outcome.cites)
        gone = [name for name in cited if name in evidence.retracted]
        left = [name for name in cited if name not in evidence.retracted and _supports_stopping(evidence, name)]
        if outcome.permissiveness >= decision.stop_from and gone and not left:
            text = (
                f"of what the outcome '{outcome.id}' cites, all that supports stopping was retracted: {', '.join(gone)}"
            )
            hint = "cite what supports it still, or take the outcome out"
            yield place.problem(text, "outcomes", index, "cites", code="retracted", hint=hint)


def _supports_stopping(evidence: Library, entry_id: str) -> bool:
    entry, _ = evidence.read(entry_id) if entry_id in evidence else (None, [])
    directions = {item.direction for item in entry.informs} if entry is not None and entry.supports else set()
    return "supports-stopping-with-conditions" in directions


def resting_on_retracted(source: RuleSource, evidence: Library) -> Iterator[Problem]:
    """Citations of what was retracted, but for background notes, which say so. The book can be used: what is cited so
    supports nothing in an answer, and no pattern of such a study is matched."""
    for place, path, citation in citations(source) if evidence.retracted else ():
        entry_id = citation.partition("#")[0]
        if entry_id in evidence.retracted and place.path[0] != "background":
            mark = evidence.entry(entry_id).retracted
            assert mark is not None
            text = f"rests on '{entry_id}', which was retracted ({mark.date}): {mark.why}"
            yield place.problem(
                text, *path, code="retracted", hint="take it out, and see whether the rule still stands"
            )


def unsupported(source: RuleSource, evidence: Library) -> Iterator[Problem]:
    """Citations that cannot carry what rests on them, and what is wrong with the files of cited entries."""
    for place, path, citation in citations(source):
        entry_id, _, finding = citation.partition("#")
        if entry_id not in evidence:
            continue
        entry, problems = evidence.read(entry_id)
        yield from problems
        if entry is None:
            continue
        if entry.retracted is not None:
            continue  # told by `resting_on_retracted`
        background = place.path[0] == "background"
        pending = all(informs.direction in ("pending", "none") for informs in entry.informs)
        if not entry.supports and not background and not pending:
            text = f"rests on '{entry_id}', in which no fact is verified"
            yield place.problem(text, *path, code="not-verified", hint="move it to 'background'")
        shown = [item.id for item in visible_findings(entry)]
        if finding and finding not in shown:
            text = f"'{entry_id}' shows no finding '{finding}'"
            yield place.problem(text, *path, code="finding-not-shown", hint=closest(finding, shown))
