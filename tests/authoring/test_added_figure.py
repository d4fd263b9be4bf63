"""A figure entered by a reader: it is there with its place and its reader, and not a byte of the rest is another one."""

from __future__ import annotations

import shutil
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from mrdguide.authoring.added_figure import Reading, entry_to_change, with_figure
from mrdguide.errors import EvidenceError, MrdguideError, UsageError
from mrdguide.evidence import load_library
from mrdguide.reading.shipped import folder

READING = Reading("https://example.org/paper", "table 2, page 4: the second row # of it", "Ä. Reader", "2026-11-27")
FIGURE: dict[str, Any] = {
    "id": "an-invented-figure", "measure": "survival: of those who stopped", "time": {"at": 5, "unit": "a"}, "clock": "stopping",
    "arms": [{"group": "all", "value": 61, "unit": "%", "interval": {"low": 45, "high": 74.5}, "n": 47}],
}  # fmt: skip
HEAD = """\
# a comment at the top
id: small
kind:    study  # spaces as somebody liked them
name: 'An invented study'
citation: {type: report, title: An invented study, source: page, verified: true}
"""
TAIL = "informs:\n- {question: Why?, direction: none}\n"
SOURCE = '{url: "https://example.org/a", level: primary, locator: abstract, read: "2026-11-21"}'
FORMS = {
    "lines": f"sources:\n  page: {SOURCE} # here\nfindings:\n  - id: one\n    measure: m\n    statement: |\n      many\n      lines\n"
    "    source: page\n    verified: true\n  # a comment after the last\n",
    "not indented": f"sources:\n    page: {SOURCE}\nfindings:\n- {{id: one, measure: m, statement: s, source: page, verified: true}}\n",
    "brackets": f"sources: {{page: {SOURCE}}}\nfindings: [{{id: one, measure: m, statement: s, source: page, verified: true}},\n  ]\n",
    "no finding": f"sources: {{page: {SOURCE}}}\n",
    "empty": f"sources:\n  page: {SOURCE}\nfindings: []\n",
}  # fmt: skip


def added(place: Path, entry_id: str = "small", figure: dict[str, Any] = FIGURE, reading: Reading = READING) -> bytes:
    library = load_library(place)
    path, content = with_figure(library, entry_to_change(library, entry_id), figure, reading)
    path.write_bytes(content)
    return content


@pytest.mark.parametrize("ends", ["\n", "\r\n", "no last line end", "byte order mark"])
@pytest.mark.parametrize("form", FORMS)
def test_the_rest_stays_byte_by_byte_however_it_is_written(tmp_path: Path, form: str, ends: str) -> None:
    text = HEAD + FORMS[form] + TAIL
    if ends == "no last line end":
        text = text.removesuffix("\n")
    elif ends == "byte order mark":
        text = "\ufeff" + text
    before = text.replace("\n", ends if ends == "\r\n" else "\n").encode()
    (tmp_path / "small.yaml").write_bytes(before)
    after = added(tmp_path)
    assert _is_within(before, after)
    entry = load_library(tmp_path).entry("small")
    last = entry.findings[-1]
    assert last.model_dump(exclude_defaults=True) == {
        **FIGURE, "arms": tuple(FIGURE["arms"]), "source": last.source, "verified": True,
    }  # fmt: skip
    assert entry.sources[last.source or ""].model_dump(exclude_defaults=True) == READING.source()


def _is_within(part: bytes, whole: bytes) -> bool:
    """Whether all bytes of the one come in the other, in their order."""
    rest = iter(whole)
    return all(byte in rest for byte in part)


@pytest.mark.parametrize("entry_id", ["derman2024", "giri2025", "nccn", "imwg2016", "msmart", "freedmm"])
def test_shipped_entries_get_lines_and_lose_none(tmp_path: Path, entry_id: str) -> None:
    path = load_library(folder("evidence")).path(entry_id)
    shutil.copy(path, tmp_path)
    after = added(tmp_path, entry_id)
    changed = list(unified_diff(path.read_text("utf-8").splitlines(), after.decode().splitlines(), n=0, lineterm=""))[
        2:
    ]
    assert [line for line in changed if line.startswith("-")] == []
    assert load_library(tmp_path).check() == []


def test_what_was_read_at_one_place_shares_its_source(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(HEAD + FORMS["lines"] + TAIL, encoding="utf-8")
    added(tmp_path)
    added(tmp_path, figure={**FIGURE, "id": "another"})
    added(
        tmp_path, figure={**FIGURE, "id": "a-third"}, reading=Reading(READING.url, "page 5", READING.by, READING.date)
    )
    entry = load_library(tmp_path).entry("small")
    assert [item.source for item in entry.findings[1:]] == ["reader1", "reader1", "reader2"]
    shown = load_library(tmp_path).shown("small").findings[-1].read_at
    assert shown is not None
    assert shown.locator == "page 5, read by Ä. Reader"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"arms": [{"group": "all", "value": 61, "unit": "%", "interval": {"low": 62, "high": 70}}]},
            "does not contain",
        ),
        ({"arms": [{"group": "all", "value": 104, "unit": "%"}]}, "104 % of a group"),
        (
            {"arms": [{"group": "all", "value": 99, "unit": "%", "interval": {"low": 90, "high": 101}}]},
            "an interval from 90 to 101 % of a group",
        ),
        ({"arms": [{"group": "all", "value": 48, "unit": "count", "n": 47}]}, "48 out of a group of 47"),
        ({"arms": [{"group": "all", "value": 9, "unit": "%", "n": 47, "events": 48}]}, "48 events in a group of 47"),
        ({"effect": {"kind": "HR", "of": "a against b", "value": 0}}, "a ratio is above 0"),
        ({"id": "one"}, "two findings have the id 'one'"),
        ({"clock": ""}, "must say what the clock started from"),
        ({"id": "An Id"}, "found 'An Id'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(HEAD + FORMS["lines"] + TAIL, encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(EvidenceError, match=message) as caught:
        added(tmp_path, figure={**FIGURE, **change})
    assert all(problem.line for problem in caught.value.problems)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{id: small, kind: study, name: X, citation: {type: report, title: X, source: null, verified: false}, informs: "
         "[{question: Why?, direction: none}]}\n", "outermost without braces"),
        (HEAD + f"sources: {{page: {SOURCE} # a comment before the bracket\n }}\n" + TAIL, "written so that"),
        (HEAD + "retracted: {date: 2026, why: x, source: page}\n" + FORMS["lines"] + TAIL, "no figure of it is entered"),
    ],
    ids=["all in braces", "a comment in the way", "retracted"],
)  # fmt: skip
def test_where_nothing_can_be_put_it_is_said(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(MrdguideError, match=message) as caught:
        added(tmp_path)
    assert isinstance(caught.value, UsageError)
    assert file.read_text(encoding="utf-8") == text
