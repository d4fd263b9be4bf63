"""`make accessibility`: every kind of page in a headless Chromium, wide and as narrow as a telephone, looked at by axe-core.

axe-core is handed over as a file, so that nothing of it lies in the repository. The copy of the page that is looked at lacks
its content security policy, which rightly lets no script run; nothing else is changed. `--site` looks at pages of the documentation
instead, as `make docs` made them.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .page_kinds import KINDS, as_html

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_WIDE, _NARROW = 1280, 390
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_FOUND = "axe-found"
# One page of every kind of the documentation.
_OF_THE_SITE = (
    "index.html", "search.html", "tutorials/first-patient.html", "how-to/service.html", "explanation/evidence-levels.html",
    "reference/at-a-glance.html", "reference/commands/evaluate.html", "reference/python/index.html", "reference/operators.html",
    "reference/profile.html", "reference/codes.html", "reference/costs.html", "reference/http.html", "rules/index.html", "rules/outcomes.html",
    "rules/mrd-sustained-12-1e-5.html", "protocols/mrd2stop.html", "evidence/index.html", "evidence/derman2024.html",
    "safety/hazard-log.html",
)  # fmt: skip
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_SCRIPT = f"""
axe.run(document, {{runOnly: {json.dumps(_RULES)}}}).then(function (found) {{
  window.parent.postMessage(JSON.stringify({{width: window.innerWidth, passes: found.passes.length,
    violations: found.violations, incomplete: found.incomplete}}), "*");
}});
"""
# A page lies in a frame of the width wanted, since a window has a least width; what is said of it arrives here.
_FRAME = """<!DOCTYPE html><html lang="en"><title>x</title><body>
<script>addEventListener("message", function (event) {{
  var said = document.createElement("pre"); said.id = "{found}"; said.textContent = event.data; document.body.appendChild(said);
}});</script>
<iframe src="page.html" title="x" width="{width}" height="900" style="border: 0"></iframe></body></html>
"""


def main() -> int:
    """Look at every page; 1 where a rule is broken, 2 where there is no browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("axe", type=Path, help="axe.min.js")
    parser.add_argument("--only", metavar="KIND", action="append", choices=sorted(KINDS), help="one kind of page")
    parser.add_argument("--site", metavar="FOLDER", type=Path, help="pages of the documentation that was made there")
    parsed = parser.parse_args()
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        print(
            f"no browser found: install one of {', '.join(_BROWSERS)} (Debian: apt-get install chromium)",
            file=sys.stderr,
        )
        return 2
    script = parsed.axe.read_text(encoding="utf-8")
    broken = 0
    for kind, page in _pages(parsed.only, parsed.site):
        for width in (_WIDE, _NARROW):
            found = _looked_at(browser, page, script, width)
            broken += len(found["violations"])
            told = f"{kind} at {found['width']} px: {len(found['violations'])} broken, {found['passes']} kept"
            print(
                "\n".join([told, *_told(found["violations"], "broken"), *_told(found["incomplete"], "to be looked at")])
            )
    print(f"{broken} broken in all" if broken else "no rule is broken on any page")
    return 1 if broken else 0


def _pages(only: list[str] | None, site: Path | None) -> Iterator[tuple[str, str]]:
    """Each page with its name. A page of the documentation finds its style where it was made."""
    if site is None:
        yield from ((kind, as_html(kind)) for kind in only or KINDS)
        return
    for name in _OF_THE_SITE:
        text = (site / name).read_text(encoding="utf-8")
        yield name, text.replace("<head>", f'<head><base href="{(site / name).resolve().as_uri()}">', 1)


def _looked_at(browser: str, page: str, script: str, width: int) -> dict[str, Any]:
    """What axe-core says of a page at a width in CSS pixels."""
    with tempfile.TemporaryDirectory() as folder:
        looked_at = _POLICY.sub("", page).replace(
            "</body>", f"<script>{script}</script><script>{_SCRIPT}</script></body>"
        )
        Path(folder, "page.html").write_text(looked_at, encoding="utf-8")
        frame = Path(folder, "frame.html")
        frame.write_text(_FRAME.format(found=_FOUND, width=width), encoding="utf-8")
        command = [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--disable-web-security",
            f"--user-data-dir={folder}/profile", "--virtual-time-budget=20000", f"--window-size={_WIDE + 40},1000", "--dump-dom",
            str(frame),
        ]  # fmt: skip
        shown = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False).stdout
    said = re.search(rf'<pre id="{_FOUND}">(.*?)</pre>', shown, re.DOTALL)
    if said is None:
        raise SystemExit(f"axe-core said nothing of the page at {width} px")
    found: dict[str, Any] = json.loads(html.unescape(said[1]))
    return found


def _told(rules: list[dict[str, Any]], how: str) -> Iterator[str]:
    for rule in rules:
        yield f"  {how}: {rule['id']} ({rule['impact']}): {rule['help']}, {len(rule['nodes'])} places"
        for node in rule["nodes"][:3]:
            yield f"    {node['html'][:160]}"


if __name__ == "__main__":
    sys.exit(main())
