"""The workbench without a server: how large its folder is, how long until the first answer, and from a change to the answer shown.

In a headless Chromium, from a file server on this machine; needs `make workbench-static`. The first answer is that of a linked
example in a browser with empty caches: everything is fetched, unpacked and started for it. A change is timed in the page itself,
from the request to the new page; the evaluation alone is timed in the same Python. What the page's process has computed is printed
beside the time that has passed, as is how busy the machine is: on one that does much else only the first says something.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from mrdguide.commands.files import write_folder
from mrdguide.teach.examples import examples
from mrdguide.workbench.alone.folder import site_files

STARTS, CHANGES = 5, 8
MOST_MEGABYTES, MOST_SECONDS, MOST_MILLISECONDS = 15.0, 6.0, 300.0
_FIRST = "cessation-supported"
_CHANGE = """async (value) => {
    const shown = new Promise((resolve) => document.addEventListener("htmx:after:swap", resolve, { once: true }));
    const field = document.getElementById("p-ecog"), begun = performance.now();
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    await shown;
    return performance.now() - begun;
}"""
# Pieces that are fetched after the answer are no part of it, nor of the next.
_SETTLED = """async () => {
    while (document.querySelector("[data-waiting]")) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 150));
}"""
_EVALUATED = """async (module) => {
    const { start } = await import(module);
    const python = await start(() => {});
    return python.runPython(`
import statistics, time, mrdguide
from mrdguide.teach.examples import examples
rules = mrdguide.load_rules()
took = []
for item in examples():
    patient = mrdguide.read_patient(item.path)
    for number in range(4):
        begun = time.perf_counter()
        mrdguide.evaluate(patient, rules=rules, as_of=item.as_of)
        if number:
            took.append((time.perf_counter() - begun) * 1000)
statistics.median(took)`);
}"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is printed but the figures."""


def served(folder: Path) -> str:
    """The address of a file server for the folder."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def computed(page: Page) -> float:
    """Seconds that the process of a page has computed so far, its worker among it."""
    inspected = page.context.new_cdp_session(page)
    inspected.send("Performance.enable")
    figures = {item["name"]: item["value"] for item in inspected.send("Performance.getMetrics")["metrics"]}
    inspected.detach()
    return float(figures["ProcessTime"])


def first_answer(browser: Browser, address: str) -> tuple[float, float]:
    """Seconds until a linked example is answered, with nothing kept from before, and how many of them were computed."""
    page = browser.new_context().new_page()
    begun = time.perf_counter()
    page.goto(f"{address}#example={_FIRST}")
    page.wait_for_selector("text=Stopping may be discussed", timeout=180_000)
    found = time.perf_counter() - begun, computed(page)
    page.context.close()
    return found


def changes(page: Page) -> list[tuple[float, float]]:
    """Milliseconds from a change to the new answer, and how many of them were computed, over every example."""
    took: list[tuple[float, float]] = []
    for item in examples():
        name = item.file.removesuffix(".yaml")
        page.evaluate("name => { location.hash = `example=${name}` }", name)
        page.wait_for_selector(f"text=An invented patient from the examples ({name})", timeout=60_000)
        page.wait_for_timeout(1000)
        found = []
        for number in range(CHANGES):
            before = computed(page)
            passed = float(page.evaluate(_CHANGE, str(number % 3)))
            found.append((passed, (computed(page) - before) * 1000))
            page.evaluate(_SETTLED)
        print(
            f"{item.file:40} median {statistics.median(one for one, _ in found):6.0f} ms, computed {statistics.median(one for _, one in found):6.0f} ms"
        )
        took += found
    return took


def _busy() -> str:
    return f"{os.getloadavg()[0]:.1f} processes want {os.cpu_count()} processors"


def main() -> None:
    chromium = next(
        found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))
    )
    with tempfile.TemporaryDirectory() as made, sync_playwright() as started:
        files = site_files()
        write_folder(Path(made) / "site", files)
        megabytes = sum(map(len, files.values())) / 1e6
        print(f"folder: {megabytes:.1f} MB (target {MOST_MEGABYTES:g})")
        address = served(Path(made) / "site")
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        first, in_page = zip(*(first_answer(browser, address) for _ in range(STARTS)), strict=True)
        print(
            f"first answer: median {statistics.median(first):.1f} s, longest {max(first):.1f} s of {STARTS} (target {MOST_SECONDS:g}); "
            f"computed in the page's process {statistics.median(in_page):.1f} s; {_busy()}"
        )
        page = browser.new_page()
        page.goto(f"{address}#example={_FIRST}")
        page.wait_for_selector("text=Stopping may be discussed", timeout=180_000)
        took, in_change = zip(*changes(page), strict=True)
        page.close()
        beside = browser.new_context(bypass_csp=True).new_page()
        beside.goto(f"{address}static/page.css")
        once = float(beside.evaluate(_EVALUATED, f"{address}static/engine.mjs"))
        last, most = (statistics.quantiles(item, n=20)[-1] for item in (took, in_change))
        print(
            f"a change: median {statistics.median(took):.0f} ms, p95 {last:.0f} ms (target {MOST_MILLISECONDS:g}), "
            f"computed: median {statistics.median(in_change):.0f} ms, p95 {most:.0f} ms; "
            f"one evaluation {once:.1f} ms, {last / once:.0f} times; {_busy()}"
        )
        browser.close()


if __name__ == "__main__":
    main()
