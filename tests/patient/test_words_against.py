"""What free text beside a fact says against it."""

from __future__ import annotations

import pytest

from mrdguide.patient.said import Topic, says


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("t-MDS", "myeloid-neoplasm"),
        ("Acute myeloid leukaemia, in remission", "myeloid-neoplasm"),
        ("extramedullary plasmacytoma", "plasma-cell-disease"),
        ("Multiple Myeloma", "plasma-cell-disease"),
        ("no lymphoma but metastatic melanoma", "cancer"),
        ("allogeneic transplant from sibling", "allogeneic"),
        ("KPd for relapse", "relapse"),
    ],
)
def test_a_topic_is_named_anywhere_in_a_text(text: str, topic: Topic) -> None:
    assert says(text, topic) is True


@pytest.mark.parametrize("text", ["suspected MDS", "AML?", "MDS not excluded", "possible AML or MDS"])
def test_a_suspicion_leaves_it_open(text: str) -> None:
    assert says(text, "myeloid-neoplasm") is None


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("no evidence of MDS", "myeloid-neoplasm"),
        ("MDS excluded by biopsy", "myeloid-neoplasm"),
        ("not due to myeloma", "plasma-cell-disease"),
        ("seen at a visit for myeloma", "plasma-cell-disease"),
        ("skin cancer other than melanoma", "cancer"),
        ("high-dose melphalan with autologous rescue", "allogeneic"),
        ("VRd", "relapse"),
        ("", "relapse"),
        (None, "relapse"),
    ],
)
def test_what_is_not_so_names_nothing(text: str | None, topic: Topic) -> None:
    assert says(text, topic) is False


def test_a_phrase_that_is_passed_over_names_nothing() -> None:
    assert says("non-melanoma skin cancer", "cancer", passed_over=["non-melanoma skin cancer"]) is False
    assert says("non-melanoma skin cancer; melanoma", "cancer", passed_over=["non-melanoma skin cancer"]) is True
