"""What a workbench is opened with: the rules, the shipped or a teacher's cases, and the first patient."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PatientError, Problem
from ..patient.reader import read_patient
from ..reading.bounded import read_bytes
from ..report.blocks import Page
from ..rulebook.book import RuleBook
from ..teach.cases import lessons
from .bench import Bench
from .patient.judged import nobody
from .patient.pasted import open_text
from .state import State

if TYPE_CHECKING:
    from .cohort.opened import OpenedCohort


def open_bench(rules: RuleBook, cases: Path | None = None, cohort: OpenedCohort | Page | None = None) -> Bench:
    """Read what every page shares. `cases` is a teacher's folder of cases, in the place of the shipped ones.

    Raises:
        UsageError, ProblemsError: the cases cannot be read.
    """
    known = lessons(cases)
    texts = {item.example.file: item.example.path.read_text(encoding="utf-8") for item in known}
    return Bench(rules, known, cohort, texts, _rule_files(rules))


def _rule_files(rules: RuleBook) -> dict[str, str]:
    """The text of every rule file; files of layers are named with their folder, as in the places of rules."""
    found: dict[str, str] = {}
    for number, folder in enumerate(rules.folders):
        above = folder.absolute().parent if number > 0 and rules.layering is not None else folder.absolute()
        for path in sorted(folder.absolute().rglob("*.yaml")):
            found[path.relative_to(above).as_posix()] = path.read_text(encoding="utf-8-sig")
    return found


def started(today: str) -> State:
    """The state of a page that nothing was opened in."""
    return State(profile=nobody(), as_of=today)


def opened_file(file: Path, today: str) -> State:
    """The state of a page in which a file was opened.

    Raises:
        PatientError: it cannot be read, with every problem and its line.
    """
    try:
        text = read_bytes(file).decode("utf-8-sig")
    except OSError as error:
        raise PatientError([Problem(f"cannot be read: {error.strerror}", str(file), code="not-found")]) from None
    except UnicodeDecodeError:
        read_patient(file)
        raise
    return State(profile=open_text(text).profile, as_of=today)
