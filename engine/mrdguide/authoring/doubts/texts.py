"""Texts that end where a comment begins: `title: The second # of two` is read as `The second`."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import Problem
from ...reading.document import Document
from ...rulefiles.source import LISTS, SINGLE, RuleSource

_PROSE = frozenset(
    {"title", "title_unknown", "why", "headline", "text", "ask", "by", "statement", "because", "words", "what"}
)


def doubts_on_texts(source: RuleSource) -> Iterator[Problem]:
    """Every sentence that is cut short."""
    documents: dict[str, Document] = {}
    for section in LISTS:
        documents.update({place.document.name: place.document for _, place in source.entries[section].values()})
    documents.update(
        {
            source.single[name][1].document.name: source.single[name][1].document
            for name in SINGLE
            if name in source.single
        }
    )
    for document in documents.values():
        for path, span in document.spans.items():
            if not path or path[-1] not in _PROSE or not 1 <= span.line <= len(document.lines):
                continue
            line = document.lines[span.line - 1]
            rest = line[span.end - 1 :]
            quoted = line[span.column - 1 : span.column] in ("'", '"', "{", "[", "|", ">")
            # "# " after more than a space is a comment that is meant as one.
            if not quoted and rest.startswith(" #") and rest[2:3].strip():
                yield document.problem(
                    path, "a # after a space begins a comment, so the text ends before it", code="cut-short",
                    hint="quote the whole text: \"...\"", severity="warning",
                )  # fmt: skip
