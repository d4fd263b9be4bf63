"""What a reader of resources writes to: the profile as it grows, and the report on where every part of it came from."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...dates import CalendarDate
from .codes import CodeTable, Meaning
from .codes.table import DOMAINS, Domain
from .current import OBJECT, Resource
from .elements import codings, meanings, wording
from .import_report import Conflict, Gap, Ignored, ImportedFact, Issue, Severity
from .resources import Resources
from .unread import LISTS, by_meaning, domains_of, in_order
from .whose import Whom

if TYPE_CHECKING:
    from .statements import TextsRead

# A result with any other status may still change.
FINAL = ("final", "amended", "corrected", "appended")
DROPPED = ("entered-in-error", "cancelled", "not-done", "registered", "refuted")


# What a resource that is not what it should be raises while it is read; it stays with that resource.
BROKEN = (AttributeError, KeyError, TypeError, ValueError, ArithmeticError)


@dataclass(slots=True)
class BaselineValue:
    """A value that may be the one at diagnosis: which, when, and how it would stand in the profile."""

    path: str
    date: CalendarDate | None
    value: Any
    fact: ImportedFact
    resource: Resource


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Something done or given of which is not said in which phase; `otherwise` says what it means where no phase explains it."""

    resource: Resource
    is_explained_by: Callable[[Mapping[str, Any]], bool]
    otherwise: Callable[[], None]


@dataclass(slots=True)
class Collector:
    """One import. `baseline` are values that only count if they lie around the diagnosis."""

    table: CodeTable
    resources: Resources
    profile: dict[str, Any]
    facts: list[ImportedFact] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    baseline: list[BaselineValue] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    diagnoses: list[tuple[str, Resource, str]] = field(default_factory=list)
    texts: list[tuple[tuple[Domain, ...], Resource, str, str]] = field(default_factory=list)
    statements: Sequence[TextsRead] = ()
    bone_disease: list[tuple[Resource, str]] = field(default_factory=list)
    unplaced: list[Unplaced] = field(default_factory=list)
    named: list[tuple[Resource, Resource]] = field(default_factory=list)
    last_day: int | None = None
    other_types: list[Resource] = field(default_factory=list)
    panels: list[tuple[str, str, Any, Resource]] = field(default_factory=list)
    ordinary: set[Hashable] = field(default_factory=set)
    whom: dict[str, Whom] = field(default_factory=dict)

    @property
    def noted(self) -> tuple[int, ...]:
        """How much was noted so far of what could change something."""
        lists: tuple[Sized, ...] = (
            self.gaps, self.texts, self.named, self.unplaced, self.issues, self.conflicts, self.facts,
        )  # fmt: skip
        return tuple(len(noted) for noted in lists)

    @property
    def taken(self) -> int:
        """How many facts were taken so far, those among them that only count around the diagnosis."""
        return len(self.facts) + len(self.baseline) + len(self.panels)

    def add(self, name: str, entry: Mapping[str, Any]) -> str:
        """Add an entry to a list of the profile; gives its path."""
        entries = self.profile.setdefault(name, [])
        entries.append({key: value for key, value in entry.items() if value is not None})
        return f"{name}[{len(entries) - 1}]"

    def set(self, path: str, value: Any) -> None:
        """Set a single fact of the profile."""
        *above, last = path.split(".")
        here = self.profile
        for name in above:
            here = here.setdefault(name, {})
        here[last] = value

    def fact(
        self, path: str, what: str, resource: Resource, element: str, code: str, original: str, *,
        converted: str = "", date: CalendarDate | None = None,
    ) -> ImportedFact:  # fmt: skip
        return ImportedFact(
            path, what, str(resource.get("resourceType")), identity(resource), element, code, original, converted,
            str(date) if date is not None else "",
        )  # fmt: skip

    def ignore(self, resource: Resource, reason: str) -> None:
        self.ignored.append(Ignored(str(resource.get("resourceType")), identity(resource), reason))

    def unreadable(self, resource: Resource, reason: str, element: str, domains: tuple[Domain, ...] = ()) -> None:
        """Leave a resource out and open what it could change: `domains` where that is known."""
        self.open(domains or domains_of(self.table, resource), resource, reason, element)
        self.ignore(resource, reason)

    def open(self, domains: tuple[Domain, ...], resource: Resource, reason: str, element: str) -> None:
        """Say that something was not read, and leave open what it could change."""
        if domains:
            kind = str(resource.get("resourceType"))
            self.gaps.append(Gap(domains, kind, identity(resource), f"{kind}.{element}", reason))

    def open_text(self, domains: tuple[Domain, ...], resource: Resource, reason: str, element: str) -> None:
        """Note a text that a person can read; what it opens is settled when everything else was read."""
        if domains:
            self.texts.append((domains, resource, reason, element))

    def opens(self, domain: Domain) -> bool:
        """Whether something that was not read, a text among it, leaves a domain open so far."""
        return any(domain in gap.domains for gap in self.gaps) or any(domain in text[0] for text in self.texts)

    def open_lists(self) -> list[str]:
        """The parts of the profile that are not whole."""
        open_ = {name for gap in self.gaps for domain in gap.domains for name in LISTS[domain]}  # type: ignore[index]
        return [name for name in dict.fromkeys(name for domain in DOMAINS for name in LISTS[domain]) if name in open_]

    def issue(self, severity: Severity, resource: Resource, text: str, element: str) -> None:
        kind = str(resource.get("resourceType"))
        self.issues.append(Issue(severity, kind, identity(resource), text, f"{kind}.{element}"))

    def conflict(self, path: str, what: str, values: list[str]) -> None:
        """Two values for one thing: neither is taken, and an earlier one is taken back."""
        self.conflicts.append(Conflict(path, what, tuple(values)))
        self.facts[:] = [fact for fact in self.facts if fact.path != path]
        here: Any = self.profile
        *above, last = path.split(".")
        for name in above:
            here = here.get(name, {})
        here.pop(last, None)

    def meaning(self, resource: Resource, concept: object) -> tuple[Meaning, str] | None:
        """What a resource's code means, with `system|code`; None when nothing is known of it or its codings disagree."""
        found = [item for item in meanings(self.table, concept) if not item[0].irrelevant]
        if len({meaning.means for meaning, _, _ in found}) > 1:
            named = ", ".join(f"{code} ({meaning.means})" for meaning, code, _ in found)
            self.unreadable(resource, f"has codes that mean different things: {named}", "code")
            return None
        if not found:
            return None
        meaning, code, display = found[0]
        expected = meaning.entry.display
        if display and expected and not any(part in display.casefold() for part in expected):
            self.issue(
                "warning",
                resource,
                f"the display '{display[:60]}' does not fit {code} ({meaning.means}); the code decides",
                "code",
            )
        against = meaning.entry.against
        said = wording(concept).casefold() if against else ""
        if said and any(part in said for part in against):
            domains = in_order(set(by_meaning(self.table, meaning.means)))
            self.open(domains, resource, f"its words speak against {code} ({meaning.means})", "code")
        return meaning, code


def is_coded(concept: object) -> bool:
    """Whether a concept is whole: text alone, or codings that each have a system and a code."""
    if not isinstance(concept, OBJECT):
        return False
    items = concept.get("coding")
    if items is None:
        return isinstance(concept.get("text"), str)
    return isinstance(items, list) and len(list(codings(concept))) == len(items) > 0


def identity(resource: Resource) -> str:
    found = resource.get("id")
    return found if isinstance(found, str) else "(no id)"


def status_of(resource: Resource) -> str:
    found = resource.get("status")
    return found if isinstance(found, str) else ""
