"""What each next question of an interview costs, as a ratio to one evaluation of the same record, on the shipped examples."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import mrdguide
from mrdguide import interview
from mrdguide.interview.asking import with_what_was_not_asked
from mrdguide.teach.examples import examples


def ratios() -> list[float]:
    """One number for each question asked, from an empty record on; what an example does not hold is not known."""
    rules = mrdguide.load_rules()
    found: list[float] = []
    for example in examples():
        whole = mrdguide.read_patient(example.path).model_dump(mode="json", by_alias=True, exclude_unset=True)
        record: dict[str, Any] = {}
        while True:
            started = time.perf_counter()
            question = interview.next(record, rules=rules, as_of=example.as_of)
            asked = time.perf_counter() - started
            if record:
                started = time.perf_counter()
                mrdguide.evaluate(with_what_was_not_asked(record), rules=rules, as_of=example.as_of)
                found.append(asked / (time.perf_counter() - started))
            if question is None:
                break
            answer: Any = whole
            for name in question.path.split("."):
                answer = answer.get(name) if isinstance(answer, dict) else None
            if question.kind == "entries":
                answer = answer or []
            elif answer is None or answer == {}:
                answer = interview.NOT_KNOWN
            record = interview.answered(record, question, answer, as_of=example.as_of)
    return found


if __name__ == "__main__":
    taken = ratios()
    print(f"next question against one evaluation: median {median(taken):.1f} times, slowest {max(taken):.1f} times")
