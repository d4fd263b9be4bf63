"""A page's HTML as PDF, through WeasyPrint: the optional extra `pdf`."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import warnings
from collections.abc import Iterator
from typing import Any

from ...errors import UsageError
from ...reading.forkable import ForkableLock

_VARIANT = "pdf/ua-1"
_EPOCH = "SOURCE_DATE_EPOCH"
_CLOCK = ForkableLock()


def to_pdf(html: str) -> bytes:
    """`html` (see `to_html`) as a tagged PDF with its title and language, PDF/UA-1. The same text gives the same bytes.

    Nothing is loaded: whatever `html` refers to outside itself is left out.

    Raises:
        UsageError: WeasyPrint or a system library it needs is not installed.
    """
    weasyprint, fetcher = _weasyprint()
    # The file's identifier would else be missing, which some archives refuse; the text itself is what it names.
    identifier = hashlib.sha256(html.encode("utf-8", "replace")).hexdigest()[:32].encode("ascii")
    document = weasyprint.HTML(string=html, url_fetcher=fetcher(allowed_protocols=("data",), allow_redirects=False))
    with _CLOCK, _clock_of_fonts_stands_still():
        made: bytes = document.write_pdf(pdf_variant=_VARIANT, pdf_identifier=identifier)
    return made


@contextlib.contextmanager
def _clock_of_fonts_stands_still() -> Iterator[None]:
    """Where HarfBuzz-Subset is missing, fontTools cuts the fonts down and writes the time into them, unless told a time."""
    if _EPOCH in os.environ:
        yield
        return
    os.environ[_EPOCH] = "0"
    try:
        yield
    finally:
        del os.environ[_EPOCH]


def _weasyprint() -> tuple[Any, Any]:
    """The package and its fetcher. A missing system library is printed at import: that is said in the error instead."""
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore", DeprecationWarning)
            import weasyprint
            from weasyprint.urls import URLFetcher
    except ImportError as missing:
        raise UsageError(
            "a PDF needs WeasyPrint 70 or later, which is not installed: pip install 'mrdguide[pdf]' "
            f"(and the system library Pango). It said: {missing}"
        ) from missing
    except OSError as missing:
        raise UsageError(
            "a PDF needs the system library Pango, which WeasyPrint cannot find: install it with the system's package "
            f"manager (Debian: apt install libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango). It said: {missing}"
        ) from missing
    return weasyprint, URLFetcher
