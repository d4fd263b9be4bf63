"""What the theme leaves out for readers who use a keyboard or a screen reader, put into the pages that were made."""

from __future__ import annotations

import re
from pathlib import Path

_MENDED = (
    # A heading says of which level it is.
    (re.compile(r'role="heading"(?! aria-level)'), 'role="heading" aria-level="2"'),
    # Two parts at the sides have names of their own.
    (re.compile(r'<aside class="sidebar-drawer">'), '<aside class="sidebar-drawer" aria-label="All pages">'),
    (re.compile(r'<aside class="toc-drawer'), '<aside aria-label="This page" class="toc-drawer'),
    # What is wider than the page is scrolled by keys as well.
    (re.compile(r"<pre>"), '<pre tabindex="0">'),
    (re.compile(r'<div class="table-wrapper'), '<div tabindex="0" class="table-wrapper'),
    # The results of a search begin with a heading only once there are any.
    (re.compile(r'<div id="search-results">'), '<h1>Search</h1>\n<div id="search-results">'),
)


def make_accessible(site: Path) -> None:
    """Mend every page of a site where it was made."""
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        for found, instead in _MENDED:
            text = found.sub(instead, text)
        file.write_text(text, encoding="utf-8")
