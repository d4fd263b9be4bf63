"""Lines that several pages share: a verdict with its data and its place in the rules, days, lists of names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...answer.criteria import CriterionResult
from ...dates import iso
from ...logic.truth import Verdict
from ...rulebook.book import RuleBook
from ..blocks import Block, Item, Items, Line, Paragraph, Part, Section, Style, line
from ..languages.words import Words, in_a_row

_STYLES: dict[Verdict, Style] = {Verdict.MET: "met", Verdict.NOT_MET: "not_met", Verdict.UNKNOWN: "unknown"}
_WORDS = {Verdict.MET: "met", Verdict.NOT_MET: "not met", Verdict.UNKNOWN: "unknown"}
OBSERVED = 4


def verdict(value: Verdict | str, words: str = "") -> Part:
    """A verdict as a part: its sign comes from the style, the words say it again."""
    value = Verdict(value)
    return Part(words or _WORDS[value], _STYLES[value])


def judged(words: Words, value: Verdict, text: str = "") -> Part:
    """The same in the language of a page."""
    return Part(text or words.verdict(value.value), _STYLES[value])


def not_excluded(rules: RuleBook, item: CriterionResult, words: Words) -> str:
    """That a caution cannot be excluded, unless its title for that state says so itself; nothing of one that applies."""
    if item.verdict == Verdict.MET or item.title != rules.rules[item.id].title:
        return ""
    return words.text("board.verdict.cannot_be_excluded")


def result_item(result: CriterionResult, *, observed: int = OBSERVED, words: str = "") -> Item:
    """A criterion: verdict, title, rule file and line; below it the patient's own data."""
    head = line(verdict(result.verdict, words), " ", Part(result.title, "strong"), " ", Part(result.rule, "code"))
    return Item(head, plain_items(few(result.observed, observed)))


def few(texts: Sequence[str], most: int) -> list[str]:
    """The first texts, and how many more there are."""
    if len(texts) <= most:
        return list(texts)
    return [*texts[: most - 1], f"and {len(texts) - most + 1} more"]


def plain_items(texts: Iterable[str]) -> tuple[Item, ...]:
    return tuple(Item(line(text)) for text in texts)


def bullets(texts: Iterable[str]) -> Items:
    return Items(plain_items(texts))


def paragraph(*parts: str | Part) -> Paragraph:
    return Paragraph(line(*parts))


def quiet(text: str) -> Paragraph:
    return Paragraph((Part(text, "quiet"),))


def sections(*parts: tuple[str, Sequence[Block]]) -> tuple[Section, ...]:
    """Sections of the parts that have something in them."""
    return tuple(Section(title, tuple(blocks)) for title, blocks in parts if blocks)


def shortened(text: str, longest: int) -> str:
    """`text` in at most so many characters, cut between words, the last character an ellipsis where something was cut off."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    # Between words, but for one word that is longer than all there is room for.
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut[longest // 2 :] else cut}\N{HORIZONTAL ELLIPSIS}"


def either(names: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return in_a_row(names, "or")


def both(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return in_a_row(names, "and")


def titles_in(words: Words, rules: RuleBook, outcomes: Iterable[str]) -> list[str]:
    """Outcomes as they are read in the language of a page."""
    if words.is_english:
        return titles(rules, outcomes)
    named = _titles_by_id(rules)
    return [words.translated(named[name]) for name in outcomes]


def titles(rules: RuleBook, outcomes: Iterable[str]) -> list[str]:
    """Outcomes as they are read: by title, in lower case but for what is written in capitals."""
    named = _titles_by_id(rules)
    return [named[name][0].lower() + named[name][1:] for name in outcomes]


def _titles_by_id(rules: RuleBook) -> dict[str, str]:
    insufficient = rules.decision.insufficient
    return {**{item.id: item.title for item in rules.decision.outcomes}, insufficient.id: insufficient.title}


def day(ordinal: int) -> str:
    """A day as 2027-02-14."""
    return iso(ordinal)


def cell(text: str) -> Line:
    return line(text)
