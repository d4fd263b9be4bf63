"""Every documented call answers a wrong value with an error of its own that says what to give, never with a traceback."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import mrdguide
from mrdguide import cds, fhir
from mrdguide.errors import MrdguideError, RuleBookError, UsageError
from mrdguide.reading.shipped import folder
from mrdguide.record import DecisionStore

from ..examples import EXAMPLES, evaluated, shipped

NAME = "insufficient-no-imaging"
EXAMPLE = str(next(item.path for item in EXAMPLES if item.file == f"{NAME}.yaml"))
AS_OF = "2026-11-21"
CARD = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
PREFETCH = {
    "patient": {"resourceType": "Patient", "id": "p1"},
    "conditions": {
        "resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}]},
    },
}  # fmt: skip
REQUEST = {
    "hook": "patient-view", "hookInstance": CARD, "context": {"userId": "Practitioner/1", "patientId": "p1"},
    "prefetch": PREFETCH,
}  # fmt: skip
FEEDBACK = {"feedback": [{"card": CARD, "outcome": "accepted", "outcomeTimestamp": "2026-11-21T10:00:00Z"}]}

# None of them is right anywhere but where a call below says so.
WRONG: dict[str, Any] = {
    "None": None, "True": True, "a number": 3, "a fraction": 2.5, "an enormous number": 10**5000, "not a number": float("nan"),
    "no text": "", "text": "one day", "long text": "x" * 5_000, "text that is none": "\ud800", "a zero byte": "a\0b",
    "bytes": b"rules", "an empty list": [], "a list": ["2027-01-01"], "a list of None": [None], "a dict": {"a": 1},
    "an empty dict": {}, "an object": object(), "a path": Path("nowhere"), "an exception": ValueError("x"), "a class": dict,
}  # fmt: skip

Call = Callable[[Any], object]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecisionStore]:
    with DecisionStore(tmp_path_factory.mktemp("record") / "records.db") as store:
        store.append(evaluated(NAME), "test")
        yield store


def calls(store: DecisionStore, place: Path) -> dict[str, tuple[Call, str]]:
    """Each argument of each call, and the values above that are right there."""
    result, rules = evaluated(NAME), shipped()
    why = result.explanation
    new = f"sqlite:///{place / 'new.db'}"
    return {
        "evaluate(patient)": (lambda v: mrdguide.evaluate(v, rules=rules), ""),
        "evaluate(rules)": (lambda v: mrdguide.evaluate(EXAMPLE, rules=v), "None"),
        "evaluate(as_of)": (lambda v: mrdguide.evaluate(EXAMPLE, rules=rules, as_of=v), "None"),
        "evaluate(include_unverified)": (lambda v: mrdguide.evaluate(EXAMPLE, rules=rules, include_unverified=v), "True"),
        "load_rules": (mrdguide.load_rules, ""),
        "load_rules(evidence)": (lambda v: mrdguide.load_rules(evidence=v), "None"),
        "check_rules": (_no_problems, ""),
        "read_patient": (mrdguide.read_patient, ""),
        "read_tables": (mrdguide.read_tables, ""),
        "what_if(result)": (lambda v: mrdguide.what_if(v, {"sex": "male"}), ""),
        "what_if(assignments)": (lambda v: mrdguide.what_if(result, v), ""),
        "what_if(as_of)": (lambda v: mrdguide.what_if(result, {"as_of": v}), ""),
        "what_if(a value)": (lambda v: mrdguide.what_if(result, {"diagnosis": v}), ""),
        "what_if(remove)": (lambda v: mrdguide.what_if(result, remove=v), ""),
        "what_if(a path to remove)": (lambda v: mrdguide.what_if(result, remove=[v]), ""),
        "what_if(a path)": (lambda v: mrdguide.what_if(result, {_key(v): 1}), ""),
        "why_not": (why.why_not, ""),
        "when_tested": (why.when_tested, "an empty list"),
        "when_tested(a visit)": (lambda v: why.when_tested([v]), ""),
        "when_tested(months)": (lambda v: why.when_tested([], months=v), "a number"),
        "Visit(day)": (lambda v: mrdguide.Visit(v, mrdguide.Workup.BOTH), "a number"),
        "Visit.on": (mrdguide.Visit.on, ""),
        "Visit.on(tests)": (lambda v: mrdguide.Visit.on("2027-01-01", v), ""),
        "to_json": (result.to_json, "None, a number"),
        "fhir.read": (fhir.read, ""),
        "fhir.read(site)": (lambda v: fhir.read(PREFETCH, v), "None"),
        "fhir.read(expected)": (lambda v: fhir.read(PREFETCH, expected=v), "an empty list, a list"),
        "questionnaire": (fhir.questionnaire, "None, a dict, an empty dict"),
        "guidance_response(result)": (lambda v: fhir.guidance_response(v, subject="Patient/1"), ""),
        "guidance_response(subject)": (lambda v: fhir.guidance_response(result, subject=v), ""),
        "guidance_response(report)": (
            lambda v: fhir.guidance_response(result, subject="Patient/1", import_report=v), "None",
        ),
        "operation_outcome": (fhir.operation_outcome, ""),
        "cds.handle": (cds.handle, ""),
        "cds.handle(rules)": (lambda v: cds.handle(REQUEST, rules=v), "None"),
        "cds.handle(as_of)": (lambda v: cds.handle(REQUEST, rules=rules, as_of=v), "None"),
        "cds.handle(site)": (lambda v: cds.handle(REQUEST, rules=rules, site=v), "None"),
        "cds.handle(store)": (lambda v: cds.handle(REQUEST, rules=rules, store=v), "None"),
        "cds.handle(base_url)": (
            lambda v: cds.handle(REQUEST, rules=rules, base_url=v), "no text, text, long text, text that is none, a zero byte",
        ),
        "cds.handle(publish)": (lambda v: cds.handle(REQUEST, rules=rules, publish=v), "None, a class"),
        "cds.handle(what publish returns)": (
            lambda v: cds.handle(REQUEST, rules=rules, publish=lambda *_: v),
            "None, no text, text, long text, text that is none, a zero byte",
        ),
        "cds.handle(without_myeloma)": (lambda v: cds.handle(REQUEST, rules=rules, without_myeloma=v), "True"),
        "cds.feedback": (cds.feedback, ""),
        "cds.feedback(store)": (lambda v: cds.feedback(FEEDBACK, store=v), "None"),
        "DecisionStore": (lambda v: DecisionStore(v, create=False), ""),
        "DecisionStore(keep_input)": (lambda v: DecisionStore(new, keep_input=v), "True"),
        "DecisionStore(create)": (lambda v: DecisionStore(new, create=v), "True"),
        "DecisionStore(clock)": (lambda v: DecisionStore(new, clock=v), "a class"),
        "DecisionStore(what the clock returns)": (
            lambda v: DecisionStore(new, clock=lambda: v).append(result, "test"), "",
        ),
        "DecisionStore(wait)": (lambda v: DecisionStore(new, wait=v), "a number, a fraction"),
        "append": (lambda v: store.append(v, "test"), ""),
        "append(source)": (lambda v: store.append(result, v), "text"),
        "append_feedback(about)": (lambda v: store.append_feedback(v, {}), ""),
        "append_feedback(body)": (
            lambda v: store.append_feedback(1, v),
            "no text, text, long text, text that is none, a zero byte, a dict, an empty dict",
        ),
        "append_feedback(source)": (lambda v: store.append_feedback(1, {}, v), "text"),
        "entry": (store.entry, ""),
        "entries(first)": (lambda v: list(store.entries(v)), "None, a number, an enormous number"),
        "entries(last)": (lambda v: list(store.entries(None, v)), "None, a number, an enormous number"),
        "feedback_on": (lambda v: list(store.feedback_on(v)), "a number"),
        "verify": (store.verify, "None, no text, text, long text, text that is none, a zero byte"),
        "export": (store.export, ""),
        "replay(number)": (lambda v: store.replay(v, EXAMPLE), ""),
        "replay(patient)": (lambda v: store.replay(1, v), ""),
        "replay(rules)": (lambda v: store.replay(1, EXAMPLE, v), "None"),
        "pseudonym": (store.pseudonym, "no text, text, long text, text that is none, a zero byte"),
    }  # fmt: skip


def _no_problems(value: Any) -> None:
    """`check_rules` answers a folder without rules by returning the problem."""
    problems = mrdguide.check_rules(value)
    if problems:
        raise RuleBookError(problems)


def _key(value: object) -> Any:
    """A key of a dict must be hashable; Python says so itself."""
    return value if isinstance(value, str | int | float | bytes | Path | type(None)) else 3


NAMES = list(calls(cast("DecisionStore", SimpleNamespace(**dict.fromkeys(
    ("entry", "verify", "export", "pseudonym"), None))), Path()))  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_value_is_answered_with_what_to_give(
    name: str, store: DecisionStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call, right = calls(store, tmp_path)[name]
    taken, messages = [], []
    for kind, value in WRONG.items():
        if kind in right.split(", "):
            continue
        try:
            call(value)
        except MrdguideError as error:
            messages.append(str(error))
        else:
            taken.append(kind)
    assert taken == []
    assert all(messages)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mrdguide.evaluate(EXAMPLE, rules="rulez"), "rulez: does not exist"),
        (lambda: mrdguide.evaluate(EXAMPLE, rules=[]), "rules: found []; give what mrdguide.load_rules returns, a folder"),
        (lambda: mrdguide.evaluate(EXAMPLE, rules=""), "give the path of a folder with rule files"),
        (lambda: mrdguide.evaluate(EXAMPLE, include_unverified="no"), "include_unverified: found 'no'; give True or False"),  # type: ignore[arg-type]
        (lambda: mrdguide.load_rules(None), "folders[0]: found None; give the path of a folder with rule files"),  # type: ignore[arg-type]
        (lambda: mrdguide.what_if({}, {}), "recommendation: found {}; give what mrdguide.evaluate returns"),  # type: ignore[arg-type]
        (lambda: mrdguide.what_if(evaluated(NAME), {}), "nothing is changed; give paths with their new values"),
        (lambda: mrdguide.what_if(evaluated(NAME), remove="imaging"), "remove: found 'imaging'; give a list of paths"),
        (lambda: mrdguide.what_if(evaluated(NAME), {"therapy[0].drugs[0].name": "x"}), "nothing lies below it"),
        (lambda: evaluated(NAME).explanation.why_not(None), "name: found None; give the id of an outcome or of a study"),  # type: ignore[arg-type]
        (lambda: evaluated(NAME).explanation.when_tested(["2027-01-01"]), "visits[0]: found '2027-01-01'; give mrdguide.Visit.on("),  # type: ignore[list-item]
        (lambda: evaluated(NAME).explanation.when_tested([], months=1_000), "months: found 1000; give a whole number from 1 to 240"),
        (lambda: mrdguide.Visit.on("2027-01"), "'2027-01' is not a single day; give YYYY-MM-DD"),
        (lambda: evaluated(NAME).to_json("\t"), "indent: found '\\t'; give a whole number"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_the_message_says_what_was_found_and_what_to_give(call: Callable[[], object], words: str) -> None:
    with pytest.raises(MrdguideError) as caught:
        call()
    assert words in str(caught.value)


def test_as_of_and_rules_go_by_keyword_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        mrdguide.evaluate(EXAMPLE, AS_OF)  # type: ignore[call-arg]


def test_a_password_in_the_url_of_a_record_is_not_shown() -> None:
    for url in (b"postgresql://mrdguide:secret@db/records", ["postgresql://mrdguide:secret@db/records"]):
        with pytest.raises(UsageError) as caught:
            DecisionStore(url)  # type: ignore[arg-type]
        assert "secret" not in str(caught.value)


def test_a_clock_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    with DecisionStore(tmp_path / "records.db", clock=lambda: datetime(2026, 11, 21, 10)) as store:
        with pytest.raises(UsageError, match=r"clock: .* must return a datetime with its time zone"):
            store.append(evaluated(NAME), "test")
        assert store.export(io.StringIO()) == 0


class TestFolders:
    """`rules=` takes what `--rules` takes."""

    def test_one_folder_or_several_in_layers(self, tmp_path: Path) -> None:
        (tmp_path / "mine.yaml").write_text(
            "criteria:\n  - {id: fitness.mine, title: Mine, absence: unknown, when: {compare: {fact: ecog, operator: '<=', value: 1}}}\n",
            encoding="utf-8",
        )
        wanted = mrdguide.evaluate(EXAMPLE, rules=shipped(), as_of=AS_OF).to_json()
        for rules in (folder("rules"), str(folder("rules")), [folder("rules")], (str(folder("rules")),)):
            assert mrdguide.evaluate(EXAMPLE, rules=rules, as_of=AS_OF).to_json() == wanted
        layered = mrdguide.evaluate(EXAMPLE, rules=[folder("rules"), tmp_path], as_of=AS_OF)
        assert layered.criteria["fitness.mine"].verdict == "met"

    def test_in_a_hook_and_in_a_replay(self, store: DecisionStore) -> None:
        cards = cds.handle(REQUEST, rules=folder("rules"), as_of=AS_OF)
        assert cards == cds.handle(REQUEST, as_of=AS_OF)
        assert store.replay(1, EXAMPLE, [str(folder("rules"))]).same


def test_an_argument_that_cannot_be_compared_is_named_by_its_type() -> None:
    class Frame:
        def __eq__(self, other: object) -> bool:
            raise TypeError("no comparison")

        __hash__ = None  # type: ignore[assignment]

    with pytest.raises(UsageError, match="found an object of type Frame; give True or False"):
        mrdguide.evaluate({"id": "a"}, include_unverified=Frame())  # type: ignore[arg-type]
