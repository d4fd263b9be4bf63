"""`mrdguide calendar` and `mrdguide due`: the days ahead, as an iCalendar file and as a list."""

from __future__ import annotations

import builtins
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.explain.agenda import tests_due as schedule_of
from mrdguide.explain.agenda import windows
from mrdguide.record import DecisionStore

from . import DAY, EXAMPLE, Run, refused

STOPPED = ("--study", "msk_korde", "--stopped-on", "2026-06-01")


def events(text: str) -> list[Any]:
    icalendar = pytest.importorskip("icalendar")
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def days(found: list[Any], title: str) -> list[date]:
    return [event["dtstart"].dt for event in found if title in event["summary"]]


@pytest.fixture
def written(run: Run) -> str:
    pytest.importorskip("icalendar")
    found = run("calendar", EXAMPLE, *DAY, *STOPPED, "--review-on", "2027-01-15")
    assert (found.status, found.err) == (0, "")
    return found.out


def test_windows_tests_and_review_stand_on_their_days(written: str, shipped_rules: mrdguide.RuleBook) -> None:
    found = events(written)
    answer = mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of=DAY[1])
    closing = {date.fromordinal(item.day) for item in windows(answer.explanation.when, shipped_rules)}
    assert set(days(found, "last day")) == closing
    assert days(found, "review") == [date(2027, 1, 15)]
    # Blood every 3 months for 3 years from the first of June; what was due before the day judged is left out.
    tests = days(found, "test due")
    assert tests[:2] == [date(2026, 12, 1), date(2027, 3, 1)]
    assert tests[-1] == date(2029, 6, 1)
    assert len(tests) == len(set(tests)) == 11


def test_nothing_is_named_unless_asked(run: Run, written: str) -> None:
    named = run("calendar", EXAMPLE, *DAY, *STOPPED, "--named").out
    for word in ("yeloma", "MRD", "marrow", "PET", "cessation-supported"):
        assert word not in written
        assert word in named.replace("\r\n ", "")
    assert any("schedule of MSK cessation" in event["description"] for event in events(named))


def test_the_same_patient_gives_the_same_bytes(run: Run, written: str) -> None:
    assert run("calendar", EXAMPLE, *DAY, *STOPPED, "--review-on", "2027-01-15").out == written
    names = [str(event["uid"]) for event in events(written)]
    assert len(names) == len(set(names))


def test_a_schedule_has_every_round_of_every_test(shipped_rules: mrdguide.RuleBook) -> None:
    start = date(2026, 6, 1).toordinal()
    rounds = [(date.fromordinal(item.day), item.what) for item in schedule_of(shipped_rules, "msk_korde", start, start)]
    assert [what for _, what in rounds].count("blood tests") == 12
    assert [what for _, what in rounds].count("marrow MRD") == 6
    assert [day for day, what in rounds if what == "PET-CT"] == [date(2027, 6, 1), date(2028, 6, 1), date(2029, 6, 1)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--study", "msk_korde"), "--study and --stopped-on go together"),
        (("--stopped-on", "2026-06-01"), "--study and --stopped-on go together"),
        (("--study", "remnant", "--stopped-on", "2026-06-01"), "there is no schedule of a study 'remnant'"),
        (("--study", "msk_korde", "--stopped-on", "2026-06"), "--stopped-on 2026-06: give a day, YYYY-MM-DD"),
        (("--review-on", "soon"), "--review-on: "),
    ],
)
def test_what_does_not_fit_together_is_refused(run: Run, given: tuple[str, ...], said: str) -> None:
    refused(run("calendar", EXAMPLE, *DAY, *given), said)


def test_without_the_library_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name == "icalendar":
            raise ImportError("No module named 'icalendar'")
        return whole(name, *rest, **named)

    monkeypatch.delitem(sys.modules, "icalendar", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    refused(run("calendar", EXAMPLE, *DAY), "pip install 'mrdguide[calendar]'")


def test_due_lists_windows_by_day_and_patients_without_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_bytes(Path(EXAMPLE).read_bytes())
    (tmp_path / "two.json").write_text('{"id": "nothing-known", "diagnosis": {"disease": "mgus"}}')
    found = run("due", tmp_path, *DAY)
    assert (found.status, found.err) == (0, "")
    lines = found.out.splitlines()
    assert lines[0] == "2027-03-10  cessation-supported  marrow MRD"
    assert lines[:-1] == sorted(lines[:-1])
    assert lines[-1] == "no window closes: nothing-known"


def test_due_says_what_it_cannot_read_and_lists_the_rest(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_bytes(Path(EXAMPLE).read_bytes())
    (tmp_path / "bad.yaml").write_text("id: x\ndiagnosis: {disease: nonsense}\n")
    found = run("due", tmp_path, *DAY)
    assert found.status == 2
    assert "nonsense" in found.err
    assert "2027-03-10  cessation-supported  marrow MRD" in found.out
    (tmp_path / "bad.yaml").rename(tmp_path / "THREE.YAML")
    (tmp_path / "README.md").write_text("a folder of patients")
    unread = run("due", tmp_path, *DAY)
    assert unread.status == 2
    assert f"{tmp_path / 'THREE.YAML'} is not read, and may hold patients" in unread.err
    assert "README" not in unread.err
    assert "2027-03-10  cessation-supported  marrow MRD" in unread.out
    refused(run("due", tmp_path / "nowhere", *DAY), "is not a folder")
    (tmp_path / "empty").mkdir()
    refused(run("due", tmp_path / "empty", *DAY), "holds no profiles")


class TestReviewFromTheRecord:
    @pytest.fixture
    def record(self, tmp_path: Path, shipped_rules: mrdguide.RuleBook) -> Path:
        pytest.importorskip("icalendar")
        path = tmp_path / "records.db"
        with DecisionStore(path) as store:
            store.append(mrdguide.evaluate(EXAMPLE, rules=shipped_rules, as_of=DAY[1]), "test")
        return path

    def sign(self, record: Path, review_on: str | None) -> None:
        with DecisionStore(record) as store:
            store.append_decision(1, "stop", by="Tumor board", date="2026-11-26", review_on=review_on)

    def test_the_day_is_that_of_the_last_decision(self, run: Run, record: Path) -> None:
        self.sign(record, "2027-05-26")
        self.sign(record, "2027-06-26")
        found = run("calendar", EXAMPLE, *DAY, "--record", record)
        assert (found.status, found.err) == (0, "")
        assert days(events(found.out), "review") == [date(2027, 6, 26)]
        assert "Stop maintenance" not in found.out
        named = run("calendar", EXAMPLE, *DAY, "--record", record, "--named").out.replace("\r\n ", "")
        assert "decided on 2026-11-26: Stop maintenance" in named

    def test_where_there_is_no_day_it_is_said(self, run: Run, record: Path) -> None:
        refused(run("calendar", EXAMPLE, *DAY, "--record", record), "was signed")
        self.sign(record, None)
        refused(run("calendar", EXAMPLE, *DAY, "--record", record), "entry 2 has no day of review")
        refused(run("calendar", EXAMPLE, *DAY, "--record", record, "--review-on", "2027-01-01"), "give one of them")
