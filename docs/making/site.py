"""The whole site: sources put together in a folder of their own, and made into HTML by Sphinx."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from sphinx.application import Sphinx

from mrdguide.rulebook.book import RuleBook, load_rules

from .accessible import make_accessible
from .evidence_pages import evidence_pages
from .handwritten import DOCS, handwritten_pages
from .links import broken_links
from .reference_pages import reference_pages
from .rule_pages import rule_pages

_SETTINGS = Path(__file__).parent


def pages(rules: RuleBook) -> Mapping[str, str]:
    """Every page by its path in the site, as Markdown."""
    return {**handwritten_pages(), **reference_pages(rules), **rule_pages(rules), **evidence_pages(rules)}


def make_site(sources: Path, target: Path) -> int:
    """Make the site; returns how many pages it has.

    Raises:
        SystemExit: a page names what is not there, or is otherwise wrong (any warning counts), or would load from the network.
    """
    made = pages(load_rules())
    for path, text in made.items():
        file = sources / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for picture in DOCS.glob("*.png"):
        shutil.copy(picture, sources)
    application = Sphinx(
        sources, _SETTINGS, target, sources / ".doctrees", "html", status=None, warningiserror=True, exception_on_warning=False,
    )  # fmt: skip
    application.build()
    if application.statuscode:
        raise SystemExit("the site has warnings; each is above")
    make_accessible(target)
    if broken := broken_links(target):
        raise SystemExit("links that lead nowhere:\n" + "\n".join(broken))
    return len(made)
