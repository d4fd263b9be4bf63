"""The operators of the rule language. Every module here is found by `logic.operator.operators()`."""
