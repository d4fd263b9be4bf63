"""A comparison to read: in full for authors, and as a page for a committee."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ..logic.truth import Verdict
from ..report.blocks import Banner, Block, Item, Items, Page, Paragraph, Part, Section, Table, Tone, line
from ..rulebook.book import RuleBook
from ..rulebook.compare import RULED_OUT
from .book_changes import BookChange
from .comparing import AnswerChange, Compared
from .witnesses import Search, Witness

_EQUAL = "The same answers come out for every combination of verdicts."
_TOLD = {
    "stricter": "{} is stricter: where its answer differs, it opens less of the way to stopping.",
    "looser": "{} is looser: where its answer differs, it opens more of the way to stopping.",
    "nowhere looser": "{} never opens more of the way to stopping: where its answer differs, it opens less of it, or is another "
    "answer that opens as much.",
    "mixed": "{} is stricter for some patients and looser for others.",
    "looser for some": "{} is looser for some patients, and stricter for none: where its answer differs, it opens more of the way to "
    "stopping, or is another answer that opens as much.",
    "another answer": "{} is neither stricter nor looser: where its answer differs, it is another one that opens as much of the "
    "way to stopping.",
}
_ALL_KNOWN = (
    "Every verdict is known in these combinations. Where something is not known, an answer can also become that not enough is known, or "
    "no longer be that."
)
_SIDES = {"stricter": "a stricter answer", "looser": "a looser answer", "other": "another answer, as permissive"}
_DIRECTIONS = {
    "stricter": "stricter: opens less of the way to stopping", "looser": "looser: opens more of the way to stopping",
    "other": "neither: another answer that opens as much",
}  # fmt: skip
_TONES: dict[str, Tone] = {
    "equal": "neutral",
    "stricter": "go",
    "nowhere looser": "neutral",
    "another answer": "neutral",
}
_ORDER = ("looser", "stricter", "other")
# What a change of this kind does to the middle or last number of a version.
_STEPS = {"equal": 2, "stricter": 1, "looser": 0, "neither": 0}
_RULES_SHOWN = 8
_ALIKE = 3  # entries that differ in the same words and are told one by one


@dataclass(frozen=True, slots=True)
class Called:
    """What the second of the two that are compared is called, and what stands above the answers of either."""

    second: str
    heads: tuple[str, str]


BOOKS = Called("the second book", ("first book", "second book"))


def comparison_page(found: Compared) -> Page:
    """What differs in the rules, in the answers, and in which patients."""
    first, second = found.comparison.first, found.comparison.second
    return Page(
        "Two rule books compared",
        f"{_name(first)} and {_name(second)}",
        (
            *over_every_combination(found, BOOKS),
            *(side_section(search, found) for search in found.searches),
            Section("Patients", tuple(_patients(found))),
        ),
        (),
        ("Every patient here is invented or from the folder named; no figure is a result of a study.",),
    )


def over_every_combination(found: Compared, called: Called) -> tuple[Block, ...]:
    """Whether the second is stricter or looser, which answers differ and how each does, and which rules."""
    return (
        Banner(found.comparison.in_words, (line(_told(found, called)),), _tone(found)),
        Section(
            "Answers that differ, over every combination of verdicts",
            (_answers(found, called), Paragraph(line(Part(_ALL_KNOWN, "quiet")))),
        ),
        Section("Rules that differ", (_changes(found),)),
    )


def committee_page(found: Compared) -> Page:
    """The same for a committee: in sentences, with a changelog entry, a proposal for the version, and room to sign."""
    first, second = found.comparison.first, found.comparison.second
    changed = len(found.answers)
    sentences = [f"{item.title} ({item.id}): {'; '.join(item.sentences) or item.how}." for item in found.changes]
    told = f"Of {found.patients} {'patient' if found.patients == 1 else 'patients'}, {changed} {'changes' if changed == 1 else 'change'}."
    return Page(
        "Proposal for a change of the rules",
        f"{_name(first)} becomes {_name(second)}",
        (
            Banner(found.comparison.in_words, (line(_told(found, BOOKS)), line(told)), _tone(found)),
            Section("What changes in the rules", (_items(sentences, "Nothing."),)),
            Section("Whose answer changes", tuple(_patients(found))),
            *(side_section(search, found) for search in found.searches),
            Section("Entry for the changelog", (Paragraph(line(_changelog(found))),)),
            Section("Version", (Paragraph(line(_version(found))),)),
            Section("Decision", (_signatures(),)),
        ),
        (),
        ("Rules support and do not replace clinical judgement.",),
    )


def as_plain(found: Compared) -> dict[str, Any]:
    """The comparison as plain data."""
    return {
        "first": _identity(found.comparison.first), "second": _identity(found.comparison.second),
        "verdict": found.comparison.verdict,
        "rules": [
            {"section": item.section, "id": item.id, "how": item.how, "sentences": list(item.sentences)}
            for item in found.changes
        ],
        "outcomes": {
            item.outcome: {"given_to": item.words, "lost_to": list(item.lost), "gained_from": list(item.gained)}
            for item in found.comparison.outcomes()
        },
        "patients": {
            search.direction: None if search.witness is None else _plain_witness(search.witness)
            for search in found.searches
        },
        "answers": [
            {"file": item.file, "before": item.before.outcome, "after": item.after.outcome, "rules": item.rules}
            for item in found.answers
        ],
        "evaluated": found.patients, "unread": list(found.unread),
    }  # fmt: skip


def witness_case(witness: Witness) -> str:
    """The patient as a case that `rules test` can run with the second book; what differs from the example is marked."""
    lines = [
        "cases:",
        f"  - name: {witness.before.outcome} becomes {witness.after.outcome}",
        "    why: Found by comparing two rule books.",
        f"    from: {witness.example}",
        f"    as_of: {witness.as_of}",
    ]
    if witness.changes:
        lines.append("    set:")
    for change in witness.changes:
        lines.append(f'      "{change.place}": {_yaml(change.after)}    # changed; was {_yaml(change.before)}')
    lines += [
        "    expect:",
        f"      outcome: {witness.after.outcome}",
        f"      possible_outcomes: [{', '.join(witness.after.possible_outcomes)}]",
    ]
    return "\n".join(lines) + "\n"


def _told(found: Compared, called: Called) -> str:
    """The result in a sentence."""
    second = called.second[0].upper() + called.second[1:]
    return _TOLD[found.comparison.in_words].format(second) if found.comparison.directions else _EQUAL


def _tone(found: Compared) -> Tone:
    """A caution where something is opened; what is nowhere looser is none."""
    return _TONES.get(found.comparison.in_words, "caution")


def _name(rules: RuleBook) -> str:
    return f"{rules.pack.name} {rules.version} ({rules.hash[:12]})"


def _identity(rules: RuleBook) -> dict[str, str]:
    return {"name": rules.pack.name, "version": rules.version, "hash": rules.hash}


def _items(texts: list[str], none: str) -> Block:
    return Items(tuple(Item(line(text)) for text in texts)) if texts else Paragraph(line(none))


def _changes(found: Compared) -> Block:
    alike: dict[tuple[str, str, tuple[str, ...]], list[BookChange]] = {}
    for item in found.changes:
        alike.setdefault((item.section, item.how, item.sentences), []).append(item)
    entries = [entry for items in alike.values() for entry in _told_of(items)]
    return Items(tuple(entries)) if entries else Paragraph(line("None."))


def _told_of(items: Sequence[BookChange]) -> Iterator[Item]:
    """Entries that differ in the same words: each by itself, or many in one line."""
    sentences = tuple(Item(line(text)) for text in items[0].sentences)
    if sentences and len(items) > _ALIKE:
        names = ", ".join(item.id for item in items)
        yield Item(line(f"{items[0].how}: {len(items)} {items[0].section} in the same way: {names}"), sentences)
        return
    for item in items:
        where = f" [{item.where}]" if item.where else ""
        yield Item(line(f"{item.how}: {item.section} {item.id}{where}: {item.title}"), sentences)


def _answers(found: Compared, called: Called) -> Block:
    """Each answer that can become another one, and whether that is stricter."""
    comparison = found.comparison
    differing = [(*pair, direction) for pair in comparison.pairs if (direction := comparison.direction(*pair))]
    if not differing:
        return Paragraph(line("None."))
    ends = [item.id for item in comparison.first.decision.outcomes]
    differing.sort(
        key=lambda item: (_ORDER.index(item[2]), *(ends.index(end) if end in ends else -1 for end in item[:2]))
    )
    rows = tuple(
        (
            line(title_of(comparison.first, before)),
            line(title_of(comparison.second, after)),
            line(_DIRECTIONS[direction]),
        )
        for before, after, direction in differing
    )
    return Table("Answers that can become another one", (*called.heads, "which is"), rows)


def title_of(rules: RuleBook, answer: str) -> str:
    """An answer as it is called; its id where this book has none of that name."""
    decision = rules.decision
    titles = {
        decision.insufficient.id: decision.insufficient.title,
        **{item.id: item.title for item in decision.outcomes},
    }
    return "an answer ruled out" if answer == RULED_OUT else titles.get(answer, answer)


def side_section(search: Search, found: Compared) -> Section:
    """A patient in whom the second answers otherwise in one direction, or that none was found."""
    return Section(f"A patient with {_SIDES[search.direction]}", tuple(_side(search, found)))


def _side(search: Search, found: Compared) -> Iterator[Block]:
    witness = search.witness
    if witness is None:
        text = (
            f"Some combination of verdicts has {_SIDES[search.direction]}, but no patient was found among the examples "
            f"and {search.tried} profiles near them. That proves neither that there is one nor that there is none."
        )
        yield Paragraph(line(text))
        return
    count = len(witness.changes)
    like = f"{witness.example} with {count} {'fact' if count == 1 else 'facts'} changed" if count else witness.example
    before, after = (title_of(item.rules, item.outcome) for item in (witness.before, witness.after))
    yield Paragraph(line(f"{like}, on {witness.as_of}: “{before}” becomes “{after}”."))
    if witness.changes:
        rows = tuple((line(item.place), line(_yaml(item.before)), line(_yaml(item.after))) for item in witness.changes)
        yield Table("What differs from the example", ("fact", "in the example", "in this patient"), rows)
    yield _chain(witness, found)


def _chain(witness: Witness, found: Compared) -> Block:
    texts = []
    for name, before, after in witness.chain[:_RULES_SHOWN]:
        where = found.comparison.second.locations.get(name, "")
        texts.append(f"{name}: {_word(before)} becomes {_word(after)}{f' [{where}]' if where else ''}")
    more = len(witness.chain) - _RULES_SHOWN
    if more > 0:
        texts.append(f"and {more} more")
    return _items(texts, "No verdict differs: the second book rules out answers that the first leaves open.")


def _word(verdict: Verdict | None) -> str:
    return "not there" if verdict is None else verdict.value.replace("_", " ")


def _patients(found: Compared) -> Iterator[Block]:
    yield Paragraph(line(f"{found.patients} evaluated by both books, {len(found.answers)} with another answer."))
    if found.answers:
        rows = tuple(
            (line(item.file), line(_answer(item, 0)), line(_answer(item, 1)), line(_by(item))) for item in found.answers
        )
        yield Table("Answers that change", ("patient", "first book", "second book", "by"), rows)
    if found.unread:
        yield _items([f"not evaluated: {text}" for text in found.unread], "")


def _answer(item: AnswerChange, which: int) -> str:
    answer = (item.before, item.after)[which]
    possible = "" if answer.settled else f" (possible: {', '.join(answer.possible_outcomes)})"
    return f"{answer.outcome}{possible}"


def _by(item: AnswerChange) -> str:
    names = item.rules
    more = f", and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}" if names else "what the book declares"


def _changelog(found: Compared) -> str:
    what = (
        "; ".join(f"{item.id} {', '.join(item.sentences) or item.how}" for item in found.changes) or "No rule changes"
    )
    moves = sorted({f"{item.before.outcome} becomes {item.after.outcome}" for item in found.answers})
    whose = f" Of {found.patients} patients {len(found.answers)} get another answer"
    return f"{what}.{whose}{f' ({chr(59).join(moves)})' if moves else ''}."


def _version(found: Compared) -> str:
    numbers = [int(part) for part in found.comparison.first.version.split(".")]
    step = _STEPS[found.comparison.verdict]
    proposed = [*numbers[:step], numbers[step] + 1, *([0] * (2 - step))]
    why = {
        "equal": "no answer changes", "stricter": "answers become stricter only",
        "looser": "some answer becomes looser", "neither": "answers change in more than one direction",
    }[found.comparison.verdict]  # fmt: skip
    return f"From {found.comparison.first.version} to {'.'.join(map(str, proposed))}: {why}."


def _signatures() -> Block:
    empty = (line(" "), line(" "), line(" "), line(" "))
    return Table("For the committee", ("name", "role", "date", "signature"), (empty, empty, empty))


def _plain_witness(witness: Witness) -> dict[str, Any]:
    return {
        "example": witness.example, "as_of": witness.as_of,
        "changes": [{"place": item.place, "before": item.before, "after": item.after} for item in witness.changes],
        "before": witness.before.outcome, "after": witness.after.outcome, "profile": dict(witness.profile),
        "rules": [name for name, _, _ in witness.chain],
    }  # fmt: skip


def _yaml(value: Any) -> str:
    if value is None:
        return "nothing"
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("...\n").strip().replace("\n", "")
