"""`mrdguide about`: what this installation is, and its model card."""

from __future__ import annotations

import argparse

from .arguments import PAGE_FORMATS, add_format, add_output, add_rules
from .files import OK, write, write_page

# The applied model card of CHAI, as XML.
_APPLIED = "chai"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--card", action="store_true", help="the whole model card: use, limits, counts, open questions")
    add_rules(parser)
    add_format(parser, (*PAGE_FORMATS, _APPLIED))
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print versions, hashes and dates of the evidence; with --card the whole card."""
    from dataclasses import asdict

    from ..errors import UsageError
    from ..report.pages.applied_model_card import to_xml
    from ..report.pages.model_card import about_page, applied_model_card, card_data, card_page, model_card
    from ..rulebook.book import load_rules

    if parsed.format == _APPLIED and not parsed.card:
        raise UsageError(f"--format {_APPLIED} is a form of the model card: add --card")
    rules = load_rules(*parsed.rules or ())
    card = model_card(rules)
    if parsed.format == _APPLIED:
        write(to_xml(applied_model_card(card)), parsed.output)
    elif parsed.card:
        write_page(card_page(card, rules), card_data(card, rules), parsed)
    else:
        write_page(about_page(card), asdict(card), parsed)
    return OK
