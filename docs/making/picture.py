"""`make picture`: the sheet to sign of an example, as the README shows it, photographed by a headless Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import mrdguide
from mrdguide.report.formats.html import to_html
from mrdguide.report.pages.board import board

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE, DAY = "cessation-supported", "2026-11-21"
PICTURE = ROOT / "docs" / "sheet.png"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_WIDE, _HIGH = 860, 580


def sheet() -> str:
    """The sheet of the example as HTML."""
    result = mrdguide.evaluate(ROOT / "examples" / f"{EXAMPLE}.yaml", as_of=DAY)
    return to_html(board(result, "sheet"))


def main() -> int:
    """Write the picture; 2 where there is no browser."""
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        print(f"no browser found: install one of {', '.join(_BROWSERS)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "sheet.html").write_text(sheet(), encoding="utf-8")
        command = [
            browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={folder}/profile",
            f"--window-size={_WIDE},{_HIGH}", f"--screenshot={PICTURE}", f"{folder}/sheet.html",
        ]  # fmt: skip
        subprocess.run(command, capture_output=True, timeout=120, check=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
