"""Evidence entries as FHIR Citation resources, in R5 (5.0.0).

R4, which everything else here speaks, has no such resource; R4B has one that R5 changed (`relatesTo.type`, which says what
has taken the place of an article, is new there). https://hl7.org/fhir/R5/citation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..evidence import EvidenceEntry, Library
from ..evidence.citation import caveat
from ..evidence.model import Citation

_ENTRY_SYSTEM = "urn:mrdguide:evidence"
_STATUS = "http://hl7.org/fhir/cited-artifact-status-type"
_SYSTEMS = {
    "DOI": "https://doi.org", "PMID": "https://pubmed.ncbi.nlm.nih.gov", "PMCID": "https://www.ncbi.nlm.nih.gov/pmc",
}  # fmt: skip
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9.-]")


def citation_bundle(library: Library, entry_ids: Iterable[str]) -> dict[str, Any]:
    """A Bundle (collection) with a Citation for each entry: only what the entry holds, with a note where it was not verified.

    Raises:
        EvidenceError: an entry cannot be read.
    """
    entries = [library.entry(entry_id) for entry_id in entry_ids]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": fhir_url(entry.id), "resource": _citation(library, entry)} for entry in entries],
    }


def _citation(library: Library, entry: EvidenceEntry) -> dict[str, Any]:
    artifact: dict[str, Any] = {
        "identifier": [*_identifiers(entry.citation)], "currentState": _states(entry),
        "title": [{"text": entry.citation.title}], "relatesTo": _relations(library, entry),
        "publicationForm": [_publication(entry.citation)],
        "webLocation": [{"url": entry.citation.URL}] if entry.citation.URL else [],
        "contributorship": _contributors(entry.citation),
    }  # fmt: skip
    found: dict[str, Any] = {
        "resourceType": "Citation", "id": fhir_id(entry.id), "url": fhir_url(entry.id),
        "identifier": [{"system": _ENTRY_SYSTEM, "value": entry.id}], "title": entry.called, "status": "active",
        "note": [{"text": text} for text in _notes(entry)],
        "citedArtifact": filled(artifact),
    }  # fmt: skip
    if entry.last_read is not None:
        found["date"] = entry.last_read
    return filled(found)


def fhir_id(entry_id: str) -> str:
    """The entry's id in the letters that an id of FHIR may have."""
    return _NOT_IN_AN_ID.sub("-", entry_id)[:64]


def fhir_url(entry_id: str) -> str:
    return f"{_ENTRY_SYSTEM}:{fhir_id(entry_id)}"


def _identifiers(citation: Citation) -> list[dict[str, Any]]:
    return [
        {"system": system, "value": value} for name, system in _SYSTEMS.items() if (value := getattr(citation, name))
    ]


def _states(entry: EvidenceEntry) -> list[dict[str, Any]]:
    if entry.retracted is None:
        return []
    return [{"coding": [{"system": _STATUS, "code": "retracted"}], "text": f"retracted {entry.retracted.date}"}]


def _relations(library: Library, entry: EvidenceEntry) -> list[dict[str, Any]]:
    mark, successor = entry.superseded_by, library.successor(entry)
    if mark is None or successor is None:
        return []
    return [{"type": "replaced-with", "display": mark.why, "resource": fhir_url(successor.id)}]


def _publication(citation: Citation) -> dict[str, Any]:
    return filled(
        {
            "publishedIn": {"title": citation.container_title} if citation.container_title else {},
            "volume": citation.volume, "issue": citation.issue, "pageString": citation.page,
            "articleDate": str(citation.issued) if citation.issued is not None else "",
        }
    )  # fmt: skip


def _contributors(citation: Citation) -> dict[str, Any]:
    names = [f"{author.family} {author.given}".strip() for author in citation.author]
    names += [citation.group_author] if citation.group_author else []
    if not names:
        return {}
    return {"complete": not citation.et_al, "entry": [{"contributor": {"display": name}} for name in names]}


def _notes(entry: EvidenceEntry) -> list[str]:
    return [text for text in (caveat(entry), entry.citation.note) if text]


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: FHIR has no empty values."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {}, [{}])}
