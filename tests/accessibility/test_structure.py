"""What `make accessibility` finds with a browser, as far as it can be seen in the text of a page: on every kind of page."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product

import pytest

from mrdguide.report.charts import svg

from ..report.formats.html_checks import attributes, check, elements, parsed, shown
from .page_kinds import QUICK, as_html

every_kind = pytest.mark.parametrize("kind", QUICK)

_TEXT, _GRAPHIC = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` or `#rgb`, 0 (black) to 1 (white), as WCAG 2.2 defines it."""
    digits = colour.removeprefix("#")
    pairs = [digits[place : place + 2] for place in (0, 2, 4)] if len(digits) == 6 else [sign * 2 for sign in digits]
    channels = [int(pair, 16) / 255 for pair in pairs]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def style(page: str) -> str:
    """The style sheet with the names of colours replaced by the colours."""
    [found] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    names = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", found))
    return re.sub(r"var\(--([\w-]+)\)", lambda match: names[match[1]], found)


def test_the_measure_of_contrast() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_colour_of_text_stands_out_from_every_ground() -> None:
    rules = re.findall(r"([^{};]+)\{([^{}]*)\}", style(as_html("board")))
    on_its_own = [body for _, body in rules if re.search(r"(?<![\w-])color: #fff", body)]
    grounds = {
        "#fff",
        *re.findall(r"background: (#[0-9a-f]{3,6})", " ".join(body for _, body in rules if body not in on_its_own)),
    }
    texts = set(re.findall(r"(?<![\w-])color: (#[0-9a-f]{3,6})", " ".join(body for _, body in rules))) - {"#fff"}
    assert len(texts) >= 5
    assert len(grounds) >= 4
    assert {pair: contrast(*pair) for pair in product(texts, grounds) if contrast(*pair) < _TEXT} == {}
    assert on_its_own
    for body in on_its_own:
        [ground] = re.findall(r"background: (#[0-9a-f]{3,6})", body)
        assert contrast("#fff", ground) >= _TEXT


def test_what_is_drawn_stands_out_from_the_paper_and_from_the_fill() -> None:
    for colour in (svg.INK, svg.QUIET, svg.ACCENT, svg.ALARM):
        assert contrast(colour, svg.PAPER) >= 7
        assert contrast(colour, svg.FILL) >= _TEXT
    assert contrast(svg.INK, svg.FILL) >= _GRAPHIC


@every_kind
def test_a_page_has_a_language_a_title_and_one_of_each_landmark(kind: str) -> None:
    found = elements(parsed(as_html(kind)))
    names = Counter(node.name for node in found if node.namespace == "html")
    assert names["main"] == names["header"] == names["title"] == names["h1"] == 1
    assert names["footer"] <= 1
    [root] = [node for node in found if node.name == "html"]
    assert attributes(root)["lang"] == "en"
    body = next(node for node in found if node.name == "body")
    # Everything that can be read stands in a landmark; the link that skips to the content comes first.
    assert {node.name for node in body.children or () if not node.name.startswith("#")} <= {
        "a",
        "header",
        "main",
        "footer",
    }
    for node in found:
        if node.name == "nav":
            assert attributes(node)["aria-labelledby"]
        assert attributes(node).get("role") not in ("region", "navigation", "banner")


@every_kind
def test_it_is_valid_in_order_and_each_table_and_drawing_says_what_it_is(kind: str) -> None:
    check(as_html(kind))


@every_kind
def test_what_can_be_scrolled_is_reached_by_the_keyboard_and_has_a_name(kind: str) -> None:
    found = elements(parsed(as_html(kind)))
    for node in found:
        given = attributes(node)
        if "scroll" in given.get("class", "").split():
            assert given["tabindex"] == "0"
            assert given["role"] == "group"
            assert given["aria-labelledby"]
        if node.name == "figure":
            assert ("tabindex" in given) is not ("small" in given.get("class", "").split())
            assert "role" not in given
            assert any(shown(inner).strip() for inner in elements(node) if inner.name == "figcaption")


@every_kind
def test_no_header_of_a_table_and_no_heading_is_empty(kind: str) -> None:
    for node in elements(parsed(as_html(kind))):
        if re.fullmatch("th|h[1-6]|caption|summary|figcaption", node.name):
            assert shown(node).replace("\N{NO-BREAK SPACE}", " ").strip()


def test_the_page_may_be_zoomed_and_reflows() -> None:
    page = as_html("patient-numbers")
    assert 'content="width=device-width, initial-scale=1"' in page
    # What is wider than a telephone lies in a part that scrolls by itself; all other text wraps.
    assert "overflow-wrap: anywhere" in style(page)
    assert re.search(r"\.scroll \{ overflow-x: auto", style(page))
