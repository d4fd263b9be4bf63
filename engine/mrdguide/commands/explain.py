"""`mrdguide explain`, `what-if` and `teach`: reasons, changes, lessons."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from ..dates import parse_date
from ..errors import UsageError
from .files import OK, profile, terminal_text, write

if TYPE_CHECKING:
    from ..explain.future import Visit
    from ..recommend.recommendation import Recommendation
    from ..report.blocks import Page


def explain(parsed: argparse.Namespace) -> int:
    """Why, why not, what would settle it, when, and how firm the answer is."""
    from ..report.pages.explained import explanation_page, why_not_page

    found = _evaluated(parsed)
    if parsed.why_not is not None:
        why_not = found.explanation.why_not(parsed.why_not)
        _give_out(why_not_page(found, why_not), why_not.to_dict(), parsed)
        return OK
    projection = found.explanation.when_tested(_visits(parsed, found), months=parsed.months)
    plain = {**found.explanation.to_dict(), "when": projection.to_dict()}
    _give_out(explanation_page(found, projection), plain, parsed)
    return OK


def what_if(parsed: argparse.Namespace) -> int:
    """The same patient with something changed, and what differs."""
    from ..patient.change import parsed_value
    from ..recommend.what_if import what_if as compare
    from ..report.pages.explained import difference_page

    if not parsed.set and not parsed.unset:
        raise UsageError("nothing is changed; give --set PATH=VALUE or --unset PATH")
    assignments: dict[str, Any] = {}
    for text in parsed.set:
        path, sign, value = text.partition("=")
        if not sign:
            raise UsageError(f"--set {text}: a path and a value, for example --set 'mrd[-1].result=detected'")
        assignments[path.strip()] = parsed_value(value.strip())
    difference = compare(_evaluated(parsed), assignments, remove=parsed.unset)
    _give_out(difference_page(difference), difference.to_dict(), parsed)
    return OK


def teach(parsed: argparse.Namespace) -> int:
    """List the teaching cases, or go through one of them."""
    from ..teach.lessons import run

    def show(page: Page) -> None:
        from ..report.formats.terminal import to_text

        write(terminal_text([to_text(page)], to_file=False), None)

    return run(parsed.number, parsed.answer, parsed.as_of, input, show)


def _evaluated(parsed: argparse.Namespace) -> Recommendation:
    from ..recommend.evaluation import evaluate
    from ..rulebook.book import load_rules

    return evaluate(profile(parsed.file), rules=load_rules(*(parsed.rules or [])), as_of=parsed.as_of)


def _visits(parsed: argparse.Namespace, found: Recommendation) -> tuple[Visit, ...]:
    """The days of the next tests as given on the command line."""
    from ..explain.future import Visit, Workup

    visits = []
    for option, dates, tests in (
        ("--marrow-on", parsed.marrow_on, Workup.MARROW),
        ("--imaging-on", parsed.imaging_on, Workup.IMAGING),
    ):
        for text in dates:
            try:
                date = parse_date(text)
            except ValueError as error:
                raise UsageError(f"{option}: {error}") from None
            if not date.exact or date.earliest < found.case.as_of:
                raise UsageError(f"{option} {text}: give a day YYYY-MM-DD, not before {found.provenance.as_of}")
            visits.append(Visit(date.earliest, tests))
    return tuple(sorted(visits, key=lambda visit: visit.day))


def _give_out(page: Page, plain: dict[str, Any], parsed: argparse.Namespace) -> None:
    if parsed.format == "json":
        write(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", parsed.output)
    elif parsed.format == "markdown":
        from ..report.formats.markdown import to_markdown

        write(to_markdown(page), parsed.output)
    elif parsed.format == "html":
        from ..report.formats.html import to_html

        write(to_html(page), parsed.output)
    else:
        from ..report.formats.terminal import to_text

        write(terminal_text([to_text(page)], to_file=parsed.output is not None), parsed.output)
