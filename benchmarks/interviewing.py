"""What each next question of an interview costs, as a ratio to one evaluation of the same record, on the shipped examples;
how many are asked; and what the questions on the sheet of a nearly empty record cost."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import mrdguide
from mrdguide import interview
from mrdguide.interview.asking import with_what_was_not_asked
from mrdguide.teach.examples import examples

_SPARSE = {"id": "sparse", "diagnosis": {"disease": "multiple-myeloma"}}


def ratios() -> tuple[list[float], list[int]]:
    """One number for each question asked, from an empty record on, and how many were asked of each example; what an example
    does not hold is not known."""
    rules = mrdguide.load_rules()
    found: list[float] = []
    asked_of: list[int] = []
    for example in examples():
        whole = mrdguide.read_patient(example.path).model_dump(mode="json", by_alias=True, exclude_unset=True)
        record: dict[str, Any] = {}
        asked_of.append(0)
        while True:
            started = time.process_time()
            question = interview.next(record, rules=rules, as_of=example.as_of)
            asked = time.process_time() - started
            if record:
                started = time.process_time()
                mrdguide.evaluate(with_what_was_not_asked(record), rules=rules, as_of=example.as_of)
                found.append(asked / (time.process_time() - started))
            if question is None:
                break
            asked_of[-1] += 1
            answer: Any = whole
            for name in question.path.split("."):
                answer = answer.get(name) if isinstance(answer, dict) else None
            if question.kind == "entries":
                answer = answer or []
            elif answer is None or answer == {}:
                answer = interview.NOT_KNOWN
            record = interview.answered(record, question, answer, as_of=example.as_of)
    return found, asked_of


def on_the_sheet() -> float:
    """Milliseconds of processor time for the questions of a nearly empty record, asked of a rule book for the first time."""
    taken = []
    for _ in range(3):
        rules = mrdguide.load_rules()
        answer = mrdguide.evaluate(_SPARSE, rules=rules)
        started = time.process_time()
        assert answer.explanation.questions.asked
        taken.append((time.process_time() - started) * 1000)
    return min(taken)


if __name__ == "__main__":
    taken, asked_of = ratios()
    print(f"next question against one evaluation: median {median(taken):.1f} times, slowest {max(taken):.1f} times")
    print(f"questions from nothing to an answer: median {median(asked_of):g}, most {max(asked_of)}")
    print(f"questions on the sheet of a nearly empty record: {on_the_sheet():.0f} ms")
