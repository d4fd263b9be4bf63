"""Rules as they are read: in English, with the lines of YAML that say it, what they rest on and what rests on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ...authoring.uses import users
from ...evidence.citation import vancouver
from ...logic.operators.reference import references
from ...rulebook.book import RuleBook
from ...rulebook.used_parameters import Mention, mentions, parameters_of
from ...rulefiles.model import Criterion, Rule
from ...rulefiles.parameters import Parameter

_SECTION = {"criteria": "Criteria", "conclusions": "Conclusions", "blocks": "Blocks", "cautions": "Cautions"}
NUMBER = "parameter:"  # before the ids of numbers, which rules may have too
_ABSENT = {"unknown": "unknown", "not_met": "not met", "met": "met"}


@dataclass(frozen=True, slots=True)
class Linked:
    """Something that a card names: what to show when it is followed, and how it is called."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Card:
    """One rule, or one number that rules share: `met_when` (of a number `value`) and `why` in English, `yaml` as it stands in its file."""

    id: str
    title: str
    where: str
    met_when: str
    value: str
    absence: str
    why: str
    parameters: tuple[Linked, ...]
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
    """Rules in which every word that is searched for occurs: in id, title, condition, reason, facts, studies or numbers by name."""
    words = query.casefold().split()
    texts = _searched(rules)
    numbers = {f"{NUMBER}{item.id}": item.title for item in rules.parameters}
    listed = {
        **{_SECTION.get(name, name.capitalize()): {item: rules.rules[item].title for item in ids} for name, ids in rules.sections.items()},
        "Numbers that rules share": numbers,
    }  # fmt: skip
    groups = []
    for title, known in listed.items():
        hits = tuple(
            Linked(name, called) for name, called in known.items() if all(word in texts[name] for word in words)
        )
        if hits:
            groups.append(Group(title, hits, len(known)))
    return tuple(groups)


@lru_cache(maxsize=4)
def _searched(rules: RuleBook) -> Mapping[str, str]:
    paths = {item.rule.id: " ".join(sorted(item.paths)) for item in rules.compiled_criteria}
    named: dict[str, set[str]] = {}
    for item in _mentions(rules):
        named.setdefault(item.entry, set()).add(item.parameter)
    texts = {
        name: " ".join(
            (name, rule.title, rule.when.wording(), rule.why, paths.get(name, ""), *rule.cites, *_studies(rules, rule), *named.get(name, ()))
        )
        for name, rule in rules.rules.items()
    }  # fmt: skip
    texts |= {
        f"{NUMBER}{item.id}": " ".join(
            (f"${item.id}", item.title, f"{item.value:g} {item.unit}", item.source, item.why)
        )
        for item in rules.parameters
    }
    return {name: text.casefold() for name, text in texts.items()}


@lru_cache(maxsize=4)
def _mentions(rules: RuleBook) -> tuple[Mention, ...]:
    """Where numbers are named: it takes reading every file."""
    return tuple(mentions(rules))


def _studies(rules: RuleBook, rule: Rule) -> Iterator[str]:
    yield from (rules.evidence.entry(cited.partition("#")[0]).called for cited in rule.cites)


def card(rules: RuleBook, files: Mapping[str, str], rule_id: str) -> Card | None:
    """The card of a rule or a number; None where there is none of that id. `files` are rule files by the name that places have."""
    number = number_of(rules, rule_id)
    if number is not None:
        return _card_of_number(rules, files, number)
    name = rules.current(rule_id)
    rule = rules.rules.get(name)
    if rule is None:
        return None
    return Card(
        name, rule.title, rules.where(name), rule.when.wording(), "",
        _ABSENT[rule.absence] if isinstance(rule, Criterion) else "", rule.why,
        tuple(Linked(f"{NUMBER}{item.id}", f"${item.id}: {item.value:g} {item.unit} ({item.title})")
              for item in parameters_of(rules, name, _mentions(rules))),
        tuple(_cited(rules, cited) for cited in rule.cites),
        tuple(_linked(rules, item) for item in dict.fromkeys(references(rule.when)) if item in rules.rules),
        tuple(_linked(rules, item) for item in users(rules, name) if item in rules.rules),
        entry_text(files, rules.where(name)),
    )  # fmt: skip


def number_of(rules: RuleBook, item_id: str) -> Parameter | None:
    """The number that rules share of an id as `found` gives it; None where it is none."""
    return next((item for item in rules.parameters if f"{NUMBER}{item.id}" == item_id), None)


def _card_of_number(rules: RuleBook, files: Mapping[str, str], number: Parameter) -> Card:
    where = rules.locations[f"{NUMBER}{number.id}"]
    users_of = dict.fromkeys(item.entry for item in _mentions(rules) if item.parameter == number.id)
    value = f"{number.value:g} {number.unit}; a layer may take {number.least:g} to {number.most:g}"
    cited = (_cited(rules, number.source),) if number.source in rules.evidence else ()
    why = number.why if cited else f"{number.why} (No source fixes it: it is a convention of these rules.)".strip()
    used = tuple(_linked(rules, item) for item in users_of if item in rules.rules)
    return Card(
        f"{NUMBER}{number.id}", number.title, where, "", value, "", why, (), cited, (), used, entry_text(files, where)
    )


def line_for(number: Parameter) -> str:
    """What a layer writes to change a number."""
    return (
        f"- id: {number.id}  # {number.title}: {number.least:g} to {number.most:g} {number.unit}\n"
        f"  value: {number.value:g}\n"
        "  why: Say here why your site takes another number.\n"
        f"# If it is meant to be less strict, also: loosens: [{{what: {number.id}, why: the reason, by: who decided it, date: YYYY-MM-DD}}]"
    )


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
