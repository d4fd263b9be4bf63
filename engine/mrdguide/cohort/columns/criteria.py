"""All criteria of a rule book by column: an operator's column meaning where it has one, else patient by patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

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

    def judged(operator: Operator, context: Context) -> Verdicts:
        meaning = meanings().get(operator.keyword)
        found = meaning(operator, Asked(cohort, context, lambda part: judged(part, context))) if meaning else None
        if found is None:
            found = cohort.all_of(LEFT)
        left = np.flatnonzero(found == LEFT)
        if left.size:
            by_patient[operator.keyword] += int(left.size)
            verdict = operator.compile(context).verdict
            found[left] = np.fromiter((verdict(cohort.case(place)) for place in left.tolist()), np.uint8, left.size)
        return found

    for slot, criterion in enumerate(rules.compiled_criteria):
        if only is not None and slot not in only:
            continue
        rule = criterion.rule
        readings = rules.kept_readings.get(rule.id, rules.interpretation)
        verdicts[slot] = judged(rule.when, Context(rule.absence == "not_met", readings))
    return by_patient
