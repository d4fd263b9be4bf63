"""What a rule rests on and what rests on it; which rules read a fact of the profile, cite an entry of the evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from ..errors import UsageError
from ..logic.operators.reference import references
from ..patient.facts import catalogue
from ..reading.validation import closest
from ..rulebook.book import RuleBook
from .profile_facts import profile_facts

_Tree = Callable[[RuleBook, str, str, set[str]], Iterator[str]]

_INDEX = re.compile(r"\[[^]]*\]")
_KINDS = {
    "scheme": "risk scheme", "alternative": "other definition", "protocol": "study pattern", "differs": "study pattern",
    "match": "study match", "outcome": "outcome", "secondary": "secondary answer", "invariant": "invariant",
}  # fmt: skip


def uses_text(rules: RuleBook, name: str) -> str:
    """Up and down from a rule, an outcome, a study, an entry of the evidence or a fact, one line each.

    Raises:
        UsageError: there is no such thing.
    """
    current = rules.current(name)
    if current in rules.rules:
        return "\n".join(_of_rule(rules, current))
    lines: list[str] = []
    for kind in ("outcome", "protocol", "scheme", "secondary", "invariant", "alternative"):
        named = [item for item in rules.decider.derived_rules if owner(item) == f"{kind}:{current}"]
        if named:
            lines += [f"{_KINDS[kind]} {current}", *_down(rules, named), *_up(rules, named)]
    if name in rules.evidence:
        lines += _of_evidence(rules, name)
    if lines:
        return "\n".join(lines)
    if readers(rules, name) or _known_fact(name):
        return "\n".join(_of_fact(rules, name))
    known = [*rules.rules, *rules.evidence.ids, *(fact.path for fact in profile_facts())]
    known += [item.partition(":")[2] for item in rules.decider.derived_rules if item.startswith("outcome:")]
    raise UsageError(f"nothing is called '{name}'; {closest(name, known) or 'see mrdguide rules list, rules facts'}")


def readers(rules: RuleBook, path: str) -> tuple[str, ...]:
    """The criteria that read a fact of the profile, or anything below it."""
    place = _INDEX.sub("", path)
    return tuple(
        item.rule.id
        for item in rules.compiled_criteria
        if any(read == place or read.startswith(f"{place}.") or place.startswith(f"{read}.") for read in item.paths)
    )


def users(rules: RuleBook, name: str) -> tuple[str, ...]:
    """Whatever names a rule in its condition, by its name in the decider."""
    return tuple(item for item, expression in rules.decider.derived_rules.items() if name in references(expression))


def citing(rules: RuleBook, entry_id: str) -> Iterator[tuple[str, str]]:
    """Every rule, answer, plan or scheme that cites an entry: (what it is, the citation)."""
    decision = rules.decision
    for rule in rules.rules.values():
        yield from ((rule.id, cited) for cited in rule.cites if _entry(cited) == entry_id)
    holders: list[tuple[str, Iterable[object]]] = [
        ("outcome", decision.outcomes), ("secondary", decision.secondary), ("scheme", rules.schemes),
        ("alternative", rules.alternatives), ("background", rules.background),
    ]  # fmt: skip
    for kind, items in holders:
        for item in items:
            cites, name = getattr(item, "cites", ()), getattr(item, "id", "")
            yield from ((f"{kind} {name}", cited) for cited in cites if _entry(cited) == entry_id)
    yield from ((f"study pattern {item.id}", item.study) for item in rules.protocols if item.study == entry_id)
    for plan in rules.plans:
        yield from ((f"plan {plan.id}", item.source) for item in plan.items if _entry(item.source) == entry_id)
    yield from ((f"parameter {item.id}", item.source) for item in rules.parameters if item.source == entry_id)


def _entry(citation: str) -> str:
    return citation.partition("#")[0]


def _of_rule(rules: RuleBook, rule_id: str) -> Iterator[str]:
    rule = rules.rules[rule_id]
    yield f"{rule_id}: {rule.title}  [{rules.where(rule_id)}]"
    yield from _down(rules, [rule_id])
    yield from _up(rules, [rule_id])


def _of_evidence(rules: RuleBook, entry_id: str) -> list[str]:
    found = list(citing(rules, entry_id))
    lines = [f"evidence {entry_id}: {rules.evidence.entry(entry_id).called}"]
    lines += ["  cited by:"] if found else ["  cited by nothing"]
    return lines + [f"    {who}: {_titled(rules, who)}  ({cited})" for who, cited in found]


def _of_fact(rules: RuleBook, path: str) -> Iterator[str]:
    fact = catalogue().get(path)
    yield f"fact {path}: {fact.label}" if fact else f"fact {path}"
    found = readers(rules, path)
    yield from ["  read by:"] if found else ["  read by no rule"]
    for name in found:
        yield f"    {name}: {rules.rules[name].title}  [{rules.where(name)}]"
        yield from _tree_up(rules, name, "      ", set())


def _down(rules: RuleBook, names: Iterable[str]) -> Iterator[str]:
    """What some rules rest on, down to the facts of the profile, and what they cite."""
    yield "  rests on:"
    names = list(names)
    seen: set[str] = set(names)
    for name in names:
        yield from _tree_down(rules, name, "    ", seen)
    cited = [cited for name in names if name in rules.rules for cited in rules.rules[name].cites]
    if cited:
        yield f"  cites: {', '.join(cited)}"


def _tree_down(rules: RuleBook, name: str, indent: str, seen: set[str]) -> Iterator[str]:
    judged = next((item for item in rules.compiled_criteria if item.rule.id == name), None)
    if judged is not None:
        yield f"{indent}facts: {', '.join(sorted(judged.paths)) or 'none'}"
        return
    expression = rules.decider.derived_rules[name]
    yield from _branches(rules, name, references(expression), indent, seen, _tree_down)


def _up(rules: RuleBook, names: Iterable[str]) -> Iterator[str]:
    names = list(names)
    seen: set[str] = set(names)
    lines = [line for name in names for line in _tree_up(rules, name, "    ", seen)]
    yield "  used by:" if lines else "  used by nothing"
    yield from lines


def _tree_up(rules: RuleBook, name: str, indent: str, seen: set[str]) -> Iterator[str]:
    yield from _branches(rules, name, users(rules, name), indent, seen, _tree_up)


def _branches(
    rules: RuleBook, name: str, others: Iterable[str], indent: str, seen: set[str], tree: _Tree
) -> Iterator[str]:
    """What lies beside a rule in one direction, each with its own tree where it first stands."""
    for other in others:
        if owner(other) == owner(name):
            continue
        again = other in seen
        yield f"{indent}{_titled_line(rules, other)}{' (see above)' if again else ''}"
        if not again:
            seen.add(other)
            yield from tree(rules, other, f"{indent}  ", seen)


def owner(name: str) -> str:
    """`protocol:perseus:arm` and `differs:perseus:0` belong to `protocol:perseus`."""
    kind, _, rest = name.partition(":")
    own = rest.partition(":")[0]
    return f"{'protocol' if kind in ('differs', 'match') else kind}:{own}" if rest else name


def _titled_line(rules: RuleBook, name: str) -> str:
    if name in rules.rules:
        return f"{name}: {rules.rules[name].title}"
    kind, _, rest = name.partition(":")
    return f"{_KINDS.get(kind, kind)} {rest}"


def _titled(rules: RuleBook, name: str) -> str:
    return rules.rules[name].title if name in rules.rules else "cites it"


def _known_fact(path: str) -> bool:
    place = _INDEX.sub("", path)
    return any(_INDEX.sub("", fact.path) == place for fact in profile_facts())
