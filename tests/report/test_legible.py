"""What acts on a screen is written as an escape in JSON, and nothing else is touched."""

import json
import sys

import pytest

from mrdguide.report.legible import legible, legible_json


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\t", "\x7f", "\x85", "\u200f", "\u2028", "\u202e", "\ud800", "\ufffe"]
)
def test_json_says_it_as_an_escape(sign: str) -> None:
    text = json.dumps({"name": f"a{sign}b"}, ensure_ascii=False, indent=2)
    shown = legible_json(text)
    assert sign not in shown
    assert json.loads(shown) == {"name": f"a{sign}b"}


def test_other_json_stays_as_it_is() -> None:
    text = json.dumps({"name": "Zoë, 10⁻⁶ — 好"}, ensure_ascii=False, indent=2)
    assert legible_json(text) is text


def test_whatever_cannot_be_shown_is_not_printable() -> None:
    """The quick look that spares most texts the slow one misses nothing."""
    hidden = [chr(code) for code in range(sys.maxunicode + 1) if legible(chr(code)) not in (chr(code), " ")]
    assert len(hidden) > 2_000
    assert not any(map(str.isprintable, hidden))
