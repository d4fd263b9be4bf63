"""The PDF report. WeasyPrint is optional: without it these tests are skipped, unless MRDGUIDE_PDF=required."""

from __future__ import annotations

import builtins
import os
import re
import socket
import sys
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mrdguide.errors import UsageError
from mrdguide.report.blocks import Page, Paragraph, Section, line
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.pdf import to_pdf

from .pages import hostile_page, plain_page


def _missing() -> str:
    """Why WeasyPrint cannot be used here; empty if it can."""
    if os.environ.get("MRDGUIDE_PDF") == "required":
        return ""
    try:
        to_pdf("<title>x</title>")
    except UsageError as error:
        return str(error)
    return ""


_WHY = _missing()
needs_weasyprint = pytest.mark.skipif(bool(_WHY), reason=_WHY or "WeasyPrint is there")


def unpacked_objects(pdf: bytes) -> bytes:
    """What the PDF says, with its compressed objects unpacked and every blank alike."""
    packed = re.findall(rb"/Type /ObjStm[^>]*>>\nstream\n(.*?)\nendstream", pdf, re.DOTALL)
    assert packed
    unpacked = [zlib.decompress(objects) for objects in packed]
    return re.sub(rb"\s+", b" ", b" ".join([pdf, *unpacked]))


def pages_in(pdf: bytes) -> int:
    return len(re.findall(rb"/Type ?/Page\b", unpacked_objects(pdf)))


def _layout(page: Page) -> list[str]:
    """The text of every sheet, as WeasyPrint lays it out."""
    import weasyprint

    document = weasyprint.HTML(string=to_html(page)).render()
    return ["".join(_box_texts(sheet._page_box)) for sheet in document.pages]


def _box_texts(box: Any) -> list[str]:
    if hasattr(box, "text") and isinstance(box.text, str):
        return [box.text]
    return [text for child in getattr(box, "children", ()) for text in _box_texts(child)]


@needs_weasyprint
def test_a_page_becomes_a_tagged_pdf_with_title_and_language() -> None:
    pdf = to_pdf(to_html(plain_page()))
    assert pdf.startswith(b"%PDF-1.7")
    objects = unpacked_objects(pdf)
    assert b"/MarkInfo" in objects
    assert b"/StructTreeRoot" in objects
    assert b"/Lang (en)" in objects
    assert b"/Title (MRD-guided cessation of maintenance, Patient P-017 on 2026-03-01)" in objects
    assert b"/DisplayDocTitle true" in objects
    assert b"/Alt (Course of MRD and therapy)" in objects


@needs_weasyprint
def test_the_same_text_gives_the_same_bytes_and_no_date() -> None:
    html = to_html(plain_page())
    pdf = to_pdf(html)
    assert pdf == to_pdf(html)
    assert b"/ID" in unpacked_objects(pdf)
    assert b"CreationDate" not in unpacked_objects(pdf)
    assert b"ModDate" not in unpacked_objects(pdf)


@needs_weasyprint
def test_the_front_fits_one_sheet_and_the_details_begin_on_the_next() -> None:
    page = plain_page()
    alone = _layout(replace(page, details=(), foot=()))
    assert len(alone) == 1
    sheets = _layout(page)
    assert pages_in(to_pdf(to_html(page))) == len(sheets)
    assert "Set aside" in sheets[0]
    assert "Every measurement" not in sheets[0]
    assert "Every measurement" in sheets[1]


@needs_weasyprint
def test_every_sheet_says_whose_it_is_and_which_it_is() -> None:
    sheets = _layout(plain_page())
    for number, text in enumerate(sheets, start=1):
        assert "Patient P-017 on 2026-03-01" in text
        assert f"{number} / {len(sheets)}" in text


@needs_weasyprint
def test_a_heading_stays_with_what_follows() -> None:
    filler = tuple(Paragraph(line("filler")) for _ in range(60))
    for count in range(30, 60):
        page = Page("x", "", (), (Section("first", filler[:count]), Section("Kept", (Paragraph(line("beside")),))), ())
        for text in _layout(page):
            assert ("Kept" in text) == ("beside" in text)


@needs_weasyprint
def test_a_hostile_page_becomes_a_pdf() -> None:
    assert to_pdf(to_html(hostile_page())).startswith(b"%PDF")


@needs_weasyprint
def test_nothing_is_loaded_from_network_or_disk(tmp_path: Path) -> None:
    style = tmp_path / "style.css"
    style.write_text("p { break-before: page }", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        host = f"http://127.0.0.1:{server.getsockname()[1]}"
        pdf = to_pdf(
            f'<html lang="en"><head><title>x</title><link rel="stylesheet" href="{host}/a.css">'
            f'<link rel="stylesheet" href="{style.as_uri()}"><style>@import "{host}/b.css";</style></head>'
            f'<body><p>a</p><p>b</p><img alt="c" src="{host}/c.png"></body></html>'
        )
        with pytest.raises(BlockingIOError):
            server.accept()
    assert pages_in(pdf) == 1, "a stylesheet on disk was read"


@needs_weasyprint
@pytest.mark.parametrize(
    ("source", "failures"), [("data:image/svg+xml,<svg/>", 0), ("https://pictures.invalid/a.svg", 1)]
)
def test_only_a_picture_in_the_text_itself_is_drawn(
    source: str, failures: int, caplog: pytest.LogCaptureFixture
) -> None:
    to_pdf(f'<html lang="en"><head><title>x</title></head><body><img alt="dot" src="{source}"></body></html>')
    assert len([record for record in caplog.records if "Failed to load image" in record.msg]) == failures
    assert ("disallowed protocol" in caplog.text) == bool(failures)


def test_without_weasyprint_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError, match=r"pip install 'mrdguide\[pdf\]'"):
        to_pdf("<title>x</title>")


def test_without_pango_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ordinary = builtins.__import__

    def without_pango(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("weasyprint"):
            print("WeasyPrint could not import some external libraries.")
            raise OSError("cannot load library 'libpango-1.0-0'")
        return ordinary(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(UsageError, match=r"the system library Pango.*libpango-1"):
        to_pdf("<title>x</title>")
    assert capsys.readouterr().out == "", "what WeasyPrint prints would stand in a report written to the terminal"
