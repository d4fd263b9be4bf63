"""The workbench in a real Chromium: keyboard alone, narrow, zoomed, hostile text, pages of others, and axe-core where it is given.

`make accessibility` and `.ci/run` hand over axe-core (MRDGUIDE_AXE); the rest runs wherever chromium and htmx are.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from .pages import AXE_RULES

if TYPE_CHECKING:
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
    file = next(item.path for item in EXAMPLES if item.file == "insufficient-no-imaging.yaml")
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


def go(page: Page, view: str) -> None:
    """Open a view, and wait until it is there."""
    page.get_by_role("navigation", name="Views").get_by_role("button", name=VIEWS[view].title, exact=True).click()
    page.wait_for_selector(f"#view[data-view={view}]")


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


def test_a_patient_is_entered_by_the_keyboard_alone(tab: Page) -> None:
    reach(tab, "#new")
    press(tab, "Enter")
    tab.wait_for_selector("text=No answer yet")
    until(tab, "document.activeElement.id === 'p-diagnosis-disease'")
    tab.keyboard.type("multiple myeloma")
    press(tab, "Tab")
    tab.keyboard.type("2019-09")
    press(tab, "Tab")
    tab.wait_for_selector("text=diagnosed 2019-09")
    tab.keyboard.type("1960")
    press(tab, "Tab")
    tab.wait_for_selector("text=Born 1960")
    assert tab.input_value("#p-diagnosis-date") == "2019-09"
    assert tab.locator(".banner h2").first.inner_text().startswith("Not answered yet")


def test_what_is_missing_is_found_and_a_result_tried_by_the_keyboard_alone(tab: Page) -> None:
    reach(tab, ".lead")
    press(tab, "Enter")
    tab.wait_for_selector("#supposed-title")
    assert tab.inner_text("#supposed-title") == "What if: PET-CT (or whole-body DW-MRI): negative"
    reach(tab, "#keep")
    press(tab, "Enter")
    tab.wait_for_selector(".since >> text=It is now")
    assert tab.inner_text(".banner h2").startswith("Stopping may be discussed")
    reach(tab, "#undo", "Shift+Tab")
    press(tab, "Enter")
    tab.wait_for_selector("text=Not answered yet")


def test_the_sheet_is_printed_and_nothing_else(tab: Page) -> None:
    tab.evaluate("window.print = () => { window.printed = true }")
    reach(tab, "#print")
    press(tab, "Enter")
    assert tab.evaluate("window.printed") is True
    tab.wait_for_selector("#m-what-is-missing-and-where-each-result-leads", state="attached")
    tab.emulate_media(media="print")
    assert tab.locator(".sheet-title").is_visible()
    assert tab.get_by_text("The board's decision").first.is_visible()
    assert tab.get_by_text("What is missing, and where each result leads").first.is_visible()
    assert not tab.locator(".entry").is_visible()
    assert not tab.locator(".lead").first.is_visible()


def test_the_timeline_is_worked_by_keyboard_and_by_mouse(tab: Page) -> None:
    reach(tab, "#mark-mrd-0")
    press(tab, "ArrowRight", "ArrowRight")
    tab.wait_for_selector("text=2023-08-28 \N{RIGHTWARDS ARROW} 2023-10-28")
    assert tab.evaluate("document.activeElement.id") == "mark-mrd-0"
    press(tab, "Delete")
    until(tab, "!document.getElementById('mark-mrd-4')")
    tab.locator("#mark-mrd-0").scroll_into_view_if_needed()
    before = tab.input_value("#p-mrd-0--date")
    box = tab.locator("#mark-mrd-0").bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(box["x"] - 40, box["y"] + box["height"] / 2, steps=4)
    tab.mouse.up()
    until(tab, f"document.getElementById('p-mrd-0--date').value < '{before}'")


def test_a_teaching_case_is_finished_by_the_keyboard_alone(tab: Page) -> None:
    reach_view(tab, "teach")
    tab.wait_for_selector("#case-1")
    reach(tab, "#case-1")
    press(tab, "Enter")
    tab.wait_for_selector("#give")
    reach(tab, "input[name=choice]")
    press(tab, "ArrowDown", "Space")
    reach(tab, "#reasons")
    tab.keyboard.type("Because of the marrow.")
    reach(tab, "#give")
    press(tab, "Enter")
    tab.wait_for_selector("#given")
    assert "Because of the marrow." in tab.inner_text(".own")
    assert "of 1 answered rightly" in tab.inner_text(".score")


def test_a_threshold_is_changed_and_the_case_that_breaks_is_seen_by_the_keyboard_alone(tab: Page) -> None:
    reach_view(tab, "rules")
    reach(tab, "#query")
    tab.keyboard.type("sustained 12 months marrow only")
    rule = "button[data-send-rule='mrd.sustained-12-1e-5']"
    tab.wait_for_selector(rule)
    reach(tab, rule)
    press(tab, "Enter")
    tab.wait_for_selector("#card-title >> text=sustained 12 months")
    reach(tab, "#take")
    press(tab, "Enter")
    until(tab, "document.activeElement.id === 'layer'")
    above, _, _ = tab.input_value("#layer").partition("12, tests")
    press(tab, "Control+Home", *["ArrowDown"] * above.count("\n"), "Home", *["ArrowRight"] * len(above.split("\n")[-1]))
    press(tab, "Delete", "Delete")
    tab.keyboard.type("36")
    reach(tab, "#check")
    press(tab, "Enter")
    table = tab.get_by_role("region", name="Whose answer changes")
    table.wait_for()
    broken = table.get_by_role("row").filter(has_text="conditional-30-months")
    assert broken.get_by_role("cell").all_inner_texts()[:2] == [
        "Possible only with caution",
        "Evidence does not support stopping",
    ]


def test_each_layer_that_is_checked_is_compared_anew(tab: Page) -> None:
    go(tab, "rules")
    head = "pack: {name: mine, version: '1.0', extends: mrdguide-core@0.2, by: me, date: 2026-11-26}\n"
    for layer, told in (("parameters: {mrd.recent: 2}", "nowhere looser"), ("parameters: {mrd.recent: 6}", "equal"), ("parameters: {mrd.recent: 3}", "nowhere looser")):  # fmt: skip
        tab.fill("#layer", head + layer)
        tab.locator("#check").click()
        tab.wait_for_selector(f".effect .banner >> text={told}")
    tab.get_by_role("button", name="Open this patient, judged with the layer").click()
    tab.wait_for_selector("text=Judged with the layer that is written in the rules view")


def test_a_mistake_in_a_layer_is_reached_at_its_line_by_the_keyboard_alone(tab: Page) -> None:
    reach_view(tab, "rules")
    reach(tab, "#layer")
    tab.keyboard.type(
        "pack: {name: mine, version: '1.0', extends: mrdguide-core@0.2, by: me, date: 2026-11-26}\nparameters: {mrd.recent: many}"
    )
    reach(tab, "[data-line]")
    press(tab, "Enter")
    assert tab.evaluate("document.activeElement.id") == "layer"
    chosen = "(field => field.value.slice(field.selectionStart, field.selectionEnd))(document.getElementById('layer'))"
    assert "mrd.recent: many" in tab.evaluate(chosen)


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


def test_what_is_typed_while_an_answer_is_awaited_is_kept(tab: Page) -> None:
    tab.fill("#p-diagnosis-date", "2019-08")
    tab.press("#p-diagnosis-date", "Tab")
    tab.fill("#p-birth-year", "1955")
    tab.press("#p-birth-year", "Tab")
    tab.wait_for_selector("text=Born 1955")
    assert tab.input_value("#p-diagnosis-date") == "2019-08"


def test_a_profile_enters_neither_address_nor_storage_nor_history(tab: Page) -> None:
    tab.click("details.open summary")
    tab.fill("#pasted", "id: Ottilie Beispiel-4711\ndiagnosis: {disease: multiple-myeloma}\n")
    tab.click("#open-pasted")
    tab.wait_for_selector("text=Opened Ottilie")
    kept = tab.evaluate(
        "async () => JSON.stringify([location.href, {...localStorage}, {...sessionStorage}, document.cookie, history.state, history.length, await caches.keys()])"
    )
    assert "Ottilie" not in kept
    assert json.loads(kept)[-2] <= 2
    tab.reload()
    assert "Ottilie" not in tab.content()


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


# What was done before a page is looked at, by the name that a failure tells: a view, then what is pressed in it.
PAGES: dict[str, tuple[str, ...]] = {
    "patient": ("patient",), "a result supposed": ("patient", ".lead"), "when": ("patient", "#pane-when"), "why": ("patient", "#pane-why"),
    "nobody": ("patient", "#new"), "a patient to open": ("patient", "details.open summary"),
    "a number of the rules": ("rules", "details.found:last-of-type summary", "button[data-send-rule='parameter:mrd.recent']"),
    "judged with a layer": ("rules", "#take", "nav.views button[hx-post='do/patient/show']", "#with-layer"),
    "teaching cases": ("teach",), "a case": ("teach", "#case-1"), "no answer chosen": ("teach", "#case-1", "#give"), "an answer given": ("teach", "#case-1", "input[name=choice]", "#give"),
    "cohort": ("cohort",), "patients of a count": ("cohort", "#n-attrition-0-0"), "rules": ("rules",), "a rule in a layer": ("rules", "#take"),
    "evidence": ("evidence",), "a study": ("evidence", "button[data-send-entry=derman2024]"),
}  # fmt: skip


def show(page: Page, name: str) -> None:
    """Bring a page about from the beginning, and wait until what it fetches afterwards is there."""
    page.reload()
    view, *steps = PAGES[name]
    go(page, view)
    for step in steps:
        page.locator(step).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(100)


def test_every_view_is_among_the_pages() -> None:
    assert {steps[0] for steps in PAGES.values()} == set(VIEWS)


@pytest.mark.parametrize(("width", "zoom"), [(1400, 1), (390, 1), (700, 2)])
def test_nothing_scrolls_sideways(browser: Browser, address: str, width: int, zoom: int) -> None:
    """At 200 % a window of 1400 pixels is 700 pixels wide to the page, each of them two."""
    with watched(browser, address) as tab:
        tab.context.new_cdp_session(tab).send(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": zoom, "mobile": False},
        )
        for name in PAGES:
            show(tab, name)
            wide = tab.evaluate("document.scrollingElement.scrollWidth")
            assert wide <= width, f"{name} is {wide} pixels wide at {width} ({zoom * 100} %)"


# Hostile text is typed as a user would, in a page whose every error, refusal by the content policy and foreign request fails the test.
HOSTILE = "\"'><script>window.hacked=1</script><img src=x onerror=window.hacked=1><svg onload=window.hacked=1>"


def harmless(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('[onerror], [onload], img[src=x]').length") == 0


def test_hostile_text_in_every_field_of_every_view_stays_text(tab: Page) -> None:
    typed = 0
    # Of each view the page with the most fields.
    for name in ("a patient to open", "a case", "cohort", "rules", "evidence"):
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
        sent: list[int] = []
        page.on("response", lambda answer: sent.append(answer.status) if answer.url.startswith(host) else None)
        page.evaluate("""host => {
            const form = document.createElement("form");
            form.method = "post"; form.action = host + "/do/patient/show"; document.body.append(form); form.submit();
        }""", host)  # fmt: skip
        page.wait_for_load_state("networkidle")
        assert sent == [403]
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


@pytest.mark.skipif("MRDGUIDE_AXE" not in os.environ, reason="`make accessibility` and `.ci/run` hand over axe-core")
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_no_violation(tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    axe = Path(os.environ["MRDGUIDE_AXE"]).read_text(encoding="utf-8")
    for name in PAGES:
        show(tab, name)
        tab.evaluate(axe)
        # The headline stays where one scrolls, and lies above something then; at the top it lies above nothing.
        tab.evaluate("scrollTo(0, 0)")
        tab.wait_for_timeout(600)  # what fades in has come to its colour
        found: dict[str, Any] = tab.evaluate("rules => axe.run(document, {runOnly: rules})", AXE_RULES)
        told = [(item["id"], [node["html"][:200] for node in item["nodes"][:3]]) for item in found["violations"]]
        assert told == [], name
        assert len(found["passes"]) > 15
