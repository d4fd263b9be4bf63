"""The patient and the diagnosis, and what else is written down as a Condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...dates import CalendarDate, parse_date
from ...errors import NoUsablePatient
from .baseline import starts_of_therapy
from .certainty import certainties
from .codes import Meaning
from .codes.table import DOMAINS
from .collecting import Collector, identity
from .course_codes import of_the_course
from .current import Resource
from .elements import codings, date_of, day, meanings, shown, wording
from .import_report import ORDINARY
from .leaving import leave, no_meaning
from .therapy import leave_to_infusion, leave_to_transplant
from .unread import (
    by_words,
    news_of,
    said,
    speaks_against_its_code,
    tells_of_another_disease,
    tells_of_damage,
    tells_of_the_course,
)

_SEX = {"female": "female", "male": "male", "other": "other"}
# Of several diagnoses the one that asks for most care decides.
_ORDER = (
    "plasma-cell-leukemia", "multiple-myeloma", "al-amyloidosis", "solitary-plasmacytoma", "smoldering-myeloma", "mgus",
)  # fmt: skip
_RELAPSE = "-in-relapse"
# The other states of http://terminology.hl7.org/CodeSystem/condition-clinical.
_CLINICAL = frozenset(("active", "inactive", "remission", "resolved"))
_UNCONFIRMED = ("unconfirmed", "provisional", "differential", "refuted", "entered-in-error")


def read_patient_resource(collector: Collector, patient: Resource) -> None:
    collector.profile["id"] = identity(patient)
    born = day(patient.get("birthDate"))
    if born is not None:
        collector.profile["birth_year"] = int(str(born)[:4])
        collector.facts.append(collector.fact("birth_year", "birth year", patient, "Patient.birthDate", "", str(born)))
    elif patient.get("birthDate") is not None:
        collector.issue("warning", patient, "cannot be read as a day; the age is open", "birthDate")
    if patient.get("deceasedBoolean") not in (None, False) or patient.get("deceasedDateTime") is not None:
        # Of what, and what came before, it does not say; and if it is wrong, so may be the rest.
        date = day(patient.get("deceasedDateTime"))
        when = f" on {date}" if date is not None else ""
        collector.open(DOMAINS, patient, f"it says that this patient died{when}", "deceased[x]")
    sex = _SEX.get(str(patient.get("gender")))
    if sex is not None:
        collector.profile["sex"] = sex
        collector.facts.append(collector.fact("sex", "sex", patient, "Patient.gender", "", sex))
    elif patient.get("gender") not in (None, "unknown"):
        collector.issue("warning", patient, "is none of male, female, other and unknown; the sex is open", "gender")


def read_conditions(collector: Collector, conditions: list[Resource]) -> None:
    """The diagnosis, and events recorded as conditions.

    Raises:
        NoUsablePatient: no Condition was handed over, so nothing tells what disease this is.
    """
    if not conditions:
        raise NoUsablePatient(
            "there is no Condition of this patient; include the diagnosis (ICD-10-CM C90.0- or SNOMED CT)"
        )
    for condition in conditions:
        found = _meaning(collector, condition)
        if found is None:
            _unknown(collector, condition)
        else:
            _read(collector, condition, *found)
    _name(collector, conditions[0])


def _meaning(collector: Collector, condition: Resource) -> tuple[Meaning, str] | None:
    """What its code means; a disease coded both plainly and as in relapse is the one in relapse."""
    coded = [item for item in meanings(collector.table, condition.get("code")) if item[0].kind == "condition"]
    if len({meaning.name.removesuffix(_RELAPSE) for meaning, _, _ in coded}) == 1:
        meaning, code, _ = max(coded, key=lambda item: item[0].name.endswith(_RELAPSE))
        return meaning, code
    return collector.meaning(condition, condition.get("code"))


def _unknown(collector: Collector, condition: Resource) -> None:
    """A Condition that is ordinary, or whose words, or nothing that anybody could tell, open what it could change."""
    found = meanings(collector.table, condition.get("code"))
    ordinary = bool(found) and all(meaning.irrelevant for meaning, _, _ in found)
    if (ordinary or not found) and _is_damage_alone(collector, condition):
        collector.bone_disease.append((condition, wording(condition.get("code"))[:60]))
        return
    if ordinary and not speaks_against_its_code(collector.table, condition):
        collector.ignore(condition, f"{no_meaning(condition)}: {ORDINARY}")
        return
    if not leave_to_transplant(collector, condition, None):
        leave(collector, condition, no_meaning(condition))


def _is_damage_alone(collector: Collector, condition: Resource) -> bool:
    """Whether its words tell of damage by the disease and of nothing else, so that it is news only since therapy began."""
    table, text = collector.table, said(condition)
    if not tells_of_damage(table, text) or news_of(table, text) or tells_of_the_course(table, text):
        return False
    other = tells_of_another_disease(table, text)
    return set(by_words(table, condition)) <= {"diagnosis", "imaging"} and not other


def _read(collector: Collector, condition: Resource, meaning: Meaning, code: str) -> None:
    verification = _doubted(collector, condition)
    relapsed = _in_relapse(collector, condition, meaning.name)
    if verification and (meaning.kind == "unread" or of_the_course(meaning.means) or relapsed):
        said = " and ".join(sorted(verification))
        collector.unreadable(
            condition, f"{meaning.means} is {said}, neither confirmed nor refuted", "verificationStatus"
        )
    elif verification:
        said = " and ".join(sorted(verification))
        collector.issue(
            "warning", condition, f"{meaning.means} is {said}, not confirmed; it was not used", "verificationStatus"
        )
        collector.ignore(condition, f"verificationStatus {said}")
    elif meaning.kind == "event":
        _event(collector, condition, meaning.name, code)
    elif meaning.kind == "condition":
        name = meaning.name.removesuffix(_RELAPSE)
        if name == "extramedullary-plasmacytoma":
            _event(collector, condition, "extramedullary-disease", code)
            name = "solitary-plasmacytoma"
        collector.diagnoses.append((name, condition, code))
        if relapsed:
            text = f"{code} or its clinical status says that the disease is in relapse; recorded as progression"
            collector.issue("warning", condition, text, "code")
            _event(collector, condition, "progression", code, dated=False)
    elif meaning.kind == "bone-disease":
        collector.bone_disease.append((condition, code))
    elif meaning.kind == "drug-administration":
        leave_to_infusion(collector, condition)
    elif not leave_to_transplant(collector, condition, (meaning, code)):
        leave(collector, condition, f"{meaning.means} is not read from a Condition", (meaning, code))


def _name(collector: Collector, any_condition: Resource) -> None:
    """Which disease it is: of several the one that asks for most care."""
    names = {name for name, _, _ in collector.diagnoses}
    disease = next((item for item in _ORDER if item in names), None)
    if disease is None and (not collector.resources.whole or collector.opens("diagnosis")):
        raise NoUsablePatient(
            "what was handed over is not complete, and no Condition in it names a plasma cell disease"
        )
    collector.profile["diagnosis"] = {"disease": disease or "other"}
    if disease is None:
        collector.issue(
            "information", any_condition, "no Condition names a plasma cell disease; the diagnosis is 'other'", "code"
        )


def settle_diagnosis(collector: Collector) -> None:
    """When it was diagnosed: the earliest onset of its Conditions; the day of recording only where nothing is earlier."""
    disease = collector.profile["diagnosis"]["disease"]
    mine = [(condition, code) for name, condition, code in collector.diagnoses if name == disease]
    if not mine:
        return
    condition, code = mine[0]
    date = _earliest(collector, [item for item, _ in mine])
    if date is not None:
        collector.profile["diagnosis"]["date"] = str(date)
    collector.facts.append(
        collector.fact("diagnosis", disease, condition, "Condition.code", code, shown(condition.get("code")), date=date)
    )
    others = sorted({name for name, _, _ in collector.diagnoses} - {disease})
    if others:
        collector.issue("warning", condition, f"also diagnosed: {', '.join(others)}; {disease} decides", "code")
    for name, other, _ in collector.diagnoses:
        if name == "solitary-plasmacytoma" and name != disease and _may_be_later(onset(other), date):
            collector.open(("diagnosis",), other, "a plasmacytoma that may be newer than the diagnosis", "onset[x]")


def settle_bone_disease(collector: Collector) -> None:
    """Fractures, lesions and other damage: those from before therapy are the disease as it was found, others may be news."""
    starts = [parse_date(start).earliest for start in starts_of_therapy(collector)]
    for condition, code in collector.bone_disease:
        began = onset(condition) or day(condition.get("recordedDate"))
        if began is not None and starts and began.latest < min(starts):
            collector.ignore(condition, f"{code}: from before therapy")
        else:
            reason = f"{code} may be damage by the disease that is newer than the therapy"
            collector.open(("diagnosis",), condition, reason, "code")
            collector.ignore(condition, reason)


def _may_be_later(found: CalendarDate | None, diagnosed: CalendarDate | None) -> bool:
    return found is None or diagnosed is None or found.latest > diagnosed.latest


def _earliest(collector: Collector, conditions: list[Resource]) -> CalendarDate | None:
    onsets = [onset(item) for item in conditions]
    if any(date is None and _has_onset(item) for date, item in zip(onsets, conditions, strict=True)):
        collector.issue("warning", conditions[0], "cannot be read as a day; the date of diagnosis is open", "onset[x]")
        return None
    known = [date for date in onsets if date is not None]
    recorded = [found for item in conditions if (found := day(item.get("recordedDate"))) is not None]
    starts = [parse_date(start) for start in starts_of_therapy(collector)]
    if not known:
        known = [item for item in recorded if all(item.earliest <= start.latest for start in starts)]
        if recorded and not known:
            collector.issue(
                "warning",
                conditions[0],
                "recorded after therapy began, and without onset; the date of diagnosis is open",
                "recordedDate",
            )
    return min(known, key=lambda item: (item.earliest, item.latest), default=None)


def onset(condition: Resource) -> CalendarDate | None:
    """When a Condition began, or was asserted; the day on which it was written down is neither."""
    found = date_of(condition)
    if found is not None:
        return found
    extensions = condition.get("extension")
    for item in extensions if isinstance(extensions, list) else ():
        if isinstance(item, Mapping) and str(item.get("url", "")).endswith("condition-assertedDate"):
            return day(item.get("valueDateTime"))
    return None


def _has_onset(condition: Resource) -> bool:
    return any(name.startswith("onset") for name in condition)


def _event(collector: Collector, condition: Resource, kind: str, code: str, *, dated: bool = True) -> None:
    date = onset(condition) if dated else None
    path = collector.add("events", {"kind": kind, "date": str(date) if date is not None else None})
    collector.facts.append(
        collector.fact(path, kind, condition, "Condition.code", code, shown(condition.get("code")), date=date)
    )


def _states(condition: Resource, name: str) -> set[str]:
    """Every coding of a status; what is there and not coded is said so."""
    value = condition.get(name)
    if isinstance(value, str):
        return {value}
    found = {code for _, code, _ in codings(value)}
    return found or (set() if value is None else {"not coded"})


def _doubted(collector: Collector, condition: Resource) -> set[str]:
    """What says that a Condition is not confirmed; beside 'confirmed' a coding that nobody knows doubts nothing."""
    states = _states(condition, "verificationStatus") | certainties(collector.table, condition.get("code"))
    coded = codings(condition.get("verificationStatus"))
    meant = {found for system, code, _ in coded if (found := collector.table.value(system, code)) is not None}
    doubted = states & set(_UNCONFIRMED) | meant & {"absent"}
    return doubted if doubted or "confirmed" in states or meant == {"present"} else states


def _in_relapse(collector: Collector, condition: Resource, name: str) -> bool:
    """By the code of the disease, or by any coding of its clinical status, or by the words of it.

    A coding that is none of HL7's, with or without words, may say so too: what it could change is open.
    """
    relapsed = collector.table.reading.relapse_status
    said = list(_clinical_states(condition))
    if name.endswith(_RELAPSE) or any(word.startswith(relapsed) for words in said for word in words):
        return True
    for words in said:
        if _CLINICAL.isdisjoint(words):
            told = " or ".join(words) or "nothing"
            collector.open(
                ("diagnosis",), condition, f"its clinical status is '{told}', which is none of FHIR", "clinicalStatus"
            )
    return False


def _clinical_states(condition: Resource) -> Iterator[list[str]]:
    """The codings of the clinical status, each as its code and its words, and the text of it, in small letters."""
    value = condition.get("clinicalStatus")
    if value is None:
        return
    listed = value.get("coding") if isinstance(value, Mapping) else None
    items = [item if isinstance(item, Mapping) else {} for item in listed] if isinstance(listed, list) else []
    for item in items:
        yield [text.strip().casefold() for text in (item.get("code"), item.get("display")) if isinstance(text, str)]
    text = (
        value if isinstance(value, str) else wording({"text": value.get("text")}) if isinstance(value, Mapping) else ""
    )
    if text or not items:
        yield [text.strip().casefold()] if text else []
