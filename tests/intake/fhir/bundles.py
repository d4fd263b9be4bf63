"""Profiles written as FHIR R4 bundles, the way `mrdguide.fhir` reads them. Every patient is invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Resource = dict[str, Any]

OWN, LOINC, UCUM = "urn:mrdguide:code", "http://loinc.org", "http://unitsofmeasure.org"
_LABS = {"beta2_microglobulin": "1952-1", "albumin": "1751-7", "ldh": "2532-0", "creatinine": "2160-0"}
_STATUS = {"absent": "absent", "present": "present", "not-tested": "not-tested", "failed": "failed"}
_RESULT = {"detected": "present", "not-detected": "absent", "indeterminate": "indeterminate", "failed": "failed"}
_CONCLUSION = {"positive": "present", "negative": "absent", "indeterminate": "indeterminate"}
_DRUGS = {
    "lenalidomide": "342369", "daratumumab": "1721947", "bortezomib": "358258", "carfilzomib": "1302966",
    "dexamethasone": "3264", "pomalidomide": "1369713", "melphalan": "6718", "ixazomib": "1723735",
}  # fmt: skip
_DISEASES = {
    "multiple-myeloma": ("http://snomed.info/sct", "109989006"), "smoldering-myeloma": ("http://snomed.info/sct", "413587002"),
    "plasma-cell-leukemia": ("http://snomed.info/sct", "95210003"),
}  # fmt: skip


def concept(system: str, *codes: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for code in codes]}


def bundle(profile: dict[str, Any]) -> Resource:
    """A searchset that says how many resources belong to it, so that a missing one is noticed."""
    entries = [
        {"fullUrl": f"urn:uuid:{item['resourceType']}-{item['id']}", "resource": item} for item in resources(profile)
    ]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


def resources(profile: dict[str, Any]) -> list[Resource]:
    """All resources of a profile, with ids by number."""
    found = list(_resources(profile))
    for number, item in enumerate(found):
        item.setdefault("id", f"r{number}")
        if item["resourceType"] not in ("Patient", "Specimen"):
            item["subject"] = {"reference": f"Patient/{profile['id']}"}
    return found


def _resources(profile: dict[str, Any]) -> Iterator[Resource]:
    patient: Resource = {"resourceType": "Patient", "id": profile["id"]}
    if profile.get("birth_year"):
        patient["birthDate"] = str(profile["birth_year"])
    if profile.get("sex"):
        patient["gender"] = profile["sex"]
    yield patient
    for word in ("marrow", "blood"):
        code = {"marrow": "119359002", "blood": "119297000"}[word]
        yield {"resourceType": "Specimen", "id": word, "type": concept("http://snomed.info/sct", code)}
    diagnosis = profile["diagnosis"]
    system, code = _DISEASES.get(diagnosis["disease"], ("http://snomed.info/sct", "363346000"))
    condition = {"resourceType": "Condition", "code": concept(system, code), "clinicalStatus": concept("x", "active")}
    yield {**condition, **({"onsetDateTime": diagnosis["date"]} if diagnosis.get("date") else {})}
    yield from _single(profile, diagnosis.get("date"))
    yield from _therapy(profile)
    for entry in profile.get("mrd", []):
        yield _mrd(entry)
    for entry in profile.get("imaging", []):
        yield _image(entry)
    for entry in profile.get("responses", []):
        yield _observation("imwg-response", entry.get("date"), valueCodeableConcept=concept(OWN, entry["category"]))
    for entry in profile.get("markers", []):
        # No panel is read from FHIR; a quiet one is told as the response that it shows.
        if entry.get("serum_immunofixation") == entry.get("urine_immunofixation") == "negative":
            yield _observation("imwg-response", entry.get("date"), valueCodeableConcept=concept(OWN, "CR"))
    for entry in profile.get("events", []):
        yield _observation(entry["kind"], entry.get("date"), valueCodeableConcept=concept(OWN, "present"))
    for entry in profile.get("toxicities", []):
        yield _observation("toxicity", entry.get("date"), component=_parts(
            {"grade": entry.get("grade"), "unacceptable": entry.get("unacceptable"), "toxicity-status": entry.get("status")}
        ))  # fmt: skip


def _observation(code: str, date: str | None, system: str = OWN, **more: Any) -> Resource:
    dated = {"effectiveDateTime": date} if date else {}
    return {"resourceType": "Observation", "status": "final", "code": concept(system, code), **dated, **more}


def _single(profile: dict[str, Any], diagnosed: str | None) -> Iterator[Resource]:
    baseline = profile.get("baseline", {})
    for name, value in baseline.get("labs", {}).items():
        quantity = {"value": value["value"], "unit": value["unit"], "system": UCUM, "code": value["unit"]}
        high = {"value": value.get("upper_limit"), "unit": value["unit"], "system": UCUM, "code": value["unit"]}
        ranges = {"referenceRange": [{"high": high}]} if value.get("upper_limit") else {}
        yield _observation(_LABS[name], diagnosed, LOINC, valueQuantity=quantity, **ranges)
    for name, value in baseline.get("cytogenetics", {}).items():
        finding = {"status": value} if isinstance(value, str) else value
        parts = {
            "fraction": finding.get("fraction"), "cd138-sorted": finding.get("cd138_sorted"),
            "copies": finding.get("copies"), "zygosity": finding.get("zygosity"),
        }  # fmt: skip
        code = name.replace("_", "-")
        status = concept(OWN, _STATUS[finding["status"]])
        yield _observation(code, diagnosed, valueCodeableConcept=status, component=_parts(parts))
    yield from _findings(profile, baseline, diagnosed)
    if "ecog" in profile:
        yield _observation("89247-1", "2026-11-01", LOINC, valueInteger=profile["ecog"])


def _findings(profile: dict[str, Any], baseline: dict[str, Any], diagnosed: str | None) -> Iterator[Resource]:
    for code, value in (
        ("extramedullary-disease-at-diagnosis", baseline.get("extramedullary_disease")),
        ("functional-high-risk", profile.get("functional_high_risk")),
        ("tp53-clonal-hematopoiesis", profile.get("clonal_hematopoiesis", {}).get("tp53")),
    ):
        status = value if isinstance(value, str) else (value or {}).get("status")
        if status:
            yield _observation(code, diagnosed, valueCodeableConcept=concept(OWN, status))
    if baseline.get("circulating_plasma_cells_percent") is not None:
        quantity = {"value": baseline["circulating_plasma_cells_percent"], "system": UCUM, "code": "%"}
        yield _observation("circulating-plasma-cells-percent", diagnosed, valueQuantity=quantity)
    for code, flag in (
        ("fdg-avid-at-diagnosis", baseline.get("fdg_avid")),
        ("surveillance-feasible", profile.get("surveillance", {}).get("feasible")),
        ("wishes-to-stop", profile.get("preference", {}).get("stop")),
    ):
        if flag is not None:
            yield _observation(code, "2026-11-01", valueBoolean=flag)


def _parts(values: dict[str, Any]) -> list[dict[str, Any]]:
    """Components: a flag, a number of cells or of copies, a fraction, or a word."""
    found = []
    for code, value in values.items():
        if value is None:
            continue
        if isinstance(value, bool):
            content: dict[str, Any] = {"valueBoolean": value}
        elif code in ("fraction", "limit-of-detection") or isinstance(value, int | float):
            content = {"valueQuantity": {"value": value, "system": UCUM, "code": "1"}}
        else:
            content = {"valueCodeableConcept": concept(OWN, value)}
        found.append({"code": concept(OWN, code), **content})
    return found


def _mrd(entry: dict[str, Any]) -> Resource:
    quality = entry.get("quality", {})
    parts = _parts(
        {
            "limit-of-detection": entry.get("limit_of_detection"), "first-pull": quality.get("first_pull"),
            "hemodiluted": quality.get("hemodiluted"), "trackable-clone": quality.get("trackable_clone"),
            "cells-analysed": quality.get("cells"),
        }
    )  # fmt: skip
    more: dict[str, Any] = {"component": parts}
    if entry.get("level") is not None:
        more["valueQuantity"] = {"value": entry["level"], "system": UCUM, "code": "1"}
    elif entry.get("result"):
        more["valueCodeableConcept"] = concept(OWN, _RESULT[entry["result"]])
    if entry.get("method"):
        more["method"] = concept(OWN, entry["method"])
    if entry.get("specimen"):
        more["specimen"] = {"reference": f"Specimen/{entry['specimen']}"}
    return _observation("mrd", entry.get("date"), **more)


def _image(entry: dict[str, Any]) -> Resource:
    report: Resource = {
        "resourceType": "DiagnosticReport", "status": "final", "code": concept(OWN, entry["modality"].lower()),
    }  # fmt: skip
    if entry.get("date"):
        report["effectiveDateTime"] = entry["date"]
    if entry.get("conclusion"):
        report["conclusionCode"] = [concept(OWN, _CONCLUSION[entry["conclusion"]])]
    parts = _parts(
        {
            name.replace("_", "-"): entry.get(name)
            for name in ("deauville_focal", "deauville_marrow", "new_lesion", "rac", "attribution")
        }
    )
    if parts:
        scores = {
            "resourceType": "Observation",
            "id": "scores",
            "status": "final",
            "code": concept(OWN, "scores"),
            "component": parts,
        }
        report["contained"] = [scores]
        report["result"] = [{"reference": "#scores"}]
    return report


def _drug(name: str) -> dict[str, Any]:
    """By its RxNorm ingredient, or by the project's own code where the tables have none."""
    if name in _DRUGS:
        return concept("http://www.nlm.nih.gov/research/umls/rxnorm", _DRUGS[name])
    return concept(OWN, name.replace(" ", "-"))


def _therapy(profile: dict[str, Any]) -> Iterator[Resource]:
    for entry in profile.get("therapy", []):
        line = [{"system": "urn:mrdguide:line", "code": str(entry["line"])}] if entry.get("line") else []
        category = {"coding": [{"system": OWN, "code": entry["phase"]}, *line]}
        if entry["phase"] == "transplant":
            date = {"performedDateTime": entry["date"]} if entry.get("date") else {}
            yield {
                "resourceType": "Procedure", "status": "completed", "code": concept(OWN, entry["kind"]), "category": category, **date,
            }  # fmt: skip
            continue
        drugs = [{"itemCodeableConcept": _drug(name)} for name in entry.get("drugs", [])]
        period = {name: entry[name] for name in ("start", "end") if entry.get(name)}
        yield {
            "resourceType": "MedicationStatement", "status": "active" if entry.get("end", "") is None else "completed",
            "category": category, "effectivePeriod": period, "medicationReference": {"reference": "#drugs"},
            "contained": [{"resourceType": "Medication", "id": "drugs", "ingredient": drugs}],
        }  # fmt: skip
