"""All criteria of a rule book by column: an operator's column meaning where it has one, else patient by patient."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ...logic.operator import Context, Operator
from ...rulebook.book import RuleBook
from .cohort import Cohort, Verdicts
from .kleene import Table
from .meaning import Asked
from .operators import meanings


def judge_criteria(rules: RuleBook, cohort: Cohort, verdicts: Table) -> Counter[str]:
    """Fill in the rows of the criteria. Returns the keywords of operators that were judged patient by patient, with how many
    of them there are in the criteria."""
    by_patient: Counter[str] = Counter()

    def judged(operator: Operator, context: Context) -> Verdicts:
        meaning = meanings().get(operator.keyword)
        found = meaning(operator, Asked(cohort, context, lambda part: judged(part, context))) if meaning else None
        if found is not None:
            return found
        by_patient[operator.keyword] += 1
        verdict = operator.compile(context).verdict
        return np.fromiter(map(verdict, cohort.cases), dtype=np.uint8, count=len(cohort))

    for slot, criterion in enumerate(rules.compiled_criteria):
        rule = criterion.rule
        readings = rules.kept_readings.get(rule.id, rules.interpretation)
        verdicts[slot] = judged(rule.when, Context(rule.absence == "not_met", readings))
    return by_patient
