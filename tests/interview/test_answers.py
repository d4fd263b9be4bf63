"""What is taken as an answer, what is refused with the reason, and what is never asked again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire

import mrdguide
from mrdguide import fhir, interview
from mrdguide.cli import main
from mrdguide.errors import PatientError
from mrdguide.interview.forms import form_questions

from ..examples import shipped

DAY = "2026-11-21"
FORM = {question.path: question for question in form_questions({})}


def put(path: str, answer: Any, record: dict[str, Any] | None = None) -> dict[str, Any]:
    return interview.answered(record or {}, FORM[path], answer, as_of=DAY)


def test_an_empty_record_is_asked_for_the_diagnosis_and_another_disease_ends_it() -> None:
    first = interview.next({}, rules=shipped(), as_of=DAY)
    assert first is not None
    assert first.path == "diagnosis.disease"
    assert "mgus" in first.choices
    assert interview.next(interview.answered({}, first, "mgus"), rules=shipped(), as_of=DAY) is None


def test_what_is_not_known_is_not_asked_again_and_stays_unknown() -> None:
    record: dict[str, Any] = {"diagnosis": {"disease": "multiple-myeloma"}}
    asked = []
    while (question := interview.next(record, rules=shipped(), as_of=DAY)) is not None:
        assert question.path not in asked
        asked.append(question.path)
        record = interview.answered(record, question, interview.NOT_KNOWN)
    assert "events" in asked
    found = mrdguide.evaluate({"id": "p", **record}, rules=shipped(), as_of=DAY)
    assert found.outcome == "insufficient-data"


@pytest.mark.parametrize("text", ["2021", "2021-06", "2021-06-03"])
def test_imprecise_dates_are_taken(text: str) -> None:
    assert put("diagnosis.date", text)["diagnosis"]["date"] == text


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("diagnosis.date", "32.5.2020", "is not a date"),
        ("diagnosis.date", "2027-01-01", "after the day judged"),
        ("diagnosis.disease", "mm", "one of multiple-myeloma"),
        ("baseline.labs", {"albumin": "41 furlongs"}, "unit 'furlongs' is not known"),
        ("baseline.labs", {"albumin": "41"}, "a number and its unit"),
        ("mrd", [{"limit_of_detection": "1,5"}], "a point for decimals"),
        ("mrd", [{"result": "negative"}], "not-detected"),
        ("surveillance.feasible", "perhaps", "yes or no"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(path: str, answer: Any, reason: str) -> None:
    with pytest.raises(mrdguide.errors.PatientError, match=reason):
        put(path, answer)


def test_units_and_going_on_are_taken_as_typed() -> None:
    record = put("baseline.labs", {"ldh": "180 U/L (ULN 250)", "albumin": "4.1 g/dL"})
    assert record["baseline"]["labs"]["ldh"] == {"value": 180, "unit": "U/L", "upper_limit": 250}
    assert put("therapy", [{"phase": "maintenance", "drugs": "lenalidomide", "start": "2021-06", "end": "going on"}])[
        "therapy"
    ] == [{"phase": "maintenance", "drugs": ["lenalidomide"], "start": "2021-06", "end": None}]


def test_what_the_rules_do_not_let_be_had_no_more_is_refused() -> None:
    with pytest.raises(mrdguide.errors.PatientError, match="cannot-be-had"):
        put("imaging", interview.CannotBeHad("no scanner", "board"))


def test_the_terminal_asks_again_keeps_what_was_typed_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    path = str(tmp_path / "record.yaml")
    entry = "\nmaintenance\n\n\nlenalidomide\n2021-06\ngoing on\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"mm\nmultiple myeloma\n2021-13\n2021\n1960\n{entry}"))
    assert main(["ask", path, "--as-of", DAY]) == 130
    assert capsys.readouterr().out.count("Not taken") == 2
    kept = mrdguide.read_patient(path)
    assert kept.diagnosis.date is not None
    assert str(kept.diagnosis.date) == "2021"
    assert len(kept.therapy) == 1
    assert "therapy" in kept.incomplete
    assert "events" in kept.incomplete
    monkeypatch.setattr("sys.stdin", io.StringIO("none\n"))
    main(["ask", path, "--as-of", DAY])
    assert "therapy" not in mrdguide.read_patient(path).incomplete


def test_of_a_negative_test_no_level_is_asked_and_of_flow_no_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    path = tmp_path / "record.yaml"
    path.write_text("diagnosis: {disease: multiple-myeloma, date: 2020}\nbirth_year: 1960\ntherapy: []\nevents: []\n")
    typed = "\n2026-09\nmarrow\nNGF\n1e-6\nnegative\nnot-detected\nyes\nno\nnone\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert main(["ask", str(path), "--as-of", DAY]) == 130
    said = capsys.readouterr().out
    assert "'negative' is written as 'not-detected'" in said
    assert "level as a fraction" not in said
    assert "clone that can be tracked" not in said
    assert mrdguide.read_patient(path).mrd[0].quality.hemodiluted is False


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\nmaintenance\n1\n\nlenalidomide\n2021-06", {"phase": "maintenance", "line": 1, "start": "2021-06"}),
        ("\ninduction\n1\nVRd\n\n\n\n\n\nmaintenance", {"phase": "induction", "line": 1, "regimen": "VRd"}),
    ],
)
def test_what_was_typed_of_an_entry_is_kept_when_it_breaks_off(
    typed: str, kept: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    path = tmp_path / "record.yaml"
    path.write_text("diagnosis: {disease: multiple-myeloma, date: 2021}\nbirth_year: 1960\n")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    assert main(["ask", str(path), "--as-of", DAY]) == 130
    record = mrdguide.read_patient(path)
    found = record.therapy[0].model_dump(mode="json", exclude_unset=True)
    assert {name: str(found[name]) for name in kept} == {name: str(value) for name, value in kept.items()}
    assert "therapy" in record.incomplete


def test_the_quick_start_can_be_evaluated(tmp_path: Path) -> None:
    path = str(tmp_path / "new.yaml")
    assert main(["new", path]) == 0
    assert main(["new", path]) == 2
    found = mrdguide.evaluate(path, rules=shipped(), as_of=DAY)
    assert found.outcome == "insufficient-data"


def test_the_form_is_fhir_and_asks_for_what_is_not_recorded() -> None:
    Questionnaire.model_validate(fhir.questionnaire())
    record = {"diagnosis": {"disease": "multiple-myeloma"}}
    paths = [item["linkId"] for item in fhir.questionnaire(record)["item"]]
    assert "diagnosis.disease" not in paths
    assert {"diagnosis.date", "mrd", "surveillance.feasible"} <= set(paths)


def response(*items: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": list(items)}


def test_a_response_becomes_a_profile_and_nothing_is_dropped_in_silence() -> None:
    disease = {"linkId": "diagnosis.disease", "answer": [{"valueCoding": {"code": "multiple-myeloma"}}]}
    labs = {"linkId": "baseline.labs", "item": [{"linkId": "baseline.labs.ldh", "answer": [{
        "valueQuantity": {"value": 180, "code": "U/L"},
        "item": [{"linkId": "baseline.labs.ldh.upper_limit", "answer": [{"valueDecimal": 250}]}]}]}]}  # fmt: skip
    going_on = {
        "linkId": "therapy.end",
        "item": [{"linkId": "therapy.end.going-on", "answer": [{"valueBoolean": True}]}],
    }
    therapy = {"linkId": "therapy", "item": [
        {"linkId": "therapy.phase", "answer": [{"valueCoding": {"code": "maintenance"}}]}, going_on]}  # fmt: skip
    record = fhir.read_questionnaire_response(response(disease, labs, therapy), as_of=DAY)
    assert record["therapy"] == [{"phase": "maintenance", "end": None}]
    assert record["baseline"]["labs"]["ldh"]["upper_limit"] == 250
    wrong = {"linkId": "diagnosis.date", "answer": [{"valueString": "2020"}]}
    with pytest.raises(mrdguide.errors.PatientError) as caught:
        fhir.read_questionnaire_response(response(disease, wrong, {"linkId": "mrd.colour"}), as_of=DAY)
    assert [problem.path for problem in caught.value.problems] == ["diagnosis.date", "mrd.colour"]


def _said(path: str, **answers: Any) -> dict[str, Any]:
    return {
        "linkId": path,
        "item": [{"linkId": f"{path}.{name}", "answer": [answer]} for name, answer in answers.items()],
    }


def test_a_form_says_what_is_not_known_cannot_be_had_or_was_looked_for() -> None:
    form = fhir.questionnaire()
    codes = {
        item["linkId"]: [option["valueCoding"]["code"] for option in item["item"][0]["answerOption"]]
        for item in form["item"]
        if item["linkId"].startswith("said:")
    }
    assert codes["said:baseline.cytogenetics"] == ["not-known", "cannot-be-had"]
    assert codes["said:mrd"] == codes["said:imaging"] == ["not-known"]
    assert "attested:serum-quiet" in [item["linkId"] for item in form["item"]]

    lesions = {"linkId": "baseline.cytogenetics", "item": [
        {"linkId": "baseline.cytogenetics.del_17p", "answer": [{"valueCoding": {"code": "absent"}}]}]}  # fmt: skip
    gone = _said(
        "said:baseline.cytogenetics",
        code={"valueCoding": {"system": "urn:mrdguide:said", "code": "cannot-be-had"}},
        why={"valueString": "no sample kept"},
        by={"valueString": "pathologist"},
    )
    not_known = _said("said:imaging", code={"valueCoding": {"code": "not-known"}})
    quiet = _said(
        "attested:serum-quiet",
        value={"valueBoolean": True},
        of={"valueDate": "2026-11-02"},
        by={"valueString": "treating haematologist"},
    )
    before = {"diagnosis": {"disease": "multiple-myeloma"}}
    record = fhir.read_questionnaire_response(response(lesions, gone, not_known, quiet), before, as_of=DAY)
    places = [item["what"] for item in record["unobtainable"]]
    assert "baseline.cytogenetics.tp53_mutation" in places
    assert not {"baseline.cytogenetics.del_17p", "baseline.cytogenetics.t_4_14"} & set(places)
    assert record["baseline"]["cytogenetics"]["del_17p"] == "absent"
    assert "imaging" in record["not_known"]
    assert record["attested"] == [
        {"what": "serum-quiet", "value": True, "of": "2026-11-02", "by": "treating haematologist"}
    ]


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (_said("said:mrd", code={"valueCoding": {"code": "cannot-be-had"}}), "said:mrd.code"),
        (_said("said:baseline.cytogenetics", code={"valueCoding": {"code": "cannot-be-had"}}), "said:baseline.cytogenetics.code"),
        (_said("said:mrd", code={"valueCoding": {"system": "http://other", "code": "not-known"}}), "said:mrd.code"),
        (_said("attested:serum-quiet", value={"valueBoolean": True}), "attested:serum-quiet"),
        (_said("attested:marrow-negative", value={"valueBoolean": True}), "attested:marrow-negative"),
    ],
)  # fmt: skip
def test_what_may_not_be_said_in_a_form_is_refused_with_its_place(item: dict[str, Any], place: str) -> None:
    with pytest.raises(mrdguide.errors.PatientError) as caught:
        fhir.read_questionnaire_response(response(item), {"diagnosis": {"disease": "multiple-myeloma"}}, as_of=DAY)
    assert [problem.path for problem in caught.value.problems] == [place]


def test_words_where_a_list_is_asked_for_are_told_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("multiple myeloma\n2021\n1960\nlenalidomide\n"))
    assert main(["ask", str(tmp_path / "record.yaml"), "--as-of", DAY]) == 130
    assert "one by one; press Enter to begin" in capsys.readouterr().out


def test_of_a_panel_on_record_more_is_asked_as_a_new_entry_and_can_be_answered() -> None:
    panel = {"date": "2026-10-14", "serum_immunofixation": "negative", "urine_immunofixation": "negative"}
    record: dict[str, Any] = {
        "birth_year": 1963, "diagnosis": {"disease": "multiple-myeloma", "date": "2020-05"}, "markers": [panel], "mrd": [], "imaging": [],
        "events": [], "toxicities": [], "responses": [{"date": "2026-10-14", "category": "CR"}], "incomplete": ["markers"],
        "therapy": [
            {"phase": "induction", "line": 1, "regimen": "VRd", "start": "2020-06", "end": "2020-12"},
            {"phase": "maintenance", "line": 1, "drugs": ["lenalidomide"], "start": "2021-07", "end": None},
        ],
    }  # fmt: skip
    asked = []
    while (question := interview.next(record, rules=shipped(), as_of="2026-11-28")) is not None:
        asked.append(question.path)
        if question.kind == "entries":
            record = interview.answered(record, question, [], as_of="2026-11-28")
            continue
        # Whatever is asked has a place that its answer can be put at.
        try:
            record = interview.answered(record, question, _some(question), as_of="2026-11-28")
        except PatientError:
            record = interview.answered(record, question, interview.NOT_KNOWN)
    assert "markers[+]" in asked
    assert len(asked) < 40


def _some(question: interview.Question) -> Any:
    values = {"choice": "absent", "flag": "no", "number": "1", "date": "2026-10-10"}
    if question.kind == "report":
        return {field.path: values.get(field.kind, "x") for field in question.fields}
    return values.get(question.fields[0].kind, "x")
