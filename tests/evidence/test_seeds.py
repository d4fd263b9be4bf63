"""The seeds are true: every place they send a fact to exists, and the review's 45 references are all there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

import mrdguide
from mrdguide.reading.document import read_file
from mrdguide.reading.shipped import folder

SEEDS = Path(__file__).parents[2] / "seeds"
FILES = sorted(SEEDS.glob("*.yaml"))


class StrictModel(BaseModel):
    """A misspelt key would let a fact say nothing unnoticed, so unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(StrictModel):
    """One fact of a document and where it went, or why nowhere."""

    fact: str = Field(min_length=10)
    evidence: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    glossary: tuple[str, ...] = ()
    not_used: str | None = Field(None, min_length=20)
    note: str = ""

    @model_validator(mode="after")
    def _says_where_it_went(self) -> Fact:
        went = bool(self.evidence or self.rules or self.glossary)
        if went == (self.not_used is not None):
            raise ValueError("say either where the fact went or, under not_used, why nowhere")
        return self


class Topic(StrictModel):
    """Some references of the review by number, with the rules their topic went to."""

    topic: str
    rules: tuple[str, ...] = Field(min_length=1)
    works: dict[int, str] = Field(min_length=1)


class Seed(StrictModel):
    """One source document."""

    title: str = Field(min_length=10)
    kind: str = Field(min_length=5)
    what_it_is: str = Field(min_length=40)
    parts_read: str = Field(min_length=5)
    facts: tuple[Fact, ...] = Field(min_length=1)
    references: tuple[Topic, ...] = ()


class Known(StrictModel):
    """Everything a seed may name."""

    evidence: frozenset[str]
    rules: frozenset[str]
    glossary: frozenset[str]


def read_seed(path: Path) -> Seed:
    """A seed file. Read like a rule file, so that a number or key that stands twice is found."""
    document = read_file(path)
    assert document.problems == []
    return Seed.model_validate(document.data)


def glossary() -> list[dict[str, Any]]:
    document = read_file(folder("evidence") / "glossary.yaml")
    assert document.problems == []
    terms: list[dict[str, Any]] = document.data["terms"]
    return terms


def names_that_do_not_exist(seed: Seed, known: Known) -> list[str]:
    """Every name in a seed that leads nowhere, as `kind: name`."""
    named = [("evidence", name) for fact in seed.facts for name in fact.evidence]
    named += [("rules", name) for fact in seed.facts for name in fact.rules]
    named += [("glossary", name) for fact in seed.facts for name in fact.glossary]
    named += [("rules", name) for topic in seed.references for name in topic.rules]
    named += [("evidence", name) for topic in seed.references for name in topic.works.values()]
    return [f"{kind}: {name}" for kind, name in named if name not in getattr(known, kind)]


@pytest.fixture(scope="module")
def known(shipped_rules: mrdguide.RuleBook) -> Known:
    decision = shipped_rules.decision
    entries = list(shipped_rules.evidence)
    return Known(
        evidence=frozenset(shipped_rules.evidence.ids)
        | {f"{entry.id}#{finding.id}" for entry in entries for finding in entry.findings},
        rules=frozenset(shipped_rules.rules)
        | {f"protocol:{protocol.id}" for protocol in shipped_rules.protocols}
        | {outcome.id for outcome in decision.outcomes}
        | {secondary.id for secondary in decision.secondary}
        | {decision.insufficient.id}
        | {name for note in shipped_rules.background for name in (note.id, *note.aliases)},
        glossary=frozenset(term["term"] for term in glossary()),
    )


@pytest.fixture(scope="module")
def works() -> list[tuple[int, str]]:
    """The review's references: number and evidence id."""
    seed = read_seed(SEEDS / "review-stopping-maintenance.yaml")
    return [item for topic in seed.references for item in topic.works.items()]


def test_there_is_one_seed_for_each_of_the_three_documents() -> None:
    assert [path.stem for path in FILES] == [
        "commentary-iskia",
        "patient-information-cure",
        "review-stopping-maintenance",
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_fact_went_to_something_that_exists(path: Path, known: Known) -> None:
    assert names_that_do_not_exist(read_seed(path), known) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_fact_stands_twice(path: Path) -> None:
    counted = Counter(fact.fact for fact in read_seed(path).facts)
    assert [fact for fact, times in counted.items() if times > 1] == []


def test_each_of_the_45_references_stands_once(works: list[tuple[int, str]]) -> None:
    assert sorted(number for number, _ in works) == list(range(1, 46))


def test_a_reference_has_the_number_its_evidence_entry_gives(
    works: list[tuple[int, str]], shipped_rules: mrdguide.RuleBook
) -> None:
    numbered = {entry.reference: entry.id for entry in shipped_rules.evidence if entry.reference is not None}
    assert dict(works) == numbered


def test_every_drug_and_brand_of_the_glossary_comes_from_the_patient_information() -> None:
    seed = read_seed(SEEDS / "patient-information-cure.yaml")
    missing = []
    for term in glossary():
        taken = " ".join(fact.fact for fact in seed.facts if term["term"] in fact.glossary)
        brands = [brand for names in term.get("brands", {}).values() for brand in names]
        missing += [name for name in [*term.get("drugs", []), *brands] if name not in taken]
    assert missing == []


def test_a_name_that_leads_nowhere_is_found(known: Known) -> None:
    """A check that cannot fail would promise nothing."""
    fact = Fact(fact="An invented fact", evidence=("nobody2026",), rules=("block.any",), glossary=("no such word",))
    topic = Topic(topic="invented", rules=("protocol:nowhere",), works={1: "somebody2026"})
    seed = Seed(
        title="An invented document",
        kind="invention",
        what_it_is="A document that was never written, to see what is found.",
        parts_read="none of it",
        facts=(fact,),
        references=(topic,),
    )
    assert names_that_do_not_exist(seed, known) == [
        "evidence: nobody2026",
        "glossary: no such word",
        "rules: protocol:nowhere",
        "evidence: somebody2026",
    ]


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"not_used": ""},
        {"evidence": ["derman2024"], "not_used": "used and not used at the same time"},
        {"rules": ["block.any"], "evidnce": ["derman2024"]},
    ],
    ids=["nowhere", "no reason", "both", "misspelt key"],
)
def test_a_fact_that_does_not_say_where_it_went_is_refused(where: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Fact.model_validate({"fact": "An invented fact", **where})
