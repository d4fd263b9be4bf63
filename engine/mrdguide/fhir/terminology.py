"""The code table as FHIR R4 terminology: what codes mean here, for servers and mapping tools of a site.

`CodeSystem` for the project's own codes and for its meanings, a `ValueSet` for each kind of meaning, and a `ConceptMap` from
every code to its meaning (https://hl7.org/fhir/R4/terminology-module.html). All of it is made from the table that the reader
reads, so that the two cannot differ; a site file comes in the same way. Nobody has checked the codes against their
registries, so everything is `draft` and `experimental`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from ..intake.fhir.codes import CodeTable, load_table
from ..intake.fhir.codes.table import IRRELEVANT

OWN = "urn:mrdguide:code"
MEANING = "urn:mrdguide:meaning"
BASE = "urn:mrdguide:fhir"
Resource = dict[str, Any]


def canonical(kind: str, name: str) -> str:
    """The canonical address of a resource of the project."""
    return f"{BASE}:{kind}:{name}"


def head(kind: str, name: str, title: str, version: str, description: str) -> Resource:
    """What every canonical resource begins with."""
    return {
        "resourceType": kind, "id": name, "url": canonical(kind, name), "version": version,
        "name": "".join(part.capitalize() for part in name.split("-")), "title": title, "status": "draft",
        "experimental": True, "description": description,
    }  # fmt: skip


def terminology(site: str | None = None) -> list[Resource]:
    """Code systems, value sets and concept maps of the shipped table, with a site file laid over it.

    Raises:
        SiteFileError: the site file cannot be read.
    """
    table = load_table(site)
    return [_own_codes(table), _meanings(table), *_value_sets(table), *_concept_maps(table)]


def value_set_name(kind: str) -> str:
    """The name of the value set of a kind of meaning."""
    return f"codes-of-{kind}"


def _addresses(table: CodeTable) -> dict[str, str]:
    """The address of each system, by its short name; the first under which the table knows it."""
    return {name: address for address, name in reversed(table.names.items())}


def _own_codes(table: CodeTable) -> Resource:
    own = {
        code: meaning.means for (system, code), meaning in table.codes.items() if system == "mrdguide"
    } | {code: means for (system, code), means in table.values.items() if system == "mrdguide"}  # fmt: skip
    return {
        **head("CodeSystem", "own-codes", "Codes of mrdguide", table.version, "For what no public system has a code for."),
        "url": OWN, "caseSensitive": True, "content": "complete", "count": len(own),
        "concept": [{"code": code, "definition": f"means: {means}"} for code, means in own.items()],
    }  # fmt: skip


def _meanings(table: CodeTable) -> Resource:
    names = sorted(
        {meaning.means for meaning in table.codes.values()}
        | {meaning.means for some in table.prefixes.values() for meaning in some.values()}
        | set(table.values.values())
    )
    return {
        **head("CodeSystem", "meanings", "Meanings of codes in mrdguide", table.version, "What a code is read as."),
        "url": MEANING, "caseSensitive": True, "content": "complete", "count": len(names),
        "concept": [{"code": name} for name in names],
    }  # fmt: skip


def _value_sets(table: CodeTable) -> Iterator[Resource]:
    """One value set for each kind of meaning; a family of codes that begin alike is a filter."""
    addresses = _addresses(table)
    kinds: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    families: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (system, code), meaning in table.codes.items():
        kinds[meaning.kind][system].append(meaning.entry.code if system in table.without_dots else code)
    for system, some in table.prefixes.items():
        for start, meaning in some.items():
            families[meaning.kind][system].append(start)
    for kind in sorted({*kinds, *families}):
        if kind == IRRELEVANT:
            continue
        include = [
            {"system": addresses[system], "concept": [{"code": code} for code in codes]}
            for system, codes in kinds[kind].items()
        ]
        include += [
            {"system": addresses[system], "filter": [{"property": "code", "op": "regex", "value": _begins(start)}]}
            for system, starts in families[kind].items()
            for start in starts
        ]
        yield {
            **head(
                "ValueSet", value_set_name(kind), f"Codes read as {kind}", table.version,
                "Made from the code table of mrdguide; codes that are not in it open the domain they belong to.",
            ),
            "compose": {"include": include},
        }  # fmt: skip
    words: dict[str, list[str]] = defaultdict(list)
    for system, code in table.values:
        words[system].append(code)
    yield {
        **head(
            "ValueSet", value_set_name("value"), "Codes read as values, methods, specimens and components", table.version,
            "What stands in values, components, methods and specimens.",
        ),
        "compose": {
            "include": [
                {"system": addresses[system], "concept": [{"code": code} for code in codes]} for system, codes in words.items()
            ]
        },
    }  # fmt: skip


def _begins(start: str) -> str:
    """A pattern for codes that begin so, with or without the dot after their third letter."""
    return "".join(f"{letter}\\.?" if place == 2 else letter for place, letter in enumerate(start)) + ".*"


def _concept_maps(table: CodeTable) -> Iterator[Resource]:
    codes = {key: (meaning.means, _said_of(meaning.entry)) for key, meaning in table.codes.items()}
    written = {key: meaning.entry.code for key, meaning in table.codes.items() if key[0] in table.without_dots}
    yield _concept_map(
        table, "codes-to-meanings", "Codes of resources and what they are read as", codes, written
    )  # fmt: skip
    values = {key: (means, "") for key, means in table.values.items()}
    yield _concept_map(table, "values-to-meanings", "Codes of values and what they are read as", values, {})


def _said_of(entry: Any) -> str:
    checked = f"checked by {entry.reviewed_by}" if entry.reviewed_by else "not checked against its registry"
    return f"{entry.source}; confidence {entry.confidence}; {checked}"


def _concept_map(
    table: CodeTable,
    name: str,
    title: str,
    found: Mapping[tuple[str, str], tuple[str, str]],
    written: Mapping[tuple[str, str], str],
) -> Resource:
    addresses = _addresses(table)
    groups: dict[str, list[Resource]] = defaultdict(list)
    for key, (means, comment) in found.items():
        # What a code says beside its meaning is not kept, so that the meaning is related, and may be wider.
        target = {"code": means, "equivalence": "relatedto", **({"comment": comment} if comment else {})}
        groups[key[0]].append({"code": written.get(key, key[1]), "target": [target]})
    return {
        **head("ConceptMap", name, title, table.version, "Made from the code table of mrdguide."),
        "group": [
            {"source": addresses[system], "target": MEANING, "element": elements} for system, elements in groups.items()
        ],
    }  # fmt: skip
