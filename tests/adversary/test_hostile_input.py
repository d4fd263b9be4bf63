"""What a profile or a bundle may hide, and lists without end."""

from __future__ import annotations

import gzip
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import mrdguide
from mrdguide.commands.files import read_json_argument
from mrdguide.errors import PatientError, UsageError
from mrdguide.patient.reader import read_patient_text
from mrdguide.reading import bounded

_PROFILE = "id: x\ndiagnosis: {disease: multiple-myeloma}\n"
_CASE = {"id": "x", "diagnosis": {"disease": "multiple-myeloma", "date": "2019-09-02"}}


@pytest.mark.parametrize("hidden", ["\x85", "\u2028", "\u2029"])
def test_a_line_break_that_nobody_sees_hides_no_key(hidden: str) -> None:
    with pytest.raises(PatientError, match="ends a line for YAML"):
        read_patient_text(f"{_PROFILE}# a comment{hidden}ecog: 4\n", "profile")


@pytest.mark.parametrize("value", ["!int 2", "!!python/none 2", "!secret 2"])
def test_a_tag_that_says_nothing_is_refused(value: str) -> None:
    with pytest.raises(PatientError):
        read_patient_text(f"{_PROFILE}ecog: {value}\n", "profile")


def test_a_key_given_twice_in_a_bundle_is_refused(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_text('{"resourceType": "Bundle", "entry": [1], "entry": []}', encoding="utf-8")
    with pytest.raises(UsageError, match="twice"):
        read_json_argument(str(bundle))


def test_devices_and_pipes_are_no_files(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for name in (str(pipe), "/dev/zero"):
        with pytest.raises(UsageError, match="no ordinary file"):
            read_json_argument(name)
        with pytest.raises(PatientError, match="no ordinary file"):
            mrdguide.read_patient(name)


def test_gzip_is_never_unpacked_beyond_the_limit() -> None:
    bomb = gzip.compress(bytes(50_000))
    assert bounded.unpacked(bomb, 50_000) == bytes(50_000)
    with pytest.raises(OSError, match="holds more than"):
        bounded.unpacked(bomb, 49_999)
    with pytest.raises(OSError, match="no whole gzip"):
        bounded.unpacked(bomb[:-9], 50_000)


@pytest.mark.parametrize(("name", "most"), [("mrd", 10_000), ("therapy", 1_000)])
def test_a_list_has_an_end(name: str, most: int) -> None:
    with pytest.raises(PatientError, match=f"more than {most:,} entries"):
        mrdguide.read_patient({**_CASE, name: [{}] * (most + 1)})


@pytest.mark.parametrize("entry", [{"result": "not-detected", "limit_of_detection": 1e-6}, {"result": "detected"}])
def test_work_does_not_grow_with_the_square_of_the_tests(
    entry: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in calls of `shown`, the words of a test, and in pairs that are compared."""
    from mrdguide.logic.operators.mrd_discordant import MrdDiscordant

    compared = 0
    plain = MrdDiscordant._differ

    def counting(self: MrdDiscordant, first: Any, second: Any) -> int:
        nonlocal compared
        compared += 1
        return plain(self, first, second)

    monkeypatch.setattr(MrdDiscordant, "_differ", counting)

    def pairs(count: int) -> int:
        nonlocal compared
        compared = 0
        days = [f"2024-{1 + place % 12:02}-{1 + place % 28:02}" for place in range(count)]
        tests = [{"date": day, "specimen": "marrow", "method": "NGS", **entry} for day in days]
        _ = mrdguide.evaluate({**_CASE, "mrd": tests}, as_of="2026-11-21").outcome
        return compared

    assert 0 < pairs(2_000) <= 10 * pairs(200)


@pytest.mark.parametrize(
    "day", ["2180-01-01", "2200-12-31", "2201-01-01", "1899-12-31", "2026-05", "2026-02-30", "soon"]
)
def test_a_wrong_day_is_told_the_days_that_are_taken(day: str) -> None:
    for name in ("as_of", "recorded"):
        given: dict[str, Any] = {"as_of": "2026-11-21", name: day}
        with pytest.raises(UsageError, match=f"^{name}: .*; give a day YYYY-MM-DD, from 1900-01-01 to 2179-12-31$"):
            mrdguide.evaluate(_CASE, **given)


@pytest.mark.parametrize("day", ["1900-01-01", "2179-12-31"])
def test_the_first_and_the_last_day_are_taken(day: str) -> None:
    found = mrdguide.evaluate(_CASE, as_of=day)
    assert found.provenance.as_of == day
    assert found.explanation.when_tested([], months=240).until <= date(2200, 12, 31).toordinal()


def test_a_long_path_is_told() -> None:
    with pytest.raises(UsageError, match="no list has"):
        mrdguide.what_if(mrdguide.evaluate(_CASE, as_of="2026-11-21"), {f"mrd[{'9' * 5_000}].result": "detected"})
