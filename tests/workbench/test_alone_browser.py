"""The folder of the workbench in a real Chromium that can reach no host but the file server.

Runs wherever chromium, htmx and the parts are (`make workbench-static`); with MRDGUIDE_ALONE=required it fails without the parts.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mrdguide.commands.files import write_folder
from mrdguide.errors import UsageError
from mrdguide.workbench.alone.folder import site_files
from mrdguide.workbench.views import VIEWS

from ..examples import EXAMPLES, NAMES, evaluated
from .judged_cohort import JudgedCohort
from .kept import check_disk, check_page, enter
from .keyboard import EXAMPLE, TASKS, named
from .page_states import NARROW, PAGES, WIDE, Window, at_rest, check_accessibility, check_widths, go, show, with_axe

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, Page

playwright = pytest.importorskip("playwright.sync_api")
_CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(_CHROMIUM is None, reason="no chromium")

# What the page is shown on is a machine that may do much else: it is waited for as long as it takes.
_LOADED, _SHOWN = 180_000, 20_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, cohort: JudgedCohort) -> Path:
    """The folder, as the command writes it, with the counts of a cohort."""
    try:
        files = site_files(cohort=cohort.opened().report_page())
    except UsageError as error:
        if os.environ.get("MRDGUIDE_ALONE") == "required":
            raise
        pytest.skip(str(error))
    made = tmp_path_factory.mktemp("alone") / "site"
    write_folder(made, files)
    return made


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing: the test says itself what went wrong."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where a plain file server hands the folder out, below another path than the root."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(site.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/site/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for which every other host is not there."""
    elsewhere = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu", elsewhere])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield made
    made.close()


@pytest.fixture(scope="module")
def loaded(context: BrowserContext, address: str) -> Iterator[Page]:
    """The page once its program runs. Nothing may go wrong on it: no error, no refusal of the content policy, no request elsewhere."""
    wrong: list[str] = []
    context.on(
        "request", lambda asked: None if asked.url.startswith((address, "blob:", "data:")) else wrong.append(asked.url)
    )
    page = context.new_page()
    page.set_default_timeout(_SHOWN)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.goto(address)
    page.wait_for_selector("text=No answer yet", timeout=_LOADED)
    page.evaluate("window.begun = document.querySelector('#bench input[name=state]').value")
    yield page
    assert wrong == []


def begin_anew(page: Page, example: str = "") -> None:
    """The page as when it was loaded, without the seconds that its program takes to begin: whatever was done is in the state that it
    posts. With an example, as a link to it opens it."""
    as_begun = "document.querySelector('#bench input[name=state]').setAttribute('value', window.begun)"
    page.evaluate(as_begun)
    go(page, "patient")
    page.click("#new")  # what is in the form is gone too
    at_rest(page)
    page.evaluate(as_begun)
    if example:
        page.evaluate("""example => {
            history.replaceState(null, "", `#example=${example}`);
            dispatchEvent(new HashChangeEvent("hashchange"));
        }""", example)  # fmt: skip
        page.wait_for_selector(f"text=An invented patient from the examples ({example})")
    at_rest(page)
    page.evaluate("document.querySelector('.skip').focus(); document.activeElement.blur(); scrollTo(0, 0)")


def open_example(page: Page, name: str) -> None:
    page.click("nav.views button:nth-child(1)")
    page.wait_for_selector("details.open")
    if not page.locator("#example").is_visible():
        page.click("details.open summary")
    page.select_option("#example", name)
    page.click("#open-example")
    page.wait_for_selector(f"text=An invented patient from the examples ({name})")


def test_it_says_that_nothing_is_cross_checked(loaded: Page) -> None:
    assert loaded.inner_text(".unchecked") == "Not cross-checked: one engine alone works out the answers of this page."


def test_an_example_is_answered_and_a_test_that_turns_positive_changes_the_answer(loaded: Page) -> None:
    open_example(loaded, "cessation-supported")
    assert loaded.locator(".banner h2").first.inner_text().startswith("Stopping may be discussed")
    loaded.select_option("#p-mrd-3--result", "detected")
    loaded.wait_for_selector(".since >> text=Newly possible")
    assert "Stopping may be discussed" not in loaded.locator(".banner h2").first.inner_text()
    loaded.click("#undo")
    loaded.wait_for_selector("text=undone")
    assert loaded.locator(".banner h2").first.inner_text().startswith("Stopping may be discussed")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens(loaded: Page, view: str) -> None:
    go(loaded, view)
    assert loaded.locator("nav.views [aria-current]").inner_text() == VIEWS[view].title
    assert loaded.locator("#trouble").is_hidden()


@pytest.mark.parametrize("task", TASKS, ids=named)
def test_it_is_done_by_the_keyboard_alone(loaded: Page, task: Callable[[Page], None]) -> None:
    begin_anew(loaded, EXAMPLE)
    task(loaded)


@pytest.fixture(scope="module")
def window(context: BrowserContext, loaded: Page) -> Iterator[Window]:
    """Of the page that is loaded; as wide as before for what comes after it."""
    found = Window(loaded)
    yield found
    found.resize(*WIDE)


