"""All criteria of a rule book by column: an operator's column meaning where it has one, else patient by patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from functools import partial

import numpy as np

from ...logic.operator import Context, Operator
from ...rulebook.book import RuleBook
from .cohort import Cohort, Verdicts
from .kleene import Table
from .meaning import LEFT, Asked
from .operators import meanings


def judge_criteria(
    rules: RuleBook, cohort: Cohort, verdicts: Table, only: Container[int] | None = None
) -> Counter[str]:
    """Fill in the rows of the criteria, or of some of them. Returns how many verdicts each operator, by its keyword, gave
    patient by patient."""
    by_patient: Counter[str] = Counter()
    for slot, criterion in enumerate(rules.compiled_criteria):
        if only is not None and slot not in only:
            continue
        rule = criterion.rule
        readings = rules.kept_readings.get(rule.id, rules.interpretation)
        verdicts[slot] = _judged(cohort, by_patient, Context(rule.absence == "not_met", readings), rule.when)
    return by_patient


def _judged(cohort: Cohort, by_patient: Counter[str], context: Context, operator: Operator) -> Verdicts:
    # Not a function within the other: one that names itself is a ring, and holds the cohort until rings are looked for.
    meaning = meanings().get(operator.keyword)
    asked = Asked(cohort, context, partial(_judged, cohort, by_patient, context))
    found = meaning(operator, asked) if meaning else None
    if found is None:
        found = cohort.all_of(LEFT)
    left = np.flatnonzero(found == LEFT)
    if left.size:
        by_patient[operator.keyword] += int(left.size)
        verdict = operator.compile(context).verdict
        found[left] = np.fromiter((verdict(cohort.case(place)) for place in left.tolist()), np.uint8, left.size)
    return found
