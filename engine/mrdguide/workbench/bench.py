"""What is the same for every page of one workbench: the rules, the teaching cases, the cohort that is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..report.blocks import Page
from ..rulebook.book import RuleBook
from ..teach.cases import Lesson

if TYPE_CHECKING:
    from .cohort.opened import OpenedCohort


@dataclass(frozen=True)
class Bench:
    """Read once when the workbench is opened; nothing in it is of a patient who was entered."""

    rules: RuleBook
    lessons: tuple[Lesson, ...] = ()
    cohort: OpenedCohort | Page | None = None  # a page of counts alone, where whoever opens it may see no patients
    examples: Mapping[str, str] = field(default_factory=dict)
    rule_files: Mapping[str, str] = field(default_factory=dict)  # their text, by the name that places in rules have
    below: Bench | None = None  # the bench as it was opened, where the layer that a page holds lies on its rules
