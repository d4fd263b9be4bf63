"""What the page holds of the rules view."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ...reading.validation import StrictModel

MOST_LAYER = 200_000


class RulesPage(StrictModel):
    """What is searched for, the rule that is shown, and the layer that is being written; blanks in it are kept."""

    query: Annotated[str, Field(max_length=200)] = ""
    chosen: Annotated[str, Field(max_length=200)] = ""
    layer: Annotated[str, StringConstraints(max_length=MOST_LAYER, strip_whitespace=False)] = ""
