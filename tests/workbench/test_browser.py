"""The workbench in a real Chromium: keyboard alone, narrow, zoomed, hostile text, pages of others, and axe-core where it is given.

`make accessibility` and `.ci/run` hand over axe-core (MRDGUIDE_AXE); the rest runs wherever chromium and htmx are.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from mrdguide.errors import UsageError
from mrdguide.service.workbench_app import create_workbench
from mrdguide.workbench import Bench
from mrdguide.workbench.look import static_files
from mrdguide.workbench.opening import open_bench
from mrdguide.workbench.views import VIEWS

from ..examples import EXAMPLES, shipped
from .judged_cohort import JudgedCohort, judged
from .kept import check_disk, check_page, enter
from .keyboard import EXAMPLE, TASKS, named, press, reach, reach_view, until
from .page_states import NARROW, PAGES, Window, at_rest, check_accessibility, check_widths, go, show, with_axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api")
_CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)


def _has_htmx() -> bool:
    try:
        static_files()
    except UsageError:
        return False
    return True


# `.ci/run` says so where it has fetched both: then a skip would hide that they are not found.
_REQUIRED = os.environ.get("MRDGUIDE_BROWSER") == "required"
pytestmark = [
    pytest.mark.skipif(_CHROMIUM is None and not _REQUIRED, reason="no chromium"),
    pytest.mark.skipif(not _has_htmx() and not _REQUIRED, reason="no htmx in this checkout"),
]


@contextmanager
def served(bench: Bench, file: Path | None = None) -> Iterator[str]:
    """The address of a workbench that is served while the block lasts."""
    app, path = create_workbench(bench, file)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    running = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    running.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}{path}"
    server.should_exit = True
    running.join(10)


@pytest.fixture(scope="module")
def address(cohort_bench: Bench) -> Iterator[str]:
    """A workbench opened with the example that lacks imaging, and with a cohort."""
    file = next(item.path for item in EXAMPLES if item.file == f"{EXAMPLE}.yaml")
    with served(cohort_bench, file) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@contextmanager
def watched(browser: Browser, address: str) -> Iterator[Page]:
    """A page, wide, on which nothing may go wrong: no error, no refusal of the content policy, no request elsewhere."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(20_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.on("request", lambda asked: None if asked.url.startswith(address.split("/?")[0]) else wrong.append(asked.url))
    page.goto(address)
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Page]:
    with watched(browser, address) as page:
        yield page


@pytest.mark.parametrize("task", TASKS, ids=named)
def test_it_is_done_by_the_keyboard_alone(tab: Page, task: Callable[[Page], None]) -> None:
    task(tab)


def test_an_entry_of_the_timeline_is_moved_by_the_mouse(tab: Page) -> None:
    tab.locator("#mark-mrd-0").scroll_into_view_if_needed()
    before = tab.input_value("#p-mrd-0--date")
    box = tab.locator("#mark-mrd-0").bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] - 40, box["y"] + box["height"] / 2, steps=4)
    tab.mouse.up()
    until(tab, f"document.getElementById('p-mrd-0--date').value < '{before}'")


def test_what_was_found_of_a_layer_is_gone_once_its_text_has_changed(tab: Page) -> None:
    go(tab, "rules")
    head = "pack: {name: mine, version: '1.0', extends: mrdguide-core@0.2, by: me, date: 2026-11-26}\n"
    tab.fill("#layer", head + "parameters: {mrd.recent: 6}")
    tab.locator("#check").click()
    tab.wait_for_selector("a.save")
    at_rest(tab)
    tab.locator("#layer").press_sequentially(" ")
    tab.wait_for_selector("a.save", state="hidden")
    assert tab.get_by_text("The text has changed since it was checked").is_visible()
    assert tab.evaluate("getComputedStyle(document.getElementById('layer').parentElement).opacity") == "1"
    tab.fill("#layer", head + "parameters: {mrd.recent: 3}")
    tab.locator("#check").click()
    tab.wait_for_selector("a.save")
    saved = tab.locator("a.save").get_attribute("href")
    assert saved is not None
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(saved.partition("base64,")[2]))) as file:
        assert "mrd.recent: 3" in file.read("mine/layer.yaml").decode()


