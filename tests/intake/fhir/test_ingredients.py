"""Products rolled up to ingredients by a site's list: a myeloma drug is read, an ordinary one opens nothing, the rest stays open."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.errors import SiteFileError

from .bundles import concept
from .test_damage import ICD, PERMISSIVE, RXNORM, SUPPORTED, TOLD, Resource, condition, written

ATC = "http://www.whocc.no/atc"
SITE = """
site: Example Hospital
version: "1"
systems: {pharmacy: urn:example:pharmacy}
ingredients: products.csv
"""
ROWS = """system,code,ingredient_system,ingredient
pharmacy,LEN10,rxnorm,342369
pharmacy,DARA-SC,atc,L01FC01
pharmacy,DARA-SC,atc,V06DC01
pharmacy,AMLO5,rxnorm,17767
pharmacy,AMLO-VAL,atc,C08CA01
pharmacy,AMLO-VAL,atc,C09CA03
pharmacy,NEW,rxnorm,17767
pharmacy,NEW,rxnorm,9999999
pharmacy,MTX,atc,L01BA01
pharmacy,TWO,rxnorm,342369
pharmacy,TWO,rxnorm,3264
rxnorm,999001,rxnorm,17767
rxnorm,342369,rxnorm,17767
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return written_in(tmp_path, ROWS)


def written_in(folder: Path, rows: str) -> Path:
    (folder / "products.csv").write_text(rows, encoding="utf-8")
    path = folder / "site.yaml"
    path.write_text(SITE, encoding="utf-8")
    return path


def order(system: str, code: str) -> Resource:
    return {
        "resourceType": "MedicationRequest", "id": "new", "status": "completed", "intent": "order", **TOLD,
        "authoredOn": "2019-02-01", "medicationCodeableConcept": concept(system, code),
    }  # fmt: skip


def read(resource: Resource, site: Path | None, rules: mrdguide.RuleBook) -> tuple[str, Any]:
    patient, report = fhir.read([*copy.deepcopy(written(SUPPORTED)), resource], site)
    return mrdguide.evaluate(patient, rules=rules, as_of="2026-11-21").outcome, (patient, report)


def taken(report: fhir.ImportReport) -> list[str]:
    return [fact.what for fact in report.facts if fact.resource_id == "new"]


@pytest.mark.parametrize(("code", "drug"), [("LEN10", "lenalidomide"), ("DARA-SC", "daratumumab")])
def test_a_product_is_read_as_its_ingredient(
    code: str, drug: str, site: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    _, (_, report) = read(order("urn:example:pharmacy", code), site, shipped_rules)
    assert taken(report) == [drug]
    assert not [gap for gap in report.gaps if gap.resource_id == "new"]


@pytest.mark.parametrize(
    ("system", "code"), [("urn:example:pharmacy", "AMLO5"), ("urn:example:pharmacy", "AMLO-VAL"), (RXNORM, "999001")]
)
def test_a_product_of_ordinary_ingredients_opens_nothing(
    system: str, code: str, site: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    resource = order(system, code)
    assert read(resource, site, shipped_rules)[0] == "cessation-supported"
    assert read(resource, None, shipped_rules)[0] not in PERMISSIVE


@pytest.mark.parametrize("code", ["NEW", "MTX", "TWO", "not-listed"])
def test_a_product_of_which_an_ingredient_is_unknown_stays_open(
    code: str, site: Path, shipped_rules: mrdguide.RuleBook
) -> None:
    outcome, (_, report) = read(order("urn:example:pharmacy", code), site, shipped_rules)
    assert outcome not in PERMISSIVE
    assert [gap.domains for gap in report.gaps] == [("therapy",)]


def test_a_list_cannot_say_that_a_drug_of_the_table_is_none(site: Path, shipped_rules: mrdguide.RuleBook) -> None:
    _, (_, report) = read(order(RXNORM, "342369"), site, shipped_rules)
    assert taken(report) == ["lenalidomide"]


@pytest.mark.parametrize(
    ("code", "drug"),
    [("L01AA01", "cyclophosphamide"), ("L01AA03", "melphalan"), ("L01FX08", "elotuzumab"), ("H02AB02", "dexamethasone"),
     ("H02AB07", "prednisone")],
)  # fmt: skip
def test_a_drug_by_its_atc_code(code: str, drug: str, shipped_rules: mrdguide.RuleBook) -> None:
    _, (_, report) = read(order(ATC, code), None, shipped_rules)
    assert taken(report) == [drug]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("code,ingredient\n", "products.csv:1:1: the first line must be system,code,ingredient_system,ingredient"),
        (ROWS + "pharmacy,X,rxnorm\n", "products.csv:15:1: a row must have system, code"),
        (ROWS + "pharmacy,X,rxnorm, \n", "products.csv:15:1: a row must have system, code"),
        (ROWS + "pharmacy,X,rxnrm,1\n", "products.csv:15:1: there is no system 'rxnrm' (did you mean 'rxnorm'?)"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_its_line(rows: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SiteFileError) as found:
        fhir.read(written(SUPPORTED), written_in(tmp_path, rows))
    assert told in str(found.value)


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    site = written_in(tmp_path, ROWS)
    (tmp_path / "products.csv").unlink()
    with pytest.raises(SiteFileError, match="No such file"):
        fhir.read(written(SUPPORTED), site)


@pytest.mark.parametrize(
    "code", ["C10AA05,L04AX04", "C10AA05 L04AX04", "C10AA05;L01XX99", "C10AA05,other", "C10AA05,l04ax04"]
)
def test_several_codes_in_the_place_of_one_are_not_told_by_the_first(
    code: str, shipped_rules: mrdguide.RuleBook
) -> None:
    """An ordinary drug named first must not hide a drug of myeloma named after it."""
    outcome, (_, report) = read(order(ATC, code), None, shipped_rules)
    assert outcome not in PERMISSIVE
    assert [gap.domains for gap in report.gaps] == [("therapy",)]


@pytest.mark.parametrize("code", ["C10AA05,C08CA01", "C10BA05", "L04AX03", "L04AG05"])
def test_ordinary_drugs_open_nothing_also_several_in_one_code(code: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert read(order(ATC, code), None, shipped_rules)[0] == "cessation-supported"


@pytest.mark.parametrize(
    ("code", "domains"), [("I10, C90.02", {"diagnosis"}), ("I10, C50.9", {"harm"}), ("I10 E11.9", set())]
)
def test_several_conditions_in_one_code(code: str, domains: set[str]) -> None:
    item = condition(code={"coding": [{"system": ICD, "code": code}], "text": "two codes"})
    gaps = fhir.read([*written(SUPPORTED), item])[1].gaps
    assert {domain for gap in gaps for domain in gap.domains} == domains
