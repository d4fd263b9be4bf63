"""`mrdguide cohort`: many patients at once."""

ACTIONS = {
    "run": "judge every patient of a cohort: one row each, to a Parquet file",
    "report": "count what the rows of a run say: answers, attrition, what is missing",
    "outcomes": "what happened after stopping, beside what the rows of a run say",
    "compare": "one cohort by two rule books, or with other thresholds",
    "synthesize": "write an invented cohort, for tests and measuring",
}
"""Each with its line of help."""
