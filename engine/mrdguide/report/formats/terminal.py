"""A page on a terminal, readable from 80 columns on. Same signs as the recommendation's own page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
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
_APART = 2
_SIGNS: dict[Style, str] = {"met": "+ ", "not_met": "- ", "unknown": "? "}
_TONES: dict[Tone, str] = {
    "neutral": "cyan", "open": "yellow", "caution": "red", "with-care": "dark_orange", "go": "green",
}  # fmt: skip


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
        columns = list(zip(self._table.head, *self._table.rows, strict=True))
        texts = [[legible(head), *(_line(cell).plain for cell in cells)] for head, *cells in columns]
        least = [max((cell_len(word) for text in column for word in text.split()), default=1) for column in texts]
        most = [max((cell_len(part) for text in column for part in text.splitlines()), default=1) for column in texts]
        room = options.max_width - _APART * len(columns)
        yield self._grid(_shared(least, most, room)) if sum(least) <= room else Group(*self._paragraphs())

    def _grid(self, widths: Sequence[int]) -> Grid:
        grid = Grid(box=None, padding=(0, _APART, 0, 0), header_style="bold")
        # Given outright: left to itself the grid makes a column narrower than its longest word, and then cuts the last one.
        for text, width in zip(self._table.head, widths, strict=True):
            grid.add_column(Text(legible(text)), overflow="fold", width=width)
        for row in self._table.rows:
            grid.add_row(*(_line(cell) for cell in row))
        return grid

    def _paragraphs(self) -> Iterator[RenderableType]:
        for row in self._table.rows:
            yield Text.assemble((_line(row[0]).plain, "bold"))
            for text, cell in zip(self._table.head[1:], row[1:], strict=True):
                yield Padding(Text.assemble((f"{legible(text)}: ", "dim"), _line(cell)), (0, 0, 0, 4))


def _shared(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """Widths of columns within `room`: each at least as wide as its longest word, and of the rest what it has use for."""
    spare, wanted = room - sum(least), [wide - narrow for narrow, wide in zip(least, most, strict=True)]
    if sum(wanted) <= spare:
        return list(most)
    return [narrow + spare * more // sum(wanted) for narrow, more in zip(least, wanted, strict=True)]
