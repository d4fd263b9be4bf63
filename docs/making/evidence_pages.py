"""A page for every entry of the evidence: what was read where, and which rules use it. Unverified figures are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mrdguide.authoring.uses import citing
from mrdguide.evidence import EvidenceEntry
from mrdguide.evidence.shown import ShownFinding
from mrdguide.rulebook.book import RuleBook

from .markdown import bullets, code, heading, label, link, page, plain, table, titled
from .rule_pages import named

_KINDS = {
    "study": "Studies", "guideline": "Guidelines", "definition": "Definitions", "review": "Reviews", "opinion": "Opinions",
}  # fmt: skip


def evidence_pages(rules: RuleBook) -> Mapping[str, str]:
    """Every page on the evidence by its path."""
    return {
        "evidence/index.md": _index(rules),
        **{f"evidence/{label(entry.id)}.md": _entry(rules, entry) for entry in rules.evidence},
    }


def checked_in_words(rules: RuleBook) -> str:
    """Who checked the evidence, and when, as the entries say: for the README and the first page on the evidence."""
    entries = list(rules.evidence)
    sources = [source for entry in entries for source in entry.sources.values()]
    days = sorted(source.read for source in sources)
    readers = sorted({source.by for source in sources if source.by})
    figures = [finding for entry in entries for finding in entry.findings]
    verified = sum(finding.verified for finding in figures)
    return (
        f"The project's contributors read {len(sources)} source pages of {len(entries)} entries, from {days[0]} to {days[-1]}"
        + (f"; {', '.join(readers)} read figures in full papers" if readers else "")
        + f". {verified} of {len(figures)} figures were seen in the source that they name; the other {len(figures) - verified} are unverified: "
        "they are hidden and support no answer. Nobody outside the project has checked them."
    )


def _index(rules: RuleBook) -> str:
    parts = (
        titled(
            title,
            table(
                ("entry", "id", "figures verified", "read", "to be looked at again by"),
                (_row(entry) for entry in rules.evidence if entry.kind == kind),
            ),
        )
        for kind, title in _KINDS.items()
    )
    return page(
        heading(1, "The evidence", "the-evidence"),
        f"**Who checked it, and when.** {plain(checked_in_words(rules))}",
        "[What verified means](../explanation/evidence-levels.md).",
        *parts,
    )


def _row(entry: EvidenceEntry) -> tuple[str, ...]:
    read = max((source.read for source in entry.sources.values()), default="")
    verified = sum(finding.verified for finding in entry.findings)
    return (
        link(entry.called, label("evidence", entry.id)), code(entry.id), f"{verified} of {len(entry.findings)}", read,
        str(entry.review_by or ""),
    )  # fmt: skip


def _entry(rules: RuleBook, entry: EvidenceEntry) -> str:
    shown = rules.evidence.shown(entry.id)
    hidden = len(entry.findings) - sum(finding.verified for finding in entry.findings)
    facts = (
        ("Criteria for stopping", entry.stopping_criteria), ("Resurgence", entry.resurgence), ("Surveillance", entry.surveillance),
        ("Definitions", entry.definitions), ("Recommendations", entry.recommendations),
    )  # fmt: skip
    return page(
        heading(1, entry.called, label("evidence", entry.id)),
        f"{entry.kind.capitalize()} {code(entry.id)}, {code(rules.evidence.relative(entry.id))}. [All evidence](index.md).",
        plain(shown.citation),
        *(f"**Warning.** {plain(warning)}" for warning in shown.warnings),
        bullets(_summary(entry, shown.identifiers, shown.summary, shown.population)),
        *(titled(title, bullets(plain(fact.text) for fact in found if fact.verified)) for title, found in facts),
        titled("Figures", bullets(map(_figure, shown.findings))),
        f"{hidden} unverified figure{'s are' if hidden != 1 else ' is'} not shown." if hidden else "",
        titled("Looked for and not found in the sources read", bullets(plain(item.what) for item in entry.not_found)),
        titled("Limitations", bullets(map(plain, shown.limitations))),
        titled("Read at", bullets(map(plain, shown.read))),
        titled("Used by", bullets(_used_by(rules, entry.id)) or "No rule cites it."),
        in_the_sidebar=False,
    )


def _summary(entry: EvidenceEntry, identifiers: tuple[str, ...], summary: str, population: str) -> Iterator[str]:
    if identifiers:
        yield ", ".join(map(plain, identifiers))
    if summary:
        yield plain(summary)
    if population:
        yield f"**Population**: {plain(population)}"
    yield from (f"**Asks**: {plain(item.question)} ({plain(item.direction)})" for item in entry.informs)
    if entry.certainty is not None:
        yield f"**Certainty (GRADE)**: {entry.certainty.level} ({plain('; '.join(entry.certainty.reasons))})"
    if entry.review_by is not None:
        yield f"**To be looked at again by** {entry.review_by}"


def _figure(finding: ShownFinding) -> str:
    read = finding.read_at
    where = f"{plain(read.locator)} ({read.level} source), {read.read}" if read is not None else "computed here"
    return f"{plain(finding.text)}. *{where}*"


def _used_by(rules: RuleBook, entry_id: str) -> Iterator[str]:
    for who in dict.fromkeys(who for who, _ in citing(rules, entry_id)):
        kind, _, own = who.partition(" ")
        name = "protocol:" + who.removeprefix("study pattern ") if who.startswith("study pattern ") else f"{kind}:{own}"
        yield named(rules, who if who in rules.rules else name)
