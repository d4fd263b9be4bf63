"""Genetics in words: abnormalities as laboratories and ISCN write them, and stages that say high risk.

Words decide nothing. A test that says in words that nothing was found opens nothing; any other one is a text to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from .asides import BESIDE, everything_said
from .codes.table import Reading
from .collecting import Collector
from .contradictions import contradicted, reports_a_finding
from .current import OBJECT, Resource
from .elements import value_of, value_parts, word, wording
from .saying import says
from .unread import said

_RESULTS = ("Observation", "DiagnosticReport")
# A comma or semicolon inside a notation is followed by no space, once the spaces inside its brackets are gone.
_BRACKETS = re.compile(r"\([\dxy;,:/ ]+\)")
_CLAUSES = re.compile(r"[.!?;,](?=\s|$)|\n")
_INSIDE = re.compile(r"[();:,]")


def speaks_of_genetics(collector: Collector, resource: Resource, by_its_words: bool) -> bool:
    """Whether a resource that is not read may tell of an abnormality, or of a stage that comes of one.

    `by_its_words`: whether it has a word of genetics at all.
    """
    reading = collector.table.reading
    code, rest = wording(resource.get("code")), "; ".join(_rest(collector, resource))
    if not by_its_words and not _of_genetics(reading).search(f"{code}; {rest}".casefold()):
        return False
    kept, denied = _clauses(collector, rest)
    if _named(reading, kept) or _is_high_stage(reading, f"{code}; {rest}"):
        return True
    if resource.get("resourceType") not in _RESULTS:
        return by_its_words
    coded = word(collector.table, value_of(resource)[1])
    if denied and not contradicted(collector, resource, coded):
        more = _any((*reading.genetics.risks, *reading.genetics.changes))
        return any(more.search(clause) or reports_a_finding(collector, clause) for clause in kept)
    named = bool(_any(reading.genetics.tests).search(f"{code}; {rest}".casefold()))
    return by_its_words or ((named or bool(_named(reading, [code.casefold()]))) and _has_words(resource, rest))


def speaks_against_absence(collector: Collector, resource: Resource) -> bool:
    """Whether words beside an abnormality coded as absent say that it was found, or that nothing could be told."""
    reading = collector.table.reading
    own = "; ".join(filter(None, (wording(value) for value in _values(resource))))
    kept, denied = _clauses(collector, own)
    if _named(reading, kept) or says(reading, own, reading.beside_words["genetics"]):
        return True
    if not denied and any(_any(reading.genetics.amounts).search(clause) for clause in kept):
        return True
    around = everything_said({name: resource[name] for name in ("note", "component", "extension") if name in resource})
    kept, _ = _clauses(collector, around)
    if any(_any(reading.genetics.poor_samples).search(clause) for clause in kept):
        return True
    return any(_tells_of_a_change(collector, clause) for clause in kept)


def open_news_of_the_diagnosis(collector: Collector) -> None:
    """Open genetics where the diagnosis names an abnormality in words that is not recorded as found, or a high stage."""
    reading, recorded = collector.table.reading, collector.profile.get("baseline", {}).get("cytogenetics", {})
    found = {name for name, entry in recorded.items() if entry.get("status") == "present"}
    for _, condition, _ in collector.diagnoses:
        text = everything_said(
            {name: condition[name] for name in ("code", "stage", "note", "evidence") if name in condition}
        )
        kept, _ = _clauses(collector, text)
        stages = [*_stages(condition), text]
        risky = not found and any(_any(reading.genetics.risks).search(stage.casefold()) for stage in stages[:-1])
        if _named(reading, kept) - found or risky or any(_is_high_stage(reading, stage) for stage in stages):
            reason = f"its words speak of genetics or of a stage that are not recorded: {text[:80]}"
            collector.open_text(("genetics",), condition, reason, BESIDE)


def _stages(condition: Resource) -> Iterator[str]:
    """Each stage of a Condition in words, its kind before it."""
    listed = condition.get("stage")
    for item in listed if isinstance(listed, list) else [listed]:
        if isinstance(item, OBJECT):
            yield f"{wording(item.get('type'))} {wording(item.get('summary'))}"


def _tells_of_a_change(collector: Collector, clause: str) -> bool:
    """Whether a clause names a change, one of the list or none by name, and says that or in how many cells it was found."""
    words = collector.table.reading.genetics
    unnamed = _any(words.changes).search(clause) and not _any(words.loci).search(clause)
    if not unnamed and not _named(collector.table.reading, [clause]):
        return False
    return bool(_any(words.amounts).search(clause)) or reports_a_finding(collector, _INSIDE.sub("_", clause))


def _clauses(collector: Collector, text: str) -> tuple[list[str], bool]:
    """The clauses of a text that do not say that nothing was found, and whether one says so."""
    words = collector.table.reading.genetics
    text = _BRACKETS.sub(lambda found: found[0].replace(" ", ""), text.casefold())
    clauses = [part for part in _CLAUSES.split(_any(words.cutoffs).sub(" ", text)) if part.strip()]
    kept = [clause for clause in clauses if not _says_nothing(collector, clause)]
    return kept, len(kept) < len(clauses)


def _says_nothing(collector: Collector, clause: str) -> bool:
    words = collector.table.reading.genetics
    if not _any(words.denials).search(clause) or _any(words.doubts).search(clause):
        return False
    return not reports_a_finding(collector, _INSIDE.sub("_", clause))


def _named(reading: Reading, clauses: Iterable[str]) -> set[str]:
    listed = reading.genetics.abnormalities.items()
    return {name for clause in clauses for name, patterns in listed if _any(patterns).search(clause)}


def _is_high_stage(reading: Reading, text: str) -> bool:
    return bool(_any(reading.genetics.stages).search(text.casefold()))


def _rest(collector: Collector, resource: Resource) -> Iterator[str]:
    """What a resource says besides its code; each component with its value, and codes in the words for what they mean."""
    table, items = collector.table, resource.get("component")
    yield said({name: value for name, value in resource.items() if name not in ("code", "component", "category")})
    for item in (resource, *(items if isinstance(items, list) else ())):
        if isinstance(item, OBJECT):
            name = wording(item.get("code")) if item is not resource else ""
            told = [wording(value) or _plain(value) for value in value_parts(item)]
            meant = [meaning for value in value_parts(item) if (meaning := word(table, value))]
            yield " ".join(filter(None, (name, *told, *meant)))


def _plain(value: object) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _values(resource: Resource) -> Iterator[object]:
    yield from value_parts(resource)
    yield resource.get("interpretation")


def _has_words(resource: Resource, rest: str) -> bool:
    """Whether a result holds anything in words or codes; a number alone counts cells or signals."""
    return bool(rest.strip("; ")) or any(
        isinstance(value, OBJECT) and "coding" in value for value in value_parts(resource)
    )


def _of_genetics(reading: Reading) -> re.Pattern[str]:
    """Whatever names a test, an abnormality or a stage: most of a chart has none of it."""
    words = reading.genetics
    return _any((*words.tests, *words.stages, *(found for listed in words.abnormalities.values() for found in listed)))


@lru_cache(maxsize=64)
def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))
