"""Pages as tests look at them: what can be posted, and what a reader sees."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path

from mrdguide.workbench import Bench, Fragment, Request, State, render
from mrdguide.workbench.opening import opened_file, started

from ..examples import EXAMPLES
from ..report.formats.html_checks import attributes, elements, parsed

AS_OF = "2026-11-21"

# A layer that asks for longer negativity than the shipped rules.
LONGER = """pack: {name: my-layer, version: "0.1", extends: mrdguide-core@0.2, by: me, date: 2026-11-21}
blocks:
  - id: block.mrd-not-sustained
    title: MRD negativity not sustained for 36 months
    when: {not: mrd.sustained-36-1e-5}
    why: This is judgement.
    cites: [imwg2016]
"""


def opened(name: str) -> State:
    """The state of a page in which an example was opened."""
    path: Path = next(item.path for item in EXAMPLES if item.file == f"{name}.yaml")
    return opened_file(path, AS_OF)


def done(bench: Bench, state: State, address: str, fields: Mapping[str, str] | None = None) -> Fragment:
    """What comes of one request, as `patient/set`."""
    view, _, action = address.partition("/")
    return render(bench, state, Request(view, action, fields or {}))


def text_of(page: str) -> str:
    """What stands on a page in words, blanks collapsed; without what fields hold."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def banner(page: str) -> str:
    """The heading of the answer."""
    found = re.search(r'class="banner[^>]*>\s*<h2[^>]*>([^<]*)', page)
    assert found is not None, "there is no answer on the page"
    return html.unescape(found[1])


def tags(page: str) -> list[tuple[str, dict[str, str]]]:
    """Every element with its attributes, as a browser reads the page."""
    whole = (
        page
        if page.startswith("<!DOCTYPE")
        else f'<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{page}</body></html>'
    )
    return [(node.name, attributes(node)) for node in elements(parsed(whole))]


# Somebody invented on lenalidomide, of whom much is not recorded: an open answer.
OPEN_PROFILE = """
id: invented-open
diagnosis: {disease: multiple-myeloma, date: 2020-03}
birth_year: 1963
baseline:
  cytogenetics: {del_17p: absent, tp53_mutation: absent, t_4_14: absent, t_14_16: absent, t_14_20: absent, gain_1q: absent, del_1p32: absent}
therapy:
  - {phase: induction, line: 1, regimen: VRd, start: 2020-04, end: 2020-09}
  - {phase: transplant, line: 1, kind: autologous, date: 2020-10}
  - {phase: maintenance, line: 1, regimen: R, drugs: [lenalidomide], start: 2021-01, end: null}
responses: [{date: 2021-05, category: CR}]
mrd:
  - {date: 2022-02, specimen: marrow, method: NGF, limit_of_detection: 1e-5, result: not-detected}
  - {date: 2024-04, specimen: marrow, method: NGF, limit_of_detection: 1e-5, result: not-detected}
  - {date: 2026-04, specimen: marrow, method: NGF, limit_of_detection: 1e-5, result: not-detected}
imaging: [{date: 2022-03, modality: PET-CT, conclusion: negative}, {date: 2026-04, modality: PET-CT, conclusion: negative}]
incomplete: [markers, events, toxicities, responses]
"""


def pasted(bench: Bench, profile: str = OPEN_PROFILE) -> State:
    """The state of a page in which a profile was pasted."""
    return done(bench, started(AS_OF), "patient/open", {"pasted": profile}).state
