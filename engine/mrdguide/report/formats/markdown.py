"""A page as GitHub-flavoured Markdown.

Whatever comes from a profile is escaped where it could act as markup, and only there, so that the source reads well too.
Every text stands on one line: a line break would let the text after it begin a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

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
)
from ..legible import legible

_SIGNS: dict[Style, str] = {"met": "+ ", "not_met": "\N{MINUS SIGN} ", "unknown": "? "}
_MARKS: dict[Style, str] = {"strong": "**", "quiet": "*"}
_LOWEST_HEADING = 6
# Between an at sign and a host: an address stays readable, and GitHub, which looks past escapes, makes no link of it.
_JOINER = "\N{WORD JOINER}"

_ACTING = re.compile(
    r"[\\`*\[|~$]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside a word an underscore is only an underscore
    r"|<(?![ =0-9])"
    r"|&(?=[#A-Za-z0-9]*(?:;|$))"
    r"|:(?=/)|(?<=[wW]{3})\."  # what GitHub makes a link of by itself
    r"|(?<=\w)\.(?=[^\W\d_]{2})"  # a bare domain, of which others make one
)
_ADDRESS = re.compile(r"@(?=\S)|@$")
# What begins a block at the start of a line: heading, quotation, list, rule, fence, underlining of a heading.
_BEGINNING = re.compile(r"[#>=+-]|\d{1,9}(?=[.)])")
_BEFORE_MARK = re.compile(r"(?:^|[\s(])$")
_AFTER_MARK = re.compile(r"^(?:$|[\s,.;:)])")


def to_markdown(page: Page) -> str:
    """The whole page as text that ends with a line break. Front and details are parted by a rule."""
    chunks = [f"# {_heading(page.title)}", _line((Part(page.subtitle),)), *_blocks((*page.front, *page.overleaf), 2)]
    if page.details:
        chunks += ["---", *_blocks(page.details, 2)]
    if page.foot:
        chunks += ["---", *(_line((Part(text),)) for text in page.foot)]
    return "\n\n".join(chunk for chunk in chunks if chunk) + "\n"


def _blocks(blocks: tuple[Block, ...], level: int) -> Iterator[str]:
    for number, block in enumerate(blocks):
        # Two lists in a row with the same marker would become one list.
        yield from _block(block, level, alternate=number % 2 == 1)


def _block(block: Block, level: int, *, alternate: bool) -> Iterator[str]:
    match block:
        case Section():
            yield f"{'#' * min(level, _LOWEST_HEADING)} {_heading(block.title)}"
            yield from _blocks(block.blocks, level + 1)
        case Banner():
            title = _line((Part(block.title, "strong"),))
            yield "\n>\n".join(f"> {text}" for text in (title, *map(_line, block.lines)))
        case Items():
            yield "\n".join(_items(block.items, ordered=block.ordered, alternate=alternate))
        case Table():
            yield _line((Part(block.caption, "strong"),))
            yield "\n".join(_table(block))
        case Picture():
            yield _line((Part(f"{block.label}:", "strong"), Part(f" {block.caption}")))
            yield _line((Part(block.alt),))
        case Paragraph():
            yield _line(block.line)
        case Foldout():
            yield _line(block.line)
            yield from _blocks(block.blocks, level + 1)


def _items(items: tuple[Item, ...], *, ordered: bool, alternate: bool, depth: int = 0) -> Iterator[str]:
    for number, item in enumerate(items, start=1):
        marker = f"{number}{')' if alternate else '.'}" if ordered else ("*" if alternate else "-")
        yield f"{' ' * depth}{marker} {_line(item.line)}".rstrip()
        yield from _items(item.items, ordered=False, alternate=alternate, depth=depth + len(marker) + 1)


def _table(table: Table) -> Iterator[str]:
    yield _row([_inline((Part(text),)) for text in table.head])
    yield _row(["---"] * len(table.head))
    for row in table.rows:
        yield _row([_inline(cell, in_table=True) for cell in row])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _heading(title: str) -> str:
    """Number signs at the end of a heading would be taken for its closing."""
    return _inline((Part(title),)).replace("#", "\\#")


def _line(line: Line) -> str:
    """A line that begins a block of its own."""
    text = _inline(line)
    found = _BEGINNING.match(text)
    if not found:
        return text
    return f"{found[0]}\\{text[found.end() :]}" if found[0].isdigit() else f"\\{text}"


def _inline(line: Line, *, in_table: bool = False) -> str:
    """A line without line break and without space at its ends."""
    parts = list(_merged(line))
    raw = [" " if part.style == "break" else f"{_SIGNS.get(part.style, '')}{part.text}" for part in parts]
    shown = []
    for number, part in enumerate(parts):
        before, after = "".join(raw[:number]), "".join(raw[number + 1 :])
        shown.append(_part(part, raw[number], before, after, in_table=in_table))
    return "".join(shown).strip()


def _merged(line: Line) -> Iterator[Part]:
    """Neighbours of one style as one part, blanks collapsed: marks that touch would be read as others."""
    waiting = Part("")
    for part in line:
        words = re.sub(r"\s+", " ", legible(part.text))
        if part.style == "break":
            yield waiting
            waiting = Part("", "break")
            continue
        if part.style == waiting.style and part.style not in _SIGNS and part.to == waiting.to:
            waiting = replace(waiting, text=waiting.text + words)
            continue
        yield waiting
        waiting = replace(part, text=words)
    yield waiting


def _part(part: Part, raw: str, before: str, after: str, *, in_table: bool) -> str:
    if part.style == "break":
        return "<br>" if in_table else " "
    if part.style == "link":
        return "[{}]({})".format(_escaped(part.text).replace("]", "\\]"), part.to)
    if part.style == "code" and part.text.strip():
        return _code(part.text, in_table=in_table)
    mark = _MARKS.get(part.style, "")
    core = raw.strip()
    if not mark or not core:
        return _escaped(raw)
    lead, trail = raw[: len(raw) - len(raw.lstrip())], raw[len(raw.rstrip()) :]
    if not _BEFORE_MARK.search(before + lead) or not _AFTER_MARK.match(trail + after):
        # In the middle of a word the mark might not be read as one.
        return _escaped(raw)
    return f"{lead}{mark}{_escaped(core)}{mark}{trail}"


def _code(text: str, *, in_table: bool) -> str:
    """A code span: nothing acts in it but a run of backticks as long as its fence, and in a table the pipe."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    shown = text.replace("|", "\\|") if in_table else text
    return f"{fence}{pad}{shown}{pad}{fence}"


def _escaped(text: str) -> str:
    return _ADDRESS.sub(f"@{_JOINER}", _ACTING.sub(r"\\\g<0>", text))
