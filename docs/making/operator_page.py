"""The rule language: every operator with its meaning, from its docstring, and its parameters, from its model."""

from __future__ import annotations

from mrdguide.authoring.editor import live_schema
from mrdguide.logic.operator import Operator, operators
from mrdguide.rulebook.book import RuleBook

from .docstrings import docstring
from .markdown import block, bullets, code, heading, label, link, page, titled
from .schema_pages import keys

_USED = 5  # rules that are named as examples


def operator_page(rules: RuleBook) -> str:
    """Every operator, in the order of the alphabet."""
    found = operators()
    definitions = live_schema("rules", rules)["$defs"]
    return page(
        heading(1, "Operators of the rule language", "all-operators"),
        f"A condition (`when`) is one of these {len(found)} operators with its parameters, or the id of a criterion or conclusion alone. "
        "Every one gives met, not met or unknown.",
        block("when: {compare: {fact: baseline.labs.creatinine, operator: \">\", value: 2, unit: mg/dL}}\n"
              "when: {all: [mrd.sustained-12, {not: imaging.positive-now}]}", "yaml"),
        bullets(link(keyword, label("operator", keyword)) for keyword in found),
        *(_operator(rules, keyword, kind, definitions[kind.__name__]) for keyword, kind in found.items()),
    )  # fmt: skip


def _operator(rules: RuleBook, keyword: str, kind: type[Operator], schema: dict[str, object]) -> str:
    users = [rule for rule in rules.rules.values() if any(type(part) is kind for part in rule.when.walk())]
    named = [f"{link(rule.title, label('rule', rule.id))} {code(rule.id)}" for rule in users[:_USED]]
    more = [f"and {len(users) - _USED} more"] if len(users) > _USED else []
    parts = (
        heading(2, keyword, label("operator", keyword)),
        docstring(kind),
        keys(schema, "rule-files", {}),
        titled("Used by", bullets([*named, *more]), 3),
    )
    return "\n\n".join(part for part in parts if part)
