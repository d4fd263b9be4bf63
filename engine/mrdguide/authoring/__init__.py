"""Tools of those who write rules: cases and their runner, mutants, comparisons with patients, templates, editor settings."""
