"""What is written wrongly in a layer is told once: at its line, with what was found, what is expected and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

import mrdguide
from mrdguide.errors import RuleBookError

PACK = 'pack: {name: ours, version: "0.1", extends: mrdguide-core@0.2, by: us, date: 2026-11-26}\n'
LOOSENS = "a list in which each entry says what, why, by (who decided it) and date"
ENTRY = "- {what: mrd.recent, why: the reason, by: who decided it, date: YYYY-MM-DD}"

# The layer, the line of the mistake, what was found, what is expected, what to do.
MISTAKES = {
    "a misspelt parameter": (f"{PACK}parameters: {{mrd.recnt: 2}}", 2, "the core has no parameter 'mrd.recnt'", "the id of a parameter of the core", "did you mean 'mrd.recent'?"),
    "a misspelt parameter as an entry": (f"{PACK}parameters:\n  - {{id: mrd.recnt, value: 2}}", 3, "the core has no parameter 'mrd.recnt'", "the id of a parameter of the core", "did you mean 'mrd.recent'?"),
    "nobody who answers for the layer": (PACK.replace(" by: us,", ""), 1, "'by' is missing", "who answers for this layer, for example by: tumor board", ""),
    "nobody who loosens": (f"{PACK}parameters: {{mrd.recent: 9}}\nloosens:\n  - {{what: mrd.recent, why: we do, date: 2026-11-26}}", 4, "'by' is missing", LOOSENS, f"write {ENTRY}"),
    "no colon after a section": (f"{PACK}parameters\n  mrd.recent: 9", 2, "a key is expected here, with a colon", "", "if 'parameters' is a key, write parameters:"),
    "no colon after a key": (f"{PACK}blocks:\n  - id: block.own\n    title No stop\n    when: risk.ldh-high", 4, "a key is expected here, with a colon", "", "if 'title' is a key, write title: No stop"),
    "no colon after a number's name": (f"{PACK}parameters: {{mrd.recent 9}}", 2, "found 'mrd.recent 9'", "the name of a parameter, a colon and a number", "put a colon and a space after the name: mrd.recent: 9"),
    "no colon after it on a line of its own": (f"{PACK}parameters:\n  mrd.recent 9", 3, "found 'mrd.recent 9'", "the name of a parameter, a colon and a number", "put a colon and a space after the name: mrd.recent: 9"),
    "a loosening as a word in a list": (f"{PACK}parameters: {{mrd.recent: 9}}\nloosens: [mrd.recent]", 3, "found 'mrd.recent'", LOOSENS, f"write {ENTRY}"),
    "a loosening as a word": (f"{PACK}parameters: {{mrd.recent: 9}}\nloosens: mrd.recent", 3, "found 'mrd.recent'", LOOSENS, f"write below loosens: {ENTRY}"),
    "a loosening that is no list": (f"{PACK}parameters: {{mrd.recent: 9}}\nloosens: {{what: mrd.recent, why: we do, by: us, date: 2026-11-26}}", 3, "found one entry, not a list", LOOSENS, "put '- ' before its first key"),
    "a loosening of nothing": (f"{PACK}parameters: {{mrd.recent: 9}}\nloosens:\n  - {{what: mrd.recnt, why: we do, by: us, date: 2026-11-26}}", 4, "the core has no rule or parameter 'mrd.recnt'", "", "did you mean 'mrd.recent'?"),
    "months with their unit": (f"{PACK}criteria:\n  - {{id: own.x, title: Own, absence: unknown, when: {{mrd_now: {{threshold: 1e-5, within: 3 months}}}}}}", 3, "found '3 months'", "a whole number", "months are counted here: write 3"),
    "years in the place of months": (f"{PACK}criteria:\n  - {{id: own.x, title: Own, absence: unknown, when: {{mrd_now: {{threshold: 1e-5, within: 2 years}}}}}}", 3, "found '2 years'", "a whole number", "months are counted here: write their number alone"),
    "a parameter with its unit": (f"{PACK}parameters: {{mrd.recent: 2 months}}", 2, "found '2 months'", "a whole number", "write the number alone, without 'months': 2"),
    "a version of one number": (PACK.replace('"0.1"', "'1'"), 1, "found '1'", 'a version of two or three numbers, in quotes, for example "0.1"', ""),
    "a version without quotes": (PACK.replace('"0.1"', "0.1"), 1, "found 0.1", 'a version of two or three numbers, in quotes, for example "0.1"', ""),
    "a misspelt section": (f"{PACK}parameter: {{mrd.recent: 3}}", 2, "unknown key 'parameter'", "one of pack, parameters", "did you mean 'parameters'?"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_once_with_line_finding_expectation_and_remedy(name: str, tmp_path: Path) -> None:
    layer, line, found, expected, remedy = MISTAKES[name]
    (tmp_path / "layer.yaml").write_text(layer, encoding="utf-8")
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(tmp_path)
    (problem,) = caught.value.problems
    assert Path(problem.source).name == "layer.yaml"
    assert problem.line == line
    assert found in problem.message
    assert expected in problem.expected
    assert remedy in problem.hint


def test_two_loosenings_that_are_not_whole_are_each_told_at_their_line(tmp_path: Path) -> None:
    (tmp_path / "layer.yaml").write_text(
        f"{PACK}parameters: {{mrd.recent: 9}}\nloosens:\n  - mrd.recent\n  - {{what: imaging.recnt}}\n",
        encoding="utf-8",
    )
    with pytest.raises(RuleBookError) as caught:
        mrdguide.load_rules(tmp_path)
    assert [(item.line, item.message) for item in caught.value.problems] == [
        (4, "found 'mrd.recent'"),
        (5, "'why' and 'by' and 'date' are missing"),
        (5, "the core has no rule or parameter 'imaging.recnt'"),
    ]
