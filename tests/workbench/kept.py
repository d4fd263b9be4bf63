"""What a browser keeps of a page: its address, history and stores, as the page itself reads them, and what lies on the disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from .page_states import at_rest, go

if TYPE_CHECKING:
    from playwright.sync_api import BrowserType, Page

NAME = "Ottilie Beispiel-4711"
# Typed into a form that does not forbid the browser to remember it.
_REMEMBERED = "Kunigunde Muster-0815"
_ORDINARY = "<!DOCTYPE html><title>An ordinary form</title><form><input></form>"
_PROFILE = {"id": NAME, "diagnosis": {"disease": "multiple-myeloma"}, "events": [{"kind": "progression", "note": NAME}]}
# Every place in which a page can leave something, empty.
_STORES: dict[str, Any] = {
    "local": {}, "session": {}, "cookies": "", "caches": [], "databases": [], "files": [], "workers": [], "state": None, "window": "",
}  # fmt: skip
_KEPT = """async () => {
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    return {
        local: { ...localStorage }, session: { ...sessionStorage }, cookies: document.cookie, caches: await caches.keys(),
        databases: await indexedDB.databases(), files, workers: (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
        state: history.state, window: window.name, address: location.href, title: document.title,
        entries: navigation.entries().map((entry) => [entry.url, entry.getState() ?? null]),
        asked: performance.getEntries().map(({ name }) => name),
    };
}"""


def enter(page: Page) -> None:
    """Somebody of that name is opened, typed about in every view, and looked at again."""
    go(page, "patient")
    if not page.locator("#pasted").is_visible():
        page.click("details.open summary")
    page.fill("#pasted", json.dumps(_PROFILE))
    page.click("#open-pasted")
    page.wait_for_selector("text=Opened Ottilie")
    go(page, "rules")
    page.fill("#query", NAME)
    page.fill("#layer", f"# {NAME}")
    page.click("#check")
    at_rest(page)
    go(page, "evidence")
    page.locator("#view input[type=search]").first.fill(NAME)
    at_rest(page)
    go(page, "teach")
    page.click("#case-1")
    page.wait_for_selector("#reasons")
    page.fill("#reasons", NAME)
    page.locator("input[name=choice]").first.check()
    page.click("#give")
    page.wait_for_selector(".own")
    go(page, "patient")
    if not page.locator("#pasted").is_visible():
        page.click("details.open summary")
    page.fill("#pasted", NAME)


def check_page(page: Page) -> None:
    """Nothing lies in any store, and the name stands neither in the address nor in the history."""
    found: dict[str, Any] = page.evaluate(_KEPT)
    assert {name: found[name] for name in _STORES} == _STORES
    assert len(found["entries"]) == 1, "nothing is added to the history"
    assert "Ottilie" not in json.dumps(found)


def check_disk(browser: BrowserType, executable: str | None, folder: Path, address: str) -> None:
    """A browser that writes down what it may, as those of most people do, writes nothing of a patient: neither when the page is used
    nor when it is left and the browser closed. That it writes down what is typed elsewhere shows that the test would find it."""
    opened = browser.launch_persistent_context(
        folder, executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
    )
    # The page that it opens by itself: a second one beside it may lie behind it, where a browser need not draw, and a click
    # that waits for two drawings alike never comes.
    page = opened.pages[0]
    page.set_default_timeout(180_000)
    page.goto(address)
    page.wait_for_selector("nav.views")
    enter(page)
    page.route("**/ordinary", lambda route: route.fulfill(body=_ORDINARY, content_type="text/html"))
    page.goto(urljoin(address, "ordinary"))
    page.fill("input", _REMEMBERED)
    page.goto("about:blank")
    opened.close()
    assert _files_with(folder, _REMEMBERED) != []
    assert _files_with(folder, "Ottilie") == []


def _files_with(folder: Path, text: str) -> list[str]:
    """The files in which a text lies, in either of the ways in which a browser writes text."""
    wanted = (text.encode("utf-8"), text.encode("utf-16-le"))
    contents = ((path, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path.relative_to(folder).as_posix() for path, content in contents if any(item in content for item in wanted)
    ]
