"""Citations in Vancouver style, and findings in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mrdguide.evidence import StudyFinding, load_library
from mrdguide.evidence.citation import vancouver
from mrdguide.evidence.model import Citation
from mrdguide.evidence.shown import finding_text

LIBRARY = load_library(Path(__file__).parents[2] / "evidence")


def citation(**more: Any) -> Citation:
    usual = {"type": "article-journal", "title": "A title", "source": None, "verified": False}
    return Citation.model_validate({**usual, **more})


FULL: dict[str, Any] = {
    "author": [{"family": "First", "given": "AB"}, {"family": "de la Second", "given": "C"}],
    "title": "A title.", "container_title": "Invented J", "issued": 2024, "volume": "14", "issue": "1", "page": "170-8",
    "DOI": "10.1000/invented.1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({}, "First AB, de la Second C. A title. Invented J. 2024;14(1):170-8. doi:10.1000/invented.1"),
        (
            {"et_al": True},
            "First AB, de la Second C, et al. A title. Invented J. 2024;14(1):170-8. doi:10.1000/invented.1",
        ),
        ({"issue": ""}, "First AB, de la Second C. A title. Invented J. 2024;14:170-8. doi:10.1000/invented.1"),
        (
            {"volume": "", "issue": ""},
            "First AB, de la Second C. A title. Invented J. 2024:170-8. doi:10.1000/invented.1",
        ),
        (
            {"DOI": None, "PMID": "39375362"},
            "First AB, de la Second C. A title. Invented J. 2024;14(1):170-8. PMID 39375362",
        ),
        (
            {"author": [], "group_author": "Invented Group"},
            "Invented Group. A title. Invented J. 2024;14(1):170-8. doi:10.1000/invented.1",
        ),
        ({"author": []}, "A title. Invented J. 2024;14(1):170-8. doi:10.1000/invented.1"),
        (
            {"title": "Is it so?"},
            "First AB, de la Second C. Is it so? Invented J. 2024;14(1):170-8. doi:10.1000/invented.1",
        ),
    ],
)
def test_vancouver(more: dict[str, Any], text: str) -> None:
    assert vancouver(citation(**{**FULL, **more})) == text


def test_only_what_is_known_is_written() -> None:
    assert vancouver(citation()) == "A title."
    assert vancouver(citation(issued=2024)) == "A title. 2024."
    assert vancouver(citation(container_title="Invented J")) == "A title. Invented J."


def test_a_shipped_citation() -> None:
    assert vancouver(LIBRARY.entry("derman2024").citation) == (
        "Derman BA, Major A, Cooperrider J, et al. Discontinuation of maintenance therapy in multiple myeloma guided by "
        "multimodal measurable residual disease negativity (MRD2STOP). Blood Cancer J. 2024;14(1):170. "
        "doi:10.1038/s41408-024-01156-x"
    )


def test_every_shipped_citation_is_one_tidy_line() -> None:
    for entry in LIBRARY:
        text = vancouver(entry.citation)
        assert "\n" not in text
        assert "  " not in text
        for untidy in ("..", ". .", ";(", ";:", " ,", "None", "?."):
            assert untidy not in text, f"{entry.id}: {text}"


def finding(**more: Any) -> StudyFinding:
    return StudyFinding.model_validate({"id": "one", "measure": "survival", "source": "page", "verified": True, **more})


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"statement": "not different"}, "survival: not different"),
        (
            {
                "time": {"at": 3, "unit": "a"},
                "clock": "stopping",
                "arms": [{"group": "all", "value": 85, "unit": "%", "n": 47}],
            },
            "survival at 3 years (from stopping): all 85%",
        ),
        (
            {"arms": [{"group": "all", "value": 11, "unit": "count", "n": 47}]},
            "survival: all 11/47",
        ),
        (
            {"arms": [{"group": "all", "value": 40, "unit": "mo", "interval": {"low": 30, "high": 52.5}}]},
            "survival: all 40 months (95% CI 30 to 52.5)",
        ),
        ({"arms": [{"group": "all", "unit": "mo", "reached": False}]}, "survival: all not reached"),
        (
            {
                "arms": [{"group": "a", "value": 20, "unit": "%"}, {"group": "b", "value": 75, "unit": "%"}],
                "effect": {
                    "kind": "HR",
                    "of": "b against a",
                    "value": 7.8,
                    "interval": {"low": 2.2, "high": 27.6, "percent": 98.5},
                    "p": "0.001",
                },
            },
            "survival: a 20%; b 75%; HR 7.8 (98.5% CI 2.2 to 27.6), p=0.001 (b against a)",
        ),
        (
            {
                "effect": {
                    "kind": "OR",
                    "of": "a against b",
                    "value": 2,
                    "interval": {"low": 1, "high": 3, "kind": "credible"},
                    "p": "<0.05",
                }
            },
            "survival: OR 2 (95% CrI 1 to 3), p <0.05 (a against b)",
        ),
    ],
)
def test_a_finding_in_words(more: dict[str, Any], text: str) -> None:
    assert finding_text(finding(**more)) == text
