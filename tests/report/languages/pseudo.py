"""An invented language for tests: the English in letters that no keyboard has, so that what is not translated is seen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from mrdguide.report.languages.catalogue import Catalogue, read_catalogue, template
from mrdguide.report.languages.language import Language
from mrdguide.report.pages.every_text import every_text

_KEPT = re.compile(r"(\{[^}]*\})")
_WORD = re.compile(r"[A-Za-z]{3,}")
_WIDE = {code: code - 0x21 + 0xFF01 for code in (*range(0x41, 0x5B), *range(0x61, 0x7B))}


def wide(text: str) -> str:
    """A text in full-width letters, what stands in braces as it is."""
    return "".join(piece if piece.startswith("{") else piece.translate(_WIDE) for piece in _KEPT.split(text))


def longer(text: str) -> str:
    """A text about 40 % longer, as one in another language may be; what stands in braces as it is."""
    grown = (piece if piece.startswith("{") else _WORD.sub(_grown, piece) for piece in _KEPT.split(text))
    return "".join(grown)


def _grown(word: re.Match[str]) -> str:
    return word[0] + ("en" * len(word[0]))[: round(0.56 * len(word[0]))]


@lru_cache(maxsize=4)
def filled(tag: str, said: Callable[[str], str] = wide) -> str:
    """A whole catalogue of the invented language, under the tag of a real one, whose days and numbers it takes."""
    catalog = read_po(io.BytesIO(template(tag, every_text()).encode()))
    for message in catalog:
        if isinstance(message.id, tuple):
            # The first form differs from the others, so that it is seen which was taken.
            others = [said(message.id[0])] * (catalog.num_plurals - 1)
            message.string = (f"{said(message.id[0])}\N{SUPERSCRIPT ONE}", *others)
        elif message.id:
            message.string = said(str(message.id))
    out = io.BytesIO()
    write_po(out, catalog, width=0)
    return out.getvalue().decode()


def catalogue(folder: Path, text: str, name: str = "words.po") -> Catalogue:
    """A catalogue of a text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_catalogue(path, every_text())


def language(folder: Path, tag: str, said: Callable[[str], str] = wide) -> Language:
    """The invented language with the days and numbers of a real one."""
    return catalogue(folder, filled(tag, said), f"{tag}.po").language()


def with_text(text: str, name: str, translation: str) -> str:
    """A catalogue with another translation of one text without plural forms."""
    before, _, after = text.partition(f'msgctxt "{name}"\n')
    return f'{before}msgctxt "{name}"\n' + re.sub(r'msgstr ".*"', lambda _: f'msgstr "{translation}"', after, count=1)
