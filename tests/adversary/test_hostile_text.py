"""One table of hostile texts over all ways out: a terminal, error lines, Markdown, HTML, cards, CSV, JSON and the log.

Each way makes them harmless at one place; whatever can be shown is still there to be read.
"""

from __future__ import annotations

import asyncio
import csv
import json
import logging
import re
from collections.abc import Callable
from functools import cache
from io import StringIO
from typing import Any

import pytest
from markdown_it import MarkdownIt

import mrdguide
from mrdguide.cds.card import card_of
from mrdguide.commands import error_format
from mrdguide.commands.files import as_json, say, terminal_text
from mrdguide.commands.tables.evaluate import _as_csv, _record
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.pages.board import board
from mrdguide.service.access_log import Observed
from mrdguide.service.metrics import Metrics

from ..cds.calls import report_on
from ..examples import shipped
from ..report.formats.html_checks import check_inert, check_valid

HOSTILE = {
    "escape": "a\x1b[2J\x1b]0;owned\x07b",
    "c1": "a\x9b31mb\x85c",
    "bidi": "a\u202eevil\u202c \u2066b\u2069 \u200f",
    "line separator": "a\u2028# heading\u2029b",
    "html": '<img src=x onerror=alert(1)></style></title><script>alert(1)</script>"',
    "link": "[a](javascript:alert(1)) ![b](http://evil.example/x.png) <http://evil.example>",
    "bare domain": "see evil.example and login.evil-example.org/now or www.evil.example",
    "formula": '=HYPERLINK("http://evil.example","a")',
    "other formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "table": "a | b | c\n| --- | --- |",
    "nul": "a\x00b",
    "lone surrogate": "a\ud800b",
    "rich": "[bold red]a[/bold red] [link=http://evil.example]b[/link]",
}
_ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# What whoever shows Markdown may take for an address: not escaped and not within a span of code.
_BARE = re.compile(r"(?:https?://|www\.|[A-Za-z0-9-]+\.)(?:evil|example|org)")


@cache
def answered(text: str) -> mrdguide.Recommendation:
    """A patient whose texts are all hostile; the id where a table shows it, a drug, a regimen, a term, wishes."""
    profile = {
        "id": text, "diagnosis": {"disease": "multiple-myeloma", "date": "2019-09-02"},
        "therapy": [
            {"phase": "induction", "line": 1, "regimen": text, "start": "2019-10-01", "end": "2020-02-01"},
            {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2020-06-20", "end": None},
        ],
        "toxicities": [{"date": "2026-05-01", "term": text, "grade": 3, "status": "ongoing"}],
        "considered": {"comorbidities": [text], "therapy_wish": text},
        "attested": [{"what": "serum-quiet", "value": True, "of": "2026-11-10", "by": text, "date": "2026-11-20"}],
    }  # fmt: skip
    return mrdguide.evaluate(profile, rules=shipped(), as_of="2026-11-21")


def on_a_terminal(text: str) -> str:
    shown = terminal_text([to_text(board(answered(text)))], to_file=True)
    said = StringIO()
    say(f"{text}: {text}", file=said)
    return shown + said.getvalue()


def as_an_error(text: str) -> str:
    told = []
    for form in error_format.FORMATS:
        with pytest.MonkeyPatch.context() as patch:
            stream = StringIO()
            patch.setattr("sys.stderr", stream)
            with pytest.raises(mrdguide.errors.PatientError) as found:
                mrdguide.read_patient({"id": text, "diagnosis": {"disease": text, text: 1}})
            error_format.tell(found.value, form)
            told.append(stream.getvalue())
    return "".join(told)


def as_csv(text: str) -> str:
    return _as_csv([_record(answered(text))])


def as_printed_json(text: str) -> str:
    return as_json(answered(text).to_dict())


def in_the_log(text: str) -> str:
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    async def failing(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ValueError(text)

    async def nowhere(*_: Any) -> Any:
        return None

    logger, handler = logging.getLogger("mrdguide.service"), Kept()
    logger.addHandler(handler)
    try:
        scope: dict[str, Any] = {
            "type": "http", "method": text, "path": f"/{text}", "query_string": b"", "state": {},
            "headers": [(b"x-request-id", text.encode("utf-8", "replace"))],
        }  # fmt: skip
        asyncio.run(Observed(failing, Metrics())(scope, nowhere, nowhere))
    finally:
        logger.removeHandler(handler)
    assert all(isinstance(json.loads(line), dict) for line in lines)
    return "\n".join(lines)


def as_markdown(text: str) -> str:
    return to_markdown(board(answered(text)))


def as_a_card(text: str) -> str:
    card = card_of(answered(text), report_on(answered(text).case.patient))
    assert not _ACTING.search(card["summary"])
    found: str = card["detail"]
    return found


def as_html(text: str) -> str:
    return to_html(board(answered(text)))


WAYS: list[Callable[[str], str]] = [
    on_a_terminal, as_an_error, as_csv, as_printed_json, in_the_log, as_markdown, as_a_card, as_html,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_does_nothing(text: str, way: Callable[[str], str]) -> None:
    if text == HOSTILE["lone surrogate"] and way not in (as_an_error, in_the_log):
        with pytest.raises(mrdguide.errors.PatientError):  # it is no text, and comes in nowhere
            way(text)
        return
    shown = way(text)
    assert shown
    assert not _ACTING.search(shown)
    if way is as_html:
        check_valid(shown)
        check_inert(shown)
    if way in (as_markdown, as_a_card):
        # The line break in a cell of a table is the page's own.
        kinds = [token.type for token in _tokens(shown) if token.content != "<br>"]
        assert not {"link_open", "image", "html_inline", "html_block"} & set(kinds)
        assert not _BARE.search(_outside_code(shown)), _BARE.search(_outside_code(shown))
    if way is as_csv:
        rows = list(csv.reader(StringIO(shown)))
        assert len(rows) == 2
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for row in rows for cell in row)


@pytest.mark.parametrize("way", [as_csv, as_markdown, as_html, on_a_terminal], ids=lambda way: way.__name__)
def test_what_can_be_shown_is_shown(way: Callable[[str], str]) -> None:
    shown = re.sub(r"\\(?=[.])", "", way("a patient of evil.example"))
    assert "evil.example" in shown


def _tokens(markdown: str) -> list[Any]:
    found = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)
    return [*found, *(child for token in found for child in token.children or ())]


def _outside_code(markdown: str) -> str:
    return re.sub(r"(`+)[^`].*?\1", "", markdown)
