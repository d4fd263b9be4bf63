"""The operators of the rule language, one file per family."""
