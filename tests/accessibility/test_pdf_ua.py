"""PDF/UA-1, which every PDF says of itself, looked at by a validator. What only a person can judge it leaves out."""

from __future__ import annotations

import page
import pytest

from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.pdf import to_pdf

from ..report.formats.pages import hostile_page
from ..report.formats.test_pdf import needs_weasyprint
from .page_kinds import as_html


def broken(pdf: bytes) -> list[str]:
    """The rules of PDF/UA-1 that a PDF breaks."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    found = [f"{failure.rule_id}: {failure.message}" for failure in report.failures]
    assert report.is_compliant is not bool(found)
    return found


@needs_weasyprint
@pytest.mark.parametrize("kind", ["board-full", "board-sheet", "patient-numbers"])
def test_what_evaluate_prints_keeps_every_rule(kind: str) -> None:
    assert broken(to_pdf(as_html(kind))) == []


@needs_weasyprint
def test_a_page_of_hostile_texts_keeps_every_rule() -> None:
    assert broken(to_pdf(to_html(hostile_page()))) == []


@needs_weasyprint
def test_the_validator_sees_what_is_wrong() -> None:
    """No language and no title, a drawing without words, a heading left out."""
    whole = '<html lang="en"><head><title>x</title></head><body><h1>a</h1><p>b</p></body></html>'
    assert broken(to_pdf(whole)) == []
    for one in ("<title>x</title>", ' lang="en"'):
        assert broken(to_pdf(whole.replace(one, ""))), one
    picture = (
        '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 width=%229%22 height=%229%22/%3E">'
    )
    assert broken(to_pdf(whole.replace("<p>b</p>", picture)))
    assert broken(to_pdf(whole.replace("<p>b</p>", "<h3>c</h3>")))
