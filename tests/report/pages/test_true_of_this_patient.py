"""What a page says is true of the patient whose page it is, and leads where it says: found by reading pages of invented patients."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import yaml
from rich.console import Console

import mrdguide
from mrdguide import Recommendation
from mrdguide.report.blocks import Table
from mrdguide.report.for_patients.companion import companion
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.pages.board import banner, board
from mrdguide.report.pages.board_words import board_words
from mrdguide.report.pages.both_sides import both_sides
from mrdguide.report.pages.sheet import sheet

from ...examples import EXAMPLES, shipped

AS_OF = "2026-11-21"
Change = Callable[[dict[str, Any]], object]


def profile(name: str = "cessation-supported") -> dict[str, Any]:
    found = next(item for item in EXAMPLES if item.file == f"{name}.yaml")
    read = yaml.safe_load(found.path.read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return read


def judged(change: Change | None = None, name: str = "cessation-supported", as_of: str = AS_OF) -> Recommendation:
    record = deepcopy(profile(name))
    if change is not None:
        change(record)
    return mrdguide.evaluate(record, as_of=as_of, rules=shipped())


def printed(found: Recommendation) -> str:
    console = Console(file=StringIO(), width=5000, color_system=None)
    console.print(to_text(sheet(found)))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def drop_transplant(record: dict[str, Any]) -> None:
    record["therapy"] = [phase for phase in record["therapy"] if phase["phase"] != "transplant"]


def last_mrd(**fields: Any) -> Change:
    """The newest marrow alone, with other fields, in the place of the tests of that day."""

    def change(record: dict[str, Any]) -> None:
        *before, newest, _ = record["mrd"]
        record["mrd"] = [*before, {**newest, **fields}]

    return change


NO_TRANSPLANT = "of other patients than this one, not met: Autologous transplant on record"


def test_figures_after_transplant_say_so_beside_a_patient_without_one() -> None:
    without, after = printed(judged(drop_transplant)), printed(judged())
    for study in ("CASSIOPEIA", "GMMG-MM5", "Individual-patient meta-analysis"):
        told = [text for text in without.splitlines() if text.strip().startswith(f"* {study}")]
        assert told
        assert all(NO_TRANSPLANT in text for text in told)
    assert "of other patients than this one" not in after


def test_figures_of_lenalidomide_say_so_beside_a_patient_on_another_drug() -> None:
    text = printed(judged(lambda record: record["therapy"][2].update(drugs=["bortezomib"])))
    told = [one for one in text.splitlines() if "meta-analysis of lenalidomide" in one]
    assert told
    assert all("not met: On a maintenance that contains lenalidomide" in one for one in told)
    assert not any("of other patients" in one for one in text.splitlines() if "CASSIOPEIA, MRD results" in one)


def test_the_table_of_both_sides_says_it_too_and_the_other_way_round() -> None:
    def told(found: Recommendation, study: str) -> list[str]:
        [table] = [item for item in both_sides(found.rules.evidence, board_words(), found) if isinstance(item, Table)]
        cells = ["".join(part.text or "\n" for part in cell) for row in table.rows for cell in row]
        return [text for cell in cells for text in cell.split("\n") if text.startswith(study)]

    for study, without in (("FIRST", False), ("IFM 2005-02", True)):
        assert all(("of other patients" in text) is without for text in told(judged(drop_transplant), study))
        assert all(("of other patients" in text) is not without for text in told(judged(), study))


def test_what_a_study_did_says_where_it_would_not_have_taken_the_patient() -> None:
    said = "[MRD2STOP] (this patient is outside its published pattern)"
    assert said in printed(judged(lambda record: record["therapy"][2].update(drugs=["iberdomide"])))
    assert said not in printed(judged())


def test_a_fact_that_cannot_be_had_leads_where_the_page_says() -> None:
    def open_(record: dict[str, Any]) -> None:
        record["baseline"]["cytogenetics"]["tp53_mutation"] = "not-tested"

    def declared(record: dict[str, Any]) -> None:
        open_(record)
        said = {"what": "baseline.cytogenetics.tp53_mutation", "why": "no sample left", "by": "tumor board"}
        record["unobtainable"] = [{**said, "date": AS_OF}]

    asked, settled = judged(open_), judged(declared)
    [question] = asked.explanation.questions.asked
    assert asked.missing[0].if_unobtainable == question.if_unobtainable == settled.possible_outcomes
    assert settled.possible_outcomes == ("cessation-conditional",)
    [told] = [text.strip() for text in printed(asked).splitlines() if "cannot be had any more" in text]
    assert told == "* cannot be had any more \u2192 possible only with caution"
    assert settled.rests_on.endswith("not known and not to be had any more: TP53 mutation.")
    assert "without TP53 mutation" not in printed(settled)


@pytest.mark.parametrize("name", ["cessation-supported", "surveil-off-therapy"])
def test_tests_count_until_the_day_that_the_page_names_first(name: str) -> None:
    found = judged(name=name)
    rows = [text for text in printed(found).splitlines() if " counts until " in text]
    days = {text.split(" counts until ")[0].strip(" *"): text.split(" counts until ")[1][:10] for text in rows}
    assert set(days) == {"marrow MRD", "imaging", "serum and urine panel"}
    first = min(days.values())
    after = (date.fromisoformat(first) + timedelta(days=1)).isoformat()
    assert judged(name=name, as_of=first).outcome == found.outcome
    assert judged(name=name, as_of=after).outcome == "insufficient-data"
    # The same days as in the table of windows.
    assert set(days.values()) <= {
        date.fromordinal(item.last_day).isoformat() for item in found.explanation.when.expiries
    }


def test_nothing_is_called_certain_beside_a_result_that_says_otherwise() -> None:
    low = judged(last_mrd(result="detected", level=3e-6))
    assert set(low.possible_outcomes) == {"continue", "cessation-conditional"}
    assert "if positive: signs that disease is returning" in low.headline
    assert "cannot show disease progressing or returning" not in low.headline
    no_response = judged(lambda record: record.update(responses=[]))
    assert "if PD: relapse on record" in no_response.headline
    assert "nothing that is missing leads to a block" not in no_response.headline
    # Where nothing that is missing can say otherwise, it is said.
    surveillance = judged(lambda record: record.pop("surveillance"))
    assert "nothing that is missing leads to a block" in surveillance.headline


def test_letters_that_stand_for_words_stay_capitals() -> None:
    toxicity = {"date": "2026-08-01", "term": "diarrhoea", "grade": 3, "status": "ongoing"}
    found = judged(lambda record: record.update(toxicities=[toxicity]))
    assert "if yes: a reason to stop that is not MRD; if no: inside the envelope" in found.headline


def test_a_run_names_no_day_that_is_not_on_record() -> None:
    def vague(record: dict[str, Any]) -> None:
        record["mrd"] = [
            {**test, "date": day} for test, day in zip(record["mrd"], ("2024", "2025-09", "2026"), strict=False)
        ]

    text = printed(judged(vague))
    assert "on 3 days, 2024 to 2026" in text
    assert "2024-12-31" not in text.split("Options to discuss")[0]
    assert "last MRD test" not in text
    assert "on 4 days, 2023-08-28 to 2026-09-10" in printed(judged())


def test_of_two_tests_of_a_day_the_deeper_is_the_last() -> None:
    def positive_image(record: dict[str, Any]) -> None:
        record["imaging"][1].update(deauville_focal=4, conclusion="positive")

    assert "last MRD test: NGS 2026-09-10: not detected, LoD 1e-6" in printed(judged(positive_image))


def test_a_question_that_an_answer_opens_is_marked_as_such() -> None:
    def long_off(record: dict[str, Any]) -> None:
        record["therapy"][2]["end"] = "2024-11-20"
        record["mrd"] = record["mrd"][:2]

    found = judged(long_off, "surveil-off-therapy")
    assert [item.follows for item in found.explanation.questions.asked] == [False, True]
    assert printed(found).count("asked only where an answer before opens it") == 1
    # By itself the second question does not lead where it leads once it is opened.
    image = {"date": AS_OF, "modality": "PET-CT", "conclusion": "negative", "deauville_focal": 1, "deauville_marrow": 1}

    def only_the_image(record: dict[str, Any]) -> None:
        long_off(record)
        record["imaging"].append({**image, "new_lesion": False})

    assert judged(only_the_image, "surveil-off-therapy").outcome == "insufficient-data"


@pytest.mark.parametrize(
    ("disease", "said"), [("mgus", "MGUS, diagnosed"), ("al-amyloidosis", "AL amyloidosis, diagnosed")]
)
def test_another_disease_has_its_name_and_no_stage_of_myeloma(disease: str, said: str) -> None:
    found = judged(lambda record: record["diagnosis"].update(disease=disease))
    text = printed(found)
    assert said in text
    assert "iss I" not in text
    assert "Risk at diagnosis" not in [section.title for section in board(found).details]
    assert "iss I" in printed(judged())


def test_therapy_of_a_relapse_is_not_called_a_relapse_with_drugs() -> None:
    def relapsed(record: dict[str, Any]) -> None:
        drugs = ["daratumumab", "carfilzomib", "dexamethasone"]
        record["therapy"].append({"phase": "relapse", "line": 2, "drugs": drugs, "start": "2026-10-01", "end": None})

    assert "; therapy of relapse with daratumumab" in printed(judged(relapsed))


def test_who_never_had_maintenance_is_not_told_that_it_has_ended() -> None:
    found = judged(lambda record: record["therapy"].pop())
    assert found.outcome == "surveil-off-therapy"
    text = to_markdown(companion(found))
    assert "you have no maintenance treatment now" in text
    assert "maintenance has ended" not in text


@pytest.mark.parametrize(
    ("name", "tone"),
    [
        ("cessation-supported", "go"), ("conditional-30-months", "with-care"), ("continue-double-hit", "caution"),
        ("insufficient-risk-unknown", "open"),
    ],
)  # fmt: skip
def test_only_a_plain_yes_looks_like_one(name: str, tone: str) -> None:
    found = judged(name=name)
    assert banner(found, board_words()).tone == tone


def test_why_maintenance_ended_stands_in_the_line() -> None:
    def ended(record: dict[str, Any]) -> None:
        record["therapy"][-1]["stop_reason"] = "neuropathy"

    assert "2020-06-20 to 2025-03-20, ended for 'neuropathy'" in printed(judged(ended, "surveil-off-therapy"))
