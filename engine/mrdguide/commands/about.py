"""`mrdguide about`: what this installation is, and its model card."""

from __future__ import annotations

import argparse

from .arguments import PAGE_FORMATS, add_format, add_output, add_rules
from .files import OK, write_page


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--card", action="store_true", help="the whole model card: use, limits, counts, open questions")
    add_rules(parser)
    add_format(parser, PAGE_FORMATS)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Print versions, hashes and dates of the evidence; with --card the whole card."""
    from dataclasses import asdict

    from ..report.pages.model_card import about_page, card_data, card_page, model_card
    from ..rulebook.book import load_rules

    rules = load_rules(*parsed.rules or ())
    card = model_card(rules)
    if parsed.card:
        write_page(card_page(card, rules), card_data(card, rules), parsed)
    else:
        write_page(about_page(card), asdict(card), parsed)
    return OK
