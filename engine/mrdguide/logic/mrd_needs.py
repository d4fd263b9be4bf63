"""What to ask for when marrow MRD leaves a verdict open, and how long the last test still counts."""

from __future__ import annotations

from ..dates import add_months, iso
from ..judge import mrd
from ..judge.mrd import Reading
from ..judge.possible import CERTAIN
from ..rulebook.readings import MarrowMrdReading
from .operator import Listing, Margin, Need


def fresh_test(rules: MarrowMrdReading) -> Need:
    """A new marrow test."""
    return Need("mrd", rules.ask_for)


def mrd_age(last: int, within: int, as_of: int) -> Margin:
    """How far the last negative is from being too old."""
    days = abs(add_months(last, within) - as_of)
    return Margin("the last negative marrow test", iso(last), f"at most {within} months old", days, "day", ages=True)


def mrd_needs(found: list[Reading], rules: MarrowMrdReading, *, fresh: bool = True) -> list[Need]:
    """What is not recorded of the tests that leave the answer open; a new test where nothing less will do."""
    listing = Listing()
    for item in found:
        if item.possible in CERTAIN:
            if item.timed.earliest != item.timed.latest:
                listing.add([Need(f"{mrd.path_of(item.timed)}.date", f"exact date of {mrd.describe(item.timed)}")])
            continue
        for name in item.missing:
            what = f"{name.replace('_', ' ')} of {mrd.describe(item.timed)}"
            listing.add([Need(f"{mrd.path_of(item.timed)}.{name}", what)])
    if fresh and not listing.items:
        listing.add([fresh_test(rules)])
    return listing.items or [fresh_test(rules)]
