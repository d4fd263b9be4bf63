"""What was handed over, as a list of resources in force: references can be followed, and how complete it is, is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...dates import CalendarDate
from ...errors import FhirError
from .bundle_signs import (
    came_back,
    is_a_page,
    is_a_patch,
    is_by_a_search,
    says_that_it_failed,
    self_links,
    whats_missing,
    whats_missing_in,
)
from .current import OBJECT, Resource, Version, in_force, split_address
from .elements import day, inside_of
from .import_report import Completeness
from .operation_outcomes import leaves_a_gap, notes
from .releases import refuse_other_releases

# An entry of a plain list of resources, or of what a search found.
_RESOURCE_ALONE = frozenset(("fullUrl", "resource", "search"))


class Resources:
    """All resources, with a look-up by `Type/id`, `fullUrl` and `urn:uuid`."""

    def __init__(self, source: object, expected: Sequence[str] = (), server: str = "") -> None:
        """`expected` are the keys that a prefetch should have; `server` the base address that the data are from.

        Raises:
            FhirError: it is no Bundle, list of resources or prefetch, or not of FHIR R4.
        """
        # What of a Bundle cannot be read: the element, and what is wrong with it.
        self.broken: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.completeness: dict[str, Completeness] = {}
        # The address of every search that was made, and the day on which it was, where that is said.
        self.searches: list[tuple[str, CalendarDate | None]] = []
        self._versions: list[Version] = []
        self._servers = {server.rstrip("/")} - {""}
        self._take(source, expected)
        read, doubtful = in_force(self._versions)
        self.all: list[Resource] = [item.resource for item in read if item.resource is not None]
        self.doubtful = {id(item.resource) for item in doubtful}
        self._servers |= {item.server for item in read if item.server and item.kind != "Bundle"}
        self._by_type: dict[str, list[Resource]] = {}
        for resource in self.all:
            self._by_type.setdefault(resource["resourceType"], []).append(resource)
        self._by_reference: dict[str, Resource | None] = {}
        for item in read:
            self._index(item)
        for resource in self.all:
            refuse_other_releases(resource)

    @property
    def whole(self) -> bool:
        """Whether nothing is paged, failed, not supplied or broken."""
        return not self.broken and all(state.whole for state in self.completeness.values())

    def of_type(self, *names: str) -> Iterator[Resource]:
        """Those of these types, in the order of all."""
        found = [self._by_type[name] for name in names if name in self._by_type]
        if len(found) == 1:
            return iter(found[0])
        return (resource for resource in (self.all if found else ()) if resource["resourceType"] in names)

    def referred(self, reference: object, within: Resource | None = None) -> Resource | None:
        """The resource that a Reference names: contained, by id, or by its full address.

        None when it is not here, is from another server, or stands here in two versions that differ.
        """
        text = reference.get("reference") if isinstance(reference, OBJECT) else None
        if not isinstance(text, str):
            return None
        if text.startswith("#") and within is not None:
            return next(
                (item for item in inside_of(within) if isinstance(item, OBJECT) and item.get("id") == text[1:]), None
            )
        text = without_version(text)
        if text in self._by_reference:
            return self._by_reference[text]
        server, kind, name = split_address(text)
        return self._by_reference.get(f"{kind}/{name}") if not server or self.is_here(server) else None

    def is_here(self, server: str) -> bool:
        """Whether a server is the one that these data are from.

        Where nothing says which that is, it is the one that all subjects are on; relative ones beside it are on another.
        """
        if self._servers:
            return server in self._servers
        subjects = [split_address(text)[0] for text in self._subjects()]
        return all(base == server for base in subjects)

    def _subjects(self) -> Iterator[str]:
        for resource in self.all:
            subject = resource.get("subject")
            text = subject.get("reference") if isinstance(subject, OBJECT) else None
            if isinstance(text, str) and "Patient/" in text:
                yield text

    def _index(self, item: Version) -> None:
        resource = item.resource
        names = [f"{item.kind}/{item.name}"] if item.name else []
        for name in [*names, without_version(item.full_url)] if item.full_url else names:
            known = self._by_reference.get(name, resource)
            self._by_reference[name] = resource if known is resource else None

    def _take(self, source: object, expected: Sequence[str]) -> None:
        if isinstance(source, OBJECT):
            kind = source.get("resourceType")
            if kind is None:
                self._take_prefetch(source.get("prefetch", source), expected)
                return
            if not isinstance(kind, str):
                raise FhirError("'resourceType' is not text; expected a FHIR R4 Bundle, resource or prefetch")
            self.completeness["resources"] = self._take_part(source)
        elif isinstance(source, Sequence) and not isinstance(source, str | bytes):
            states = [self._take_part(item) for item in source]
            self.completeness["resources"] = next((item for item in states if not item.whole), Completeness.COMPLETE)
        else:
            raise FhirError(
                f"found {type(source).__name__}; expected a FHIR R4 Bundle, a list of resources or a prefetch, as parsed JSON"
            )

    def _take_prefetch(self, prefetch: object, expected: Sequence[str]) -> None:
        if not isinstance(prefetch, OBJECT) or not prefetch:
            raise FhirError(
                "found no 'resourceType' and no prefetch; expected a FHIR R4 Bundle, resources or a prefetch"
            )
        for key in expected:
            if key not in prefetch:
                self.completeness[key] = Completeness.NOT_SUPPLIED
        for key, part in prefetch.items():
            if part is None:
                self.completeness[str(key)] = Completeness.NO_DATA
            elif isinstance(part, OBJECT):
                stands_for_data = part.get("resourceType") == "OperationOutcome"
                self.completeness[str(key)] = Completeness.FAILED if stands_for_data else self._take_part(part)
            else:
                raise FhirError(f"prefetch '{key}': found {type(part).__name__}; expected a resource, a Bundle or null")

    def _take_part(self, part: object, full_url: object = "", number: str = "", modified: str = "") -> Completeness:
        kind = part.get("resourceType") if isinstance(part, OBJECT) else None
        if isinstance(part, OBJECT) and kind == "OperationOutcome":
            self.notes += notes(part)
            return Completeness.FAILED if leaves_a_gap(part) else Completeness.COMPLETE
        if isinstance(part, OBJECT) and kind == "Bundle":
            return self._take_bundle(part)
        if isinstance(part, OBJECT) and kind == "Parameters":
            return self._take_parameters(part)
        self._add(part, full_url, number, modified)
        failed = kind == "MessageHeader" and isinstance(part, OBJECT) and says_that_it_failed(part)
        return Completeness.FAILED if failed else Completeness.COMPLETE

    def _take_parameters(self, parameters: Resource) -> Completeness:
        """The resources that an operation gave back by their names, as if they had been handed over themselves."""
        listed = parameters.get("parameter")
        found = (
            [item["resource"] for item in listed if isinstance(item, OBJECT) and "resource" in item]
            if isinstance(listed, list)
            else []
        )
        if not found:
            self._add(parameters, "", "", "")
        states = [self._take_part(item) for item in found]
        return next((item for item in states if not item.whole), Completeness.COMPLETE)

    def _take_bundle(self, bundle: Resource) -> Completeness:
        entries = bundle.get("entry") or []
        if not isinstance(entries, list):
            raise FhirError("Bundle.entry is no list")
        refuse_other_releases(bundle)
        self.broken += whats_missing(bundle)
        meta = bundle.get("meta")
        written = day(bundle.get("timestamp")) or day(meta.get("lastUpdated") if isinstance(meta, OBJECT) else None)
        self.searches += [(link, written) for link in self_links(bundle)]
        self._servers |= {server for link in self_links(bundle) if (server := _base(link))}
        state, listed = Completeness.COMPLETE, [entry if isinstance(entry, OBJECT) else {} for entry in entries]
        for entry in listed:
            inner = self._take_entry(entry)
            state = state if inner.whole else inner
        return Completeness.PAGED if self._goes_on(bundle, listed) else state

    def _take_entry(self, entry: Mapping[str, Any]) -> Completeness:
        """One entry; in a history or a transaction it may say that a resource was deleted, or that nothing came back."""
        if entry.keys() <= _RESOURCE_ALONE:
            return self._take_part(entry.get("resource"), entry.get("fullUrl"))
        request, response = entry.get("request"), entry.get("response")
        request = request if isinstance(request, OBJECT) else {}
        response = response if isinstance(response, OBJECT) else {}
        number = str(response.get("etag") or "").removeprefix("W/").strip('"')
        modified = str(response.get("lastModified") or "")
        outcome = response.get("outcome")
        state = Completeness.COMPLETE if came_back(entry, request, response) else Completeness.FAILED
        if state.whole and isinstance(outcome, OBJECT):
            state = self._take_part(outcome)
        self.broken += whats_missing_in(entry, request)
        if request.get("method") == "GET" and isinstance(request.get("url"), str):
            self.searches.append((request["url"], day(modified)))
        if request.get("method") == "DELETE" and isinstance(request.get("url"), str):
            if is_by_a_search(request):
                return state
            _, kind, name = split_address(request["url"])
            self._versions.append(Version(kind, name, None, str(entry.get("fullUrl") or ""), number, modified))
            return state
        if is_a_patch(entry, request) or ("resource" not in entry and response):
            return state
        inner = self._take_part(entry.get("resource"), entry.get("fullUrl"), number, modified)
        return inner if state.whole else state

    def _goes_on(self, bundle: Resource, entries: list[Mapping[str, Any]]) -> bool:
        """Whether a Bundle is one page of several. What cannot be read of that may say so."""
        links, total = bundle.get("link") or [], bundle.get("total")
        if not isinstance(links, list) or not all(isinstance(link, OBJECT) for link in links):
            self.broken.append(("link", "is no list of links"))
            return False
        if total is not None and (not isinstance(total, int) or isinstance(total, bool)):
            self.broken.append(("total", "is no whole number"))
            return False
        if is_a_page(bundle):
            return True
        return total is not None and total > len(
            {_name(item, place) for place, item in enumerate(entries) if _is_match(item)}
        )

    def _add(self, resource: object, full_url: object, number: str, modified: str) -> None:
        if not isinstance(resource, OBJECT) or not isinstance(resource.get("resourceType"), str):
            self.broken.append(("entry", "an entry holds no resource"))
            return
        name = resource.get("id")
        url = full_url if isinstance(full_url, str) else ""
        kind = str(resource["resourceType"])
        self._versions.append(Version(kind, name if isinstance(name, str) else "", resource, url, number, modified))


def without_version(reference: str) -> str:
    """A literal reference without the version of the resource that it may name."""
    return reference.strip().partition("/_history/")[0].rstrip("/")


def _base(link: str) -> str:
    """The base address in the address of a search (`https://ehr.example/r4/Observation?...`)."""
    path = link.partition("?")[0].rstrip("/")
    return path.rpartition("/")[0] if path.startswith("http") and path.count("/") > 3 else ""


def _name(entry: Mapping[str, Any], place: int) -> object:
    """What tells an entry from the others; two copies of one resource are one match."""
    resource = entry.get("resource")
    if isinstance(resource, OBJECT) and isinstance(resource.get("id"), str):
        return str(resource.get("resourceType")), resource["id"]
    return place


def _is_match(entry: Mapping[str, Any]) -> bool:
    """Whether `Bundle.total` counts an entry."""
    resource, search = entry.get("resource"), entry.get("search")
    if isinstance(resource, OBJECT) and resource.get("resourceType") in ("OperationOutcome", "Bundle"):
        return False
    return search is None or not (isinstance(search, OBJECT) and search.get("mode") in ("include", "outcome"))
