"""`mrdguide evidence export`: the references of entries for other programs, as BibTeX, CSL-JSON or FHIR; with `fhir-evidence` their figures too."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..arguments import add_format, add_output, add_rules
from ..files import OK, as_json, write
from .entries import opened, see_that_they_are_there

if TYPE_CHECKING:
    from ...evidence import EvidenceEntry, Library


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="entries, by id or alias (default: all)")
    add_rules(parser)
    add_format(parser, ("bibtex", "csl", "fhir", "fhir-evidence"))
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Write the references as the entries hold them, by id; those that were not verified, or were retracted, say so."""
    library = opened(parsed)
    see_that_they_are_there(library, parsed.ids)
    entries = [library.entry(name) for name in dict.fromkeys(parsed.ids or library.ids)]
    forms = {"bibtex": _bibtex, "csl": _csl, "fhir": _fhir, "fhir-evidence": _fhir_evidence}
    write(forms[parsed.format](library, entries), parsed.output)
    return OK


def _bibtex(_library: Library, entries: list[EvidenceEntry]) -> str:
    from ...evidence.citation import bibtex, caveat

    return "\n\n".join(bibtex(entry.id, entry.citation, caveat(entry)) for entry in entries) + "\n"


def _csl(_library: Library, entries: list[EvidenceEntry]) -> str:
    from ...evidence.citation import caveat, csl

    return as_json([csl(entry.id, entry.citation, caveat(entry)) for entry in entries])


def _fhir(library: Library, entries: list[EvidenceEntry]) -> str:
    from ...fhir.citation import citation_bundle

    return as_json(citation_bundle(library, [entry.id for entry in entries]))


def _fhir_evidence(library: Library, entries: list[EvidenceEntry]) -> str:
    from ...fhir.evidence import evidence_bundle

    return as_json(evidence_bundle(library, [entry.id for entry in entries]))
