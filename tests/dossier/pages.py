"""The pages of the dossier, made from its data: hazard log, safety argument, intended use, threat model; and a line of the README."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from docs.making.evidence_pages import checked_in_words
from docs.making.measured import measured

from mrdguide.evidence.citation import bibtex
from mrdguide.report.pages.basis import basis
from mrdguide.report.pages.model_card import model_card
from mrdguide.rulebook.book import load_rules

from .data import ROOT, SAFETY, SECURITY, Claim, Control, Hazard, Threat, argument, hazard_log, threat_model
from .references import functions_of, invariant_titles

_MADE_PART = re.compile(r"(<!-- (?P<name>[a-z]+): made by .*? -->\n).*?(<!-- /(?P=name) -->)", re.DOTALL)
PAPER = ROOT / "docs" / "paper"
_MADE = "<!-- Made by `make dossier` from {}; change that, not this page. -->"


def pages() -> dict[Path, str]:
    """The text of every page that is made, by the file it is kept in."""
    return {
        SAFETY / "intended-use.md": intended_use_page(),
        SAFETY / "hazard-log.md": hazard_page(),
        SAFETY / "argument.md": argument_page(),
        SECURITY / "threat-model.md": threat_page(),
        ROOT / "README.md": with_its_part(ROOT / "README.md", checked_in_words(load_rules())),
        ROOT / "docs" / "reference" / "costs.md": with_its_part(
            ROOT / "docs" / "reference" / "costs.md", measured("speed")
        ),
        ROOT / "docs" / "how-to" / "spark.md": with_its_part(ROOT / "docs" / "how-to" / "spark.md", measured("spark")),
        PAPER / "paper.md": paper(),
        PAPER / "paper.bib": references(),
    }


def paper() -> str:
    """The draft of a paper with every figure as it is counted now."""
    card = model_card(load_rules())
    counts, evidence = card.rule_counts, card.evidence
    figures = {
        **{name: counts[name] for name in ("criteria", "conclusions", "blocks", "cautions", "outcomes")},
        "patterns": counts["study patterns"], "invariants": counts["safety invariants"],
        "entries": sum(evidence.entries.values()), "verified": evidence.findings_verified,
        "unverified": evidence.findings_not_verified, "examples": card.examples, "tests": _hundreds(sum((card.tests or {}).values())),
    }  # fmt: skip
    return _template().format_map(figures)


def references() -> str:
    """What the paper cites, as BibTeX, from the evidence."""
    cited = sorted(set(re.findall(r"@([a-z0-9_]+)", _template())))
    library = load_rules().evidence
    return "\n\n".join(bibtex(name, library.entry(name).citation) for name in cited) + "\n"


def _template() -> str:
    return (PAPER / "paper.template.md").read_text(encoding="utf-8")


def _hundreds(count: int) -> int:
    """So that a new test does not make another paper."""
    return count // 100 * 100


def with_its_part(page: Path, part: str) -> str:
    """A page written by hand with the part of it that is made, as that is now."""
    text, count = _MADE_PART.subn(lambda found: f"{found[1]}{part}\n{found[3]}", page.read_text(encoding="utf-8"))
    assert count == 1, f"{page.name} has {count} parts that are made, and not 1"
    return text


def intended_use_page() -> str:
    said, pack = basis(), load_rules().pack
    return _joined(
        "# Intended use",
        _MADE.format("what every report says of itself (engine/mrdguide/report/pages/wording/basis.yaml)"),
        said.intended_use,
        f"**Users.** {said.intended_users}",
        f"**Patients.** {said.intended_population}",
        f"**What every answer says.** {pack.statement}",
        "## What it is not for",
        _list(said.not_for),
        "## What goes in",
        said.inputs,
        "## How it decides",
        _list(said.logic),
        "## Known limits",
        _list(said.limits),
        f"**Validation.** {said.validation}",
        "What remains of each hazard stands in the [hazard log](hazard-log.md); what a site must check before use in "
        "[before use](before-use.md).",
    )


def hazard_page() -> str:
    log = hazard_log()
    by_residual = Counter(item.residual for item in log.hazards)
    rows = [
        (f"[{item.id}](#{_anchor(_heading(item))})", item.hazard, item.severity, item.residual) for item in log.hazards
    ]
    return _joined(
        "# Hazard log",
        _MADE.format("docs/safety/hazards.yaml"),
        f"{len(log.hazards)} hazards, in the terms of ISO 14971 and DCB0129. It is a log kept by the project, not a claim "
        "to meet either standard: a manufacturer or a site with its own safety officer has to own it.",
        "Severity is that of the worst believable effect. Likelihood is not rated: the program has no history of use, and "
        "a number would be invented.",
        "## Severity",
        _list(f"**{name}**: {meaning}" for name, meaning in log.severities.items()),
        "## What is left after the controls",
        _list(f"**{name}** ({by_residual[name]}): {meaning}" for name, meaning in log.residuals.items()),
        "## All hazards",
        _table(("No.", "Hazard", "Severity", "Left"), rows),
        *(block for item in log.hazards for block in _hazard(item)),
    )


def argument_page() -> str:
    claims = argument().claims
    files = {file for claim in claims for file in claim.evidence}
    return _joined(
        "# Safety argument",
        _MADE.format("docs/safety/argument.yaml and the test files"),
        "Claim, argument, evidence, from the top down. The evidence is test files; the number beside each is that of its test "
        "functions when this page was made, and a test fails when a file has fewer. Many of them try hundreds of "
        "generated patients; `make laws` tries twenty times as many. Nothing here is evidence from patients: there is none.",
        f"In all {len(files)} files with at least {sum(len(functions_of(file)) for file in files)} test functions.",
        *(block for claim in claims for block in _claim(claim)),
        "## What the argument does not cover",
        _list(
            (
                "Whether the rules are right: they are a synthesis by their authors, and no board has confirmed them.",
                "Whether what was recorded is true: a wrong result, a wrong patient or a relapse that nobody wrote down.",
                "How people read and use an answer: it was never studied.",
                "Hazards that nobody has thought of. Tell the project of any (see SECURITY.md for how to report in private).",
            )
        ),
    )


def threat_page() -> str:
    model = threat_model()
    rows = [(item.id, item.between, item.trusted) for item in model.boundaries]
    return _joined(
        "# Threat model",
        _MADE.format("docs/security/threats.yaml"),
        f"{len(model.threats)} threats, each with its kind by STRIDE. How to report a weakness: [SECURITY.md](../../SECURITY.md); how to run "
        "the service and the record: [operation](operation.md).",
        "## What is protected",
        _list(f"**{name}**: {meaning}" for name, meaning in model.assets.items()),
        "## Trust boundaries",
        _table(("Where", "Between", "What is trusted"), rows),
        "## Threats",
        *(block for item in model.threats for block in _threat(item)),
    )


def _hazard(item: Hazard) -> Iterator[str]:
    yield f"### {_heading(item)}"
    yield _list((f"**Cause**: {item.cause}", f"**Effect**: {item.effect}", f"**Severity**: {item.severity}"))
    yield from _controls(item.controls)
    yield f"**Residual risk ({item.residual})**: {item.left}"


def _heading(item: Hazard) -> str:
    return f"{item.id} {item.hazard}"


def _claim(item: Claim) -> Iterator[str]:
    level = "##" if "." not in item.id else "###"
    yield f"{level} {item.id} {item.claim}"
    if item.under:
        yield f"Supports {item.under}."
    yield f"**Argument**: {item.argument}"
    if item.hazards:
        yield f"**Hazards**: {', '.join(f'[{name}](hazard-log.md#{_anchor(_title_of(name))})' for name in item.hazards)}"
    if item.evidence:
        yield "**Evidence**"
        yield _list(f"{_file(file)}: at least {len(functions_of(file))} test functions" for file in item.evidence)
    if item.files:
        yield f"**Where it is built**: {', '.join(_file(name) for name in item.files)}"


def _title_of(hazard_id: str) -> str:
    return next(_heading(item) for item in hazard_log().hazards if item.id == hazard_id)


def _threat(item: Threat) -> Iterator[str]:
    yield f"### {item.id} {item.threat}"
    yield f"{item.where}; {item.kind}."
    yield from _controls(item.controls)
    yield f"**What is left**: {item.left}"


def _controls(controls: Sequence[Control]) -> Iterator[str]:
    for number, control in enumerate(controls, 1):
        yield f"**Control {number}**: {control.says}"
        shown = []
        if control.rules:
            shown.append(f"Rules: {', '.join(f'`{name}`' for name in control.rules)}")
        shown += [f"Invariant `{name}`: {invariant_titles().get(name, '')}" for name in control.invariants]
        if control.files:
            shown.append(f"Where: {', '.join(_file(name) for name in control.files)}")
        shown += [f"Test: {_test(name)}" for name in control.tests]
        yield _list(shown)


def _test(name: str) -> str:
    file, _, function = name.partition("::")
    return f"`{function}` in {_file(file)}"


def _file(name: str) -> str:
    return f"[{name}](../../{name})"


def _anchor(heading: str) -> str:
    """The anchor that readers of Markdown give a heading."""
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in " -_")
    return kept.replace(" ", "-")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _joined(*blocks: str) -> str:
    return "\n\n".join(blocks) + "\n"
