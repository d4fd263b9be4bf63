"""Reading a patient profile: what is accepted, what is refused and how it says so."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.errors import PatientError
from mrdguide.patient.reader import read_patient_text

BASE: dict[str, Any] = {"id": "invented", "diagnosis": {"disease": "multiple-myeloma"}}
EXAMPLE = Path(__file__).parents[2] / "examples" / "cessation-supported.yaml"


def read(**more: Any) -> mrdguide.Patient:
    return mrdguide.read_patient({**BASE, **more})


def refusal(text: str) -> str:
    """The message about a profile in YAML; the two things a profile needs are put in front."""
    with pytest.raises(PatientError) as caught:
        read_patient_text("id: invented\ndiagnosis: {disease: multiple-myeloma}\n" + text, "profile.yaml")
    return str(caught.value)


def refused_dict(**more: Any) -> str:
    with pytest.raises(PatientError) as caught:
        read(**more)
    return str(caught.value)


class TestAccepted:
    def test_only_an_id_and_a_disease_are_needed(self) -> None:
        patient = mrdguide.read_patient(BASE)
        assert (patient.id, patient.diagnosis.disease) == ("invented", "multiple-myeloma")
        assert patient.birth_year is None
        assert patient.baseline.labs.ldh is None
        assert patient.baseline.cytogenetics.del_17p.status is None
        assert (patient.mrd, patient.therapy, patient.surveillance.feasible) == ((), (), None)

    def test_dict_file_path_text_and_patient_are_the_same_patient(self) -> None:
        from_path = mrdguide.read_patient(EXAMPLE)
        assert mrdguide.read_patient(str(EXAMPLE)) == from_path
        assert read_patient_text(EXAMPLE.read_text(encoding="utf-8"), "test") == from_path
        assert mrdguide.read_patient(from_path) is from_path

    def test_json_is_read_like_yaml(self, tmp_path: Path) -> None:
        path = tmp_path / "profile.json"
        mrd = [{"date": "2024-01-01", "level": 1e-6, "result": "detected"}]
        path.write_text(json.dumps({**BASE, "mrd": mrd}), encoding="utf-8")
        assert mrdguide.read_patient(path) == read(mrd=mrd)

    def test_the_dict_handed_over_is_left_as_it_was(self) -> None:
        labs = {"creatinine": {"value": 90, "unit": "umol/L"}}
        given = {**BASE, "baseline": {"labs": labs}}
        before = copy.deepcopy(given)
        mrdguide.read_patient(given)
        assert given == before

    def test_a_patient_cannot_be_changed(self) -> None:
        from pydantic import ValidationError

        patient = mrdguide.read_patient(BASE)
        with pytest.raises(ValidationError):
            patient.ecog = 2  # type: ignore[misc]

    @pytest.mark.parametrize("status", ["absent", "present", "not-tested", "failed"])
    def test_a_bare_word_is_the_status_of_a_finding(self, status: str) -> None:
        short = read(baseline={"cytogenetics": {"t_4_14": status}, "extramedullary_disease": status})
        long = read(
            baseline={"cytogenetics": {"t_4_14": {"status": status}}, "extramedullary_disease": {"status": status}}
        )
        assert short == long
        assert short.baseline.cytogenetics.t_4_14.status == status
        assert read(functional_high_risk=status).functional_high_risk.status == status
        assert read(clonal_hematopoiesis={"tp53": status}).clonal_hematopoiesis.tp53.status == status

    @pytest.mark.parametrize(
        "nulls",
        [
            {"birth_year": None, "ecog": None},
            {"baseline": None, "surveillance": None, "preference": None, "clonal_hematopoiesis": None},
            {"baseline": {"labs": None, "cytogenetics": None, "fdg_avid": None}},
            {"baseline": {"labs": {"ldh": None}, "cytogenetics": {"del_17p": None}}},
        ],
    )
    def test_null_is_the_same_as_left_out(self, nulls: dict[str, Any]) -> None:
        assert read(**nulls) == mrdguide.read_patient(BASE)

    @pytest.mark.parametrize("name", ["mrd", "imaging", "therapy", "events", "responses", "toxicities", "markers"])
    def test_a_list_that_is_null_is_not_empty(self, name: str) -> None:
        assert read(**{name: None}) == read(incomplete=[name])
        assert read(**{name: None, "incomplete": [name]}).incomplete == (name,)
        assert read(**{name: []}) == read()

    def test_a_key_with_nothing_after_it_does_not_say_that_nothing_happened(self) -> None:
        profile = EXAMPLE.read_text(encoding="utf-8")
        assert mrdguide.evaluate(read_patient_text(profile, "p.yaml"), as_of="2026-11-21").stop_possible
        commented = profile + "events:\n#  - {kind: progression, date: 2025-01-20}\n"
        answer = mrdguide.evaluate(read_patient_text(commented, "p.yaml"), as_of="2026-11-21")
        assert answer.outcome == "insufficient-data"

    def test_but_the_end_of_therapy_null_says_that_it_goes_on(self) -> None:
        (going_on,) = read(therapy=[{"phase": "maintenance", "end": None}]).therapy
        (left_out,) = read(therapy=[{"phase": "maintenance"}]).therapy
        assert (going_on.end_recorded, left_out.end_recorded) == (True, False)

    def test_imprecise_dates_stay_as_they_were_written(self) -> None:
        patient = read(mrd=[{"date": "2024-05"}, {"date": "2024"}, {"date": 2024}, {"date": "2024-05-06"}])
        assert [str(test.date) for test in patient.mrd] == ["2024-05", "2024", "2024", "2024-05-06"]
        assert [test.date.exact for test in patient.mrd if test.date] == [False, False, False, True]

    @pytest.mark.parametrize(
        ("value", "unit"), [(106.08, "umol/L"), (106.08, "µmol/L"), (106.08, "μmol/L"), (1.2, "mg/dL")]
    )
    def test_units_are_converted_and_the_recorded_text_kept(self, value: float, unit: str) -> None:
        creatinine = read(baseline={"labs": {"creatinine": {"value": value, "unit": unit}}}).baseline.labs.creatinine
        assert creatinine is not None
        assert (creatinine.value, creatinine.unit, creatinine.text) == (1.2, "mg/dL", f"{value:g} {unit}")

    def test_the_upper_limit_is_converted_too(self) -> None:
        ldh = read(baseline={"labs": {"ldh": {"value": 4.2, "unit": "ukat/L", "upper_limit": 4.1}}}).baseline.labs.ldh
        assert ldh is not None
        assert ldh.upper_limit == pytest.approx(246)

    @pytest.mark.parametrize("name", ["VRd", "RVD", "vrd", "V-Rd", "VRd lite"])
    def test_a_regimen_whose_name_says_its_drugs_has_them(self, name: str) -> None:
        (entry,) = read(therapy=[{"phase": "induction", "regimen": name}]).therapy
        assert entry.drugs == ("bortezomib", "lenalidomide", "dexamethasone")

    @pytest.mark.parametrize("name", ["VRd + daratumumab", "VRd, then KRd", "DR", "local protocol"])
    def test_any_other_name_says_nothing(self, name: str) -> None:
        (entry,) = read(therapy=[{"phase": "induction", "regimen": name}]).therapy
        assert entry.drugs is None

    def test_drugs_that_are_listed_are_not_added_to(self) -> None:
        therapy = [{"phase": "induction", "regimen": "VRd", "drugs": drugs} for drugs in (["bortezomib"], [])]
        assert [entry.drugs for entry in read(therapy=therapy).therapy] == [("bortezomib",), ()]

    def test_a_number_as_id_is_a_name(self) -> None:
        assert mrdguide.read_patient({**BASE, "id": 17}).id == "17"

    @pytest.mark.parametrize("value", [0, 1, 0.5])
    def test_whole_numbers_are_numbers(self, value: float) -> None:
        assert (
            read(baseline={"circulating_plasma_cells_percent": value}).baseline.circulating_plasma_cells_percent
            == value
        )


class TestRefusedWithItsPlace:
    def test_an_unknown_key(self) -> None:
        assert refusal("ecog_status: 1\n") == (
            "profile.yaml:3:1: ecog_status: unknown key 'ecog_status'\n"
            "    3 | ecog_status: 1\n"
            "      | ^^^^^^^^^^^\n"
            f"  expected: one of {', '.join(mrdguide.Patient.model_fields)}\n"
            "  'ecog_status' is called 'ecog' here"
        )

    @pytest.mark.parametrize(
        ("text", "hint"),
        [
            ("birthyear: 1961\n", "did you mean 'birth_year'?"),
            ("baseline: {lab: {}}\n", "did you mean 'labs'?"),
            (
                "baseline: {labs: {b2m: {value: 3, unit: mg/L}}}\n",
                "expected: one of beta2_microglobulin, albumin, ldh, creatinine",
            ),
            ("baseline: {labs: {creatinin: {value: 1, unit: mg/dL}}}\n", "did you mean 'creatinine'?"),
            ("baseline: {labs: {ldh: {value: 1, unit: U/L, uper_limit: 2}}}\n", "unknown key 'uper_limit'"),
            ("baseline: {cytogenetics: {del17p: absent}}\n", "did you mean 'del_17p'?"),
            ("baseline: {cytogenetics: {del_17p: {status: present, fracton: 0.3}}}\n", "did you mean 'fraction'?"),
            ("mrd: [{date: 2024-01-01, LoD: 1e-6}]\n", "unknown key 'LoD'"),
            ("mrd: [{date: 2024-01-01, quality: {firstpull: true}}]\n", "did you mean 'first_pull'?"),
            ("imaging: [{deauville: 2}]\n", "did you mean 'deauville_focal'?"),
            ("therapy: [{phase: maintenance, strat: 2024-01-01}]\n", "did you mean 'start'?"),
            ("surveillance: {feasable: true}\n", "did you mean 'feasible'?"),
        ],
    )
    def test_an_unknown_key_anywhere(self, text: str, hint: str) -> None:
        found = refusal(text)
        assert found.startswith("profile.yaml:3:")
        assert "unknown key" in found
        assert hint in found

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("sex: woman\n", "female, male or other"),
            ("sex: f\n", "female, male or other"),
            ("mrd: [{specimen: bone marrow}]\n", "marrow or blood"),
            ("mrd: [{method: clonoSEQ}]\n", "NGS, NGF, MFC, ASO-qPCR or mass-spectrometry"),
            ("mrd: [{method: ngs}]\n", "NGS, NGF, MFC, ASO-qPCR or mass-spectrometry"),
            ("mrd: [{result: negative}]\n", "not-detected, detected, indeterminate or failed"),
            ("imaging: [{modality: PET}]\n", "PET-CT or WB-DWI-MRI"),
            ("responses: [{category: scr}]\n", "sCR, CR, VGPR, PR, MR, SD or PD"),
            ("events: [{kind: relapse}]\n", "progression, clinical-relapse"),
            (
                "therapy: [{phase: maintainance}]\n",
                "induction, transplant, consolidation, maintenance, continuous, radiotherapy or relapse",
            ),
            ("baseline: {extramedullary_disease: none}\n", "absent, present, not-tested or failed"),
            ("baseline: {cytogenetics: {t_4_14: negative}}\n", "absent, present, not-tested or failed"),
            ("baseline: {cytogenetics: {t_4_14: no}}\n", "absent, present, not-tested or failed"),
        ],
    )
    def test_a_wrong_word_says_which_words_there_are(self, text: str, expected: str) -> None:
        found = refusal(text)
        assert found.startswith("profile.yaml:3:")
        assert f"expected: {expected}" in found

    @pytest.mark.parametrize(
        "text",
        [
            "ecog: true\n",
            "birth_year: true\n",
            "baseline: {circulating_plasma_cells_percent: true}\n",
            "baseline: {labs: {ldh: {value: true, unit: U/L}}}\n",
            "mrd: [{level: true}]\n",
            "mrd: [{limit_of_detection: false}]\n",
            "imaging: [{deauville_focal: true}]\n",
            "mrd: [{date: true}]\n",
        ],
    )
    def test_true_and_false_are_no_numbers_and_no_dates(self, text: str) -> None:
        assert refusal(text).startswith("profile.yaml:3:")

    @pytest.mark.parametrize(
        "text",
        [
            "surveillance: {feasible: 1}\n",
            "surveillance: {feasible: yes}\n",
            'surveillance: {feasible: "true"}\n',
            "baseline: {fdg_avid: unknown}\n",
            "mrd: [{quality: {first_pull: 0}}]\n",
        ],
    )
    def test_only_true_and_false_are_flags(self, text: str) -> None:
        assert refusal(text).startswith("profile.yaml:3:")

    @pytest.mark.parametrize("number", [".nan", ".inf", "-.inf", "1e400"])
    @pytest.mark.parametrize(
        "text",
        [
            "mrd: [{{level: {0}}}]\n",
            "mrd: [{{limit_of_detection: {0}}}]\n",
            "baseline: {{circulating_plasma_cells_percent: {0}}}\n",
            "baseline: {{labs: {{ldh: {{value: {0}, unit: U/L}}}}}}\n",
            "baseline: {{labs: {{ldh: {{value: 200, unit: U/L, upper_limit: {0}}}}}}}\n",
            "baseline: {{cytogenetics: {{del_17p: {{status: present, fraction: {0}}}}}}}\n",
        ],
    )
    def test_not_a_number_and_infinity_are_refused_at_the_door(self, text: str, number: str) -> None:
        assert refusal(text.format(number)).startswith("profile.yaml:3:")

    @pytest.mark.parametrize("number", [float("nan"), float("inf")])
    def test_also_in_a_dict(self, number: float) -> None:
        assert "baseline.labs.creatinine.value" in refused_dict(
            baseline={"labs": {"creatinine": {"value": number, "unit": "mg/dL"}}}
        )
        assert "mrd[0].level" in refused_dict(mrd=[{"level": number}])

    def test_an_exponent_that_yaml_1_1_takes_for_text_is_a_number_in_a_dict(self) -> None:
        test = {"level": "4e-5", "limit_of_detection": "1e-6"}
        patient = read(mrd=[test])
        assert (patient.mrd[0].level, patient.mrd[0].limit_of_detection) == (4e-5, 1e-6)
        assert test["level"] == "4e-5"
        for text in ("9e9", "1e-6 cells", "low"):
            assert "mrd[0].level" in refused_dict(mrd=[{"level": text}])
        # Beside a real mistake it is not told as one.
        assert "limit_of_detection" not in refused_dict(mrd=[test], unknown_key=7)

    @pytest.mark.parametrize(
        "text",
        [
            "mrd: [{level: 0}]\n",
            "mrd: [{level: -1e-6}]\n",
            "mrd: [{level: 1.5}]\n",
            "mrd: [{limit_of_detection: 0}]\n",
            'mrd: [{level: "1e-6"}]\n',
            "mrd: [{level: 10^-6}]\n",
            "ecog: 6\n",
            "ecog: 1.5\n",
            "birth_year: 61\n",
            "baseline: {circulating_plasma_cells_percent: 101}\n",
            "baseline: {cytogenetics: {del_17p: {status: present, fraction: 35}}}\n",
            "imaging: [{deauville_focal: 0}]\n",
            "imaging: [{deauville_focal: 6}]\n",
            "imaging: [{rac: 6}]\n",
            "toxicities: [{grade: 6}]\n",
            "therapy: [{phase: maintenance, line: 0}]\n",
            "baseline: {labs: {ldh: {value: -1, unit: U/L}}}\n",
            "baseline: {labs: {ldh: {value: 180, unit: U/L, upper_limit: 0}}}\n",
        ],
    )
    def test_numbers_that_cannot_be(self, text: str) -> None:
        assert refusal(text).startswith("profile.yaml:3:")

    def test_an_unknown_unit(self) -> None:
        assert refusal("baseline: {labs: {creatinine: {value: 90, unit: umol/l}}}\n") == (
            "profile.yaml:3:49: baseline.labs.creatinine.unit: unit 'umol/l' is not known for creatinine; "
            "expected one of mg/dL, umol/L, mmol/L, mg/L (did you mean 'umol/L'?)\n"
            "    3 | baseline: {labs: {creatinine: {value: 90, unit: umol/l}}}\n"
            "      |                                                 ^^^^^^"
        )

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("baseline: {labs: {creatinine: {value: 90, unit: mg/dL}}}\n", "check the unit"),
            ("baseline: {labs: {beta2_microglobulin: {value: 3100, unit: mg/L}}}\n", "check the unit"),
            ("baseline: {labs: {albumin: {value: 410, unit: g/L}}}\n", "check the unit"),
        ],
    )
    def test_a_value_that_is_not_believable_or_not_whole(self, text: str, words: str) -> None:
        assert words in refusal(text)

    @pytest.mark.parametrize(
        "written",
        [
            "2023-02-29",
            "2024-13-01",
            "01.02.2024",
            "2024/02/01",
            "soon",
            "1850-01-01",
            "2024-2-1",
            "20240201",
            "2024-02-01T00:00",
        ],
    )
    def test_what_is_no_calendar_date(self, written: str) -> None:
        found = refusal(f"mrd: [{{date: {written}}}]\n")
        assert found.startswith("profile.yaml:3:14: mrd[0].date: ")
        assert "YYYY-MM-DD" in found


class TestImpossible:
    """Records that contradict themselves are refused: one of the two is a mistake, and it is not ours to choose."""

    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ({"therapy": [{"phase": "maintenance", "start": "2024-02-01", "end": "2024-01-31"}]}, "ends 2024-01-31 before it starts 2024-02-01"),
            ({"therapy": [{"phase": "maintenance", "start": "2024-02", "end": "2024-01"}]}, "ends 2024-01 before it starts 2024-02"),
            ({"therapy": [{"phase": "maintenance", "kind": "autologous"}]}, "'kind' is for a transplant"),
            ({"mrd": [{"result": "not-detected", "level": 1e-6}]}, "result is not-detected but a level is given"),
            ({"mrd": [{"result": "failed", "level": 1e-6}]}, "result is failed but a level is given"),
            ({"imaging": [{"modality": "PET-CT", "rac": 1}]}, "'rac' belongs to WB-DWI-MRI"),
            ({"imaging": [{"modality": "WB-DWI-MRI", "deauville_focal": 2}]}, "Deauville scores belong to PET-CT"),
            ({"imaging": [{"modality": "WB-DWI-MRI", "deauville_marrow": 2}]}, "Deauville scores belong to PET-CT"),
            ({"baseline": {"cytogenetics": {"del_17p": {"status": "not-tested", "fraction": 0.3}}}}, "status is not-tested but fraction is given"),
            ({"baseline": {"cytogenetics": {"gain_1q": {"status": "failed", "copies": 3}}}}, "status is failed but copies is given"),
            ({"baseline": {"cytogenetics": {"del_1p32": {"status": "absent", "zygosity": "biallelic"}}}}, "status is absent but zygosity is given"),
            ({"baseline": {"cytogenetics": {"del_17p": {"status": "present", "fraction": 0}}}}, "status is present but the fraction is 0"),
            ({"baseline": {"cytogenetics": {"gain_1q": {"status": "present", "copies": 2}}}}, "gain_1q is present but 2 copies"),
            ({"baseline": {"cytogenetics": {"gain_1q": {"status": "absent", "copies": 4}}}}, "gain_1q is absent but 4 copies"),
            ({"birth_year": 1961, "diagnosis": {"disease": "multiple-myeloma", "date": "1960-05-01"}}, "before the birth year 1961"),
        ],
    )  # fmt: skip
    def test_is_refused_in_words(self, more: dict[str, Any], words: str) -> None:
        assert words in refused_dict(**more)

    def test_dates_in_the_same_month_may_be_in_order(self) -> None:
        (entry,) = read(therapy=[{"phase": "maintenance", "start": "2024-02-20", "end": "2024-02"}]).therapy
        assert str(entry.end) == "2024-02"


class TestMessages:
    def test_every_mistake_of_a_profile_is_reported(self) -> None:
        text = "sex: woman\necog: 9\nbirthyear: 1961\nmrd:\n  - {date: yesterday, method: clonoseq}\n"
        with pytest.raises(PatientError) as caught:
            read_patient_text("id: invented\ndiagnosis: {disease: multiple-myeloma}\n" + text, "profile.yaml")
        problems = caught.value.problems
        assert {problem.path for problem in problems} == {"sex", "ecog", "birthyear", "mrd[0].date", "mrd[0].method"}
        assert [problem.line for problem in sorted(problems, key=lambda item: item.line or 0)] == [3, 4, 5, 7, 7]

    def test_a_dict_has_paths_but_no_lines(self) -> None:
        assert refused_dict(ecog=9).startswith("patient: ecog: found 9")

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({}, "'id' is missing"),
            ({"id": "a"}, "'diagnosis' is missing"),
            ({"id": "a", "diagnosis": {}}, "'disease' is missing"),
            ({"id": "", "diagnosis": {"disease": "mgus"}}, "patient: id: "),
            ({"id": "a", "diagnosis": {"disease": "myeloma"}}, "multiple-myeloma"),
        ],
    )
    def test_what_a_profile_needs(self, given: dict[str, Any], words: str) -> None:
        with pytest.raises(PatientError) as caught:
            mrdguide.read_patient(given)
        assert words in str(caught.value)

    @pytest.mark.parametrize("given", [5, None, ["a"], b"bytes"])
    def test_what_is_no_profile_at_all(self, given: Any) -> None:
        with pytest.raises(PatientError, match="expected: a dict, the path of a YAML or JSON file, or a Patient"):
            mrdguide.read_patient(given)

    @pytest.mark.parametrize("text", ["", "# nothing\n", "- a list\n", "just words\n", "42\n"])
    def test_a_text_that_is_no_profile(self, text: str) -> None:
        with pytest.raises(PatientError) as caught:
            read_patient_text(text, "profile.yaml")
        assert str(caught.value).startswith("profile.yaml")

    @pytest.mark.parametrize(
        "more",
        [
            {"mrd": {"date": "2024-01-01"}},
            {"mrd": "none"},
            {"diagnosis": "multiple-myeloma"},
            {"baseline": {"labs": {"creatinine": 0.9}}},
            {"birth_year": "1961"},
            {"surveillance": {"feasible": "yes"}},
            {"baseline": {"cytogenetics": {"del_17p": {"status": "present", "fraction": 35}}}},
        ],
    )
    def test_messages_are_for_clinicians(self, more: dict[str, Any]) -> None:
        """No words of the validation library and no names of Python classes."""
        found = refused_dict(**more)
        for jargon in ("Input should", "instance of", "tuple", "dictionary", "_Recorded", "boolean", "interpret input"):
            assert jargon not in found

    def test_a_path_that_cannot_be_one_is_bad_input(self) -> None:
        with pytest.raises(PatientError):
            mrdguide.read_patient("profile\0.yaml")


class TestSetAside:
    def test_a_test_after_the_day_of_the_question_is_ignored_with_a_note(
        self, shipped_rules: mrdguide.RuleBook
    ) -> None:
        mrd = [{"date": "2026-06-16", "specimen": "marrow", "method": "NGS", "result": "detected", "level": 1e-3}]
        before = mrdguide.evaluate({**BASE, "mrd": mrd}, rules=shipped_rules, as_of="2026-06-15")
        later = "mrd[0].date: 2026-06-16 lies after the day judged (2026-06-15): correct the date (counts as of unknown date)"
        assert before.ignored_entries == (later,)
        looking_back = mrdguide.evaluate(
            {**BASE, "mrd": mrd}, rules=shipped_rules, as_of="2026-06-15", recorded="2026-06-16"
        )
        assert looking_back.ignored_entries == ("mrd[0], dated 2026-06-16, is after the as-of date and was ignored",)
        assert before.criteria["mrd.negative-now-1e-5"].verdict == "not_met"
        assert looking_back.criteria["mrd.negative-now-1e-5"].verdict == "unknown"
        on_the_day = mrdguide.evaluate({**BASE, "mrd": mrd}, rules=shipped_rules, as_of="2026-06-16")
        assert on_the_day.ignored_entries == ()
        assert on_the_day.criteria["mrd.negative-now-1e-5"].verdict == "not_met"

    @pytest.mark.parametrize(
        ("name", "entry"),
        [
            ("imaging", {"date": "2026-07", "modality": "PET-CT", "conclusion": "negative"}),
            ("responses", {"date": "2026-07", "category": "CR"}),
            ("markers", {"date": "2026-07", "serum_immunofixation": "negative"}),
            ("toxicities", {"date": "2026-07", "term": "rash"}),
            ("therapy", {"phase": "maintenance", "start": "2026-07", "end": None}),
        ],
    )
    def test_so_is_every_other_kind_of_entry_that_is_no_bad_news(
        self, name: str, entry: dict[str, Any], shipped_rules: mrdguide.RuleBook
    ) -> None:
        found = mrdguide.evaluate({**BASE, name: [entry]}, rules=shipped_rules, as_of="2026-06-15")
        assert found.ignored_entries == (f"{name}[0], dated 2026-07, is after the as-of date and was ignored",)

    @pytest.mark.parametrize(
        ("name", "entry"),
        [
            ("imaging", {"date": "2026-07", "modality": "PET-CT", "conclusion": "positive"}),
            ("responses", {"date": "2026-07", "category": "PD"}),
            ("events", {"date": "2026-07", "kind": "progression"}),
            ("markers", {"date": "2026-07", "new_soft_tissue_disease": True}),
            ("toxicities", {"date": "2026-07", "term": "rash", "grade": 3}),
        ],
    )
    def test_bad_news_dated_later_is_kept_with_an_open_date(
        self, name: str, entry: dict[str, Any], shipped_rules: mrdguide.RuleBook
    ) -> None:
        found = mrdguide.evaluate({**BASE, name: [entry]}, rules=shipped_rules, as_of="2026-06-15")
        assert [(timed.earliest < timed.latest, timed.when) for timed in found.case.timed(name)] == [
            (True, "2026-07 (after the day judged)")
        ]
        assert found.ignored_entries[0].startswith(f"{name}[0].date: 2026-07 lies after the day judged")

    def test_a_date_that_may_lie_before_is_kept(self, shipped_rules: mrdguide.RuleBook) -> None:
        found = mrdguide.evaluate(
            {**BASE, "events": [{"date": "2026-06", "kind": "progression"}]}, rules=shipped_rules, as_of="2026-06-15"
        )
        assert found.ignored_entries == ()
        assert found.criteria["relapse.progression"].verdict == "met"


@pytest.mark.parametrize(
    ("recorded", "lacking"), [({"value": 90}, "unit"), ({"unit": "mg/dL"}, "value"), ({"upper_limit": 1.2}, "value")]
)
def test_a_laboratory_value_without_number_or_unit_is_unknown_and_said_to_be(
    recorded: dict[str, Any], lacking: str
) -> None:
    profile = {"id": "a", "diagnosis": {"disease": "multiple-myeloma"}, "baseline": {"labs": {"creatinine": recorded}}}
    found = mrdguide.evaluate(profile, as_of="2026-11-21")
    assert found.case.patient.baseline.labs.creatinine is None
    assert found.ignored_entries == (
        f"baseline.labs.creatinine is recorded without its {lacking} and counts as unknown",
    )


@pytest.mark.parametrize("key", ["mrd", "baseline"])
@pytest.mark.parametrize("kind", ["deep", "circular", "list of a circular one"])
def test_a_dict_without_end_is_refused_like_any_other(kind: str, key: str) -> None:
    """Also beside an unknown key, behind which further mistakes are looked for."""
    value: Any = []
    if kind == "deep":
        for _ in range(5000):
            value = [value]
    else:
        circular: dict[str, Any] = {}
        circular["x"] = circular
        value = circular if kind == "circular" else [circular]
    with pytest.raises(PatientError) as caught:
        read(**{key: value, "foo": 1})
    assert "foo" in {problem.path for problem in caught.value.problems}


@pytest.mark.parametrize("as_text", [True, False])
def test_fhir_is_named_as_such_and_told_where_it_is_read(as_text: bool) -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": []}
    with pytest.raises(PatientError) as caught:
        read_patient_text(json.dumps(bundle), "b.json") if as_text else mrdguide.read_patient(bundle)
    [problem] = caught.value.problems
    assert "this is FHIR (Bundle), not a profile" in problem.message
    assert "mrdguide fhir respond" in problem.hint
    assert (problem.line is not None) is as_text