def test_each_layer_that_is_checked_is_compared_anew(tab: Page) -> None:
    go(tab, "rules")
    head = "pack: {name: mine, version: '1.0', extends: mrdguide-core@0.2, by: me, date: 2026-11-26}\n"
    for layer, told in (("parameters: {mrd.recent: 2}", "nowhere looser"), ("parameters: {mrd.recent: 6}", "equal"), ("parameters: {mrd.recent: 3}", "nowhere looser")):  # fmt: skip
        tab.fill("#layer", head + layer)
        tab.locator("#check").click()
        tab.wait_for_selector(f".effect .banner >> text={told}")
    tab.get_by_role("button", name="Open this patient, judged with the layer").click()
    tab.wait_for_selector("text=Judged with the layer that is written in the rules view")


def test_from_a_count_to_a_patient_by_the_keyboard_alone(tab: Page, cohort: JudgedCohort) -> None:
    reach_view(tab, "cohort")
    reach(tab, "#n-attrition-0-0")
    press(tab, "Enter")
    until(tab, "document.activeElement.id === 'patients-title'")
    assert tab.inner_text("#patients-title").startswith("60 patients")
    reach(tab, "#further")
    press(tab, "Enter")
    tab.wait_for_selector("text=51 to 60 of 60")
    reach(tab, "#close-list")
    press(tab, "Enter")
    until(tab, "document.activeElement.id === 'n-attrition-0-0'")
    press(tab, "Enter")
    reach(tab, "#open-0")
    name = tab.inner_text("#open-0")
    press(tab, "Enter")
    tab.wait_for_selector("#view[data-view=patient]")
    assert f"Opened {name} from" in tab.inner_text(".notice")
    assert tab.evaluate("scrollY") == 0
    kept = tab.evaluate(
        "() => JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie, history.state])"
    )
    assert not [patient for patient in cohort.profiles if patient in kept]


def test_back_from_a_patient_the_cohort_is_where_it_was_left(tab: Page) -> None:
    reach_view(tab, "cohort")
    reach(tab, "#n-attrition-0-0")
    press(tab, "Enter")
    tab.wait_for_selector("#open-40")
    tab.evaluate("document.getElementById('figure-by-year').scrollIntoView()")
    reach(tab, "#open-40")
    left = tab.evaluate("[scrollY, document.querySelector('.whom').scrollTop]")
    assert max(left) > 100
    press(tab, "Enter")
    tab.wait_for_selector("#view[data-view=patient]")
    reach_view(tab, "cohort")
    tab.wait_for_selector("#open-40")
    until(
        tab,
        f"JSON.stringify([scrollY, document.querySelector('.whom').scrollTop]) === '{json.dumps(left, separators=(',', ':'))}'",
    )


def test_on_a_telephone_no_chart_of_a_cohort_is_cut(cohort_bench: Bench, browser: Browser) -> None:
    with served(cohort_bench) as address, watched(browser, address) as tab:
        tab.set_viewport_size({"width": 390, "height": 800})
        go(tab, "cohort")
        cut = "found => found.filter(one => one.scrollWidth > one.clientWidth || one.getBoundingClientRect().right > innerWidth).length"
        assert tab.locator(".cohort figure > svg").count() > 5
        assert tab.eval_on_selector_all(".cohort figure", cut) == 0
        least = "found => Math.min(...found.map(one => one.getBoundingClientRect().height))"
        assert tab.eval_on_selector_all(".cohort figure svg text", least) > 8, "letters that can be read"


def test_what_is_typed_while_an_answer_is_awaited_is_kept(tab: Page) -> None:
    tab.fill("#p-diagnosis-date", "2019-08")
    tab.press("#p-diagnosis-date", "Tab")
    tab.fill("#p-birth-year", "1955")
    tab.press("#p-birth-year", "Tab")
    tab.wait_for_selector("text=Born 1955")
    assert tab.input_value("#p-diagnosis-date") == "2019-08"


def test_a_profile_enters_neither_address_nor_storage_nor_history(tab: Page) -> None:
    enter(tab)
    assert "Ottilie" in tab.content()
    check_page(tab)
    tab.reload()
    assert "Ottilie" not in tab.content()
    check_page(tab)


def test_a_profile_enters_no_file_of_the_browser(browser: Browser, address: str, tmp_path: Path) -> None:
    check_disk(browser.browser_type, _CHROMIUM, tmp_path, address)


