"""The patient and the diagnosis, and what else is written down as a Condition."""

from __future__ import annotations

from ...errors import NoUsablePatient
from .collecting import Collector, identity
from .elements import codings, date_of, day, shown
from .resources import Resource, Resources

_SEX = {"female": "female", "male": "male", "other": "other"}
# Of several diagnoses the one that asks for most care decides.
_ORDER = (
    "plasma-cell-leukemia", "multiple-myeloma", "al-amyloidosis", "solitary-plasmacytoma", "smoldering-myeloma", "mgus",
)  # fmt: skip
_CONFIRMED = ("confirmed", "")


def index_patient(resources: Resources) -> Resource:
    """The one patient that the data are about.

    Raises:
        NoUsablePatient: there is none, or more than one.
    """
    patients = {identity(item): item for item in resources.of_type("Patient")}
    if not patients:
        raise NoUsablePatient("there is no Patient resource; include the Patient that the data are about")
    if len(patients) > 1:
        raise NoUsablePatient(
            f"there are {len(patients)} Patient resources; hand over the data of one patient at a time"
        )
    [(name, patient)] = patients.items()
    if name == "(no id)":
        raise NoUsablePatient("Patient.id is missing; without it no resource can be told to be this patient's")
    return patient


def read_patient_resource(collector: Collector, patient: Resource) -> None:
    collector.profile["id"] = identity(patient)
    born = day(patient.get("birthDate"))
    if born is not None:
        collector.profile["birth_year"] = int(str(born)[:4])
        collector.facts.append(collector.fact("birth_year", "birth year", patient, "Patient.birthDate", "", str(born)))
    sex = _SEX.get(str(patient.get("gender")))
    if sex is not None:
        collector.profile["sex"] = sex
        collector.facts.append(collector.fact("sex", "sex", patient, "Patient.gender", "", sex))


def read_conditions(collector: Collector, conditions: list[Resource]) -> None:
    """The diagnosis, and events recorded as conditions.

    Raises:
        NoUsablePatient: no Condition was handed over, so nothing tells what disease this is.
    """
    if not conditions:
        raise NoUsablePatient(
            "there is no Condition of this patient; include the diagnosis (ICD-10-CM C90.0- or SNOMED CT)"
        )
    diagnoses: dict[str, tuple[Resource, str]] = {}
    for condition in conditions:
        found = collector.meaning(condition, condition.get("code"))
        if found is None:
            collector.ignore(condition, f"no meaning for {shown(condition.get('code'))}")
            continue
        meaning, code = found
        verification = _status(condition, "verificationStatus")
        if verification not in _CONFIRMED and (meaning.kind == "event" or _in_relapse(condition, meaning.name)):
            collector.unreadable(condition, f"{meaning.means} is {verification}, neither confirmed nor refuted")
        elif verification not in _CONFIRMED:
            collector.issue("warning", condition, f"{meaning.means} is {verification}, not confirmed; it was not used")
            collector.ignore(condition, f"verificationStatus {verification}")
        elif meaning.kind == "event":
            _event(collector, condition, meaning.name, code)
        elif meaning.kind == "condition":
            name = meaning.name.removesuffix("-in-relapse")
            diagnoses.setdefault(name, (condition, code))
            if _in_relapse(condition, meaning.name):
                collector.issue(
                    "warning",
                    condition,
                    f"{code} or its clinical status says that the disease is in relapse; recorded as progression",
                )
                _event(collector, condition, "progression", code, dated=False)
        else:
            collector.ignore(condition, f"{meaning.means} is not read from a Condition")
    _diagnosis(collector, diagnoses, conditions[0])


def _diagnosis(collector: Collector, diagnoses: dict[str, tuple[Resource, str]], any_condition: Resource) -> None:
    name = next((item for item in _ORDER if item in diagnoses), None)
    if name is None and not collector.resources.whole:
        raise NoUsablePatient(
            "what was handed over is not complete, and no Condition in it names a plasma cell disease"
        )
    if name is None:
        collector.profile["diagnosis"] = {"disease": "other"}
        collector.issue(
            "information", any_condition, "no Condition names a plasma cell disease; the diagnosis is 'other'"
        )
        return
    condition, code = diagnoses[name]
    date = date_of(condition)
    collector.profile["diagnosis"] = {"disease": name, **({"date": str(date)} if date is not None else {})}
    collector.facts.append(
        collector.fact("diagnosis", name, condition, "Condition.code", code, shown(condition.get("code")), date=date)
    )
    others = [other for other in diagnoses if other != name]
    if others:
        collector.issue("warning", condition, f"also diagnosed: {', '.join(others)}; {name} decides")


def _event(collector: Collector, condition: Resource, kind: str, code: str, *, dated: bool = True) -> None:
    date = date_of(condition) if dated else None
    path = collector.add("events", {"kind": kind, "date": str(date) if date is not None else None})
    collector.facts.append(
        collector.fact(path, kind, condition, "Condition.code", code, shown(condition.get("code")), date=date)
    )


def _status(condition: Resource, name: str) -> str:
    value = condition.get(name)
    found = [code for _, code, _ in codings(value)]
    return found[0] if found else ("" if value is None else "not coded")


def _in_relapse(condition: Resource, name: str) -> bool:
    """By the code of the disease, or by http://terminology.hl7.org/CodeSystem/condition-clinical."""
    clinical = _status(condition, "clinicalStatus") in ("relapse", "recurrence")
    return name.endswith("-in-relapse") or (clinical and name == "multiple-myeloma")
