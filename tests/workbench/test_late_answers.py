"""Answers that come late, in a real Chromium: nothing that was entered meanwhile is lost, and what is old is marked as old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import test_browser
from .keyboard import press, until

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = test_browser.pytestmark
address, browser, tab = test_browser.address, test_browser.browser, test_browser.tab


class Late:
    """A page whose answers come when they are let through, the pieces that are fetched after them at once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.held: list[Route] = []
        page.route("**/do/patient/*", self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.url.endswith(("/first", "/missing")):
            route.continue_()
        else:
            self.held.append(route)

    def asked(self, address: str) -> None:
        """Wait until something is asked for, and nothing before it is on its way."""
        for _ in range(100):
            if self.held and self.held[0].request.url.endswith(address):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{address} is not asked for")

    def let_through(self, address: str = "/do/patient/set") -> None:
        """Let one answer come, and wait until it is on the page."""
        self.asked(address)
        self.page.evaluate(
            "() => document.addEventListener('htmx:after:swap', () => { window.come = true }, {once: true})"
        )
        self.page.evaluate("window.come = false")
        self.held.pop(0).continue_()
        until(self.page, "window.come")

    def all_through(self) -> None:
        """Let everything come, as long as something is on its way."""
        for _ in range(20):
            while self.held:
                self.held.pop(0).continue_()
            self.page.wait_for_timeout(200)
            if not self.held and self.page.evaluate("!document.querySelector('.result[aria-busy], .entry[inert]')"):
                return
        raise AssertionError("it is never at rest")


@pytest.fixture
def late(tab: Page) -> Late:
    until(tab, "document.getElementById('new').hasAttribute('data-htmx-powered')")
    tab.wait_for_load_state("networkidle")
    tab.set_default_timeout(8000)
    return Late(tab)


def test_what_is_typed_slowly_while_an_answer_is_awaited_is_kept_whole(late: Late) -> None:
    """A field was typed halfway when an earlier change was sent, and left before the answer to it came."""
    page = late.page
    page.fill("#p-ecog", "2")
    page.press("#p-ecog", "Tab")
    late.asked("/do/patient/set")
    page.fill("#p-birth-year", "1961")
    page.press("#p-birth-year", "Tab")
    page.click("#p-diagnosis-date", click_count=3)
    page.keyboard.type("2018")
    late.let_through()
    assert page.input_value("#p-birth-year") == "1961"
    late.asked("/do/patient/set")
    page.keyboard.type("-04")
    page.focus("#p-sex")
    page.select_option("#p-sex", "female")
    late.let_through()
    assert page.input_value("#p-diagnosis-date") == "2018-04"
    assert page.input_value("#p-sex") == "female"
    late.all_through()
    assert page.input_value("#p-diagnosis-date") == "2018-04"
    assert page.input_value("#p-sex") == "female"
    page.wait_for_selector("text=diagnosed 2018-04")


def test_what_is_typed_halfway_is_not_sent_as_a_value(late: Late) -> None:
    page = late.page
    page.fill("#p-ecog", "2")
    page.press("#p-ecog", "Tab")
    late.asked("/do/patient/set")
    page.fill("#p-birth-year", "1958")
    page.press("#p-birth-year", "Tab")
    page.click("#p-therapy-2--start", click_count=3)
    page.keyboard.type("2020")
    late.let_through()
    late.asked("/do/patient/set")
    assert "p.therapy%5B2%5D.start=" not in (late.held[0].request.post_data or "")
    page.keyboard.type("-07")
    late.all_through()
    page.keyboard.press("Tab")
    late.all_through()
    assert page.input_value("#p-therapy-2--start") == "2020-07"
    assert "2020-06-20 \N{RIGHTWARDS ARROW} 2020-07" in page.inner_text(".since")


def test_a_choice_made_before_a_piece_of_the_page_comes_is_kept(late: Late) -> None:
    """The pieces that are fetched after an answer neither set the form back nor count as an answer to what was entered."""
    page = late.page
    page.fill("#p-ecog", "2")
    page.press("#p-ecog", "Tab")
    late.asked("/do/patient/set")
    page.select_option("#p-baseline-cytogenetics-tp53-mutation", "not-tested")
    late.let_through()
    late.asked("/do/patient/set")
    page.evaluate("""() => {
        const part = document.createElement("div");
        for (const [name, value] of [["hx-post", "do/patient/first"], ["hx-trigger", "fetch-part"], ["hx-swap", "innerHTML"], ["hx-target", "this"]]) part.setAttribute(name, value);
        part.setAttribute("data-part", "");
        document.querySelector(".result").append(part);
        htmx.process(part);
        part.dispatchEvent(new Event("fetch-part"));
    }""")
    until(page, "document.querySelector('[data-part] section')")
    assert page.input_value("#p-baseline-cytogenetics-tp53-mutation") == "not-tested"
    late.all_through()
    assert page.input_value("#p-baseline-cytogenetics-tp53-mutation") == "not-tested"


def test_a_button_pressed_while_an_answer_is_awaited_is_not_lost(late: Late) -> None:
    page = late.page
    before = page.locator("fieldset[id^=entry-mrd-]").count()
    page.fill("#p-ecog", "2")
    page.click("#add-mrd")
    late.asked("/do/patient/set")
    late.all_through()
    page.wait_for_selector(f"#entry-mrd-{before}")


def test_an_answer_does_not_move_a_button_away_while_it_is_held_down(late: Late) -> None:
    page = late.page
    before = page.locator("fieldset[id^=entry-mrd-]").count()
    page.fill("#p-ecog", "2")
    page.locator("#add-mrd").scroll_into_view_if_needed()
    box = page.locator("#add-mrd").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    late.asked("/do/patient/set")
    late.held.pop(0).continue_()
    page.wait_for_timeout(200)
    assert page.locator(".since .effect").count() == 0, "the answer waits for the button"
    page.mouse.up()
    late.asked("/do/patient/add")
    late.all_through()
    page.wait_for_selector(f"#entry-mrd-{before}")


def test_whoever_adds_a_phase_and_types_on_writes_into_no_other_entry(late: Late) -> None:
    page = late.page
    values = "[...document.querySelectorAll('.entry input')].map((field) => field.value).join('|')"
    before = page.evaluate(values)
    page.click("#add-therapy")
    late.asked("/do/patient/add")
    page.keyboard.type("maintenance")
    press(page, "Tab", "Tab")
    page.keyboard.type("2019")
    assert page.evaluate(values) == before
    late.all_through()
    until(page, "document.activeElement.id === 'p-therapy-3--phase'")
    assert page.evaluate("document.querySelector('.entry').inert") is False


def test_the_answer_that_stands_is_marked_as_old_while_another_is_worked_out(late: Late) -> None:
    page = late.page
    page.fill("#p-ecog", "2")
    page.press("#p-ecog", "Tab")
    late.asked("/do/patient/set")
    until(page, "document.querySelector('.result').getAttribute('aria-busy') === 'true'")
    assert page.inner_text(".working") == "The answer is being worked out ..."
    until(page, "getComputedStyle(document.querySelector('.answer')).opacity < 0.7")
    late.all_through()
    assert page.inner_text(".working") == ""
    assert page.locator(".result[aria-busy]").count() == 0


def test_the_focus_comes_back_to_the_button_that_was_pressed(late: Late) -> None:
    page = late.page
    page.fill("#p-ecog", "2")
    page.press("#p-ecog", "Tab")
    late.asked("/do/patient/set")
    late.all_through()
    page.focus("#undo")
    press(page, "Enter")
    late.asked("/do/patient/undo")
    page.wait_for_timeout(100)
    late.all_through()
    assert page.evaluate("document.activeElement.id") == "undo"


@pytest.mark.parametrize("width", [1400, 390])
def test_a_result_that_is_tried_comes_into_view_and_is_left_where_it_was_pressed(late: Late, width: int) -> None:
    page = late.page
    page.set_viewport_size({"width": width, "height": 844})
    lead = page.locator(".lead").last
    lead.scroll_into_view_if_needed()
    lead.click()
    late.asked("/do/patient/suppose")
    late.all_through()
    seen = "(selector => { const box = document.querySelector(selector).getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; })"
    assert page.evaluate(f"{seen}('#supposed-title')")
    assert page.evaluate(f"{seen}('#drop')")
    assert page.evaluate("document.activeElement.id") == "supposed-title"
    page.click("#drop")
    late.asked("/do/patient/drop")
    late.all_through()
    assert page.evaluate("document.activeElement.id") == lead.get_attribute("id")


def test_on_a_narrow_page_the_headline_stays_in_view_and_leads_to_the_answer(late: Late) -> None:
    page = late.page
    assert not page.locator(".jump").is_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#add-imaging").scroll_into_view_if_needed()
    assert page.evaluate("document.querySelector('.jump').getBoundingClientRect().top") == 0
    page.click(".jump")
    assert page.evaluate("document.querySelector('.answer').getBoundingClientRect().top") < 100


def test_enter_answers_a_question_and_the_next_one_begins_empty(late: Late) -> None:
    page = late.page
    page.click("#new")
    late.asked("/do/patient/new")
    late.all_through()
    page.select_option("#q-", "multiple-myeloma")
    page.click("#ask-answer")
    late.asked("/do/patient/ask")
    late.all_through()
    page.wait_for_selector("input#q-")
    question = page.inner_text("#ask-title")
    page.fill("#q-", "2019-09")
    press(page, "Enter")
    late.asked("/do/patient/ask")
    late.all_through()
    assert page.inner_text("#ask-title") != question
    assert page.input_value("#q-") == ""


@pytest.mark.parametrize("width", [1400, 390])
def test_no_placeholder_is_cut_off(late: Late, width: int) -> None:
    page = late.page
    page.set_viewport_size({"width": width, "height": 844})
    cut = page.evaluate("""() => [...document.querySelectorAll("#view .control.date input[placeholder]")].filter((field) => {
        const text = field.value;
        field.value = field.placeholder;
        const cut = field.scrollWidth > field.clientWidth;
        field.value = text;
        return cut && field.offsetParent;
    }).map((field) => field.id)""")
    assert cut == []
