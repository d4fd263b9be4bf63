"""Reading FHIR R4: what is taken, what is left and why; codes, units, dates, references, completeness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mrdguide
from mrdguide import fhir
from mrdguide.errors import FhirError, MrdguideError, NoUsablePatient, SiteFileError
from mrdguide.intake.fhir.codes.check_digits import loinc_fits, snomed_fits
from mrdguide.intake.fhir.codes.table import load_table
from mrdguide.intake.fhir.import_report import Completeness, ImportReport
from mrdguide.patient import Patient
from mrdguide.reading.document import read_file
from mrdguide.report.pages.imported import how_whole
from mrdguide.teach.examples import examples

from ...laws.effort import law
from .bundles import LOINC, OWN, UCUM, bundle, concept, resources

SUBJECT = {"subject": {"reference": "Patient/p"}}
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-04", "gender": "female"}
MYELOMA = {
    "resourceType": "Condition", "id": "c", **SUBJECT, "code": concept("http://snomed.info/sct", "109989006"),
    "onsetDateTime": "2020-03-02",
}  # fmt: skip


def observation(code: str, system: str = OWN, *, date: str | None = "2026-10-01", **more: Any) -> dict[str, Any]:
    dated = {"effectiveDateTime": date} if date else {}
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        **SUBJECT,
        "code": concept(system, code),
        **dated,
        **more,
    }


def quantity(value: float, unit: str | None, **more: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, **({"system": UCUM, "code": unit} if unit else {}), **more}}


def read(*more: dict[str, Any], **options: Any) -> tuple[Patient, ImportReport]:
    return fhir.read([PATIENT, MYELOMA, *more], **options)


def reasons(report: ImportReport) -> str:
    return "; ".join(item.reason for item in report.ignored)


def texts(report: ImportReport) -> str:
    return "; ".join(item.text for item in report.issues)


class TestWhoAndWhat:
    def test_patient_and_diagnosis(self) -> None:
        patient, report = read()
        assert (patient.id, patient.birth_year, patient.sex) == ("p", 1960, "female")
        assert (patient.diagnosis.disease, str(patient.diagnosis.date)) == ("multiple-myeloma", "2020-03-02")
        assert {fact.path: fact.code for fact in report.facts}["diagnosis"] == "http://snomed.info/sct|109989006"

    @pytest.mark.parametrize(
        "source", [None, 5, "text", {}, {"resourceType": "Bundle", "entry": 5}, {"a": [1]}, {"resourceType": 3}]
    )
    def test_what_is_no_fhir_is_refused(self, source: Any) -> None:
        with pytest.raises(FhirError):
            fhir.read(source)

    @pytest.mark.parametrize(
        "source",
        [[], [PATIENT], [MYELOMA], [PATIENT, {**PATIENT, "id": "q"}, MYELOMA], [{"resourceType": "Patient"}, MYELOMA]],
    )
    def test_without_one_patient_and_a_condition_there_is_no_answer(self, source: Any) -> None:
        with pytest.raises(NoUsablePatient):
            fhir.read(source)

    @pytest.mark.parametrize(
        "resource",
        [
            {"resourceType": "MedicationRequest", **SUBJECT, "medication": {"concept": {}}},
            {"resourceType": "Procedure", **SUBJECT, "occurrenceDateTime": "2020-01-01"},
        ],
    )
    def test_r5_is_refused_by_name(self, resource: dict[str, Any]) -> None:
        with pytest.raises(FhirError, match="R5"):
            read(resource)

    def test_smouldering_myeloma_is_no_active_myeloma(self) -> None:
        smouldering = {**MYELOMA, "code": concept("http://snomed.info/sct", "413587002")}
        assert fhir.read([PATIENT, smouldering])[0].diagnosis.disease == "smoldering-myeloma"

    def test_another_disease_is_not_applicable(self) -> None:
        other = {**MYELOMA, "code": concept("http://hl7.org/fhir/sid/icd-10-cm", "C50.9")}
        patient, _ = fhir.read([PATIENT, other])
        assert mrdguide.evaluate(patient, as_of="2026-11-21").outcome == "out-of-scope"

    @pytest.mark.parametrize("status", ["refuted", "provisional", "entered-in-error"])
    def test_a_diagnosis_that_is_not_confirmed_does_not_count(self, status: str) -> None:
        doubtful = {
            **MYELOMA,
            "verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", status),
        }
        try:
            patient, _ = fhir.read([PATIENT, doubtful])
        except NoUsablePatient:
            return
        assert patient.diagnosis.disease == "other"

    def test_a_code_for_relapse_is_a_progression(self) -> None:
        relapsed = {**MYELOMA, "code": concept("http://hl7.org/fhir/sid/icd-10-cm", "C90.02")}
        patient, report = fhir.read([PATIENT, relapsed])
        assert [event.kind for event in patient.events] == ["progression"]
        assert "in relapse" in texts(report)

    def test_only_the_index_patients_resources_count(self) -> None:
        other = {**observation("progression"), "subject": {"reference": "Patient/somebody"}}
        nobody = {key: value for key, value in observation("progression").items() if key != "subject"}
        patient, report = read(other, nobody)
        assert patient.events == ()
        assert "not about this patient" in reasons(report)
        assert "does not say which patient" in reasons(report)

    @pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered"])
    def test_what_is_not_in_force_is_dropped(self, status: str) -> None:
        patient, report = read({**observation("progression"), "status": status})
        assert patient.events == ()
        assert f"status {status}" in reasons(report)


class TestReferences:
    @pytest.mark.parametrize("reference", ["Patient/p", "https://ehr.example/fhir/Patient/p", "urn:uuid:1"])
    def test_by_id_full_address_and_urn(self, reference: str) -> None:
        entries = [
            {"fullUrl": "urn:uuid:1", "resource": PATIENT},
            {"resource": {**MYELOMA, "subject": {"reference": reference}}},
        ]
        assert fhir.read({"resourceType": "Bundle", "entry": entries})[0].diagnosis.disease == "multiple-myeloma"

    def test_a_drug_by_reference_with_its_ingredient(self) -> None:
        medication = {
            "resourceType": "Medication", "id": "m",
            "ingredient": [{"itemCodeableConcept": concept("http://www.whocc.no/atc", "L04AX04")}],
        }  # fmt: skip
        order = {
            "resourceType": "MedicationRequest", "id": "r", "status": "active", **SUBJECT,
            "medicationReference": {"reference": "Medication/m"}, "authoredOn": "2021-01-10",
        }  # fmt: skip
        patient, report = read(medication, order)
        [entry] = patient.therapy
        assert entry.drugs == ("lenalidomide",)
        assert entry.phase is None, "what an order is for is not guessed"
        assert "whether this is maintenance is not coded" in texts(report)

    @pytest.mark.parametrize(
        "when", [{"performedDateTime": "2020-09-15"}, {"performedPeriod": {"start": "2020-09-15", "end": "2020-09-20"}}]
    )
    def test_both_choice_types_of_a_date(self, when: dict[str, Any]) -> None:
        procedure = {
            "resourceType": "Procedure",
            "id": "t",
            "status": "completed",
            **SUBJECT,
            "code": concept("http://snomed.info/sct", "58776007"),
            **when,
        }
        assert str(read(procedure)[0].therapy[0].date) == "2020-09-15"

    def test_an_unknown_drug_leaves_the_therapy_list_open(self) -> None:
        order = {
            "resourceType": "MedicationRequest",
            "id": "r",
            "status": "active",
            **SUBJECT,
            "medicationCodeableConcept": concept("http://www.nlm.nih.gov/research/umls/rxnorm", "1790099"),
        }
        patient, _ = read(order)
        assert patient.incomplete == ("therapy",)


class TestMrd:
    @staticmethod
    def one(**more: Any) -> tuple[Any, ImportReport]:
        patient, report = read(observation("mrd", **more))
        return patient.mrd[0], report

    def test_a_whole_test(self) -> None:
        specimen = {"resourceType": "Specimen", "id": "s", "type": concept("http://snomed.info/sct", "119359002")}
        parts = [
            {"code": concept(OWN, "limit-of-detection"), "valueQuantity": {"value": 1, "system": UCUM, "code": "10*-6"}}
        ]
        test = observation(
            "mrd", valueCodeableConcept=concept("http://snomed.info/sct", "260415000"), method=concept(OWN, "NGS"),
            specimen={"reference": "Specimen/s"}, component=parts,
        )  # fmt: skip
        found = read(specimen, test)[0].mrd[0]
        assert (found.result, found.method, found.specimen, found.limit_of_detection) == (
            "not-detected",
            "NGS",
            "marrow",
            1e-6,
        )

    def test_percent_of_cells_is_a_fraction(self) -> None:
        patient, _ = read(observation("93021-4", LOINC, **quantity(0.002, "%")))
        found = patient.mrd[0]
        assert (found.result, found.specimen, found.method) == ("detected", "marrow", "MFC")
        assert found.level == pytest.approx(2e-5)

    @pytest.mark.parametrize(
        "value",
        [
            quantity(0.0, "%"),
            quantity(1e-6, None),
            quantity(3, "mg/dL"),
            {"valueString": "negative"},
            {"valueInteger": 0},
            {},
        ],
        ids=["zero", "no unit", "another unit", "narrative", "an answer of a questionnaire", "nothing"],
    )
    def test_what_is_no_result_is_never_negative(self, value: dict[str, Any]) -> None:
        found, report = self.one(**value)
        assert found.result is None
        assert "cannot count as negative" in texts(report)

    def test_less_than_needs_a_convention(self, tmp_path: Path) -> None:
        value = quantity(1e-6, "1", comparator="<")
        found, report = self.one(**value)
        assert found.result is None
        assert "a site file can state it" in texts(report)
        site = tmp_path / "site.yaml"
        site.write_text(
            "site: ours\nversion: '1'\nconventions: {less_than_means_not_detected: true}\n", encoding="utf-8"
        )
        patient, _ = read(observation("mrd", **value), site=site)
        assert (patient.mrd[0].result, patient.mrd[0].limit_of_detection) == ("not-detected", 1e-6)

    def test_a_preliminary_negative_is_indeterminate(self) -> None:
        found, report = self.one(status="preliminary", valueCodeableConcept=concept(OWN, "absent"))
        assert found.result == "indeterminate"
        assert "preliminary" in texts(report)


class TestValuesAtDiagnosis:
    def test_units_are_converted_or_unknown(self) -> None:
        taken, _ = read(observation("1751-7", LOINC, date="2020-03-01", **quantity(4.1, "g/dL")))
        assert taken.baseline.labs.albumin is not None
        assert taken.baseline.labs.albumin.value == pytest.approx(41)
        for unit in ("stones", None):
            left, report = read(observation("1751-7", LOINC, date="2020-03-01", **quantity(4.1, unit)))
            assert left.baseline.labs.albumin is None
            assert "unit" in reasons(report)

    @pytest.mark.parametrize(
        ("date", "taken"),
        [("2020-03-02", True), ("2019-12-03", True), ("2019-12-02", False), ("2021-03-01", False), (None, False)],
    )
    def test_only_values_of_the_time_of_diagnosis(self, date: str | None, taken: bool) -> None:
        patient, _ = read(observation("1952-1", LOINC, date=date, **quantity(3.1, "mg/L")))
        assert (patient.baseline.labs.beta2_microglobulin is not None) == taken

    def test_two_values_of_one_day_are_a_conflict(self) -> None:
        first = observation("2160-0", LOINC, date="2020-03-01", **quantity(1.0, "mg/dL"))
        second = {**observation("38483-4", LOINC, date="2020-03-01", **quantity(1.4, "mg/dL")), "id": "o2"}
        patient, report = read(first, second)
        assert patient.baseline.labs.creatinine is None
        assert [conflict.path for conflict in report.conflicts] == ["baseline.labs.creatinine"]

    def test_codes_decide_and_displays_raise_a_flag(self) -> None:
        lab = observation("1952-1", LOINC, date="2020-03-01", **quantity(3.1, "mg/L"))
        lab["code"]["coding"][0]["display"] = "Hemoglobin"
        patient, report = read(lab)
        assert patient.baseline.labs.beta2_microglobulin is not None
        assert "does not fit" in texts(report)

    @pytest.mark.parametrize("code", ["26450-7", "26098-4", "33944-8", "2458-8", "81249-5", "76484-5", "32730-5"])
    def test_codes_that_other_software_takes_wrongly_mean_nothing_here(self, code: str) -> None:
        patient, report = read(observation(code, LOINC, date="2020-03-01", **quantity(3.1, "mg/L")))
        assert "no meaning" in reasons(report) or "known to say nothing" in reasons(report)
        assert patient.baseline.labs.beta2_microglobulin is None

    def test_free_kappa_is_kappa_whatever_other_software_takes_it_for(self) -> None:
        patient, _ = read(observation("36916-5", LOINC, **quantity(12, "mg/L")))
        [panel] = patient.markers
        assert panel.kappa is not None
        assert (panel.kappa.value, str(panel.date)) == (12, "2026-10-01")


class TestCompleteness:
    @pytest.mark.parametrize(
        ("part", "state"),
        [
            (None, Completeness.NO_DATA),
            ({"resourceType": "OperationOutcome"}, Completeness.FAILED),
            ({"resourceType": "Bundle", "entry": []}, Completeness.COMPLETE),
            ({"resourceType": "Bundle", "link": [{"relation": "next", "url": "x"}], "entry": []}, Completeness.PAGED),
            ({"resourceType": "Bundle", "total": 3, "entry": []}, Completeness.PAGED),
        ],
    )
    def test_four_states_and_whole(self, part: Any, state: Completeness) -> None:
        prefetch = {
            "patient": PATIENT,
            "conditions": {"resourceType": "Bundle", "entry": [{"resource": MYELOMA}]},
            "mrd": part,
        }
        patient, report = fhir.read(prefetch)
        assert report.completeness["mrd"] == state
        assert bool(patient.incomplete) == (state not in (Completeness.COMPLETE, Completeness.NO_DATA))

    def test_a_key_that_was_expected_and_is_not_there(self) -> None:
        _, report = fhir.read(
            {"patient": PATIENT, "conditions": MYELOMA}, expected=("patient", "conditions", "observations")
        )
        assert report.completeness["observations"] == Completeness.NOT_SUPPLIED
        assert not report.complete

    def test_what_is_not_whole_settles_nothing_permissive(self) -> None:
        example = examples()[0]
        whole = bundle(read_file(example.path).data)
        whole["total"] += 1
        patient, _ = fhir.read(whole)
        found = mrdguide.evaluate(patient, as_of=example.as_of)
        assert found.outcome == "insufficient-data"
        assert found.criteria["mrd.sustained-12-1e-5"].verdict == "unknown"
        assert found.criteria["relapse.progression"].verdict == "unknown"

    def test_a_broken_resource_is_a_line_and_leaves_the_rest(self) -> None:
        broken = {
            "resourceType": "Observation",
            "id": "b",
            **SUBJECT,
            "code": {"coding": [{"system": OWN, "code": "mrd"}]},
            "component": [{"code": 3}],
            "effectiveDateTime": {"no": "date"},
        }
        patient, report = read(broken, observation("progression"))
        assert [event.kind for event in patient.events] == ["progression"]
        assert report.issues


class TestTables:
    @pytest.mark.parametrize(
        ("code", "fits"),
        [("33944-0", True), ("33944-8", False), ("32730-5", False), ("1952-1", True), ("LA9633-4", True), ("x", False)],
    )
    def test_loinc_check_digits(self, code: str, fits: bool) -> None:
        assert loinc_fits(code) == fits

    @pytest.mark.parametrize(
        ("code", "fits"), [("109989006", True), ("109989007", False), ("260415000", True), ("12", False), ("x", False)]
    )
    def test_snomed_check_digits(self, code: str, fits: bool) -> None:
        assert snomed_fits(code) == fits

    def test_every_code_says_where_it_was_seen_and_how_sure_that_is(self) -> None:
        for meaning in load_table().codes.values():
            assert meaning.entry.source
            assert meaning.entry.confidence in ("high", "medium", "low")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("site: x\n", "'version' is missing"),
            ("site: x\nversion: '1'\ncodes: [{system: loinc, code: 33944-8, means: lab.ldh, source: us, confidence: low, reviewed_by: null}]\n", "check digit"),
            ("site: x\nversion: '1'\ncodes: [{system: loink, code: 1952-1, means: lab.ldh, source: us, confidence: low, reviewed_by: null}]\n", "did you mean 'loinc'?"),
            ("site: x\nversion: '1'\ncodes: [{system: loinc, code: 1952-1, means: lab.lhd, source: us, confidence: low, reviewed_by: null}]\n", "did you mean 'lab.ldh'?"),
            ("site: x\nversion: '1'\ncodess: []\n", "did you mean 'codes'?"),
        ],
    )  # fmt: skip
    def test_a_wrong_site_file_gets_a_pointed_message(self, text: str, words: str, tmp_path: Path) -> None:
        site = tmp_path / "site.yaml"
        site.write_text(text, encoding="utf-8")
        with pytest.raises(SiteFileError) as caught:
            read(site=site)
        assert words in str(caught.value)
        assert "site.yaml" in str(caught.value)

    def test_a_site_says_which_code_is_mrd_and_which_order_is_maintenance(self, tmp_path: Path) -> None:
        site = tmp_path / "site.yaml"
        site.write_text(
            "site: ours\nversion: '3'\nsystems: {local: 'urn:our:codes'}\n"
            "codes:\n"
            "  - {system: local, code: CLONO, means: mrd, method: NGS, specimen: marrow, limit_of_detection: 1e-6, source: laboratory, confidence: high, reviewed_by: us}\n"
            "  - {system: local, code: LEN10, means: drug.lenalidomide, phase: maintenance, source: pharmacy, confidence: high, reviewed_by: us}\n",
            encoding="utf-8",
        )
        test = {**observation("CLONO", "urn:our:codes", valueCodeableConcept=concept(OWN, "absent"))}
        order = {
            "resourceType": "MedicationRequest",
            "id": "m",
            "status": "active",
            **SUBJECT,
            "authoredOn": "2021-01-01",
            "medicationCodeableConcept": concept("urn:our:codes", "LEN10"),
        }
        patient, report = read(test, order, site=site)
        assert (patient.mrd[0].method, patient.mrd[0].limit_of_detection) == ("NGS", 1e-6)
        assert (patient.therapy[0].phase, patient.therapy[0].drugs) == ("maintenance", ("lenalidomide",))
        assert report.tables.endswith("ours 3")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "coding", "system", "value", "valueQuantity", "status", "subject", "reference", "component", "effectivePeriod", "start", "entry", "resource", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@law(150)
@given(st.data())
def test_law_whatever_stands_in_a_resource_nothing_but_our_own_errors_comes_out(data: st.DataObject) -> None:
    found = resources(read_file(examples()[data.draw(st.integers(0, 3))].path).data)
    for _ in range(data.draw(st.integers(1, 4))):
        target = found[data.draw(st.integers(0, len(found) - 1))]
        name = data.draw(
            st.sampled_from([*target, "valueQuantity", "component", "specimen", "medicationReference", "category"])
        )
        target[name] = data.draw(JSON)
    try:
        patient, _ = fhir.read(found)
        mrdguide.evaluate(patient, as_of="2026-11-21")
    except MrdguideError:
        return


@pytest.mark.parametrize(
    ("element", "value"),
    [("effectivePeriod", {"start": "2023-13-01"}), ("effectivePeriod", {"start": "2023-01-05", "end": "2025-02-31"}),
     ("effectiveDateTime", "2023-02-30")],
)  # fmt: skip
def test_a_day_that_is_none_is_not_read_as_if_nothing_stood_there(element: str, value: Any) -> None:
    drug = {
        "resourceType": "MedicationStatement", "id": "m", "status": "active", **SUBJECT, element: value,
        "medicationCodeableConcept": concept("http://www.nlm.nih.gov/research/umls/rxnorm", "342369"),
    }  # fmt: skip
    patient, report = fhir.read([PATIENT, MYELOMA, drug])
    assert not report.complete or patient.incomplete
    assert "therapy" in patient.incomplete
    assert [item for item in report.issues if item.resource_id == "m" and "is no day of the calendar" in item.text]


@pytest.mark.parametrize(
    ("broken", "said"),
    [({"birthDate": "1961-02-33"}, "the age is open"), ({"gender": "F"}, "the sex is open")],
)
def test_what_cannot_be_read_of_the_person_is_named(broken: dict[str, Any], said: str) -> None:
    patient, report = fhir.read([{**PATIENT, **broken}, MYELOMA])
    assert [item for item in report.issues if item.element == f"Patient.{next(iter(broken))}" and said in item.text]
    assert "All that was given was read" not in how_whole(patient, report)
    assert "All that was given was read" in how_whole(*fhir.read([PATIENT, MYELOMA]))
