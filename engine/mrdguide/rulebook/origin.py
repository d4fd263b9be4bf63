"""Where a rule book was loaded from, so that another process can load the same one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import Problem
from ..reading.frozen import frozen
from ..reading.shipped import folder

RULE_FOLDER = "a folder with rule files"
EVIDENCE_FOLDER = "a folder with evidence files"


@frozen
class Origin:
    """The folders of the rules and of their evidence, absolute; None for those shipped with mrdguide, wherever it is."""

    rules: tuple[str | None, ...]
    evidence: str | None

    def found(self) -> tuple[tuple[str, ...], str]:
        """The folders as they are here."""
        rules = tuple(item if item is not None else str(folder("rules")) for item in self.rules)
        return rules, self.evidence if self.evidence is not None else str(folder("evidence"))

    def changed(self, what: str, before: str, now: str) -> Problem:
        """That the files are not those that the book was made of."""
        rules, evidence = self.found()
        return Problem(
            f"the {what} files are not those that the pickled rule book was made of",
            ", ".join(rules) if what == "rule" else evidence,
            expected=f"files with the hash {before[:12]}, found {now[:12]}",
            hint="evaluate again with the files as they are now, or put the earlier ones back",
            code="files-changed",
        )


def origin_of(rules: Sequence[Path], evidence: Path) -> Origin:
    """The origin of a book that is being loaded; paths may be relative to the working folder."""
    return Origin(tuple(_place(item, "rules") for item in rules), _place(evidence, "evidence"))


def _place(found: Path, shipped: str) -> str | None:
    return None if found.absolute() == folder(shipped) else str(found.absolute())
