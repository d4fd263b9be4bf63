"""Shared by every test: the shipped rule book, loaded once."""

from __future__ import annotations

import pytest

import mrdguide


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden pages in tests/report/golden")


@pytest.fixture(scope="session")
def shipped_rules() -> mrdguide.RuleBook:
    """The shipped rule book. Immutable, so one copy serves all tests."""
    return mrdguide.load_rules()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show how much of the rule book the clinical cases exercise. Test properties also come back from parallel workers."""
    for report in [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]:
        for name, text in getattr(report, "user_properties", ()):
            if name == "rule coverage":
                terminalreporter.write_line(f"\nclinical cases: {text}")
            if name == "stays silent":
                terminalreporter.write_line(f"bad news that may stay without a word: {text}")
