"""Rules as they are read: in English, with the lines of YAML that say it, what they rest on and what rests on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...authoring.uses import users
from ...evidence.citation import vancouver
from ...logic.operators.reference import references
from ...rulebook.book import RuleBook
from ...rulebook.used_parameters import parameters_of
from ...rulefiles.model import Criterion, Rule

_SECTION = {"criteria": "Criteria", "conclusions": "Conclusions", "blocks": "Blocks", "cautions": "Cautions"}
_ABSENT = {"unknown": "unknown", "not_met": "not met", "met": "met"}


@dataclass(frozen=True, slots=True)
class Linked:
    """Something that a card names: what to show when it is followed, and how it is called."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Card:
    """One rule: `met_when` and `why` in English, `yaml` as it stands in its file from `line` on."""

    id: str
    title: str
    where: str
    met_when: str
    absence: str
    why: str
    parameters: tuple[str, ...]
    cites: tuple[Linked, ...]
    rests_on: tuple[Linked, ...]
    used_by: tuple[Linked, ...]
    yaml: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one section that were found, and how many it has."""

    title: str
    rules: tuple[Linked, ...]
    of: int


def found(rules: RuleBook, query: str) -> tuple[Group, ...]:
    """Rules in which every word that is searched for occurs: in id, title, condition, reason, facts or studies."""
    words = query.casefold().split()
    texts = _searched(rules)
    groups = []
    for section, ids in rules.sections.items():
        hits = tuple(
            Linked(name, rules.rules[name].title) for name in ids if all(word in texts[name] for word in words)
        )
        if hits:
            groups.append(Group(_SECTION.get(section, section.capitalize()), hits, len(ids)))
    return tuple(groups)


@lru_cache(maxsize=4)
def _searched(rules: RuleBook) -> Mapping[str, str]:
    paths = {item.rule.id: " ".join(sorted(item.paths)) for item in rules.compiled_criteria}
    return {
        name: " ".join(
            (name, rule.title, rule.when.wording(), rule.why, paths.get(name, ""), *rule.cites, *_studies(rules, rule))
        ).casefold()
        for name, rule in rules.rules.items()
    }


def _studies(rules: RuleBook, rule: Rule) -> Iterator[str]:
    yield from (rules.evidence.entry(cited.partition("#")[0]).called for cited in rule.cites)


def card(rules: RuleBook, files: Mapping[str, str], rule_id: str) -> Card | None:
    """The card of a rule; None where there is none of that id. `files` are rule files by the name that places have."""
    name = rules.current(rule_id)
    rule = rules.rules.get(name)
    if rule is None:
        return None
    return Card(
        name, rule.title, rules.where(name), rule.when.wording(),
        _ABSENT[rule.absence] if isinstance(rule, Criterion) else "", rule.why,
        tuple(f"${item.id}: {item.value:g} {item.unit} ({item.title})" for item in parameters_of(rules, name)),
        tuple(_cited(rules, cited) for cited in rule.cites),
        tuple(_linked(rules, item) for item in dict.fromkeys(references(rule.when)) if item in rules.rules),
        tuple(_linked(rules, item) for item in users(rules, name) if item in rules.rules),
        entry_text(files, rules.where(name)),
    )  # fmt: skip


def _linked(rules: RuleBook, name: str) -> Linked:
    return Linked(name, rules.rules[name].title)


def _cited(rules: RuleBook, cited: str) -> Linked:
    entry = rules.evidence.entry(cited.partition("#")[0])
    return Linked(entry.id, f"{entry.called}: {vancouver(entry.citation)}")


def entry_text(files: Mapping[str, str], where: str) -> str:
    """The lines of one entry of a list in a rule file, from the place where it begins to the next; empty where it is not there."""
    name, _, number = where.rpartition(":")
    lines = files.get(name, "").splitlines()
    first = int(number) - 1
    if not 0 <= first < len(lines):
        return ""
    indent = _indent(lines[first])
    last = first + 1
    while last < len(lines) and (not lines[last].strip() or _indent(lines[last]) > indent):
        last += 1
    return "\n".join(line[indent:] for line in lines[first:last]).rstrip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
