"""`mrdguide evidence add-figure`: a figure of the full paper, entered by somebody who may read it, with place, name and day."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ..files import OK, say, write
from .target import add_target, day_read, target

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entry", metavar="ENTRY", help="as `mrdguide evidence list` shows it")
    add_target(parser)
    read = parser.add_argument_group("where it was read")
    read.add_argument("--locator", required=True, help='the place in the paper, such as "table 2, page 712"')
    read.add_argument("--by", required=True, metavar="NAME", help="who read it there")
    read.add_argument("--date", metavar="DATE", help="when, YYYY-MM-DD (default: today)")
    read.add_argument("--url", help="the address of the paper (default: that of the entry's DOI)")
    read.add_argument(
        "--level", choices=("primary", "registry", "secondary"), default="primary", help="default: primary"
    )
    read.add_argument("--note", default="", help="what else is to be known of the figure")
    what = parser.add_argument_group("what was measured")
    what.add_argument("--id", required=True, help="the finding's id in the entry, such as pfs-5-years")
    what.add_argument("--measure", required=True, metavar="TEXT", help="such as progression-free survival")
    what.add_argument("--at", type=number, metavar="N", help="the time it is about, with --time-unit and --clock")
    what.add_argument("--time-unit", choices=("d", "mo", "a"), help="days, months or years")
    what.add_argument(
        "--clock", default="", metavar="TEXT", help="what the time started from, such as stopping maintenance"
    )
    figure = parser.add_argument_group("the figure: of a group, or a comparison, or words")
    figure.add_argument("--group", metavar="TEXT", help="whose figure it is, with --unit")
    figure.add_argument("--unit", metavar="UNIT", help="%% , mo, a, count, 1, or a currency")
    figure.add_argument("--n", type=count, metavar="N", help="size of the group")
    figure.add_argument("--events", type=count, metavar="N", help="events in the group")
    figure.add_argument("--effect", choices=("HR", "OR", "RR", "difference"), help="a comparison, with --of")
    figure.add_argument("--of", metavar="TEXT", help="which group against which")
    figure.add_argument("--p", default="", metavar="P", help="as published")
    figure.add_argument("--value", type=number, metavar="X", help="the estimate")
    figure.add_argument("--low", type=number, metavar="X", help="lower end of the interval")
    figure.add_argument("--high", type=number, metavar="X", help="upper end of the interval")
    figure.add_argument("--percent", type=number, metavar="P", help="of the interval (default: 95)")
    figure.add_argument("--statement", default="", metavar="TEXT", help="the result in words of your own")


def run(parsed: argparse.Namespace) -> int:
    """Write the entry's file anew with the figure; everything else in it stays byte by byte."""
    from ...authoring.added_figure import Reading, entry_to_change, with_figure
    from ...evidence import load_library
    from ...evidence.shown import finding_text

    place = target(parsed)
    library = load_library(place)
    _see_that_it_is_there(parsed.entry, place)
    entry = entry_to_change(library, parsed.entry)
    doi = entry.citation.DOI
    url = parsed.url or (f"https://doi.org/{doi}" if doi else None)
    if url is None:
        raise UsageError(f"'{entry.id}' has no DOI; give the address of the paper with --url")
    for option in ("locator", "by", "measure", "id"):
        if not getattr(parsed, option).strip():
            raise UsageError(f"--{option} is empty")
    reading = Reading(url, parsed.locator.strip(), parsed.by.strip(), day_read(parsed.date), parsed.level)
    path, content = with_figure(library, entry, _figure(parsed), reading)
    write(content, path)
    added = load_library(place).entry(entry.id).findings[-1]
    say(
        f"{path}: added {entry.id}#{added.id}: {finding_text(added)}\nread at {url}, {reading.locator}, by {reading.by}"
    )
    return OK


def _see_that_it_is_there(entry_id: str, place: Path) -> None:
    """What lies below a layer is not the layer's to change."""
    from ...evidence import load_library
    from ...reading.shipped import folder

    library, shipped = load_library(place), load_library(folder("evidence"))
    known, below = {*library.ids, *library.aliases}, {*shipped.ids, *shipped.aliases}
    if entry_id not in known and entry_id in below:
        raise UsageError(
            f"'{entry_id}' is an entry of the shipped evidence, which {place} cannot change; make an entry with a name of "
            f"its own there, with 'related: [{entry_id}]'"
        )


def _figure(parsed: argparse.Namespace) -> dict[str, Any]:
    """The keys of the finding, as far as they were given."""
    found: dict[str, Any] = {"id": parsed.id, "measure": parsed.measure}
    if (parsed.at is None) is not (parsed.time_unit is None):
        raise UsageError("--at and --time-unit go together: 3 years are --at 3 --time-unit a")
    if parsed.at is not None:
        found["time"] = {"at": parsed.at, "unit": parsed.time_unit}
    found["clock"] = parsed.clock
    found |= _number_of_a_group_or_comparison(parsed)
    found["statement"] = parsed.statement
    found["note"] = parsed.note
    return {key: value for key, value in found.items() if value not in ("", [], None)}


def _number_of_a_group_or_comparison(parsed: argparse.Namespace) -> dict[str, Any]:
    number = {"value": parsed.value, "interval": _interval(parsed)}
    if parsed.group is not None and parsed.effect is not None:
        raise UsageError("--group and --effect are two figures; enter them one after the other")
    if parsed.group is not None:
        _need(parsed, "--group", "unit", "value")
        arm = {"group": parsed.group, "value": parsed.value, "unit": parsed.unit, "interval": number["interval"]}
        return {"arms": [_given({**arm, "n": parsed.n, "events": parsed.events})]}
    if parsed.effect is not None:
        _need(parsed, "--effect", "of", "value")
        return {"effect": _given({"kind": parsed.effect, "of": parsed.of, **number, "p": parsed.p})}
    alone = [
        f"--{name}"
        for name in ("value", "low", "high", "n", "events", "unit", "of")
        if getattr(parsed, name) is not None
    ]
    if alone:
        raise UsageError(f"{', '.join(alone)}: say of what, with --group TEXT --unit UNIT or --effect KIND --of TEXT")
    return {}


def _interval(parsed: argparse.Namespace) -> dict[str, Any] | None:
    if (parsed.low is None) is not (parsed.high is None):
        raise UsageError("--low and --high go together")
    if parsed.low is None:
        if parsed.percent is not None:
            raise UsageError("--percent is of an interval; give --low and --high")
        return None
    return _given({"low": parsed.low, "high": parsed.high, "percent": parsed.percent})


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "")}


def _need(parsed: argparse.Namespace, option: str, *names: str) -> None:
    for name in names:
        if getattr(parsed, name) is None:
            raise UsageError(f"{option} needs --{name}")


def number(text: str) -> int | float:
    """A number as it is written in the entry: 61 stays 61."""
    if _NUMBER.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number (with a decimal point)")
    return float(text) if not text.lstrip("+-").isdecimal() else int(text)


def count(text: str) -> int:
    """A number of people."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)
