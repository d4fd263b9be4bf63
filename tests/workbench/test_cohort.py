"""The cohort view: each count opens the patients whom it counts, a patient opens in the patient view, small counts open nobody."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from mrdguide.cli import main
from mrdguide.cohort.one_patient import find_patient
from mrdguide.errors import UsageError
from mrdguide.patient import read_patient
from mrdguide.recommend.evaluation import evaluate
from mrdguide.service.workbench_app import create_workbench
from mrdguide.workbench import Bench, State
from mrdguide.workbench.cohort.access import with_cohort
from mrdguide.workbench.cohort.opened import OpenedCohort, open_cohort
from mrdguide.workbench.cohort.page_state import CohortPage, CountPlace
from mrdguide.workbench.opening import open_bench, started

from ..examples import shipped
from .judged_cohort import DAY, PATIENTS, JudgedCohort, judged
from .pages import AS_OF, done, tags, text_of
from .test_hostile import HOSTILE, check
from .test_http import call

Place = tuple[str, int, int]


def begun(bench: Bench, day: str = AS_OF) -> State:
    """The state of a page that was opened by the address with the secret."""
    return with_cohort(bench, started(day))


def counts(html: str) -> dict[Place, int]:
    """Every count that can be opened, by figure, row and column."""
    found = re.findall(
        r'data-send-figure="([^"]+)" data-send-row="(\d+)" data-send-column="(\d+)"[^>]*>([\d,]+)<', html
    )
    return {(figure, int(row), int(column)): int(text.replace(",", "")) for figure, row, column, text in found}


def opened(bench: Bench, place: Place, state: State | None = None) -> tuple[State, str]:
    fields = {"figure": place[0], "row": str(place[1]), "column": str(place[2])}
    found = done(bench, state or begun(bench), "cohort/open", fields)
    return found.state, found.html


def whom(bench: Bench, place: Place) -> list[str]:
    """The ids of all who are listed, page after page."""
    state, html = opened(bench, place)
    found = listed(html)
    while further := re.search(r'id="further"[^>]*data-send-first="(\d+)"', html):
        shown = done(bench, state, "cohort/turn", {"first": further[1]})
        state, html = shown.state, shown.html
        found += listed(html)
    return found


def listed(html: str) -> list[str]:
    return re.findall(r'id="open-\d+"[^>]*>([^<]+)<', html)


def shown(bench: Bench) -> str:
    return done(bench, begun(bench), "cohort/show").html


def test_every_count_opens_as_many_patients_as_it_says(cohort_bench: Bench, cohort: JudgedCohort) -> None:
    found = counts(shown(cohort_bench))
    assert {place[0] for place in found} >= {"outcomes", "possible", "attrition", "missing"}
    for place, count in found.items():
        ids = whom(cohort_bench, place)
        assert len(ids) == len(set(ids)) == count, place
        assert set(ids) <= set(cohort.profiles), place


def test_a_count_lists_those_whom_the_file_gives_this_answer(cohort_bench: Bench, cohort: JudgedCohort) -> None:
    assert isinstance(cohort_bench.cohort, OpenedCohort)
    figures = {item.id: item for item in cohort_bench.cohort.report.figures}
    for number, row in enumerate(figures["outcomes"].rows):
        wanted = {item["patient"] for item in cohort.rows if item["outcome"] == row.values[1]}
        if wanted:
            assert set(whom(cohort_bench, ("outcomes", number, 0))) == wanted, row.label
    step = figures["attrition"].rows[0]
    verdict = str(step.values[-1]).removeprefix("not:")
    for column, words in ((1, "not_met"), (2, "met"), (3, "unknown")):
        wanted = {item["patient"] for item in cohort.rows if item[verdict] == words}
        if wanted:
            assert set(whom(cohort_bench, ("attrition", 0, column))) == wanted, words
    for number, row in enumerate(figures["missing"].rows):
        place = str(row.values[-1])
        waiting = {
            item["patient"]
            for item in cohort.rows
            if any(re.sub(r"\[[^]]*]", "[]", fact["path"]) == place for fact in item["missing"] or ())
        }
        assert set(whom(cohort_bench, ("missing", number, 0))) == waiting, place


def test_a_list_says_the_answer_and_what_is_possible(cohort_bench: Bench, cohort: JudgedCohort) -> None:
    place = next(place for place, count in counts(shown(cohort_bench)).items() if place[0] == "possible" and count > 0)
    _, html = opened(cohort_bench, place)
    patient = listed(html)[0]
    row = next(item for item in cohort.rows if item["patient"] == patient)
    assert isinstance(cohort_bench.cohort, OpenedCohort)
    titles = [cohort_bench.cohort.report.rows.title(f"outcome:{name}") for name in row["possible_outcomes"]]
    told = text_of(html.partition(f">{patient}</button>")[2].partition("</li>")[0])
    title = cohort_bench.rules.decision.insufficient.title
    assert told == f"{title} on {DAY} Possible: {'; '.join(titles)}"


def test_a_long_list_is_turned_and_closed(cohort_bench: Bench) -> None:
    place = ("attrition", 0, 0)
    state, html = opened(cohort_bench, place)
    assert f"{PATIENTS} patients" in text_of(html)
    assert f"1 to 50 of {PATIENTS}" in text_of(html)
    last = done(cohort_bench, state, "cohort/turn", {"first": "50"})
    assert f"51 to {PATIENTS} of {PATIENTS}" in text_of(last.html)
    assert 'id="earlier"' in last.html
    closed = done(cohort_bench, last.state, "cohort/close")
    assert not listed(closed.html)
    assert 'data-focus="n-attrition-0-0"' in closed.html, "back to where the list was opened"


def test_the_page_holds_which_count_was_opened_and_nobody(cohort_bench: Bench, cohort: JudgedCohort) -> None:
    state, html = opened(cohort_bench, ("attrition", 0, 0))
    assert not [patient for patient in cohort.profiles if patient in state.to_text()]
    for _, attributes in tags(html):
        told = " ".join(attributes.get(name, "") for name in ("href", "hx-post", "src", "action", "id", "data-focus"))
        assert "invented-" not in told


def test_a_patient_is_opened_as_in_the_file_on_the_day_judged(cohort_bench: Bench, cohort: JudgedCohort) -> None:
    for place, row in enumerate(cohort.rows[:6]):
        found = done(cohort_bench, begun(cohort_bench), "patient/of_cohort", {"place": str(place)})
        assert found.state.profile == cohort.profiles[row["patient"]]
        assert found.state.as_of == DAY.isoformat()
        assert found.state.invented == ""
        assert f"Opened {row['patient']} from {cohort.lines}:{place + 1}" in text_of(found.html)
        assert "another one" not in text_of(found.html)
        assert 'data-view="patient"' in found.html


def test_an_answer_that_is_another_one_now_is_said(cohort: JudgedCohort, tmp_path: Path) -> None:
    row = next(item for item in cohort.rows if item["outcome"] == "treat-relapse")
    place = cohort.rows.index(row)
    changed = {"id": row["patient"], "diagnosis": {"disease": "mgus"}}
    (tmp_path / "changed.ndjson").write_text(json.dumps(changed) + "\n", encoding="utf-8")
    bench = open_bench(shipped(), cohort=cohort.opened(tmp_path / "changed.ndjson"))
    found = done(bench, begun(bench), "patient/of_cohort", {"place": str(place)})
    assert "The answer here is another one" in text_of(found.html)


def test_without_the_profiles_the_page_says_how_to_give_them(cohort: JudgedCohort) -> None:
    bench = open_bench(shipped(), cohort=replace(cohort.opened(), inputs=()))
    _, html = opened(bench, ("attrition", 0, 0))
    assert "start mrdguide workbench with --patients INPUT as well" in text_of(html)
    assert "patient/of_cohort" not in html
    assert cohort.rows[0]["patient"] in html
    with pytest.raises(UsageError, match="--patients INPUT"):
        done(bench, begun(bench), "patient/of_cohort", {"place": "0"})


def test_a_patient_who_is_not_there_any_more_is_named(cohort: JudgedCohort, tmp_path: Path) -> None:
    elsewhere = tmp_path / "others.ndjson"
    elsewhere.write_text('{"id": "other", "diagnosis": {"disease": "mgus"}}\n', encoding="utf-8")
    bench = open_bench(shipped(), cohort=cohort.opened(elsewhere))
    with pytest.raises(UsageError, match="is not in what --patients names"):
        done(bench, begun(bench), "patient/of_cohort", {"place": "0"})


def test_where_counts_are_hidden_nobody_is_listed(cohort: JudgedCohort) -> None:
    bench = open_bench(shipped(), cohort=cohort.opened(least=5))
    html = shown(bench)
    assert "Small counts are hidden here" in text_of(html)
    assert "no count opens a list of patients" in text_of(html)
    assert counts(html) == {}
    assert "invented-" not in html
    everything = counts(shown(open_bench(shipped(), cohort=cohort.opened())))
    for figure, row, column in everything:
        fields = {"figure": figure, "row": str(row), "column": str(column)}
        with pytest.raises(UsageError, match=r"no list of patients is opened|there is no such count"):
            done(bench, begun(bench), "cohort/open", fields)
    with pytest.raises(UsageError):
        done(bench, begun(bench), "patient/of_cohort", {"place": "0"})
    # A page that was left open when the workbench was started anew.
    named = begun(bench).cohort.model_copy(update={"opened": CountPlace(figure="attrition", row=0, column=0)})
    left_open = begun(bench).model_copy(update={"cohort": named})
    with pytest.raises(UsageError):
        done(bench, left_open, "cohort/show")


@pytest.mark.parametrize(
    ("address", "fields"),
    [("cohort/open", {}), ("cohort/open", {"figure": "nothing", "row": "0", "column": "0"}), ("cohort/open", {"figure": "outcomes", "row": "-1", "column": "0"}),
     ("cohort/open", {"figure": "outcomes", "row": "99", "column": "0"}), ("cohort/open", {"figure": "outcomes", "row": "0", "column": "1"}),
     ("cohort/turn", {"first": "-1"}), ("cohort/turn", {"first": "\u0664"}), ("patient/of_cohort", {"place": "100000"}),
     ("patient/of_cohort", {"place": "x"}), ("patient/of_cohort", {})],
)  # fmt: skip
def test_what_is_no_count_and_no_patient_is_refused(cohort_bench: Bench, address: str, fields: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="reload the page"):
        done(cohort_bench, begun(cohort_bench), address, fields)


def test_another_account_of_the_machine_sees_no_cohort(
    cohort_bench: Bench, cohort: JudgedCohort, without_htmx: None
) -> None:
    """It reaches the workbench, and has neither the address nor what a page opened by it holds."""
    app, address = create_workbench(cohort_bench)
    assert address.startswith("/?open=")
    assert isinstance(cohort_bench.cohort, OpenedCohort)
    assert cohort_bench.cohort.key in call(app, "GET", address).text
    front = call(app, "GET", "/").text
    assert cohort_bench.cohort.key not in front
    for state in (started(AS_OF), begun(cohort_bench).model_copy(update={"cohort": CohortPage(key="guessed")})):
        shown_to = call(app, "POST", "/do/cohort/show", data={"state": state.to_text()})
        assert "Only a page opened by that address shows the cohort" in text_of(shown_to.text)
        assert "Who is left" not in shown_to.text
        for action, fields in (
            ("cohort/open", {"figure": "attrition", "row": "0", "column": "0"}),
            ("patient/of_cohort", {"place": "0"}),
        ):
            refused = call(app, "POST", f"/do/{action}", data={"state": state.to_text(), **fields})
            assert refused.status_code == 400
            assert not [patient for patient in cohort.profiles if patient in refused.text]
    named = CohortPage(opened=CountPlace(figure="attrition", row=0, column=0))
    html = done(cohort_bench, started(AS_OF).model_copy(update={"cohort": named}), "cohort/show").html
    assert not listed(html)


def test_counts_alone_name_nobody(cohort: JudgedCohort) -> None:
    """As a folder for a file server gets them."""
    bench = open_bench(shipped(), cohort=cohort.opened().report_page())
    html = shown(bench)
    assert "Who is left after each step" in text_of(html)
    assert counts(html) == {}
    assert "invented-" not in html
    for address in ("cohort/open", "cohort/turn", "cohort/close", "patient/of_cohort"):
        with pytest.raises(UsageError, match="shows no cohort"):
            done(bench, begun(bench), address, {"place": "0"})


def test_without_a_cohort_the_view_says_how_to_open_one(bench: Bench) -> None:
    assert "mrdguide workbench --cohort OUT" in text_of(shown(bench))
    for address in ("cohort/open", "cohort/turn", "cohort/close", "patient/of_cohort"):
        with pytest.raises(UsageError):
            done(bench, begun(bench), address, {"place": "0"})


def test_other_rules_than_those_of_the_workbench_are_told(cohort_bench: Bench, cohort: JudgedCohort) -> None:
    assert "was judged by" not in text_of(shown(cohort_bench)).replace("patients, judged by", "")
    other = cohort.opened()
    other.report.rows.about["rules_hash"] = "0" * 64
    html = shown(open_bench(shipped(), cohort=other))
    assert f"This cohort was judged by {shipped().name}, {'0' * 12}" in text_of(html)


def test_nothing_of_a_patient_is_logged(
    cohort_bench: Bench, without_htmx: None, caplog: pytest.LogCaptureFixture
) -> None:
    app, _ = create_workbench(cohort_bench)
    state, _ = opened(cohort_bench, ("attrition", 0, 0))
    with caplog.at_level(logging.DEBUG):
        listing = call(app, "POST", "/do/cohort/show", data={"state": state.to_text()})
        patient = call(app, "POST", "/do/patient/of_cohort", data={"state": state.to_text(), "place": "3"})
        refused = call(app, "POST", "/do/patient/of_cohort", data={"state": state.to_text(), "place": "999"})
    assert (listing.status_code, patient.status_code, refused.status_code) == (200, 200, 400)
    assert "invented-5-4" in patient.text
    assert caplog.records
    assert "invented-" not in caplog.text


def test_hostile_ids_stay_text(tmp_path: Path) -> None:
    found = judged(tmp_path, [{"id": HOSTILE, "diagnosis": {"disease": "mgus"}}])
    bench = open_bench(shipped(), cohort=found.opened())
    state, html = opened(bench, ("attrition", 0, 0))
    assert "&lt;script id=own&gt;" in html
    check(html)
    opened_patient = done(bench, state, "patient/of_cohort", {"place": "0"})
    assert opened_patient.state.profile["id"] == HOSTILE
    check(opened_patient.html)


def test_a_sweep_is_shown_as_it_was_written(
    cohort: JudgedCohort, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = tmp_path / "few.ndjson"
    few.write_text("".join(cohort.lines.read_text("utf-8").splitlines(keepends=True)[:8]), encoding="utf-8")
    sweep = tmp_path / "sweep.json"
    assert main(["cohort", "compare", str(few), "--as-of", DAY.isoformat(), "--sweep", "mrd.recent=3", "--workers", "1",
                 "--format", "json", "--output", str(sweep)]) == 0  # fmt: skip
    bench = open_bench(shipped(), cohort=open_cohort(cohort.answers, sweep=sweep))
    told = text_of(shown(bench))
    for row in json.loads(sweep.read_text("utf-8"))["rows"]:
        assert " ".join(map(str, row)) in told
    assert "8 patients by" in told
    with pytest.raises(UsageError, match="leave out --min-cell"):
        open_cohort(cohort.answers, least=5, sweep=sweep)


@pytest.mark.parametrize("text", ["{}", "[1, 2]", "{", '{"book": "x", "patients": 1, "columns": ["a"], "rows": []}'])
def test_what_is_no_sweep_is_refused(cohort: JudgedCohort, tmp_path: Path, text: str) -> None:
    (tmp_path / "other.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"other\.json"):
        open_cohort(cohort.answers, sweep=tmp_path / "other.json")


# Where the profile of a patient is found, whatever the cohort was read from.


@pytest.fixture
def three(cohort: JudgedCohort) -> list[dict[str, Any]]:
    return list(cohort.profiles.values())[:3]


def test_in_a_folder_of_files_as_it_was_written(three: list[dict[str, Any]], tmp_path: Path) -> None:
    for number, profile in enumerate(three):
        (tmp_path / f"{number}.yaml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    (tmp_path / "not-readable.yaml").write_text("id: [", encoding="utf-8")
    found = find_patient((tmp_path,), three[1]["id"], DAY)
    assert found is not None
    assert (found.profile, found.place) == (three[1], str(tmp_path / "1.yaml"))
    assert find_patient((tmp_path,), "nobody", DAY) is None


def test_in_a_fhir_bundle(tmp_path: Path) -> None:
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1961-05-04"}
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]}
    condition = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": code}
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": item} for item in (patient, condition)],
    }
    (tmp_path / "bundle.json").write_text(json.dumps(bundle), encoding="utf-8")
    found = find_patient((tmp_path,), "p1", DAY)
    assert found is not None
    assert read_patient(found.profile).id == "p1"


def test_in_columns(cohort: JudgedCohort, tmp_path: Path) -> None:
    from mrdguide.cohort.invented.writing import write_cohort

    write_cohort(tmp_path / "cohort.parquet", 5, 5)
    wanted = list(cohort.profiles)[3]
    found = find_patient((tmp_path / "cohort.parquet",), wanted, DAY)
    assert found is not None
    one, other = (
        {name: item.verdict for name, item in evaluate(profile, rules=shipped(), as_of=DAY).criteria.items()}
        for profile in (found.profile, cohort.profiles[wanted])
    )
    assert one == other


def test_the_days_of_a_cohort_are_no_part_of_the_profile(three: list[dict[str, Any]], tmp_path: Path) -> None:
    lines = tmp_path / "days.ndjson"
    lines.write_text("".join(json.dumps({**item, "judged": [DAY.isoformat()]}) + "\n" for item in three), "utf-8")
    found = find_patient((lines,), three[2]["id"], DAY, "judged")
    assert found is not None
    assert found.profile == three[2]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--patients", "cohort.ndjson"], "give --cohort OUT as well"), (["--min-cell", "5"], "give --cohort OUT as well"),
     (["--cohort", "{answers}", "--patients", "nowhere.ndjson"], "nowhere.ndjson does not exist"),
     (["--cohort", "{lines}"], "cannot be read as Parquet")],
)  # fmt: skip
def test_a_slip_on_the_command_line_is_told_before_anything_is_served(
    cohort: JudgedCohort, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], without_htmx: None
) -> None:
    given = [item.format(answers=cohort.answers, lines=cohort.lines) for item in arguments]
    assert main(["workbench", "--no-browser", *given]) == 2
    assert told in capsys.readouterr().err
