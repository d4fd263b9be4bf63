"""How many questions it takes from nothing to an answer, when each is answered from an example's own record."""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

import mrdguide
from mrdguide import interview
from mrdguide.interview.asking import with_what_was_not_asked
from mrdguide.teach.examples import Example

from ..examples import EXAMPLES, shipped

MOST, MEDIAN_AT_MOST = 25, 14


def answers_from(record: dict[str, Any], question: interview.Question) -> Any:
    """What the record itself answers: its list, the fields of its report, its value, what is said in their place; else that
    it is not known."""
    here: Any = record
    for name in question.path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    said = {item["what"]: item for item in record.get("attested", ())}.get(question.attestable)
    if said is not None and not here:
        return interview.Absent(said["by"], said["of"], said.get("date", ""))
    gone = {item["what"]: item for item in record.get("unobtainable", ())}.get(question.path)
    if gone is not None:
        return interview.CannotBeHad(gone["why"], gone["by"], gone.get("date", ""))
    if question.kind == "entries":
        # A second look into a list finds no more than the first.
        return [] if question.path.endswith("[+]") else list(here or [])
    return interview.NOT_KNOWN if here is None or here == {} else here


def interviewed(example: Example) -> tuple[list[str], dict[str, Any]]:
    """The paths asked, and the record at the end."""
    whole = mrdguide.read_patient(example.path).model_dump(mode="json", by_alias=True, exclude_unset=True)
    record: dict[str, Any] = {}
    asked: list[str] = []
    while (question := interview.next(record, rules=shipped(), as_of=example.as_of)) is not None:
        asked.append(question.path)
        assert len(asked) <= MOST, asked
        record = interview.answered(record, question, answers_from(whole, question), as_of=example.as_of)
    return asked, record


@pytest.fixture(scope="module")
def interviews() -> dict[str, tuple[list[str], dict[str, Any]]]:
    return {example.file: interviewed(example) for example in EXAMPLES}


def test_from_nothing_to_an_answer_takes_few_questions(interviews: dict[str, tuple[list[str], dict[str, Any]]]) -> None:
    assert median(len(asked) for asked, _ in interviews.values()) <= MEDIAN_AT_MOST


def test_no_question_is_asked_twice(interviews: dict[str, tuple[list[str], dict[str, Any]]]) -> None:
    for asked, _ in interviews.values():
        assert len(set(asked)) == len(asked)


def test_what_is_written_down_only_when_found_is_asked_before_a_stop(
    interviews: dict[str, tuple[list[str], dict[str, Any]]],
) -> None:
    last = ["functional_high_risk", "clonal_hematopoiesis.tp53"]
    asked, record = interviews["cessation-supported.yaml"]
    assert asked[-2:] == last
    assert not set(last) & set(interviews["continue-double-hit.yaml"][0])
    as_of = next(example.as_of for example in EXAMPLES if example.file == "cessation-supported.yaml")
    for path, outcome in zip(last, ("cessation-conditional", "stop-for-harm"), strict=True):
        without = {name: value for name, value in record.items() if name not in (path, path.partition(".")[0])}
        without["not_known"] = [name for name in record.get("not_known", ()) if name != path]
        question = interview.next(without, rules=shipped(), as_of=as_of)
        assert question is not None
        assert question.path == path
        found = interview.answered(without, question, "present", as_of=as_of)
        answer = mrdguide.evaluate(with_what_was_not_asked(found), rules=shipped(), as_of=as_of)
        assert answer.outcome == outcome
        assert interview.next(found, rules=shipped(), as_of=as_of) is None


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.file))
def test_the_interview_ends_with_the_answer_of_the_whole_record(
    example: Example, interviews: dict[str, tuple[list[str], dict[str, Any]]]
) -> None:
    _, record = interviews[example.file]
    short = mrdguide.evaluate(with_what_was_not_asked(record), rules=shipped(), as_of=example.as_of)
    assert short.outcome == mrdguide.evaluate(example.path, rules=shipped(), as_of=example.as_of).outcome


def test_what_can_change_nothing_any_more_is_not_asked() -> None:
    example = next(item for item in EXAMPLES if item.file == "cessation-supported.yaml")
    whole = mrdguide.read_patient(example.path).model_dump(mode="json", by_alias=True, exclude_unset=True)
    record = {"events": [], "toxicities": [], **whole}
    first = interview.next(record, rules=shipped(), as_of=example.as_of)
    assert first is not None
    assert first.path == "functional_high_risk"
    # Beside another caution it would be one more, and the answer the same.
    cautious = interview.next({**record, "surveillance": {"feasible": False}}, rules=shipped(), as_of=example.as_of)
    assert cautious is not None
    assert cautious.path == "clonal_hematopoiesis.tp53"
