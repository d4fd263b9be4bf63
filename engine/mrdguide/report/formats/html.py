"""A page as one HTML file that needs nothing else: no script, no network, the drawings inside.

Every text is escaped; only the drawings, which this package makes itself, stand in the file as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..blocks import Block, EnglishText, Frame, Line, Page, Part, Picture, Section, Table
from ..legible import legible

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_VERDICTS = {"met": "+", "not_met": "\N{MINUS SIGN}", "unknown": "?"}
_LOWEST_HEADING = 6
_NARROW_TABLE = 3
_LONGEST_SLUG = 60
_LONGEST_RUNNING_FOOT = 90
_ID = re.compile(r"""(\s(?:xml:)?id=["'])([^"']+)""")
_REFERRING = re.compile(r"""(\saria-(?:labelledby|describedby|details)=["'])([^"']+)""")
_FRAGMENT = re.compile(r"""(\s(?:xlink:)?href=["']#|url\(\s*["']?#)""")


def to_html(page: Page) -> str:
    """The whole file as text, to be written as UTF-8. The same page gives the same text."""
    names = Names()
    contents = [(names.of(section.title), section) for section in page.details]
    template = _environment().get_template("page.html.j2")
    return template.render(page=page, contents=contents, names=names) + "\n"


def to_fragment(blocks: Sequence[Block], level: int, names: Names) -> Markup:
    """Blocks as HTML without a page around them, headings from `level` on; `names` are those of the page it is put in."""
    from markupsafe import Markup

    page = Page("", "", tuple(blocks), (), ())
    return Markup(_environment().get_template("fragment.html.j2").render(page=page, level=level, names=names))


def style_sheet() -> str:
    """How pages look, for pages that link to it."""
    return _environment().get_template("page.css.j2").render(page=Page("", "", (), (), ()))


class Names:
    """Unique ids: those of headings come from their titles, those of other things are numbered; all begin with `prefix`.

    Only numbered ids contain an underscore, so that the two kinds never meet.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def of(self, title: str) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", title.lower())[:_LONGEST_SLUG].strip("-") or "section"
        name, number = f"{self._prefix}{slug}", 1
        while name in self._taken:
            number += 1
            name = f"{self._prefix}{slug}-{number}"
        self._taken.add(name)
        return name

    def next(self, kind: str) -> str:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return f"{self._prefix}{kind}_{self._counts[kind]}"


@cache
def _environment() -> Environment:
    return environment(Path(__file__).parent / "templates")


def environment(templates: Path) -> Environment:
    """Where templates of a folder are rendered: every text is escaped and made legible."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalised,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        kind=_kind, heading=_heading, css_text=_css_text, drawing=_drawing, spoken=_spoken, breadth=_breadth, worded=_worded, pieces=_pieces,
        bare=_bare,
    )  # fmt: skip
    made.globals["verdicts"] = _VERDICTS
    return made


def _finalised(value: object) -> object:
    """Every text that a template puts out goes through here, so that none can be forgotten."""
    if type(value) is str:
        return legible(value)
    return _in_english(value) if isinstance(value, EnglishText) else value


def _bare(text: str) -> str:
    """A text where nothing can be marked."""
    return str(text)


def _in_english(text: EnglishText) -> object:
    from markupsafe import Markup

    return Markup('<span lang="en">{}</span>').format(legible(text))


def _kind(block: object) -> str:
    return type(block).__name__.lower()


def _heading(level: int) -> str:
    return f"h{min(level, _LOWEST_HEADING)}"


def _breadth(section: Section) -> str:
    """`wide` for what needs the whole breadth where the front has two columns, `narrow` for the rest."""
    for block in section.blocks:
        if isinstance(block, Picture) or (isinstance(block, Table) and len(block.head) > _NARROW_TABLE):
            return "wide"
        if isinstance(block, Section) and _breadth(block) == "wide":
            return "wide"
    return "narrow"


def _spoken(text: str, style: str, frame: Frame) -> str:
    """What a screen reader says in place of the sign; empty where the words say it themselves."""
    word = {"met": frame.met, "not_met": frame.not_met, "unknown": frame.unknown}[style]
    return "" if legible(text).strip().lower().startswith(word.lower()) else type(word)(f"{word}: ")


def _pieces(cell: Line) -> list[Line]:
    """The lines of a cell, one for each of its breaks and one more."""
    found: list[list[Part]] = [[]]
    for part in cell:
        if part.style == "break":
            found.append([])
        else:
            found[-1].append(part)
    return [tuple(parts) for parts in found]


def _worded(cell: Line) -> bool:
    """Whether a cell says anything: room to write in heads no row."""
    return any(part.style in _VERDICTS or legible(part.text).strip() for part in cell)


def _css_text(text: str) -> str:
    """`text` inside a CSS string: whatever is no ASCII letter or digit becomes a CSS escape. Blanks too: one after an escape
    would be taken for its end."""
    shown = " ".join(legible(text).split())
    if len(shown) > _LONGEST_RUNNING_FOOT:
        shown = shown[:_LONGEST_RUNNING_FOOT].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    return re.sub(r"[^A-Za-z0-9]", lambda match: f"\\{ord(match[0]):06x}", shown)


def _drawing(picture: Picture, name: str) -> str:
    """The drawing with ids of its own: two drawings on a page may name their parts alike."""
    from markupsafe import Markup

    svg = _ID.sub(rf"\g<1>{name}_\g<2>", picture.svg)
    svg = _REFERRING.sub(lambda match: match[1] + " ".join(f"{name}_{part}" for part in match[2].split()), svg)
    return Markup(_FRAGMENT.sub(rf"\g<1>{name}_", svg))
