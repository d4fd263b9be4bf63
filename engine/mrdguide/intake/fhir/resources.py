"""What was handed over, as a list of resources: references can be followed, and how complete it is, is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...errors import FhirError
from .import_report import Completeness

Resource = Mapping[str, Any]

# Elements that R5 has and R4 has not, by type of resource.
_ONLY_R5 = {
    "MedicationRequest": ("medication",), "MedicationAdministration": ("medication", "occurencePeriod", "occurenceDateTime"),
    "MedicationStatement": ("medication",), "Procedure": ("occurrenceDateTime", "occurrencePeriod"),
}  # fmt: skip


class Resources:
    """All resources, with a look-up by `Type/id`, `fullUrl` and `urn:uuid`."""

    def __init__(self, source: object, expected: Sequence[str] = ()) -> None:
        """`expected` are the keys that a prefetch should have.

        Raises:
            FhirError: it is no Bundle, list of resources or prefetch, or not of FHIR R4.
        """
        self.all: list[Resource] = []
        self.broken: list[str] = []
        self.completeness: dict[str, Completeness] = {}
        self._by_reference: dict[str, Resource] = {}
        self._take(source, expected)
        for resource in self.all:
            _refuse_other_versions(resource)

    @property
    def whole(self) -> bool:
        """Whether nothing is paged, failed, not supplied or broken."""
        return not self.broken and all(state.whole for state in self.completeness.values())

    def of_type(self, *names: str) -> Iterator[Resource]:
        return (resource for resource in self.all if resource.get("resourceType") in names)

    def referred(self, reference: object, within: Resource | None = None) -> Resource | None:
        """The resource that a Reference names: contained, by id, or by its full address; None when it is not here."""
        text = reference.get("reference") if isinstance(reference, Mapping) else None
        if not isinstance(text, str):
            return None
        if text.startswith("#") and within is not None:
            contained = within.get("contained")
            inside = contained if isinstance(contained, list) else []
            return next((item for item in inside if isinstance(item, Mapping) and item.get("id") == text[1:]), None)
        text = without_version(text)
        found = self._by_reference.get(text)
        return found if found is not None else self._by_reference.get("/".join(text.split("/")[-2:]))

    def _take(self, source: object, expected: Sequence[str]) -> None:
        if isinstance(source, Mapping):
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
        if not isinstance(prefetch, Mapping) or not prefetch:
            raise FhirError(
                "found no 'resourceType' and no prefetch; expected a FHIR R4 Bundle, resources or a prefetch"
            )
        for key in expected:
            if key not in prefetch:
                self.completeness[key] = Completeness.NOT_SUPPLIED
        for key, part in prefetch.items():
            if part is None:
                self.completeness[str(key)] = Completeness.NO_DATA
            elif isinstance(part, Mapping):
                self.completeness[str(key)] = self._take_part(part)
            else:
                raise FhirError(f"prefetch '{key}': found {type(part).__name__}; expected a resource, a Bundle or null")

    def _take_part(self, part: object, full_url: object = "") -> Completeness:
        kind = part.get("resourceType") if isinstance(part, Mapping) else None
        if kind == "OperationOutcome":
            return Completeness.FAILED
        if isinstance(part, Mapping) and kind == "Bundle":
            return self._take_bundle(part)
        self._add(part, full_url)
        return Completeness.COMPLETE

    def _take_bundle(self, bundle: Resource) -> Completeness:
        entries = bundle.get("entry") or []
        if not isinstance(entries, list):
            raise FhirError("Bundle.entry is no list")
        _refuse_other_versions(bundle)
        state, matches = Completeness.COMPLETE, 0
        for entry in entries:
            plain = entry if isinstance(entry, Mapping) else {}
            matches += _is_match(plain)
            inner = self._take_part(plain.get("resource"), plain.get("fullUrl"))
            state = state if inner.whole else inner
        return Completeness.PAGED if self._goes_on(bundle, matches) else state

    def _goes_on(self, bundle: Resource, matches: int) -> bool:
        """Whether a Bundle is one page of several. What cannot be read of that may say so."""
        links, total = bundle.get("link") or [], bundle.get("total")
        if not isinstance(links, list) or not all(isinstance(link, Mapping) for link in links):
            self.broken.append("Bundle.link is no list of links")
            return False
        if total is not None and (not isinstance(total, int) or isinstance(total, bool)):
            self.broken.append("Bundle.total is no whole number")
            return False
        if any(link.get("relation") == "next" for link in links):
            return True
        return total is not None and total != matches

    def _add(self, resource: object, full_url: object) -> None:
        if not isinstance(resource, Mapping) or not isinstance(resource.get("resourceType"), str):
            self.broken.append("an entry holds no resource")
            return
        self.all.append(resource)
        if resource.get("id"):
            self._by_reference[f"{resource['resourceType']}/{resource['id']}"] = resource
        if isinstance(full_url, str) and full_url:
            self._by_reference[full_url] = resource


def without_version(reference: str) -> str:
    """A literal reference without the version of the resource that it may name."""
    return reference.strip().partition("/_history/")[0].rstrip("/")


def _is_match(entry: Mapping[str, Any]) -> bool:
    """Whether `Bundle.total` counts an entry."""
    resource, search = entry.get("resource"), entry.get("search")
    if isinstance(resource, Mapping) and resource.get("resourceType") in ("OperationOutcome", "Bundle"):
        return False
    return not (isinstance(search, Mapping) and search.get("mode") in ("include", "outcome"))


def _refuse_other_versions(resource: Resource) -> None:
    kind = str(resource.get("resourceType"))
    found = [name for name in _ONLY_R5.get(kind, ()) if name in resource]
    if found:
        raise FhirError(f"{kind}.{found[0]} is an element of FHIR R5; only FHIR R4 (4.0.1) is read, R5 is refused")
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, Mapping) else None
    for profile in profiles if isinstance(profiles, list) else ():
        if (isinstance(profile, str) and ("fhir.org/5." in profile or "hl7.org/fhir/5." in profile)) or str(
            profile
        ).endswith("|5.0.0"):
            raise FhirError(
                f"{kind}.meta.profile names FHIR R5 ({profile}); only FHIR R4 (4.0.1) is read, R5 is refused"
            )
