"""Products rolled up to their ingredients, from a site's own list: one row of CSV for each ingredient of each product.

The number of a product says nothing of what is in it (RxNorm clinical drugs, national product codes), so a site that has such
codes makes the list from what it is licensed for: RxNorm's `has_ingredient`, or the ATC codes of its formulary.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from ....errors import Problem, SiteFileError
from ....reading.validation import closest

COLUMNS = ("system", "code", "ingredient_system", "ingredient")
Product = tuple[str, str]


def read_ingredients(path: Path, systems: Mapping[str, str]) -> dict[Product, tuple[Product, ...]]:
    """The ingredients of each product, as (name of the system, code) each.

    Raises:
        SiteFileError: the file cannot be read, or a row is not whole or names a system that there is none of; with its line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        missing = isinstance(error, OSError)
        text = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else "the file is not UTF-8 text"
        problem = Problem(text, str(path), code="not-found" if missing else "not-readable")
        raise SiteFileError([problem]) from None
    rows = csv.reader(text.splitlines())
    if tuple(next(rows, [])) != COLUMNS:
        message = f"the first line must be {','.join(COLUMNS)}"
        raise SiteFileError([Problem(message, str(path), line=1, column=1, code="not-readable")])
    found: dict[Product, list[Product]] = defaultdict(list)
    problems = []
    for row in rows:
        if not row:
            continue
        wrong = list(_wrong(row, systems))
        problems += [Problem(message, str(path), line=rows.line_num, column=1, code="bad-value") for message in wrong]
        if not wrong:
            system, code, of, ingredient = (cell.strip() for cell in row)
            found[system, code].append((of, ingredient))
    if problems:
        raise SiteFileError(problems)
    return {product: tuple(dict.fromkeys(parts)) for product, parts in found.items()}


def _wrong(row: list[str], systems: Mapping[str, str]) -> Iterator[str]:
    if len(row) != len(COLUMNS) or not all(cell.strip() for cell in row):
        yield f"a row must have {', '.join(COLUMNS)}, none of them empty"
        return
    for name in (row[0].strip(), row[2].strip()):
        if name not in systems:
            near = closest(name, systems)
            yield f"there is no system '{name}'" + (f" ({near})" if near else "; name it under systems")
