"""Which drugs an entry of therapy names, by ingredient, and which of its names say nothing that is known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..reading.data_file import read_as
from ..reading.phrases import Words, phrases_in
from ..reading.validation import StrictModel
from ..reading.written_words import drugs_as_written
from .regimens import drugs_of

if TYPE_CHECKING:
    from .therapy import TherapyEntry

DRUG_NAMES = Path(__file__).with_name("drug_names.yaml")

_TOKEN = re.compile(r"(-?)([^\W\d_]+)")
# The letters that tell a biological drug of one maker from another's.
_BIOSIMILAR = 4


class DrugNames(StrictModel):
    """The file `drug_names.yaml`."""

    kinds: dict[str, tuple[str, ...]]
    others: dict[str, tuple[str, ...]]
    supportive: dict[str, tuple[str, ...]]
    beside: tuple[str, ...]


class Given(NamedTuple):
    """The drugs that are named, by ingredient in small letters, and the names of which something is not known."""

    names: frozenset[str]
    unread: tuple[str, ...]


def given(entry: TherapyEntry) -> Given:
    """The drugs of an entry. The name of a regimen is looked at for drugs that it names and the list does not; letters that
    stand for drugs (VRd) are what the list says they are."""
    return _given(entry.drugs, entry.regimen)


def listed(entry: TherapyEntry) -> Given:
    """The drugs that make up the therapy of an entry, as it lists them. What is given beside it for bones, infections or blood is
    no part of it; where its regimen names a drug more, the two contradict each other, and that name is not known either."""
    return _listed(entry.drugs, entry.regimen)


@lru_cache(maxsize=4096)
def _listed(drugs: tuple[str, ...] | None, regimen: str | None) -> Given:
    found, supportive = _given(drugs, None), _table().supportive
    more = frozenset[str]() if regimen is None or not drugs else _named(regimen)[0] - found.names - supportive
    return Given(found.names - supportive, (*found.unread, *([regimen] if regimen is not None and more else ())))


@lru_cache(maxsize=4096)
def _given(drugs: tuple[str, ...] | None, regimen: str | None) -> Given:
    found = [read_drug(text) for text in drugs or ()]
    beside = _named(regimen)[0] if regimen is not None else frozenset()
    return Given(beside.union(*(item.names for item in found)), tuple(text for item in found for text in item.unread))


@lru_cache(maxsize=4096)
def read_drug(text: str) -> Given:
    """The drugs of one name: an ingredient, a trade name, a kind of drug or a regimen, with a dose beside it."""
    pieces = [(piece, drugs_of(piece.strip("()[];,+"))) for piece in text.split()]
    letters = frozenset(drug.casefold() for _, drugs in pieces for drug in drugs or ())
    named, more = _named(" ".join(piece for piece, drugs in pieces if drugs is None))
    names = letters | named
    return Given(names, (text,) if more or not names else ())


def _named(text: str) -> tuple[frozenset[str], bool]:
    """The drugs that the words of a text name, and whether it has words that are neither names nor what stands beside them."""
    tokens = _TOKEN.findall(text.casefold().replace(".", ""))
    table, names, more, known_until = _table(), set[str](), False, 0
    for start, end, name in phrases_in([word for _, word in tokens], table.names):
        hyphen, word = tokens[start]
        if name is not None:
            names.add(name)
        elif word not in table.beside and not (hyphen and len(word) == _BIOSIMILAR and 0 < start == known_until):
            more = True
            continue
        known_until = end
    return frozenset(names), more


def meant(names: Iterable[str]) -> frozenset[str]:
    """The ingredients that a rule means by some names; one that is on no list is itself."""
    return frozenset(drug for name in names for drug in (read_drug(name).names or (name.casefold(),)))


def fits_any(entry: TherapyEntry, wanted: frozenset[str]) -> bool:
    """Whether an entry names one of some drugs (as `meant` gives them), by whatever name."""
    found = given(entry)
    return not wanted.isdisjoint(found.names) or any(text.casefold() in wanted for text in found.unread)


class _Table(NamedTuple):
    names: Mapping[Words, str]
    supportive: frozenset[str]
    beside: frozenset[str]


@cache
def _table() -> _Table:
    found = read_as(DRUG_NAMES, DrugNames)
    names: dict[Words, str] = {}
    for drugs in (found.others, found.supportive, drugs_as_written(), found.kinds):
        for drug, ways in drugs.items():
            names |= {_words(way): drug.casefold() for way in (drug, *ways)}
    return _Table(
        names,
        frozenset(drug.casefold() for drug in found.supportive),
        frozenset(word.casefold() for word in found.beside),
    )


def _words(text: str) -> Words:
    return tuple(word for _, word in _TOKEN.findall(text.casefold()))
