"""`python -m docs.making.upgrading OLD NEW`: whose answer changes from one state of the rules to another, as a page.

OLD and NEW are rule folders as a release has them (`git archive TAG rules | tar x -C OLD`); `core` is the state of this checkout.
The engine is this one for both, so that what the page shows is the rules' doing alone.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

from mrdguide.authoring.comparing import CORE, AnswerChange, book_of, compare_books
from mrdguide.errors import MrdguideError
from mrdguide.rulebook.book import RuleBook

from .markdown import code, heading, page, plain, table, titled

_BEFORE = "-before"
_NAMED = 3  # rules that are named for each answer
_NAME = re.compile(r"^(\s*name: )(\S+)$", re.MULTILINE)


def upgrade_page(old: str, new: str) -> str:
    """The page; the comparison is on the shipped examples, each on its day.

    Raises:
        RuleBookError: this engine cannot read one of the folders.
    """
    first, second = _book(old), _book(new)
    found = compare_books(first, second, most_tried=0)
    return page(
        heading(1, "Upgrading: which answers change"),
        f"From {plain(first.name.replace(_BEFORE, '', 1))} to {plain(second.name)} ({code(second.hash[:12])}), both by the engine of "
        f"this version: {len(found.changes)} entries of the rules differ, and {len(found.answers)} of the {found.patients} shipped examples get another answer.",
        "<!-- Made by `python -m docs.making.upgrading OLD core`; the CHANGELOG says why. -->",
        titled("Examples whose answer changes", table(("example", "before", "after", "by"), map(_row, found.answers))),
        "Yours may change though no example does: `mrdguide rules compare OLD NEW` looks at every combination of verdicts and shows a patient "
        "for each way in which answers differ, `--on FOLDER` compares your own profiles, `mrdguide cohort compare` a registry.",
    )  # fmt: skip


def _row(change: AnswerChange) -> tuple[str, ...]:
    before, after = (
        f"{code(item.outcome)}"
        + (f" ({', '.join(map(code, item.possible_outcomes))})" if len(item.possible_outcomes) > 1 else "")
        for item in (change.before, change.after)
    )
    # A rule that one of them does not have, or has by another id, explains nothing to who reads the other.
    both = [name for name in change.rules if name in change.before.rules.rules and name in change.after.rules.rules]
    return code(change.file), before, after, ", ".join(map(code, both[:_NAMED]))


def _book(place: str) -> RuleBook:
    """A book of another state may not bear the core's name beside the core: it gets one of its own for the comparison."""
    if place == CORE:
        return book_of(CORE)
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder, "rules")
        shutil.copytree(place, copied)
        pack = copied / "pack.yaml"
        pack.write_text(
            _NAME.sub(rf"\1\2{_BEFORE}\n  standalone: true", pack.read_text(encoding="utf-8"), count=1),
            encoding="utf-8",
        )
        return book_of(str(copied))


def main() -> int:
    """Print the page; 2 where a folder cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", help="the rule folder before")
    parser.add_argument("new", help="the rule folder after, or core")
    parsed = parser.parse_args()
    try:
        print(upgrade_page(parsed.old, parsed.new), end="")
    except MrdguideError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
