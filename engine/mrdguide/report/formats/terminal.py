"""A page on a terminal, readable from 80 columns on. Same signs as the recommendation's own page."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table as Grid
from rich.text import Text

from ..blocks import (
    Banner,
    Block,
    Foldout,
    Item,
    Items,
    Line,
    Page,
    Paragraph,
    Part,
    Picture,
    Section,
    Style,
    Table,
    Tone,
)
from ..legible import legible

_LOOKS: dict[Style, str] = {
    "plain": "", "strong": "bold", "quiet": "dim", "code": "cyan", "met": "green", "not_met": "red", "unknown": "yellow",
    "break": "", "link": "underline",
}  # fmt: skip
_SIGNS: dict[Style, str] = {"met": "+ ", "not_met": "- ", "unknown": "? "}
_TONES: dict[Tone, str] = {"neutral": "cyan", "open": "yellow", "caution": "red", "go": "green"}


def to_text(page: Page) -> RenderableType:
    """The whole page as one rich renderable; it fits itself to the width of the console it is printed on."""
    parts: list[RenderableType] = [Text(legible(page.title), style="bold")]
    if page.subtitle:
        parts.append(Text(legible(page.subtitle), style="dim"))
    parts += ["", *_blocks((*page.front, *page.overleaf))]
    if page.details:
        parts += [Rule(legible(page.frame.details), align="left", style="dim"), "", *_blocks(page.details)]
    if page.foot:
        parts += [Rule(style="dim"), *(Text(legible(text), style="dim") for text in page.foot)]
    return Group(*parts)


def _blocks(blocks: tuple[Block, ...], level: int = 0) -> Iterator[RenderableType]:
    for block in blocks:
        yield from _block(block, level)


def _block(block: Block, level: int) -> Iterator[RenderableType]:
    match block:
        case Section():
            yield Text(legible(block.title), style="bold underline" if level == 0 else "bold")
            yield Padding(Group(*_blocks(block.blocks, level + 1)), (0, 0, 0, 2))
        case Banner():
            # Inside the box: in its border a long title would be cut off.
            title = Text(legible(block.title), style="bold")
            yield Panel(Group(title, *(_line(line) for line in block.lines)), border_style=_TONES[block.tone])
            yield ""
        case Items():
            yield _items(block.items, ordered=block.ordered)
            yield ""
        case Table():
            yield Text(legible(block.caption), style="bold")
            yield _Fitting(block)
            yield ""
        case Picture():
            yield Text.assemble((f"{legible(block.label)}: ", "bold"), legible(block.caption))
            yield Padding(Text(legible(block.alt)), (0, 0, 1, 2))
        case Paragraph():
            yield _line(block.line)
            yield ""
        case Foldout():
            yield _line(block.line)
            yield Padding(Group(*_blocks(block.blocks, level + 1)), (0, 0, 0, 2))


def _line(line: Line) -> Text:
    return Text.assemble(*(_part(part) for part in line))


def _part(part: Part) -> Text:
    if part.style == "break":
        return Text("\n")
    return Text(_SIGNS.get(part.style, "") + legible(part.text), style=_LOOKS[part.style])


def _items(items: tuple[Item, ...], *, ordered: bool = False) -> RenderableType:
    """Markers in a column of their own, so that long entries hang beside them."""
    grid = Grid.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for number, item in enumerate(items, start=1):
        below = [_items(item.items)] if item.items else []
        marker, line = _marked(item.line, f"{number}." if ordered else "*")
        grid.add_row(marker, Group(line, *below))
    return grid


def _marked(line: Line, marker: str) -> tuple[Text, Text]:
    """The marker of a list entry and its text; the sign of a verdict is a marker enough."""
    text = _line(line)
    if marker == "*" and line and line[0].style in _SIGNS:
        return text[:1], text[2:]
    return Text(marker), text


class _Fitting:
    """A table where its columns fit the width with every word whole; else one paragraph for every row."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        grid = self._grid()
        fits = Measurement.get(console, options.update(width=10_000), grid).minimum <= options.max_width
        yield grid if fits else Group(*self._paragraphs())

    def _grid(self) -> Grid:
        grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for place, text in enumerate(self._table.head):
            cells = [legible(text), *(_line(row[place]).plain for row in self._table.rows)]
            longest = max((len(word) for cell in cells for word in cell.split()), default=1)
            grid.add_column(Text(legible(text)), overflow="fold", min_width=longest)
        for row in self._table.rows:
            grid.add_row(*(_line(cell) for cell in row))
        return grid

    def _paragraphs(self) -> Iterator[RenderableType]:
        for row in self._table.rows:
            yield Text.assemble((_line(row[0]).plain, "bold"))
            for text, cell in zip(self._table.head[1:], row[1:], strict=True):
                yield Padding(Text.assemble((f"{legible(text)}: ", "dim"), _line(cell)), (0, 0, 0, 4))