# A folder holds the counts of a cohort, and none of its patients.
@pytest.fixture(scope="module", params=[name for name in PAGES if name != "patients of a count"])
def shown(request: pytest.FixtureRequest, window: Window) -> Window:
    """One page after the other, brought about where it is narrow: whatever has to be pressed can be reached there too."""
    window.resize(*NARROW)
    begin_anew(window.page, EXAMPLE)
    show(window.page, request.param)
    return window


def test_nothing_scrolls_sideways(shown: Window) -> None:
    check_widths(shown)


@with_axe
def test_axe_finds_no_violation(shown: Window) -> None:
    check_accessibility(shown)


@with_axe
def test_axe_finds_no_violation_while_the_program_is_waited_for(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("#progress")
    check_accessibility(Window(page))
    assert page.locator("#progress").count(), "it was looked at before the program was there"
    page.close()


def test_a_count_of_a_cohort_opens_no_patients(loaded: Page) -> None:
    go(loaded, "cohort")
    assert "60" in loaded.inner_text("#view")
    assert loaded.locator("#view table").count() > 0
    assert loaded.locator("#view table button").count() == 0


def test_a_change_of_the_rules_is_tried(loaded: Page) -> None:
    loaded.click(f"nav.views button:nth-child({list(VIEWS).index('rules') + 1})")
    loaded.wait_for_selector("#layer")
    loaded.fill("#layer", "pack: {name: mine}\n")
    loaded.press("#layer", "Tab")
    loaded.wait_for_selector("text='version' is missing")


def test_a_profile_enters_neither_address_nor_storage_nor_history(context: BrowserContext, address: str) -> None:
    """Not even once the page was loaded anew."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("nav.views", timeout=_LOADED)
    enter(page)
    assert "Ottilie" in page.content()
    check_page(page)
    page.reload()
    assert "Ottilie" not in page.content()
    check_page(page)
    page.close()


def test_a_profile_enters_no_file_of_the_browser(browser: Browser, address: str, tmp_path: Path) -> None:
    check_disk(browser.browser_type, _CHROMIUM, tmp_path, address)


def test_what_cannot_be_read_is_said_in_words(loaded: Page) -> None:
    begin_anew(loaded)
    loaded.evaluate("document.querySelector('#bench input[name=state]').setAttribute('value', '{')")
    loaded.click("#new")
    loaded.wait_for_selector("#trouble:not([hidden])")
    assert "reload the page" in loaded.inner_text("#trouble")


def test_every_example_gives_the_same_json_as_natively_but_for_provenance(browser: Browser, address: str) -> None:
    """Asked of the program itself, past the page and its content policy."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}static/page.css")
    found = page.evaluate(
        """async ([days, module]) => {
            const { start } = await import(module);
            const python = await start(() => {});
            python.globals.set("days", JSON.stringify(days));
            return python.runPython(`
import json, mrdguide
from mrdguide.reading.shipped import folder
rules = mrdguide.load_rules()
json.dumps({name: mrdguide.evaluate(folder("examples") / f"{name}.yaml", rules=rules, as_of=day).to_dict() for name, day in json.loads(days).items()})`);
        }""",
        [{item.file.removesuffix(".yaml"): item.as_of for item in EXAMPLES}, f"{address}static/engine.mjs"],
    )
    context.close()
    answers = json.loads(found)
    assert set(answers) == set(NAMES)
    for name in NAMES:
        here, there = json.loads(evaluated(name).to_json()), answers[name]
        assert there["provenance"].pop("cross_checked") is False
        assert {**there, "provenance": None} == {**here, "provenance": None}, name
        assert there["provenance"]["rules_hash"] == here["provenance"]["rules_hash"]


def test_nothing_reaches_another_host_from_the_page_or_its_worker(browser: Browser, address: str) -> None:
    """Not even one that would answer: the browser refuses it, in the page and in the worker."""
    asked: list[str] = []

    class Listening(_Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

    elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    asking = "async address => { try { await fetch(address); return 'reached'; } catch (error) { return error.name; } }"
    page = browser.new_page()
    with page.expect_worker() as begun:
        page.goto(address)
    for place, name in ((page, "page"), (begun.value, "worker")):
        assert place.evaluate(asking, f"http://127.0.0.1:{elsewhere.server_port}/{name}") == "TypeError"
        assert place.evaluate(asking, f"{address}index.html") == "reached"
    page.close()
    elsewhere.shutdown()
    elsewhere.server_close()
    assert asked == []


def test_opened_as_a_file_it_says_what_to_do(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    page.wait_for_timeout(500)
    assert "opened as a file it cannot start" in page.inner_text("#loading")
    page.close()


def test_a_browser_without_webassembly_is_told(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.add_init_script("delete globalThis.WebAssembly")
    page.goto(address)
    page.wait_for_selector("#loading[role=alert]")
    assert "lacks WebAssembly" in page.inner_text("#loading")
    page.close()
