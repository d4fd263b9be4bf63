"""Mistakes that only layers can make: each with its exact message.

After a change of wording write them anew and read the difference:

    MRDGUIDE_GOLDEN=write pytest tests/layers/test_bad_layers.py && git diff tests/layers/bad
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import mrdguide
from mrdguide.errors import RuleBookError

HERE = Path(__file__).parent / "bad"
CASES = sorted(path for path in HERE.iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_a_mistake_is_told_with_its_place_and_what_to_do(case: Path) -> None:
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(*sorted(path for path in case.iterdir() if path.is_dir()))
    assert all(item.line and (item.hint or item.expected) for item in caught.value.problems)
    text = f"{caught.value}\n".replace(f"{case}{os.sep}", "")
    golden = case / "message.txt"
    if os.environ.get("MRDGUIDE_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
