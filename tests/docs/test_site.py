"""The pages that are made say what the data say, link only what is there, and a site with a broken link is refused.

The whole site is made by `make docs`, which `.ci/run` calls: a warning of Sphinx or a link that leads nowhere ends it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
from docs.making.accessible import make_accessible
from docs.making.links import broken_links
from docs.making.markdown import label, plain
from docs.making.site import pages

import mrdguide
from mrdguide.authoring.uses import citing
from mrdguide.cli import COMMANDS
from mrdguide.logic.operator import operators

_LABEL = re.compile(r"^\(([a-z0-9-]+)\)=$", re.MULTILINE)
_TO_A_LABEL = re.compile(r"\]\(#([a-z0-9-]+)\)")
# In examples of Markdown, and in pages whose own headings are linked by their words.
_CODE = re.compile(r"(^(`{3,}).*?^\2|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def site(shipped_rules: mrdguide.RuleBook) -> Mapping[str, str]:
    return pages(shipped_rules)


def test_every_label_is_there_once_and_every_link_to_one_finds_it(site: Mapping[str, str]) -> None:
    labels = Counter(name for text in site.values() for name in _LABEL.findall(text))
    assert [name for name, count in labels.items() if count > 1] == []
    for path, text in site.items():
        own = {
            re.sub(r"[^a-z0-9 -]", "", line.lower()).strip().replace(" ", "-")
            for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
        missing = [name for name in _TO_A_LABEL.findall(_CODE.sub("", text)) if name not in labels and name not in own]
        assert missing == [], path


def test_everything_has_a_page(site: Mapping[str, str], shipped_rules: mrdguide.RuleBook) -> None:
    wanted = {f"rules/{label(name)}.md" for name in shipped_rules.rules}
    wanted |= {f"protocols/{label(item.id)}.md" for item in shipped_rules.protocols}
    wanted |= {f"evidence/{label(entry.id)}.md" for entry in shipped_rules.evidence}
    wanted |= {f"reference/commands/{name}.md" for name in COMMANDS}
    assert wanted <= set(site)
    for keyword in operators():
        assert f"({label('operator', keyword)})=" in site["reference/operators.md"]


def test_a_study_names_the_rules_and_patterns_that_use_it(
    site: Mapping[str, str], shipped_rules: mrdguide.RuleBook
) -> None:
    for entry in shipped_rules.evidence:
        text = site[f"evidence/{label(entry.id)}.md"]
        for who, _ in citing(shipped_rules, entry.id):
            assert f"`{who.rpartition(' ')[2]}`" in text or f"[{plain(who.rpartition(' ')[2])}]" in text, (
                entry.id,
                who,
            )


def test_no_unverified_figure_is_shown(site: Mapping[str, str], shipped_rules: mrdguide.RuleBook) -> None:
    hidden = 0
    for entry in shipped_rules.evidence:
        whole = shipped_rules.evidence.shown(entry.id, include_unverified=True).findings
        text = site[f"evidence/{label(entry.id)}.md"]
        for finding in whole:
            said = plain(finding.text.partition("] ")[2] or finding.text)
            if not finding.verified:
                hidden += 1
                assert said not in text, (entry.id, finding.id)
    assert hidden > 0


def test_a_long_signature_has_an_argument_on_each_line(site: Mapping[str, str]) -> None:
    page = site["reference/python/index.md"]
    assert "evaluate(\n    patient: Mapping[str, Any] | str | os.PathLike[str] | Patient,\n    *,\n" in page
    assert ",\n) -> Recommendation\n" in page


def test_text_of_the_data_never_acts_as_markup() -> None:
    assert plain("a *b* [c](d) <e> {f}`g`") == r"a \*b\* \[c\](d) \<e\> \{f\}\`g\`"
    assert [plain(text) for text in ("- a", "1. a", "2) a", "0.57 x", "12")] == [
        r"\- a", r"1\. a", r"2\) a", "0.57 x", "12",
    ]  # fmt: skip


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html#there">x</a><a href="b.html#not">x</a><a href="c.html">x</a><a href="https://example.org">x</a>'
        '<script src="https://elsewhere.example/x.js"></script>', encoding="utf-8",
    )  # fmt: skip
    (tmp_path / "b.html").write_text('<h1 id="there">x</h1>', encoding="utf-8")
    assert broken_links(tmp_path) == [
        "a.html: b.html#not", "a.html: c.html", "a.html: https://elsewhere.example/x.js",
    ]  # fmt: skip


def test_what_is_wide_is_reached_by_keys(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text('<pre>x</pre><p class="caption" role="heading">y</p>', encoding="utf-8")
    make_accessible(tmp_path)
    once = page.read_text(encoding="utf-8")
    assert once == '<pre tabindex="0">x</pre><p class="caption" role="heading" aria-level="2">y</p>'
    make_accessible(tmp_path)
    assert page.read_text(encoding="utf-8") == once.replace("<pre>", '<pre tabindex="0">')
