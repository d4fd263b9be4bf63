"""The wheel holds the shipped rules compiled: used as they are, and the same as its own YAML gives."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Run

NOT_FROM_FILES = """
from mrdguide.rulebook import book, compiled_file
def refused(*_): raise SystemExit("the rules were read from their files")
book.load_from_files = refused
import mrdguide
rules = mrdguide.load_rules()
print(rules.name, len(rules.rules), compiled_file.place())
"""

THE_SAME = r"""
import json
from mrdguide.rulebook import compiled_file
from mrdguide.rulebook.book import compiled_shipped
kept = compiled_file.place().read_bytes()
made = compiled_shipped()
def parts(content): return [json.loads(line) for line in content.split(b"\\n")[2:]]
print(json.dumps([kept.split(b"\\n")[0] == made.split(b"\\n")[0], parts(kept) == parts(made)]))
"""


def test_its_rules_are_used_as_they_were_compiled(run: Run, wheel: Path) -> None:
    found = run("-c", NOT_FROM_FILES)
    assert found.startswith("mrdguide-core")
    assert str(wheel) in found


def test_what_is_compiled_in_it_is_what_its_yaml_gives(run: Run) -> None:
    assert json.loads(run("-c", THE_SAME)) == [True, True]
