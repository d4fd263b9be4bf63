"""Studies on a page: whose entry pattern the patient meets, and what the cited ones found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...answer.evidence import CitedEntry
from ...answer.studies import StudyPattern
from ...evidence.shown import ShownFinding
from ...logic.operator import Operator
from ...logic.operators.connectives import Not
from ...logic.operators.reference import Reference
from ...logic.truth import Verdict
from ...recommend.recommendation import Recommendation
from ...rulebook.book import RuleBook
from ..blocks import Block, Item, Items, Line, Part, Picture, Section, Table, line
from ..languages.words import Value, Words
from ..of_whom import unlike
from .lines import bullets, cell, few, paragraph, quiet, verdict

_FIRST_COLUMN = 34
_MATCH = "match:"


def patterns(recommendation: Recommendation) -> Table:
    """Every study in one line: whether its pattern holds, and what is in the way."""
    rows = tuple(
        (cell(name), line(verdict(protocol.verdict)), cell(protocol.stops), _shortfall(protocol))
        for name, protocol in recommendation.protocols.items()
    )
    return Table(
        "Published entry patterns of studies that stopped therapy",
        ("Study", "Pattern", "Stopped", "Not met or unknown"),
        rows,
        (15, 15, 20, 50),
    )


def _shortfall(protocol: StudyPattern) -> Line:
    parts: list[str | Part] = []
    for item in protocol.criteria.values():
        if item.verdict != Verdict.MET:
            parts += ["; "] * bool(parts) + [verdict(item.verdict, item.title)]
    return line(*parts)


def matrix(recommendation: Recommendation) -> list[Block]:
    """Criteria by studies at one glance: a sign where a study asks for a criterion, nothing where it does not."""
    protocols = recommendation.rules.protocols
    if not protocols:
        return []
    asked = {
        protocol.id: dict(literal for item in protocol.criteria if item.when for literal in _asked(item.when))
        for protocol in protocols
    }
    criteria = dict.fromkeys(literal for literals in asked.values() for literal in literals.items())
    rows = []
    for rule, wanted in criteria:
        result = recommendation.criteria[rule]
        shown = result.verdict if wanted else _OPPOSITE[result.verdict]
        signs = (
            cell("") if literals.get(rule) is not wanted else line(verdict(shown, " ")) for literals in asked.values()
        )
        rows.append((cell(result.title if wanted else f"Not: {result.title}"), *signs))
    whole = (line(verdict(item.verdict, " ")) for item in recommendation.protocols.values())
    rows.append((cell("Whole pattern"), *whole))
    share = max(1, (100 - _FIRST_COLUMN) // len(asked))
    widths = (100 - share * len(asked), *[share] * len(asked))
    caption = "Criteria by studies: + met, \N{MINUS SIGN} not met, ? unknown; empty where a study does not ask for it"
    return [Table(caption, ("Criterion", *asked), tuple(rows), widths)]


_OPPOSITE = {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET, Verdict.UNKNOWN: Verdict.UNKNOWN}


def _asked(expression: Operator, wanted: bool = True) -> Iterator[tuple[str, bool]]:
    """The rules that an expression names, each with whether it asks for them to be met."""
    if isinstance(expression, Reference):
        yield expression.id, wanted
    for child in expression.children():
        yield from _asked(child, wanted is not isinstance(expression, Not))


def study_sections(recommendation: Recommendation) -> list[Block]:
    """Each study: every criterion with its verdict and the patient's own data, and what cannot be judged."""
    return [study_section(recommendation, name) for name in recommendation.protocols]


def study_section(recommendation: Recommendation, name: str) -> Section:
    """One study pattern, by its id."""
    protocol = recommendation.protocols[name]
    rows = [
        (cell(item.title), line(verdict(item.verdict)), cell("; ".join(few(item.observed, 3))))
        for item in protocol.criteria.values()
    ]
    rows += [(cell(title), line(Part("not published", "quiet")), cell("")) for title in protocol.not_published]
    rows += [(cell(title), line(Part("not judged here", "quiet")), cell("")) for title in protocol.not_judged]
    inside: list[Block] = [
        paragraph(
            verdict(protocol.verdict),
            f". {protocol.title}. Stopped: {protocol.stops}. ",
            Part(protocol.rule, "code"),
        ),
        Table(f"Criteria of {name}", ("Criterion", "This patient", "From the profile"), tuple(rows), (40, 15, 45)),
    ]
    if protocol.differs:
        inside.append(bullets(protocol.differs))
    return Section(name, tuple(inside))


def study(recommendation: Recommendation, name: str) -> str:
    """A study by the name that people know it by."""
    return known_as(recommendation.rules, name)


def known_as(rules: RuleBook, name: str) -> str:
    """A study, or the pattern of one, by the name that people know it by."""
    evidence = rules.evidence
    cited = next((item.study for item in rules.protocols if item.id == name), name)
    return evidence.entry(cited).called if cited in evidence else name


def studies_asked(recommendation: Recommendation, rule: str) -> tuple[Verdict, tuple[str, ...]]:
    """The studies by name, with one verdict, that decide a rule which asks for nothing but patterns of studies; none of others.

    Of a rule that asks for one of them those that are met, of one that asks for none all of them.
    """
    asked = list(_leaves(recommendation.rules, rule))
    if not asked or not all(name.startswith(_MATCH) for name in asked):
        return Verdict.UNKNOWN, ()
    patterns = {name.removeprefix(_MATCH): None for name in asked}
    met = [name for name in patterns if recommendation.protocols[name].match == Verdict.MET]
    names = tuple(study(recommendation, name) for name in met or patterns)
    return (Verdict.MET, names) if met else (Verdict.NOT_MET, names)


