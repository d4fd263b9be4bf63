"""Templates, style sheets and scripts of the workbench, and where they are."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..report.formats.html import environment, style_sheet

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_HERE = Path(__file__).parent
HTMX = "htmx.min.js"
LICENSE = "htmx-LICENSE.txt"
_FETCHED = _HERE.parent / "shipped" / "workbench"
_KINDS = {".css": "text/css", ".mjs": "text/javascript", ".js": "text/javascript", ".txt": "text/plain"}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def filled(template: str, **values: Any) -> Markup:
    """A template of the workbench with its values; every text is escaped."""
    from markupsafe import Markup

    return Markup(_templates().get_template(template).render(**values))


def data_address(media_type: str, content: bytes) -> str:
    """A file as an address that holds all of it, for a link that saves it."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


@cache
def _templates() -> Environment:
    return environment(_HERE / "templates")


def static_files() -> dict[str, tuple[str, bytes]]:
    """What a page links to, each as its media type and its bytes.

    Raises:
        UsageError: this checkout has no htmx yet.
    """
    if not (_FETCHED / HTMX).is_file():
        raise UsageError(
            "the workbench needs htmx, which this checkout does not have: run `make workbench` (it takes npm)"
        )
    found = {"page.css": (_KINDS[".css"], style_sheet().encode("utf-8"))}
    for path in (*sorted((_HERE / "static").iterdir()), _FETCHED / HTMX, _FETCHED / LICENSE):
        found[path.name] = (_KINDS[path.suffix], path.read_bytes())
    return found
