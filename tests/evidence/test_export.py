"""References for other programs: what the entries hold and nothing else, in forms that those programs read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fhir.resources import get_fhir_model_class

from mrdguide.evidence import EvidenceEntry, Library, load_library
from mrdguide.evidence.citation import bibtex, caveat, csl
from mrdguide.evidence.model import Citation
from mrdguide.fhir.citation import citation_bundle
from mrdguide.fhir.evidence import evidence_bundle
from mrdguide.reading.shipped import folder

from .test_upkeep import marked

LIBRARY = load_library(folder("evidence"))
RETRACTED = "retracted: {{date: 2026-10, why: figures were invented, source: {source}}}"


def read_bibtex(text: str) -> dict[str, str]:
    """The fields of one BibTeX entry: a name, and a value in braces that balance."""
    head = re.match(r"@(article|misc)\{([^\s,{}]+),\n", text)
    assert head is not None, text
    found, rest = {"": head.group(2)}, text[head.end() :]
    while rest != "}":
        name = re.match(r"  ([a-z]+) = \{", rest)
        assert name is not None, rest
        depth, at = 1, name.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[at], 0) if rest[at - 1] != "\\" else 0
            at += 1
        assert name.group(1) not in found
        found[name.group(1)] = rest[name.end() : at - 1]
        assert rest[at : at + 2] == ",\n"
        rest = rest[at + 2 :]
    return found


@pytest.fixture(params=LIBRARY.ids)
def entry(request: pytest.FixtureRequest) -> EvidenceEntry:
    return LIBRARY.entry(str(request.param))


def test_every_reference_is_read_as_bibtex_and_holds_what_the_entry_holds(entry: EvidenceEntry) -> None:
    citation = entry.citation
    found = read_bibtex(bibtex(entry.id, citation, caveat(entry)))
    assert found[""] == entry.id
    assert found.get("doi", "") == (citation.DOI or "")
    assert found.get("year", "") == str(citation.issued or "")
    # An "and" in braces parts no names.
    names = re.sub(r"\{[^{}]*\}", "a group", found.get("author", ""))
    people = [name for name in names.split(" and ") if name and name != "others"]
    assert len(people) == len(citation.author) + bool(citation.group_author)
    assert ("not verified" in found.get("note", "")) is not citation.verified


def test_every_reference_as_csl_holds_what_the_entry_holds(entry: EvidenceEntry) -> None:
    item = csl(entry.id, entry.citation, caveat(entry))
    assert (item["id"], item["title"]) == (entry.id, entry.citation.title)
    assert [name.get("family") for name in item.get("author", []) if "family" in name] == [
        author.family for author in entry.citation.author
    ]
    assert all(value not in ("", None, [], {}) for value in item.values())


def test_signs_that_mean_something_in_bibtex_are_written_so_that_they_do_not() -> None:
    hostile = r"50 % of {A} & \B_ $x$ ~ ^ # }"
    citation = Citation.model_validate(
        {"type": "report", "title": hostile, "DOI": "10.1000/a_b%c", "source": None, "verified": False}
    )
    found = read_bibtex(bibtex("x", citation))
    assert found["title"] == (
        r"{50 \% of \{A\} \& \textbackslash{}B\_ \$x\$ \textasciitilde{} \textasciicircum{} \# \}}"
    )
    assert found["doi"] == "10.1000/a_b%c"


def test_all_entries_are_one_bundle_of_fhir_r5() -> None:
    bundle = citation_bundle(LIBRARY, LIBRARY.ids)
    read = get_fhir_model_class("Bundle").model_validate(bundle)
    assert json.loads(read.model_dump_json()) == bundle
    resources = [item["resource"] for item in bundle["entry"]]
    assert [item["identifier"][0]["value"] for item in resources] == LIBRARY.ids
    assert len({item["id"] for item in resources}) == len(resources)
    assert all(re.fullmatch(r"[A-Za-z0-9.-]{1,64}", item["id"]) for item in resources)


def one(library: Library, entry_id: str) -> dict[str, Any]:
    found: dict[str, Any] = citation_bundle(library, [entry_id])["entry"][0]["resource"]
    return found


def test_authors_journal_and_identifiers_are_those_of_the_entry() -> None:
    artifact = one(LIBRARY, "mrd2stop")["citedArtifact"]
    assert [item["value"] for item in artifact["identifier"]] == ["10.1038/s41408-024-01156-x", "39375362"]
    assert artifact["contributorship"]["complete"] is False
    names = [item["contributor"]["display"] for item in artifact["contributorship"]["entry"]]
    assert names == ["Derman BA", "Major A", "Cooperrider J"]
    assert artifact["publicationForm"][0]["publishedIn"] == {"title": "Blood Cancer J"}


def test_a_retraction_and_a_successor_go_along_in_every_form(tmp_path: Path) -> None:
    library = load_library(marked(tmp_path, RETRACTED, "derman2024"))
    gone = library.entry("derman2024")
    resource = one(library, "derman2024")
    assert resource["citedArtifact"]["currentState"][0]["coding"][0]["code"] == "retracted"
    for text in (resource["note"][0]["text"], csl("x", gone.citation, caveat(gone))["note"], caveat(gone)):
        assert text.startswith("Retracted (2026-10): figures were invented.")
    assert "note = {Retracted (2026-10)" in bibtex("x", gone.citation, caveat(gone))
    (relation,) = one(library, "asco2019")["citedArtifact"]["relatesTo"]
    assert (relation["type"], relation["resource"]) == ("replaced-with", "urn:mrdguide:evidence:asco2026")


def evidence_of(library: Library, *entry_ids: str) -> dict[str, dict[str, Any]]:
    """Evidence resources by the finding that they are of."""
    resources = [item["resource"] for item in evidence_bundle(library, entry_ids or library.ids)["entry"]]
    return {item["identifier"][0]["value"]: item for item in resources if item["resourceType"] == "Evidence"}


def test_every_verified_finding_is_an_evidence_of_fhir_r5_and_no_other_is() -> None:
    bundle = evidence_bundle(LIBRARY, LIBRARY.ids)
    read = get_fhir_model_class("Bundle").model_validate(bundle)
    assert json.loads(read.model_dump_json()) == bundle
    urls = [item["fullUrl"] for item in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    shown = {
        f"{name}#{finding.id}"
        for name in LIBRARY.ids
        for finding in LIBRARY.entry(name).findings
        if finding.verified and not LIBRARY.entry(name).effect_sizes_hidden
    }
    found = evidence_of(LIBRARY)
    assert set(found) == shown
    assert len(shown) > 300
    assert all(item["citeAsReference"]["reference"] in urls for item in found.values())


def test_an_evidence_has_the_figures_of_its_finding_with_interval_size_and_clock() -> None:
    found = evidence_of(LIBRARY, "mccarthy2017")["mccarthy2017#pfs"]
    arm, _, effect = found["statistic"]
    assert (arm["quantity"]["value"], arm["quantity"]["code"]) == (52.8, "mo")
    assert arm["sampleSize"] == {"numberOfParticipants": 605}
    assert effect["statisticType"]["coding"][0]["code"] == "C93150"
    (interval,) = effect["attributeEstimate"]
    assert interval["level"] == 0.95
    assert (interval["range"]["low"]["value"], interval["range"]["high"]["value"]) == (0.41, 0.55)
    assert "clock: not stated in the source read" in found["variableDefinition"][1]["description"]
    notes = " ".join(item["text"] for item in found["note"])
    assert "not selected by MRD" in notes
    assert "secondary source" in notes
    assert found["certainty"][0]["rating"]["coding"][0]["code"] == "low"


def test_no_figure_of_a_retracted_entry_is_given_on(tmp_path: Path) -> None:
    library = load_library(marked(tmp_path, RETRACTED, "derman2024"))
    assert evidence_of(LIBRARY, "derman2024")
    assert not evidence_of(library, "derman2024")
