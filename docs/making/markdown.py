"""Markdown of pages that are made: text from the data never acts as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ACTING = re.compile(r"[\\`*_{}\[\]<>|#~$&@^]")
_BEGINNING = re.compile(r"^(\s*)([-+=:])|^(\s*\d+)([.)])(?=\s|$)")
_CODE = re.compile(r"(`+[^`]+`+)")


def plain(text: object) -> str:
    """Text of which nothing acts as markup, on one line."""
    return _BEGINNING.sub(r"\1\3\\\2\4", _ACTING.sub(r"\\\g<0>", " ".join(str(text).split())))


def marked(text: object) -> str:
    """Text in which only `code` between backticks is markup, as docstrings have it; on one line."""
    pieces = _CODE.split(" ".join(str(text).split()))
    return "".join(code(piece.strip("`")) if _CODE.fullmatch(piece) else plain(piece) for piece in pieces)


def code(text: object) -> str:
    """A name or a value as code; nothing for nothing."""
    shown = " ".join(str(text).split())
    fence = "``" if "`" in shown else "`"
    return f"{fence} {shown} {fence}" if "`" in shown else (f"`{shown}`" if shown else "")


def link(text: str, label: str) -> str:
    """A link to a label anywhere in the site."""
    return f"[{plain(text)}](#{label})"


def label(*parts: str) -> str:
    """The name that a heading is linked by, made of a kind and an id."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def heading(level: int, text: str, name: str = "") -> str:
    """A heading with the label that links name."""
    return f"({name})=\n{'#' * level} {plain(text)}" if name else f"{'#' * level} {plain(text)}"


def bullets(items: Iterable[str]) -> str:
    """A list of lines that are Markdown already."""
    return "\n".join(f"- {item}" for item in items)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; nothing without rows."""
    lines = [" | ".join(cell.replace("|", r"\|") if "`" in cell else cell for cell in row) for row in rows]
    if not lines:
        return ""
    return "\n".join(f"| {line} |" for line in (" | ".join(head), " | ".join(["---"] * len(head)), *lines))


def block(text: str, language: str = "text") -> str:
    """Text as it is, in a fence."""
    return f"````{language}\n{text.rstrip()}\n````"


def titled(title: str, text: str, level: int = 2) -> str:
    """A part with its heading; nothing where there is nothing to say."""
    return f"{heading(level, title)}\n\n{text}" if text else ""


def page(*blocks: str, in_the_sidebar: bool = True) -> str:
    """A whole page. Pages by the hundred stay out of the sidebar: an index names them."""
    front = "" if in_the_sidebar else "---\norphan: true\n---\n\n"
    return front + "\n\n".join(text for text in blocks if text) + "\n"
