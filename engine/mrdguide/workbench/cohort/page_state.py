"""What the page holds of the cohort view: that it may show it, and which count was opened, never whom it counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ...reading.validation import StrictModel

Place = Annotated[int, Field(ge=0, le=1_000_000_000)]


class CountPlace(StrictModel):
    """A count by where it stands: the figure, the row, and the column behind the label (from 0)."""

    figure: Annotated[str, Field(max_length=100)]
    row: Place
    column: Place


class CohortPage(StrictModel):
    """The count whose patients are listed, and the first of those that are shown (from 0).

    `key` is in the page alone that was opened by the address that `mrdguide workbench` told.
    """

    key: Annotated[str, Field(max_length=100)] = ""
    opened: CountPlace | None = None
    first: Place = 0
