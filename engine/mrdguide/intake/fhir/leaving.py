"""What becomes of a resource whose code is not read: it opens what it could change, or nothing."""

from __future__ import annotations

from .codes import Meaning
from .codes.table import Domain
from .collecting import Collector, is_coded
from .current import Resource
from .elements import codings, flagged, meanings, shown, value_parts, wording, words
from .genetics import speaks_of_genetics
from .questions import told_by_an_answer
from .texts import is_text, results_of
from .unnamed import found_something_unnamed
from .unread import by_code, by_inside, by_words, in_order, news_of, said

# Of a vital sign or a questionnaire, words of other domains say nothing, unless they tell news.
_OF_THE_DISEASE: set[Domain] = {"diagnosis", "mrd"}


def leave(
    collector: Collector, resource: Resource, reason: str, found: tuple[Meaning, str] | None = None, *,
    told: frozenset[Domain] = frozenset(),
) -> None:  # fmt: skip
    """Leave a resource out that has no reader here.

    A code, a component or words of a family open it, and what it tells besides (`told`); so does a code that nobody can tell
    anything of.
    """
    table, concept = collector.table, resource.get("code")
    coded = set(by_code(table, resource)) | set(by_inside(table, resource))
    spoken = told_by_an_answer(table, resource, set(by_words(table, resource))) | told
    if speaks_of_genetics(collector, resource, "genetics" in spoken):
        spoken.add("genetics")
    else:
        spoken.discard("genetics")
    of_results = _of_its_results(collector, resource)
    if resource.get("conclusion"):
        spoken |= of_results
    elif coded and _says_no_more_than_its_results(collector, resource):
        coded -= of_results
        if not coded | spoken:
            collector.ignore(resource, "a report that says no more than its results")
            return
    domains = coded | spoken
    if not domains and found is None and nobody_can_tell(collector, concept):
        domains = _of_its_category(collector, resource)
        reason = f"{reason}; has no code, or one that is unknown and without words, or of this project and unknown"
    if not domains and resource.get("conclusionCode") and not _ordinary_conclusion(collector, resource):
        domains, reason = _of_its_category(collector, resource), f"{reason}; has a coded conclusion that is not read"
    if not domains and found is None and found_something_unnamed(table, resource):
        domains, reason = _of_its_category(collector, resource), f"{reason}; it found something"
    if _ordinary_category(collector, resource):
        domains = coded | (spoken & _OF_THE_DISEASE) | news_of(table, said(resource))
    if resource["resourceType"] == "Procedure":
        domains = domains - set(table.reading.told_by_results) | news_of(table, said(resource))
    told_in_words = spoken or any(isinstance(value, str) for value in value_parts(resource))
    opens = collector.open_text if domains and told_in_words and is_text(collector, resource) else collector.open
    opens(in_order(domains), resource, reason, "code")
    collector.ignore(resource, f"{reason}{flagged(resource)}")


def _of_its_results(collector: Collector, resource: Resource) -> set[Domain]:
    """What the results of a report are about, as far as they are here."""
    if resource["resourceType"] != "DiagnosticReport":
        return set()
    return {domain for result in results_of(collector, resource) for domain in by_code(collector.table, result)}


def _says_no_more_than_its_results(collector: Collector, resource: Resource) -> bool:
    """Whether a report has no words and no codes of its own but those for nothing found, and all its results are here."""
    named = resource.get("result")
    codes = resource.get("conclusionCode")
    concluded = codes if isinstance(codes, list) else [codes] if codes else []
    return (
        isinstance(named, list)
        and len(named) == len(list(results_of(collector, resource))) > 0
        and not resource.get("presentedForm")
        and all(words(collector.table, concept) == {"absent"} for concept in concluded)
    )


def nobody_can_tell(collector: Collector, concept: object) -> bool:
    """Whether a concept says nothing: no code, one without system, an unknown one of this project, or no words beside it."""
    if not is_coded(concept):
        return True
    systems = [system for system, _, _ in codings(concept)]
    if any(collector.table.is_own(system) for system in systems):
        return True
    return not wording(concept)


def _of_its_category(collector: Collector, resource: Resource) -> set[Domain]:
    """What a result could change of which nothing is known but its category; by its type where that says nothing."""
    reading, categories = collector.table.reading, resource.get("category")
    holds_nothing = not any(True for _ in value_parts(resource)) and not resource.get("component")
    if holds_nothing and resource.get("hasMember"):
        return set()  # the head of a panel, whose parts stand by themselves
    listed = categories if isinstance(categories, list) else [categories]
    known = [
        reading.domains_of_categories[code] for item in listed for _, code, _ in codings(item)
        if code in reading.domains_of_categories
    ]  # fmt: skip
    by_type = reading.domains_of_types.get(str(resource["resourceType"]), ())
    return {domain for found in known for domain in found} if known else set(by_type)


def _ordinary_conclusion(collector: Collector, resource: Resource) -> bool:
    """Whether all that a report concludes is known to say nothing of what an answer rests on."""
    codes = resource.get("conclusionCode")
    found = [meanings(collector.table, item) for item in (codes if isinstance(codes, list) else [codes])]
    return all(known and all(meaning.irrelevant for meaning, _, _ in known) for known in found)


def concludes_by_its_codes(collector: Collector, resource: Resource) -> bool:
    """Whether what a report of an ordinary code concludes is a code that matters, or one that nobody can tell anything of."""
    codes = resource.get("conclusionCode")
    for item in codes if isinstance(codes, list) else ([] if codes is None else [codes]):
        known = meanings(collector.table, item)
        said_of_it = words(collector.table, item)
        if any(not meaning.irrelevant for meaning, _, _ in known) or said_of_it - {"absent"}:
            return True
        if not known and not said_of_it and not wording(item):
            return True
    return False


def no_meaning(resource: Resource) -> str:
    return f"no meaning for {shown(resource.get('code'))}"


def _ordinary_category(collector: Collector, resource: Resource) -> bool:
    categories = resource.get("category")
    listed = categories if isinstance(categories, list) else [categories]
    return any(code in collector.table.reading.irrelevant_categories for item in listed for _, code, _ in codings(item))
