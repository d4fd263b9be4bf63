"""Every kind of mistake in a rule book gives a message that a clinician who edits YAML can act on.

`bad/layered/CASE/` holds only the mistake and is layered over `good/minimal`; `bad/alone/CASE/` is a whole (bad) book.
`message.txt` beside the files is the exact message, with folders left out of the file names. After a change of wording
write them anew and read the difference:

    MRDGUIDE_GOLDEN=write pytest tests/rulefiles/test_bad_books.py && git diff tests/rulefiles/bad
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mrdguide.errors import RuleBookError
from mrdguide.logic.operator import operators
from mrdguide.rulebook.book import RuleBook, load_rules

HERE = Path(__file__).parent
MINIMAL, EVIDENCE = HERE / "good" / "minimal", HERE / "good" / "evidence"
LAYERED = sorted(path for path in (HERE / "bad" / "layered").iterdir() if path.is_dir())
EVERY_OPERATOR = "(every operator by its name)"
ALONE = sorted(path for path in (HERE / "bad" / "alone").iterdir() if path.is_dir())


def load(*folders: Path) -> RuleBook:
    """Load with the evidence of these tests."""
    return load_rules(*folders, evidence=EVIDENCE)


def message(*folders: Path) -> str:
    """The message about a bad book, with folders left out of the file names.

    Where it lists every operator there is, the list is left out: a new operator does not change a message.
    """
    with pytest.raises(RuleBookError) as caught:
        load(*folders)
    found = f"{caught.value}\n".replace(f"{folders[-1]}{os.sep}", "").replace(f"{HERE}{os.sep}", "")
    return found.replace(", ".join(operators()), EVERY_OPERATOR)


def compare_with_golden(case: Path, found: str) -> None:
    golden = case / "message.txt"
    if os.environ.get("MRDGUIDE_GOLDEN") == "write":
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", LAYERED, ids=lambda case: str(case.name))
def test_a_mistake_in_one_layer(case: Path) -> None:
    compare_with_golden(case, message(MINIMAL, case))


@pytest.mark.parametrize("case", ALONE, ids=lambda case: str(case.name))
def test_a_book_that_is_bad_as_a_whole(case: Path) -> None:
    compare_with_golden(case, message(case))


def test_the_minimal_book_is_good() -> None:
    """Otherwise every layered case would fail for a reason of its own."""
    book = load(MINIMAL)
    assert book.pack.name == "minimal"
    assert set(book.rules) == {
        "relapse.progression", "mrd.negative", "mrd.sustained", "risk.del-17p",
        "relapse.now", "block.mrd-positive", "caution.del-17p",
    }  # fmt: skip


def test_every_problem_has_a_place() -> None:
    """All mistakes of one book are reported together, in the order of the file, each with its line and column."""
    with pytest.raises(RuleBookError) as caught:
        load(MINIMAL, HERE / "bad" / "layered" / "several-mistakes")
    problems = caught.value.problems
    assert len(problems) == 4
    assert all(problem.line and problem.column and problem.snippet for problem in problems)
    assert [problem.line for problem in problems] == [5, 9, 13, 17]
