"""What is done in the workbench by the keyboard alone, on whatever answers the page: a server, or the program in it.

Every task begins in the patient view, with the example that lacks imaging.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

EXAMPLE = "insufficient-no-imaging"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def reach(page: Page, selector: str, key: str = "Tab") -> None:
    """Go to an element by the keyboard alone."""
    for _ in range(400):
        if page.evaluate("chosen => document.activeElement.matches(chosen)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{selector} is not reached by {key}")


def reach_view(page: Page, view: str) -> None:
    """Open a view by the keyboard alone."""
    reach(page, f"nav.views button[hx-post='do/{view}/show']")
    press(page, "Enter")
    page.wait_for_selector(f"#view[data-view={view}]")


def until(page: Page, expression: str) -> None:
    """Wait for something to hold. Playwright's own waiting evaluates text in the page, which the content policy refuses."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"it never holds: {expression}")


def a_patient_is_entered(page: Page) -> None:
    reach(page, "#new")
    press(page, "Enter")
    page.wait_for_selector("text=No answer yet")
    until(page, "document.activeElement.id === 'p-diagnosis-disease'")
    page.keyboard.type("multiple myeloma")
    press(page, "Tab")
    page.keyboard.type("2019-09")
    press(page, "Tab")
    page.wait_for_selector("text=diagnosed 2019-09")
    page.keyboard.type("1960")
    press(page, "Tab")
    page.wait_for_selector("text=Born 1960")
    assert page.input_value("#p-diagnosis-date") == "2019-09"
    assert page.locator(".banner h2").first.inner_text().startswith("Not answered yet")


def what_is_missing_is_found(page: Page) -> None:
    reach(page, ".lead")
    asked = page.locator(".fact", has=page.locator(":focus"))
    assert asked.get_attribute("aria-label") == "PET-CT (or whole-body DW-MRI)"
    result = " ".join(page.inner_text(":focus").split())
    assert result.startswith("negative")
    assert "leads to: inside the envelope of cessation studies" in result


def a_result_is_tried(page: Page) -> None:
    reach(page, ".lead")
    press(page, "Enter")
    page.wait_for_selector("#supposed-title")
    assert page.inner_text("#supposed-title") == "What if: PET-CT (or whole-body DW-MRI): negative"
    reach(page, "#keep")
    press(page, "Enter")
    page.wait_for_selector(".since >> text=It is now")
    assert page.inner_text(".banner h2").startswith("Stopping may be discussed")
    reach(page, "#undo", "Shift+Tab")
    press(page, "Enter")
    page.wait_for_selector("text=Not answered yet")


def the_sheet_is_printed_and_nothing_else(page: Page) -> None:
    page.evaluate("window.print = () => { window.printed = true }")
    reach(page, "#print")
    press(page, "Enter")
    assert page.evaluate("window.printed") is True
    page.wait_for_selector("#m-what-is-missing-and-where-each-result-leads", state="attached")
    page.emulate_media(media="print")
    printed = [".sheet-title", "text=The board's decision", "text=What is missing, and where each result leads"]
    assert [part for part in printed if not page.locator(part).first.is_visible()] == []
    assert [part for part in (".entry", ".lead") if page.locator(part).first.is_visible()] == []
    page.emulate_media(media="null")


def a_teaching_case_is_finished(page: Page) -> None:
    reach_view(page, "teach")
    page.wait_for_selector("#case-1")
    reach(page, "#case-1")
    press(page, "Enter")
    page.wait_for_selector("#give")
    reach(page, "input[name=choice]")
    press(page, "ArrowDown", "Space")
    reach(page, "#reasons")
    page.keyboard.type("Because of the marrow.")
    reach(page, "#give")
    press(page, "Enter")
    page.wait_for_selector("#given")
    assert "Because of the marrow." in page.inner_text(".own")
    assert "of 1 answered rightly" in page.inner_text(".score")


def a_threshold_is_changed_and_the_case_that_breaks_is_seen(page: Page) -> None:
    reach_view(page, "rules")
    reach(page, "#query")
    page.keyboard.type("sustained 12 months marrow only")
    rule = "button[data-send-rule='mrd.sustained-12-1e-5']"
    # Until the list is the one that was searched for: a key pressed before would go to what stands in its place by then.
    until(page, "document.querySelectorAll('button[data-send-rule]').length < 50")
    page.wait_for_selector(rule)
    reach(page, rule)
    press(page, "Enter")
    page.wait_for_selector("#card-title >> text=sustained 12 months")
    reach(page, "#take")
    press(page, "Enter")
    until(page, "document.activeElement.id === 'layer'")
    above, _, _ = page.input_value("#layer").partition("12, tests")
    press(
        page, "Control+Home", *["ArrowDown"] * above.count("\n"), "Home", *["ArrowRight"] * len(above.split("\n")[-1])
    )
    press(page, "Delete", "Delete")
    page.keyboard.type("36")
    reach(page, "#check")
    press(page, "Enter")
    table = page.get_by_role("region", name="Whose answer changes")
    table.wait_for()
    broken = table.get_by_role("row").filter(has_text="conditional-30-months")
    assert broken.get_by_role("cell").all_inner_texts()[:2] == [
        "Possible only with caution",
        "Evidence does not support stopping",
    ]


def a_mistake_in_a_layer_is_reached_at_its_line(page: Page) -> None:
    reach_view(page, "rules")
    reach(page, "#layer")
    page.keyboard.type(
        "pack: {name: mine, version: '1.0', extends: mrdguide-core@0.2, by: me, date: 2026-11-26}\nparameters: {mrd.recent: many}"
    )
    reach(page, "[data-line]")
    press(page, "Enter")
    assert page.evaluate("document.activeElement.id") == "layer"
    chosen = "(field => field.value.slice(field.selectionStart, field.selectionEnd))(document.getElementById('layer'))"
    assert "mrd.recent: many" in page.evaluate(chosen)


def an_entry_of_the_timeline_is_moved_and_taken_out(page: Page) -> None:
    reach(page, "#mark-mrd-0")
    press(page, "ArrowRight", "ArrowRight")
    page.wait_for_selector("text=2023-08-28 \N{RIGHTWARDS ARROW} 2023-10-28")
    assert page.evaluate("document.activeElement.id") == "mark-mrd-0"
    press(page, "Delete")
    until(page, "!document.getElementById('mark-mrd-4')")


TASKS: tuple[Callable[[Page], None], ...] = (
    a_patient_is_entered, what_is_missing_is_found, a_result_is_tried, the_sheet_is_printed_and_nothing_else,
    an_entry_of_the_timeline_is_moved_and_taken_out, a_threshold_is_changed_and_the_case_that_breaks_is_seen,
    a_mistake_in_a_layer_is_reached_at_its_line, a_teaching_case_is_finished,
)  # fmt: skip


def named(task: Callable[[Page], None]) -> str:
    """As a failure tells it."""
    return task.__name__
