"""One row of an OMOP table as a FHIR resource: no more than the row says, so that the reader of FHIR decides what it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from ...reading.data_file import read_as
from ...reading.validation import StrictModel

Row = Mapping[str, str]
Resource = dict[str, Any]
_NO_CONCEPT = ("", "0")


class Concept(NamedTuple):
    """A row of concept.csv."""

    name: str
    vocabulary: str
    code: str


Concepts = Mapping[str, Concept]


class TableForm(StrictModel):
    """The columns of a table."""

    key: str
    day: str
    concept: str
    source_concept: str
    text: str


class OmopForm(StrictModel):
    """What `omop.yaml` says; each key is explained there."""

    vocabularies: dict[str, str]
    tables: dict[str, TableForm]
    comparators: tuple[str, ...]
    no_comparator: str
    cannot_say: tuple[str, ...]


@cache
def form() -> OmopForm:
    """The shipped form.

    Raises:
        UsageError: it cannot be read.
    """
    return read_as(Path(__file__).with_name("omop.yaml"), OmopForm)


def patient(row: Row, concepts: Concepts) -> Resource:
    """A row of person.csv."""
    parts = [row.get(f"{name}_of_birth", "").zfill(2) for name in ("year", "month", "day")]
    born = "-".join(takewhile(lambda part: part != "00", parts))
    sex = _named(concepts, row.get("gender_concept_id", "")).casefold()
    return {
        "resourceType": "Patient", "id": row["person_id"],
        **({"birthDate": born} if born else {}), **({"gender": sex} if sex in ("male", "female") else {}),
    }  # fmt: skip


def resource(table: str, row: Row, concepts: Concepts) -> Resource:
    """A row of one of the other tables."""
    found = form().tables[table]
    made: Resource = {
        "id": f"{table.replace('_', '-')}-{row.get(found.key, '')}",
        "subject": {"reference": f"Patient/{row['person_id']}"},
    }
    code = _concept(concepts, [row.get(found.concept, ""), row.get(found.source_concept, "")], row.get(found.text, ""))
    return _MADE[table](made, code, row.get(found.day, ""), row, concepts)


def concept_ids(table: str, row: Row) -> set[str]:
    """The concepts that a row names."""
    found = form().tables.get(table)
    names = [found.concept, found.source_concept] if found is not None else ["gender_concept_id"]
    names += ["unit_concept_id", "value_as_concept_id", "operator_concept_id", "qualifier_concept_id"]
    return {row[name] for name in names if row.get(name, "") not in _NO_CONCEPT}


def not_whole(why: str) -> Resource:
    """What leaves open whatever may be missing."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": "incomplete", "diagnostics": why}],
    }


def _condition(made: Resource, code: Resource, day: str, _row: Row, _concepts: Concepts) -> Resource:
    return {**made, "resourceType": "Condition", "code": code, "recordedDate": day}


def _drug(made: Resource, code: Resource, day: str, row: Row, _concepts: Concepts) -> Resource:
    # The end of an exposure may be worked out from a supply: it is not handed on.
    return {
        **made, "resourceType": "MedicationStatement", "status": "completed", "medicationCodeableConcept": code,
        "effectivePeriod": {"start": day}, **_noted(row, "sig", "stop_reason"),
    }  # fmt: skip


def _procedure(made: Resource, code: Resource, day: str, _row: Row, _concepts: Concepts) -> Resource:
    return {**made, "resourceType": "Procedure", "status": "completed", "code": code, "performedDateTime": day}


def _result(made: Resource, code: Resource, day: str, row: Row, concepts: Concepts) -> Resource:
    """Of measurement and of observation alike: whatever values it has."""
    return {
        **made, "resourceType": "Observation", "status": "final", "code": code, "effectiveDateTime": day,
        **_value(row, concepts), **_noted(row, "value_source_value", "qualifier_source_value"),
    }  # fmt: skip


def _value(row: Row, concepts: Concepts) -> Resource:
    found: Resource = {}
    number, operator = row.get("value_as_number", ""), row.get("operator_concept_id", "")
    sign = form().no_comparator if operator in _NO_CONCEPT else _named(concepts, operator)
    if number:
        readable = _number(number) is not None and sign in (form().no_comparator, *form().comparators)
        found |= {"valueQuantity": _quantity(row, concepts, sign)} if readable else {"valueString": number}
    concept = row.get("value_as_concept_id", "")
    if concept not in _NO_CONCEPT:
        found["valueCodeableConcept"] = _concept(concepts, [concept], "")
    if row.get("value_as_string"):
        found["valueString"] = row["value_as_string"]
    return found


def _quantity(row: Row, concepts: Concepts, sign: str) -> Resource:
    found: Resource = {"value": _number(row["value_as_number"])}
    if sign in form().comparators:
        found["comparator"] = sign
    unit = concepts.get(row.get("unit_concept_id", ""))
    if unit is not None and unit.vocabulary == "UCUM":
        found |= {"unit": unit.code, "system": form().vocabularies["UCUM"], "code": unit.code}
    elif row.get("unit_source_value"):
        found["unit"] = row["unit_source_value"]
    return found


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _concept(concepts: Concepts, ids: list[str], text: str) -> Resource:
    """The concept as it stands and as it was recorded; an id that concept.csv does not have is a code nobody knows."""
    coding = []
    for name in dict.fromkeys(item for item in ids if item not in _NO_CONCEPT):
        found = concepts.get(name)
        if found is None:
            coding.append({"system": "urn:omop:concept", "code": name})
        else:
            system = form().vocabularies.get(found.vocabulary, f"urn:omop:{found.vocabulary}")
            coding.append({"system": system, "code": found.code, "display": found.name})
    return {**({"coding": coding} if coding else {}), **({"text": text} if text else {})}


def _named(concepts: Concepts, name: str) -> str:
    found = concepts.get(name)
    return found.name if found is not None else ""


def _noted(row: Row, *columns: str) -> Resource:
    """What some columns say in words, all of it."""
    said = "; ".join(text for name in columns if (text := row.get(name, "")))
    return {"note": [{"text": said}]} if said else {}


_MADE: dict[str, Callable[[Resource, Resource, str, Row, Concepts], Resource]] = {
    "condition_occurrence": _condition,
    "drug_exposure": _drug,
    "procedure_occurrence": _procedure,
    "measurement": _result,
    "observation": _result,
}
