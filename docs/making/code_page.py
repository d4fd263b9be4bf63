"""The codes that FHIR records are read by, from the shipped code table."""

from __future__ import annotations

from collections import defaultdict

from mrdguide.intake.fhir.codes.table import Meaning, load_table

from .markdown import code, heading, page, plain, table


def code_page() -> str:
    """Every code by what it means."""
    codes = load_table()
    meanings: dict[str, list[Meaning]] = defaultdict(list)
    for meaning in codes.codes.values():
        meanings[meaning.kind].append(meaning)
    reviewed = sum(meaning.entry.reviewed_by is not None for meaning in codes.codes.values())
    return page(
        heading(1, "Codes", "codes"),
        f"Code table {plain(codes.version)}: {len(codes.codes)} codes of resources, {len(codes.values)} codes of values, and "
        f"{len(codes.ordinary)} codes that are known to say nothing of the disease. {reviewed} of the {len(codes.codes)} codes were "
        "checked against their registry by somebody who is named; check those that your site uses. A site file adds codes and "
        "says what local ones mean.",
        *(
            f"{heading(2, kind)}\n\n{table(('means', 'system', 'code', 'source', 'confidence', 'checked by'), map(_row, found))}"
            for kind, found in sorted(meanings.items())
        ),
        heading(2, "Values"),
        table(("system", "code", "means"), ((code(system), code(value), code(means)) for (system, value), means in codes.values.items())),
    )  # fmt: skip


def _row(meaning: Meaning) -> tuple[str, ...]:
    entry = meaning.entry
    return (
        code(meaning.name or meaning.means), code(entry.system), code(entry.code), plain(entry.source), entry.confidence,
        plain(entry.reviewed_by or "nobody yet"),
    )  # fmt: skip
