"""What a page says, without how it looks: the same page becomes HTML, Markdown, PDF or terminal text.

Texts are plain; whoever renders them escapes them. Styles carry meaning and never colour alone: a verdict has a sign and
a word in every rendering.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "strong", "quiet", "code", "met", "not_met", "unknown", "break", "link"]
Tone = Literal["neutral", "open", "caution", "with-care", "go"]


class EnglishText(str):
    """A text that stands in English on a page of another language, which HTML says for those who hear it.

    kind: why it does; empty where the catalogue lacks it
    """

    __slots__ = ("kind",)

    def __new__(cls, text: str, kind: str = "") -> EnglishText:
        made = super().__new__(cls, text)
        made.kind = kind
        return made

    kind: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text. `met`, `not_met` and `unknown` are verdicts: their text is the words that go with the sign.

    `break` begins a new line within a cell of a table; it has no text. `link` leads to `to`, an address of the program's own
    that is relative to the page.
    """

    text: str
    style: Style = "plain"
    to: str = ""


Line = tuple[Part, ...]


def line(*parts: str | Part | Line) -> Line:
    """A line of parts and of other lines; a bare text is plain."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, tuple):
            found += part
        else:
            found.append(Part(part) if isinstance(part, str) else part)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Paragraph:
    line: Line


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list, with entries below it."""

    line: Line
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list. `ordered` where the order is a ranking; `language` where it is in another than the page."""

    items: tuple[Item, ...]
    ordered: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first column heads its rows. Every row has as many cells as `head`.

    `widths` are shares of the breadth in whole percent, one for each column; empty where the text decides.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: a whole `<svg>` element as text, what it shows in words (`alt`), and a caption.

    `small`: where there is room, several stand in a row. `label`: what is written before the caption where it stands as text.
    `language` where its words are in another than the page. `narrow`: it can be read on a telephone in its whole width.
    """

    svg: str
    alt: str
    caption: str
    small: bool = False
    label: str = "Figure"
    language: str = ""
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Banner:
    """The answer in a box: what a reader must see first."""

    title: str
    lines: tuple[Line, ...]
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a page; sections inside it are one heading level lower. `language` where it is in another than the page."""

    title: str
    blocks: tuple[Block, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Foldout:
    """A line that says it in short, and what a reader opens it for. On paper everything stands open."""

    line: Line
    blocks: tuple[Block, ...]


Block = Paragraph | Items | Table | Picture | Banner | Section | Foldout


@dataclass(frozen=True, slots=True)
class Frame:
    """What a rendering adds to a page: the tag of its language, and words of its own in it."""

    language: str = "en"
    skip: str = "Skip to the content"
    details: str = "Details"
    figure: str = "Figure"
    met: str = "met"
    not_met: str = "not met"
    unknown: str = "unknown"


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page: `front` fits one sheet, `overleaf` begins the next, `details` stand behind them."""

    title: str
    subtitle: str
    front: tuple[Block, ...]
    details: tuple[Section, ...]
    foot: tuple[str, ...]
    overleaf: tuple[Block, ...] = ()
    frame: Frame = Frame()
