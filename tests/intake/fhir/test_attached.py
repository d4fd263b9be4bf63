"""What is attached or marked up is read as a person sees it; what cannot be read is said."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

import mrdguide
from mrdguide import fhir
from mrdguide.intake.fhir.attached import attached_text, cannot_be_read, without_tags
from mrdguide.intake.fhir.codes.table import DOMAINS

from .bundles import concept
from .test_damage import ICD, PERMISSIVE, SUPPORTED, TOLD, Resource, answer, written

BACK, QUIET = "Relapse of multiple myeloma", "Multiple myeloma, no relapse"
ZIP = b"PK\x03\x04\xff\xfe\x00\x80"


def attachment(content: bytes, kind: str = "") -> dict[str, str]:
    return {**({"contentType": kind} if kind else {}), "data": base64.b64encode(content).decode()}


def document(content: bytes, kind: str = "") -> Resource:
    return {"resourceType": "DocumentReference", "id": "new", "status": "current", **TOLD,
            "content": [{"attachment": attachment(content, kind)}]}  # fmt: skip


def narrative(markup: str) -> Resource:
    text = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{markup}</div>'}
    return {"resourceType": "Composition", "id": "new", "status": "final", "title": "Letter", **TOLD,
            "section": [{"text": text}]}  # fmt: skip


def forms(text: str) -> dict[str, Resource]:
    return {
        "XML": document(f"<d><text>{text}</text></d>".encode(), "application/xml"),
        "CDA": document(f"<d><text>{text}</text></d>".encode(), "application/hl7-cda+xml"),
        "RTF": document(rf"{{\rtf1\ansi {{\b {text}}}\par}}".encode(), "application/rtf"),
        "JSON": document(json.dumps({"impression": text}).encode(), "application/json"),
        "nothing said": document(text.encode()),
        "UTF-16": document(text.encode("utf-16"), "text/plain; charset=utf-16"),
        "UTF-16 by its mark": document(text.encode("utf-16"), "text/plain"),
        "HTML": document(text.replace(" ", "&nbsp;").encode(), "text/html"),
        "a narrative": narrative(text.replace(" ", "&#160;")),
        "a narrative with a mark in a word": narrative(text.replace("elapse", "e<b>lapse</b>")),
        "a Binary": {
            "resourceType": "Binary", "id": "new", "securityContext": TOLD["subject"],
            **attachment(text.encode(), "application/octet-stream"),
        },
    }  # fmt: skip


@pytest.mark.parametrize("name", forms(BACK))
def test_news_opens_whatever_it_is_written_in(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), forms(BACK)[name]], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize("name", forms(QUIET))
def test_no_news_opens_nothing_whatever_it_is_written_in(name: str, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), forms(QUIET)[name]], shipped_rules).outcome == "cessation-supported"


def test_a_code_in_attached_json_is_seen(shipped_rules: mrdguide.RuleBook) -> None:
    for code, quiet in (("C90.02", False), ("C90.01", True)):
        content = json.dumps({"resourceType": "Condition", "code": concept(ICD, code)}).encode()
        found = answer([*written(SUPPORTED), document(content, "application/fhir+json")], shipped_rules)
        assert (found.outcome == "cessation-supported") is quiet


@pytest.mark.parametrize("unread", [document(ZIP, "application/zip"), document(ZIP)])
def test_what_cannot_be_read_is_said_and_a_person_can_close_it(
    unread: Resource, shipped_rules: mrdguide.RuleBook
) -> None:
    items = [*written(SUPPORTED), unread]
    assert answer(items, shipped_rules).outcome not in PERMISSIVE
    [text] = fhir.read(items)[1].texts
    said = {"by": "A. Example", "date": "2026-11-20", "texts": [text.name], "nothing_found": True, "about": DOMAINS}
    patient = fhir.read(items, attested=[said])[0]
    assert mrdguide.evaluate(patient, rules=shipped_rules, as_of="2026-11-21").outcome == "cessation-supported"


def test_what_is_attached_to_a_report_and_cannot_be_read_opens(shipped_rules: mrdguide.RuleBook) -> None:
    report = {"resourceType": "DiagnosticReport", "id": "new", "status": "final", **TOLD, "code": {"text": "Letter"}}
    items = written(SUPPORTED)
    assert answer([*items, {**report, "presentedForm": [attachment(ZIP)]}], shipped_rules).outcome not in PERMISSIVE


@pytest.mark.parametrize(
    "drawn",
    [document(ZIP, "image/jpeg"), document(ZIP, "application/dicom"), document(b"%PDF-1.7"),
     {"resourceType": "Device", "id": "new", "patient": TOLD["subject"], "text": {"div": "<div>a &amp; b</div>"}}],
)  # fmt: skip
def test_pictures_and_drawn_documents_are_no_texts(drawn: Resource, shipped_rules: mrdguide.RuleBook) -> None:
    assert answer([*written(SUPPORTED), drawn], shipped_rules).outcome == "cessation-supported"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("L&auml;sion", "L\u00e4sion"),
        ("<td>MRD</td><td>positive</td>", "MRD positive"),
        ("<span>MRD</span><span>positive</span>", "MRD positive"),
        ("line<br/>line", "line line"),
        ("10<sup>-5</sup>", "10-5"),
        ("5 < 6 and 8 > 7", "5 < 6 and 8 > 7"),
        ("Re<b>lapse</b> now", "Relapse now. Re lapse now"),
        ("re&shy;lapse", "relapse"),
    ],
)
def test_markup_is_read_as_it_is_seen(markup: str, text: str) -> None:
    assert " ".join(without_tags(markup).split()) == text


@pytest.mark.parametrize(
    ("content", "kind", "text"),
    [
        (rb"{\rtf1 R\'fcckfall\par L\u228?sion}", "text/rtf", "R\u00fcckfall\nL\u00e4sion"),
        (b'{"relapse": false, "mrd": "positive", "n": null}', "application/json", "not relapse\nmrd: positive"),
        ("R\u00fcckfall".encode("latin-1"), "application/xml", "R\u00fcckfall"),
        ("R\u00fcckfall".encode("utf-16-le"), "text/plain; charset=utf-16le", "R\u00fcckfall"),
        (b"[not JSON", "application/json", "[not JSON"),
        (b'{"in remission": false, "relapse": "no"}', "application/json", "not in remission\nnot relapse"),
        (rb"{\rtf1 rechut\'E9}", "text/rtf", "rechut\u00e9"),
        (b"<value displayName='Relapse &amp; more'/>", "application/xml", "Relapse & more"),
        (b'<valueString value="Relapse"/>', "application/fhir+xml", "Relapse"),
    ],
)
def test_a_text_is_read_in_what_it_was_written_in(content: bytes, kind: str, text: Any) -> None:
    assert attached_text(attachment(content, kind)) == text


def of(data: str) -> str:
    return attached_text({"contentType": "text/plain", "data": data}).strip()


def test_base64_is_read_in_every_way_in_which_it_is_written() -> None:
    said = "R\u00fcckfall >>> Relapse ??? \u00ff\u00fe>?>?!"
    plain = base64.b64encode(said.encode()).decode()
    for data in (plain, plain.rstrip("="), plain.replace("+", "-").replace("/", "_"), f"{plain[:20]}\r\n{plain[20:]}"):
        assert of(data) == said
    assert of(f"data:text/plain;base64,{plain}") == said


def test_what_was_encoded_twice_is_read() -> None:
    once = base64.b64encode(b"Relapse of\nmultiple myeloma").decode()
    assert of(base64.b64encode(once.encode()).decode()) == "Relapse of\nmultiple myeloma"
    assert of(base64.b64encode(b"Pneumococcusvaccine2").decode()) == "Pneumococcusvaccine2"


def test_what_is_packed_is_no_text_whatever_it_is_said_to_be() -> None:
    packed = gzip.compress(b"Relapse of multiple myeloma")
    assert cannot_be_read(attachment(packed, "text/plain"))
    assert not cannot_be_read(attachment("R\u00fcckfall".encode("latin-1"), "text/plain"))


def test_what_was_never_encoded_stands_as_it_was_written() -> None:
    assert of("Relapse of multiple myeloma") == "Relapse of multiple myeloma"
    assert of("Relapse, on 4 October.") == "Relapse, on 4 October."
    assert of("R\u00fcckfall") == "R\u00fcckfall"


def test_a_drawn_document_of_no_said_type_is_none(shipped_rules: mrdguide.RuleBook) -> None:
    drawn = document(b"%PDF-1.7 \xff\x00", "application/octet-stream")
    assert answer([*written(SUPPORTED), drawn], shipped_rules).outcome == "cessation-supported"
