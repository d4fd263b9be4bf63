"""What there is for a control to name: rules, invariants, files, and the test functions of each file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from mrdguide.rulebook.book import load_rules

from .data import ROOT, Control


@cache
def rule_ids() -> frozenset[str]:
    return frozenset(load_rules().rules)


@cache
def invariant_titles() -> dict[str, str]:
    return {item.id: item.title for item in load_rules().decider.invariants}


@cache
def functions_of(file: str) -> frozenset[str]:
    """The names of the test functions of a file, methods of test classes among them; none where there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    return frozenset(_named(ast.parse(path.read_text(encoding="utf-8"))))


def _named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name


def missing(control: Control) -> list[str]:
    """What a control names and is not there, each with its kind."""
    found = [f"rule {name}" for name in control.rules if name not in rule_ids()]
    found += [f"invariant {name}" for name in control.invariants if name not in invariant_titles()]
    found += [f"file {name}" for name in control.files if not (ROOT / name).exists()]
    for name in control.tests:
        file, _, function = name.partition("::")
        if function not in functions_of(file):
            found.append(f"test {name}")
    return found
