"""Made-up pages for the renderers: one that uses every block and style, and the same page with hostile texts throughout."""

from __future__ import annotations

from dataclasses import replace

from mrdguide.report.blocks import (
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
    Table,
    line,
)

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-labelledby="title words" viewBox="0 0 720 150" width="720" height="150">
<title id="title">Course of MRD and therapy</title>
<desc id="words">Three negative results in 26 months under lenalidomide.</desc>
<defs><linearGradient id="fade"><stop offset="0" stop-color="#dfe8f1"/><stop offset="1" stop-color="#ffffff"/></linearGradient><path id="mark" d="M0 -7L7 0L0 7L-7 0Z"/></defs>
<rect x="90" y="20" width="600" height="30" fill="url(#fade)" stroke="#55606e"/>
<text x="4" y="40" font-size="13" font-family="sans-serif">lenalidomide</text>
<line x1="90" y1="100" x2="690" y2="100" stroke="#1c2430"/>
<use href="#mark" x="150" y="100"/><use xlink:href="#mark" x="390" y="100"/><use href="#mark" x="640" y="100"/>
<text x="4" y="104" font-size="13" font-family="sans-serif">MRD 10⁻⁵</text>
</svg>"""

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}",
    "</title></svg>",
    "{{7*7}}{% raw %}",
    "]]><!-- -->",
    "[a](javascript:alert(1)) ![b](http://evil.example/x.png) <javascript:alert(1)>",
    "javascript:alert(1) http://evil.example www.evil.example someone@evil.example",
    "| a | b |",
    "# heading",
    "one\n# heading\r\n\n- item\n---\n***\n| a |\n| --- |\u2028```\n<b>bold</b>",
    "> quotation",
    "1. item",
    "- [ ] task",
    "+ item",
    "===",
    "```fence",
    "~~~fence ~~struck~~",
    "    indented code",
    "`code` ``more`` \\` \\",
    "**strong** _weak_ __strong__ *weak*",
    "&lt;b&gt; &#60; &amp",
    "[x]: http://evil.example",
    "heading ## #",
    "\u202eevil turned round\u202c",
    "nul \x00 bell \x07 escape \x1b[31m c1 \x9b lone \ud800 none \ufffe",
    "[bold red]rich[/bold red] [link=http://evil.example]x[/link]",
    "x" * 5000,
    "",
    "  ",
)


def plain_page() -> Page:
    """A page of the size the real ones have, with every kind of block and every style."""
    return Page(
        title="MRD-guided cessation of maintenance",
        subtitle="Patient P-017 on 2026-03-01",
        front=_front(),
        details=_details(),
        foot=(
            "Decision support for a tumor board; it replaces no clinical judgement.",
            "Rules core 0.1.0 (3f2a9c), engine 0.1.0, input 88d1e0.",
        ),
    )


def hostile_page() -> Page:
    """`plain_page` with every text hostile, each hostile text in turn."""
    return hostile_with(HOSTILE)


def hostile_with(texts: tuple[str, ...]) -> Page:
    """`plain_page` with its texts replaced by `texts` in turn, in the order in which they stand."""
    supply = _Supply(texts)
    page = plain_page()
    return Page(
        title=supply.next(),
        subtitle=supply.next(),
        front=tuple(_with(block, supply) for block in page.front),
        details=tuple(_section(section, supply) for section in page.details),
        foot=tuple(supply.next() for _ in page.foot),
    )


def one_of_each(text: str) -> Page:
    """A page in which `text` stands in every place there is, in every style."""
    styles: Line = tuple(
        Part(text, style) for style in ("plain", "strong", "quiet", "code", "met", "not_met", "unknown", "plain")
    )
    blocks: tuple[Block, ...] = (
        Paragraph(line(text)),
        Paragraph(styles),
        Items((Item(line(text), (Item(styles),)),), ordered=True),
        Items((Item(line(text)), Item(styles))),
        Table(text, (text, text), ((line(text), styles), (styles, line(text)))),
        Banner(text, (line(text), styles)),
        Foldout(styles, (Paragraph(line(text)), Items((Item(styles),)))),
    )
    return Page(text, text, blocks, (Section(text, (Section(text, blocks),)),), (text,))


class _Supply:
    """The texts over and over."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        self._texts = texts
        self._used = 0

    def next(self) -> str:
        self._used += 1
        return self._texts[(self._used - 1) % len(self._texts)]


def _with(block: Block, supply: _Supply) -> Block:
    match block:
        case Paragraph():
            return Paragraph(_line(block.line, supply))
        case Items():
            return replace(block, items=tuple(_item(item, supply) for item in block.items))
        case Foldout():
            return Foldout(_line(block.line, supply), tuple(_with(inner, supply) for inner in block.blocks))
        case Table():
            head = tuple(supply.next() for _ in block.head)
            rows = tuple(tuple(_line(cell, supply) for cell in row) for row in block.rows)
            return Table(supply.next(), head, rows)
        case Picture():
            return Picture(block.svg, supply.next(), supply.next())
        case Banner():
            return Banner(supply.next(), tuple(_line(parts, supply) for parts in block.lines), block.tone)
        case Section():
            return _section(block, supply)


