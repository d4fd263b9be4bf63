"""Every page of the reference that is made."""

from __future__ import annotations

from collections.abc import Mapping

from mrdguide.rulebook.book import RuleBook

from .code_page import code_page
from .command_pages import command_pages
from .http_page import http_page
from .operator_page import operator_page
from .python_page import python_pages
from .schema_pages import schema_pages


def reference_pages(rules: RuleBook) -> Mapping[str, str]:
    """By path."""
    return {
        **command_pages(),
        **python_pages(),
        "reference/operators.md": operator_page(rules),
        **schema_pages(rules),
        "reference/codes.md": code_page(),
        "reference/http.md": http_page(),
    }