def test_what_cannot_be_done_is_said_in_words(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    until(page, "document.getElementById('new').hasAttribute('data-htmx-powered')")
    page.evaluate("document.querySelector('#bench input[name=state]').setAttribute('value', '{')")
    page.click("#new")
    page.wait_for_selector("#trouble:not([hidden])")
    assert "reload the page" in page.inner_text("#trouble")
    page.close()


def test_two_tabs_do_not_mix(tab: Page, address: str) -> None:
    other = tab.context.new_page()
    other.goto(address)
    other.fill("#p-birth-year", "1950")
    other.press("#p-birth-year", "Tab")
    other.wait_for_selector("text=Born 1950")
    tab.fill("#p-ecog", "2")
    tab.press("#p-ecog", "Tab")
    tab.wait_for_selector("text=ECOG 2")
    assert "Born 1960" in tab.inner_text(".banner")


def test_a_link_opens_an_invented_case_and_leaves_the_address(tab: Page, address: str) -> None:
    tab.goto(f"{address.split('?')[0]}#example=out-of-scope")
    tab.wait_for_selector("text=An invented patient from the examples (out-of-scope)")
    assert tab.evaluate("location.hash") == ""


def test_a_link_opens_the_question_of_a_teaching_case(tab: Page, address: str) -> None:
    tab.goto(f"{address.split('?')[0]}#case=5")
    tab.wait_for_selector("#view[data-view=teach] h1 >> text=Case 5")
    assert tab.locator("#given").count() == 0
    assert tab.evaluate("location.hash") == ""


def test_the_tables_of_a_case_are_no_wider_than_a_telephone(tab: Page) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    go(tab, "teach")
    wide = "[...document.querySelectorAll('.teaching .scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.innerText.slice(0, 80))"
    for number in range(1, tab.locator(".case").count() + 1):
        tab.locator(f"#case-{number}").click()
        tab.wait_for_selector(f"h1 >> text=Case {number}")
        assert tab.evaluate(wide) == []
        assert tab.evaluate("document.documentElement.scrollWidth <= 390")
        tab.locator("#all-cases").click()
        tab.wait_for_selector("#case-1")


def test_what_a_button_sends_is_kept_while_another_answer_is_awaited(tab: Page) -> None:
    """The second press waits for the answer to the first, which changes the button."""
    tab.evaluate("""() => {
        const field = document.getElementById("p-ecog");
        field.value = "2";
        field.dispatchEvent(new Event("change", { bubbles: true }));
        location.hash = "example=out-of-scope";
    }""")
    tab.wait_for_selector("text=An invented patient from the examples (out-of-scope)")


def test_every_view_is_among_the_pages() -> None:
    assert {steps[0] for steps in PAGES.values()} == set(VIEWS)


@pytest.fixture(scope="module")
def window(browser: Browser, address: str) -> Iterator[Window]:
    with watched(browser, address) as page:
        yield Window(page)


@pytest.fixture(scope="module", params=PAGES)
def shown(request: pytest.FixtureRequest, window: Window) -> Window:
    """One page after the other, brought about where it is narrow: whatever has to be pressed can be reached there too."""
    window.resize(*NARROW)
    window.page.reload()
    show(window.page, request.param)
    return window


def test_nothing_scrolls_sideways(shown: Window) -> None:
    check_widths(shown)


@with_axe
def test_axe_finds_no_violation(shown: Window) -> None:
    check_accessibility(shown)


@pytest.fixture(scope="module")
def without_cohort(browser: Browser) -> Iterator[Window]:
    """The cohort view of a workbench that was opened without one."""
    with served(open_bench(shipped())) as address, watched(browser, address) as page:
        go(page, "cohort")
        assert "No cohort was opened." in page.inner_text("#view")
        yield Window(page)


def test_nothing_scrolls_sideways_without_a_cohort(without_cohort: Window) -> None:
    check_widths(without_cohort)


@with_axe
def test_axe_finds_no_violation_without_a_cohort(without_cohort: Window) -> None:
    check_accessibility(without_cohort)


# Hostile text is typed as a user would, in a page whose every error, refusal by the content policy and foreign request fails the test.
HOSTILE = "\"'><script>window.hacked=1</script><img src=x onerror=window.hacked=1><svg onload=window.hacked=1>"


def harmless(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('[onerror], [onload], img[src=x]').length") == 0


def test_hostile_text_in_every_field_of_every_view_stays_text(tab: Page) -> None:
    typed = 0
    # Of each view the page with the most fields.
    for name in ("a patient to open", "a case", "cohort", "rules", "evidence"):
        tab.reload()
        show(tab, name)
        fields = tab.locator(
            "#view input:not([type=radio]):not([type=file]):not([type=range]):not([type=hidden]), #view textarea"
        )
        for place in range(fields.count()):
            field = fields.nth(place)
            if field.is_visible():
                field.fill(HOSTILE)
                typed += 1
        press(tab, "Tab")
        tab.wait_for_load_state("networkidle")
        tab.wait_for_timeout(400)
        harmless(tab)
    assert typed > 50, "fields were found and filled"


def test_a_hostile_patient_stays_text_in_every_view(tab: Page) -> None:
    profile = {
        "id": HOSTILE,
        "diagnosis": {"disease": "multiple-myeloma", "date": "2019-09-02"},
        "therapy": [{"phase": "maintenance", "line": 1, "regimen": HOSTILE, "drugs": [HOSTILE], "start": "2020-06-20", "end": None, "stop_reason": HOSTILE}],
        "toxicities": [{"term": HOSTILE, "grade": 1, "attributed_to": HOSTILE}],
        "events": [{"kind": "progression", "date": "2020", "note": HOSTILE}],
    }  # fmt: skip
    go(tab, "patient")
    tab.click("details.open summary")
    tab.fill("#pasted", json.dumps(profile))
    tab.click("#open-pasted")
    tab.wait_for_selector("text=Opened")
    assert "<script>window.hacked=1</script>" in tab.inner_text(".notice"), "it stands there as text"
    for pane in ("#pane-when", "#pane-why", "#pane-sheet"):
        tab.click(pane)
        tab.wait_for_load_state("networkidle")
        harmless(tab)
    for view in VIEWS:
        go(tab, view)
        tab.wait_for_load_state("networkidle")
        harmless(tab)


def test_hostile_ids_in_a_cohort_stay_text(browser: Browser, tmp_path: Path) -> None:
    found = judged(tmp_path, [{"id": HOSTILE, "diagnosis": {"disease": "mgus"}}])
    with served(open_bench(shipped(), cohort=found.opened())) as address, watched(browser, address) as tab:
        go(tab, "cohort")
        tab.click("#n-attrition-0-0")
        tab.wait_for_selector("#open-0")
        assert tab.inner_text("#open-0") == HOSTILE
        harmless(tab)
        tab.click("#open-0")
        tab.wait_for_selector("#view[data-view=patient]")
        harmless(tab)


def test_a_page_of_another_origin_gets_nothing(browser: Browser, address: str) -> None:
    """What another program on this machine serves, open in the same browser, tries to read and to post."""
    host = address.split("/?")[0]
    with served(open_bench(shipped())) as other, browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(other)
        for address_, options in (
            ("/", "{}"),
            ("/do/patient/show", "{method: 'POST', body: new URLSearchParams({state: '{}'})}"),
        ):
            read = f"fetch('{host}{address_}', {options}).then(() => 'read', () => 'refused')"
            assert page.evaluate(read) == "refused"
        with page.expect_response(lambda answer: answer.url.startswith(host)) as sent:
            page.evaluate("""host => {
                const form = document.createElement("form");
                form.method = "post"; form.action = host + "/do/patient/show"; document.body.append(form); form.submit();
            }""", host)  # fmt: skip
        assert sent.value.status == 403
        framed = context.new_page()
        framed.goto(other)
        framed.evaluate(
            "host => { const frame = document.createElement('iframe'); frame.src = host; document.body.append(frame); }",
            host,
        )
        framed.wait_for_load_state("networkidle")
        assert "mrdguide" not in framed.frames[-1].content()


def test_a_name_that_leads_to_this_machine_is_refused(browser: Browser, address: str) -> None:
    """As when the name of a foreign page is made to lead to 127.0.0.1 (DNS rebinding)."""
    port = address.split(":")[2].split("/")[0]
    launched = browser.browser_type.launch(
        executable_path=_CHROMIUM,
        args=["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP evil.example 127.0.0.1"],
    )
    page = launched.new_page()
    answer = page.goto(f"http://evil.example:{port}/")
    launched.close()
    assert answer is not None
    assert answer.status == 421