def _section(section: Section, supply: _Supply) -> Section:
    return Section(supply.next(), tuple(_with(block, supply) for block in section.blocks))


def _item(item: Item, supply: _Supply) -> Item:
    return Item(_line(item.line, supply), tuple(_item(inner, supply) for inner in item.items))


def _line(parts: Line, supply: _Supply) -> Line:
    return tuple(Part(supply.next(), part.style) for part in parts)


def _front() -> tuple[Block, ...]:
    return (
        Banner(
            "Not enough is known to stop maintenance",
            (
                line("Still possible: ", Part("continue maintenance", "strong"), ", stop under surveillance."),
                line("Two results decide it: marrow MRD at 10⁻⁶, and whole-body imaging within 12 months."),
            ),
            "open",
        ),
        Section(
            "Why",
            (
                Items(
                    (
                        _reason(
                            "MRD negative at 10⁻⁵ for 26 months", "met", "W-03", "2024-01-10, 2025-01-14, 2026-02-20"
                        ),
                        _reason("High-risk cytogenetics: none found", "met", "W-11", "FISH at diagnosis, del(17p) 0%"),
                        _reason("36 months of maintenance", "not_met", "W-07", "31 months of lenalidomide until today"),
                        _reason("Imaging negative within 12 months", "unknown", "W-09", "last PET/CT on 2024-11-02"),
                    )
                ),
            ),
        ),
        Section(
            "What is missing, and where each result leads",
            (
                Items(
                    (
                        Item(
                            line("Marrow MRD at a sensitivity of 10⁻⁶"),
                            (Item(line("negative: stop under surveillance")), Item(line("positive: continue"))),
                        ),
                        Item(line("PET/CT or whole-body MRI"), (Item(line("lesion: continue, and biopsy")),)),
                    ),
                    ordered=True,
                ),
                Paragraph(line("Ranked by how much each result would decide. ", Part("rule M-01", "quiet"))),
            ),
        ),
        Section("Course", (_picture(),)),
        Section(
            "Studies",
            (
                Table(
                    "Studies whose published entry pattern was compared",
                    ("Study", "Pattern", "Regimen", "Criteria not met, unknown or not published"),
                    (
                        _study("MRD2STOP", "met", "met", "any", "none"),
                        _study("DRAMMATIC", "not_met", "not met", "lenalidomide", "at least 24 months of maintenance"),
                        _study("FREEDMM", "unknown", "unknown", "lenalidomide with daratumumab", "PET/CT; MRD at 10⁻⁶"),
                    ),
                ),
            ),
        ),
        Section("Cautions", (Paragraph(line(Part("resurgence of M-protein not excluded", "unknown"), ", see W-12")),)),
        Banner("Set aside", (line("One result without a date."),)),
    )


def _details() -> tuple[Section, ...]:
    figures = tuple(
        (line(f"2025-{month:02d}-14"), line("bone marrow"), line("NGF"), line(Part("2.0e-6", "code")), line(Part("negative", "met")), line("assay reaches 10⁻⁵ only"))
        for month in range(1, 13)
    )  # fmt: skip
    return (
        Section(
            "Every measurement",
            (
                Paragraph(line("As read from ", Part("profile.yaml", "code"), ", oldest first.")),
                Table("MRD", ("Date", "Material", "Method", "Sensitivity", "Result", "Remark"), figures),
                Section("How it was read", (Section("Units", (Paragraph(line("Fractions of nucleated cells.")),)),)),
            ),
        ),
        Section(
            "Why",
            (
                Banner("Stopping is not settled", (line("Two engines agree."),), "caution"),
                Banner("Surveillance is possible", (), "go"),
                Items((Item(line("first list")),)),
                Items((Item(line("second list, apart from the first")),)),
                _picture(),
            ),
        ),
        Section("Limits", (Items((Item(line("No trial has compared stopping with continuing in this setting.")),)),)),
    )


def _reason(title: str, style: str, rule: str, observed: str) -> Item:
    verdicts = {"met": Part(title, "met"), "not_met": Part(title, "not_met"), "unknown": Part(title, "unknown")}
    return Item(line(verdicts[style], "  ", Part(rule, "quiet")), (Item(line(observed)),))


def _study(name: str, style: str, words: str, regimen: str, shortfall: str) -> tuple[Line, ...]:
    verdicts = {"met": Part(words, "met"), "not_met": Part(words, "not_met"), "unknown": Part(words, "unknown")}
    return (line(name), line(verdicts[style]), line(regimen), line(shortfall))


def _picture() -> Picture:
    return Picture(
        _SVG, "Three negative MRD results in 26 months, all under lenalidomide.", "MRD and therapy over time"
    )
