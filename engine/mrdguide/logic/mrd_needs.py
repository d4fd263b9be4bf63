"""What to ask for when marrow MRD leaves a verdict open, and how long the last test still counts."""

from __future__ import annotations

from ..case import mrd
from ..case.interpretation_rules import MarrowMrdRules
from ..case.mrd import Interpretation
from ..case.possible import CERTAIN, NOT_EVALUABLE
from ..dates import add_months, iso
from .operator import DataRequirement, Margin, UniqueList


def fresh_test(rules: MarrowMrdRules) -> DataRequirement:
    """A new marrow test."""
    return DataRequirement("mrd", rules.ask_for, rules.methods)


def mrd_age(last: int, within: int, as_of: int) -> Margin:
    """How far the last negative is from being too old."""
    days = abs(add_months(last, within) - as_of)
    return Margin("the last negative marrow test", iso(last), f"at most {within} months old", days, "day", ages=True)


def mrd_needs(found: list[Interpretation], rules: MarrowMrdRules, *, fresh: bool = True) -> list[DataRequirement]:
    """What is not recorded of the tests that leave the answer open; a new test where nothing less will do."""
    listing = UniqueList()
    for item in found:
        if item.possible in CERTAIN:
            if item.possible != NOT_EVALUABLE and item.timed.earliest != item.timed.latest:
                listing.add(
                    [DataRequirement(f"{mrd.path_of(item.timed)}.date", f"exact date of {mrd.describe(item.timed)}")]
                )
            continue
        for name in item.missing:
            what = f"{name.replace('_', ' ')} of {mrd.describe(item.timed)}"
            listing.add([DataRequirement(f"{mrd.path_of(item.timed)}.{name}", what)])
    if fresh and not listing.items:
        listing.add([fresh_test(rules)])
    return listing.items or [fresh_test(rules)]