def _leaves(rules: RuleBook, rule: str) -> Iterator[str]:
    """The rules on which a rule rests that rest on no other, but for patterns of studies, which are taken as one."""
    asked = list(_asked(rules.rules[rule].when)) if rule in rules.rules else []
    if not asked:
        yield rule
    for name, _ in asked:
        yield from _leaves(rules, name)


def key_findings(recommendation: Recommendation, citations: Sequence[str], words: Words) -> tuple[Item, ...]:
    """Cited figures, one line for each study: its name, how many, design, how near the source, then what it found."""
    found: dict[tuple[str, Line], list[str]] = {}
    for entry, finding in cited_findings(recommendation, citations):
        found.setdefault((entry.name, _size(recommendation, entry, finding, words)), []).append(finding.text)
    return tuple(
        Item(
            line(
                Part(words.as_it_is("reference", name), "strong"),
                words.joined([" (", size, "): ", words.as_it_is("figure", "; ".join(texts))], ""),
            )
        )
        for (name, size), texts in found.items()
    )


def _size(recommendation: Recommendation, cited: CitedEntry, finding: ShownFinding, words: Words) -> Line:
    entry = recommendation.rules.evidence.entry(cited.id)
    population, design = entry.population, entry.design
    parts: list[Value] = []
    if population is not None and population.verified:
        number = population.n_stopped if population.n_stopped is not None else population.n
        if number is not None:
            name = "stopped" if population.n_stopped is not None else "patients"
            parts.append(words.text(f"board.figures.{name}", count=number))
    stopped = population is not None and population.n_stopped is not None
    if stopped and design is not None and design.verified and design.stop_randomised is not None:
        parts.append(words.text(f"board.figures.{'randomised' if design.stop_randomised else 'not_randomised'}"))
    if finding.read_at is not None and finding.read_at.level != "primary":
        parts.append(words.text(f"board.figures.{finding.read_at.level}"))
    # A figure that is not of patients like this one says so beside itself.
    if cited.fits is not None and cited.fits != Verdict.MET:
        parts.append(words.as_it_is("figure", cited.compared))
    other = unlike(recommendation, f"{cited.id}#{finding.id}", words)
    parts += [other] if other is not None else []
    return words.joined(parts or [words.text("board.figures.no_size")], ", ")


def leading(recommendation: Recommendation) -> tuple[str, ...]:
    """What the outcome cites, or if it names nothing what decides it, in the order in which it is cited."""
    return recommendation.cites or tuple(name for result in recommendation.because for name in result.cites)


def cited_findings(recommendation: Recommendation, citations: Sequence[str]) -> list[tuple[CitedEntry, ShownFinding]]:
    """The findings that are cited by name and were read at a source."""
    entries = {entry.id: entry for entry in recommendation.evidence}
    found = []
    for citation in dict.fromkeys(citations):
        entry_id, _, finding_id = citation.partition("#")
        entry = entries.get(entry_id)
        finding = next((item for item in entry.findings if item.id == finding_id), None) if entry else None
        if entry is not None and finding is not None and finding.read_at is not None:
            found.append((entry, finding))
    return found


def evidence_blocks(recommendation: Recommendation, plot: Picture | None) -> list[Block]:
    """The plot, then every cited entry with its figures, where each was read, and its warnings."""
    blocks: list[Block] = [plot] if plot is not None else []
    blocks += [_entry(entry) for entry in recommendation.evidence]
    return blocks


def _entry(entry: CitedEntry) -> Section:
    inside: list[Block] = [paragraph(entry.citation)]
    inside += [paragraph(text) for text in (entry.summary, entry.population) if text]
    if entry.compared:
        because = f": {'; '.join(entry.differs)}" if entry.differs else ""
        inside.append(paragraph(f"Compared: {entry.compared}{because}."))
    if entry.identifiers:
        inside.append(quiet(", ".join(entry.identifiers)))
    if entry.supports:
        inside.append(quiet(f"Supports here: {', '.join(entry.supports)}."))
    if entry.findings:
        inside += findings_read_at(entry.findings)
    elif entry.read:
        inside.append(bullets(f"read at {where}" for where in entry.read))
    if entry.warnings:
        inside += [paragraph(Part("Warning", "strong")), bullets(entry.warnings)]
    if entry.limitations:
        inside += [paragraph(Part("Limitations", "strong")), bullets(entry.limitations)]
    return Section(entry.name if entry.name == entry.id else f"{entry.name} ({entry.id})", tuple(inside))


def findings_read_at(findings: Sequence[ShownFinding]) -> list[Block]:
    """Figures, each with the mark of the place where it was read; the places below them."""
    sources = list(dict.fromkeys(_read_at(item) for item in findings))
    return [
        Items(tuple(Item(_finding(item, sources)) for item in findings)),
        Items(tuple(Item(line(Part(f"{_mark(number)} {text}", "quiet"))) for number, text in enumerate(sources))),
    ]


def _finding(finding: ShownFinding, sources: list[str]) -> Line:
    """A finding, with the mark of the place where it was read."""
    return line(finding.text, " ", Part(_mark(sources.index(_read_at(finding))), "quiet"))


def _mark(number: int) -> str:
    return f"[{chr(ord('a') + number)}]"


def _read_at(finding: ShownFinding) -> str:
    where = finding.read_at
    if where is None:
        return "read nowhere"
    return f"read at {where.url} ({where.level} source, {where.locator}) on {where.read}"
