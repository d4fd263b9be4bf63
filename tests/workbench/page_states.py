"""Every page that the workbench shows, one of each kind, and what holds of each: nothing scrolls sideways, no rule of axe-core is broken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mrdguide.workbench.views import VIEWS

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What was done before a page is looked at, by the name that a failure tells: a view, then what is pressed in it.
PAGES: dict[str, tuple[str, ...]] = {
    "patient": ("patient",), "a result supposed": ("patient", ".lead"), "when": ("patient", "#pane-when"), "why": ("patient", "#pane-why"),
    "nobody": ("patient", "#new"), "a patient to open": ("patient", "details.open summary"),
    "a patient to save": ("patient", "#saving summary", "#make-file"),
    "a number of the rules": ("rules", "details.found:last-of-type summary", "button[data-send-rule='parameter:mrd.recent']"),
    "judged with a layer": ("rules", "#take", "nav.views button[hx-post='do/patient/show']", "#with-layer"),
    "teaching cases": ("teach",), "a case": ("teach", "#case-1"), "no answer chosen": ("teach", "#case-1", "#give"), "an answer given": ("teach", "#case-1", "input[name=choice]", "#give"),
    "cohort": ("cohort",), "patients of a count": ("cohort", "#n-attrition-0-0"), "rules": ("rules",), "a rule in a layer": ("rules", "#take"),
    "evidence": ("evidence",), "a study": ("evidence", "button[data-send-entry=derman2024]"),
}  # fmt: skip
# Width of the page in pixels, and the zoom.
NARROW, ZOOMED, WIDE = (390, 1), (700, 2), (1400, 1)

with_axe = pytest.mark.skipif(
    "MRDGUIDE_AXE" not in os.environ, reason="`make accessibility` and `.ci/run` hand over axe-core"
)
# What axe-core looks for; every fault is told, of what is right only that it is.
_AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def go(page: Page, view: str) -> None:
    """Open a view, and wait until it is there."""
    page.get_by_role("navigation", name="Views").get_by_role("button", name=VIEWS[view].title, exact=True).click()
    page.wait_for_selector(f"#view[data-view={view}]")


def show(page: Page, name: str) -> None:
    """Bring one of the pages about, and wait until what it fetches afterwards is there."""
    view, *steps = PAGES[name]
    go(page, view)
    for step in steps:
        page.locator(step).first.click()
        at_rest(page)
    at_rest(page)


def at_rest(page: Page) -> None:
    """Wait until nothing is on its way any more, and what moves or fades has come to its end."""
    busy = ".htmx-request, [data-waiting], [aria-busy]"
    quiet = 0
    for _ in range(1200):
        page.wait_for_timeout(50)
        quiet = 0 if page.locator(busy).count() else quiet + 1
        if quiet == 3:
            page.evaluate("Promise.all(document.getAnimations().map((moving) => moving.finished))")
            return
    raise AssertionError("the page never comes to rest")


class Window:
    """The window of a page, of any width, with what a test looks for in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._session = page.context.new_cdp_session(page)

    def resize(self, width: int, zoom: int) -> None:
        """`zoom` pixels of the screen for each of the page: at 200 % a window of 1400 pixels is 700 wide to the page."""
        self.page.set_viewport_size({"width": width, "height": 900})
        size = {"width": width, "height": 900, "deviceScaleFactor": zoom, "mobile": False}
        self._session.send("Emulation.setDeviceMetricsOverride", size)
        assert self.page.evaluate("[innerWidth, devicePixelRatio]") == [width, zoom], (
            "the window is as wide as asked for"
        )

    def width_of_page(self) -> int:
        found: int = self.page.evaluate("document.scrollingElement.scrollWidth")
        return found

    def violations(self) -> list[tuple[str, list[str]]]:
        """The rules of axe-core that the page breaks, each with the first places."""
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(Path(os.environ["MRDGUIDE_AXE"]).read_text(encoding="utf-8"))
        # The headline stays where one scrolls, and lies above something then; at the top it lies above nothing.
        self.page.evaluate("scrollTo(0, 0)")
        at_rest(self.page)
        found: dict[str, Any] = self.page.evaluate("options => axe.run(document, options)", _AXE)
        assert len(found["passes"]) > 10, "the rules were tried"
        return [(item["id"], [node["html"][:200] for node in item["nodes"][:3]]) for item in found["violations"]]


def check_widths(window: Window) -> None:
    """Nothing scrolls sideways: on a telephone, in a window of 1400 pixels, and in the same at 200 %."""
    for width, zoom in (NARROW, ZOOMED, WIDE):
        window.resize(width, zoom)
        assert window.width_of_page() <= width, f"at {width} pixels and {zoom * 100} %"


def check_accessibility(window: Window) -> None:
    """axe-core finds nothing, on a telephone and in a wide window."""
    for width, zoom in (NARROW, WIDE):
        window.resize(width, zoom)
        assert window.violations() == [], f"at {width} pixels"
