"""`mrdguide cohort`: many patients at once."""

ACTIONS = {
    "run": "judge every patient of a cohort: one row each, to a Parquet file",
    "report": "count what the rows of a run say: answers, attrition, what is missing",
    "synthesize": "write an invented cohort, for tests and measuring",
}
"""Each with its line of help."""
