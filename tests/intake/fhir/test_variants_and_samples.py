"""Genomic variants by their genes, Deauville grades by themselves, and the day on which a sample was taken."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide import fhir

from .bundles import LOINC, OWN, concept
from .test_damage import SNOMED, SUPPORTED, Resource, observation, written

HGNC = "http://www.genenames.org"
IGH, NSD2, MAF, CKS1B, CDKN2C, TP53, OTHER = (
    f"HGNC:{number}" for number in (5477, 12766, 6776, 19083, 1789, 11998, 7989)
)


def variant(*genes: str, copies: int | None = None) -> Resource:
    parts: list[dict[str, Any]] = [
        {"code": concept(LOINC, "48018-6"), "valueCodeableConcept": concept(HGNC, gene)} for gene in genes
    ]
    if copies is not None:
        parts.append({"code": concept(LOINC, "82155-3"), "valueQuantity": {"value": copies, "code": "1"}})
    return observation(
        id="variant", code=concept(LOINC, "69548-6"), valueCodeableConcept=concept(LOINC, "LA9633-4"), component=parts,
        effectiveDateTime="2019-09-02",
    )  # fmt: skip


def without_genetics() -> list[Resource]:
    """The supported patient of whom no abnormality was looked for, so that a variant contradicts nothing."""
    names = ("del-17p", "t-4-14", "t-14-16", "t-14-20", "gain-1q", "del-1p32", "tp53-mutation")
    return [
        item for item in written(SUPPORTED)
        if not any(part.get("code") in names for part in item.get("code", {}).get("coding", []))
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (variant(IGH, NSD2), "t_4_14"), (variant(MAF, IGH), "t_14_16"), (variant(CKS1B, copies=4), "gain_1q"),
        (variant(CDKN2C, copies=1), "del_1p32"), (variant(TP53, copies=1), "del_17p"), (variant(TP53), "tp53_mutation"),
    ],
)  # fmt: skip
def test_a_variant_is_read_by_its_genes(found: Resource, name: str) -> None:
    patient, report = fhir.read([*without_genetics(), found])
    assert getattr(patient.baseline.cytogenetics, name).status == "present"
    assert not report.gaps
    if name == "gain_1q":
        assert patient.baseline.cytogenetics.gain_1q.copies == 4


@pytest.mark.parametrize(
    "found", [variant(NSD2), variant(CKS1B), variant(CDKN2C, copies=2), variant(IGH, "HGNC:6408", OTHER)]
)
def test_a_variant_that_may_be_an_abnormality_leaves_genetics_open(found: Resource) -> None:
    patient, _ = fhir.read([*without_genetics(), found])
    assert patient.incomplete == ("cytogenetics",)


def test_a_fusion_of_other_genes_opens_nothing() -> None:
    assert not fhir.read([*without_genetics(), variant(OTHER, "HGNC:76")])[1].gaps


@pytest.mark.parametrize(("value", "images"), [(4, 1), (5, 1), (3, 0), (1, 0)])
def test_a_deauville_grade_by_itself_is_positive_or_no_news(value: int, images: int) -> None:
    before = len(fhir.read(written(SUPPORTED))[0].imaging)
    for content in (
        {"valueInteger": value},
        {"valueQuantity": {"value": value, "code": "1"}},
        {"valueString": str(value)},
    ):
        grade = observation(code=concept(SNOMED, "708895006"), **content)
        patient, report = fhir.read([*written(SUPPORTED), grade])
        assert len(patient.imaging) == before + images
        assert not report.gaps


@pytest.mark.parametrize("content", [{"valueInteger": 6}, {"valueString": "high"}, {}])
def test_a_deauville_grade_that_cannot_be_read_opens_imaging(content: dict[str, Any]) -> None:
    assert fhir.read([*written(SUPPORTED), observation(code=concept(SNOMED, "708895006"), **content)])[
        0
    ].incomplete == ("imaging",)


def sampled(day: str, **more: Any) -> list[Resource]:
    specimen = {
        "resourceType": "Specimen", "id": "own", "type": concept(SNOMED, "119359002"), "collection": {"collectedDateTime": day},
    }  # fmt: skip
    test = observation(id="own", code=concept(OWN, "mrd"), specimen={"reference": "Specimen/own"}, **more)
    return [*written(SUPPORTED), specimen, test]


@pytest.mark.parametrize(
    ("taken", "date"), [("2026-09-28", "2026-09-28"), ("2026-10-04", "2026-10-04"), ("2026-10-06", None), ("2025-01-10", None)]
)  # fmt: skip
def test_a_test_is_of_the_day_of_its_sample(taken: str, date: str | None) -> None:
    """A sample after its report, or long before it, leaves the day unknown."""
    patient, _ = fhir.read(sampled(taken, valueCodeableConcept=concept(OWN, "present")))
    [found] = [item for item in patient.mrd if item.result == "detected"]
    assert (str(found.date) if found.date else None) == date


def test_genetics_reported_later_are_of_the_diagnosis_by_their_sample() -> None:
    sample = {"resourceType": "Specimen", "id": "own", "collection": {"collectedDateTime": "2019-09-02"}}
    for status in ("present", "absent"):
        late = observation(
            code=concept(OWN, "t-14-20"), effectiveDateTime="2020-06-01", specimen={"reference": "Specimen/own"},
            valueCodeableConcept=concept(OWN, status),
        )  # fmt: skip
        patient, _ = fhir.read([*without_genetics(), sample, late])
        assert patient.baseline.cytogenetics.t_14_20.status == status
