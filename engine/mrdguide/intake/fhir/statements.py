"""What a named person says who has read texts of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, StrictBool, ValidationError

from ...dates import CalendarDate
from ...errors import UsageError
from ...patient.fields import Text
from ...reading import arguments
from ...reading.validation import StrictModel
from .codes.table import DOMAINS, Domain

# "Nothing of the disease" answers neither which therapy was given nor which abnormalities there were at diagnosis.
_DISEASE: tuple[Domain, ...] = tuple(name for name in DOMAINS if name not in ("therapy", "genetics"))


class TextsRead(StrictModel):
    """What a person says who has read texts: that none of them tells anything of `about`."""

    by: Text = Field(description="who says so, as a role: tumor board, treating haematologist")
    date: CalendarDate = Field(description="the day on which they were read")
    texts: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(
        description="which, as the import report names them with their version: Observation/12:3f9a0c11d2e4"
    )
    nothing_found: StrictBool = Field(description="true: none of them tells anything of the disease (or of `about`)")
    about: tuple[Domain, ...] = Field(_DISEASE, description="the domains of which nothing was found in them")


def read_statements(given: Sequence[Mapping[str, Any]]) -> tuple[TextsRead, ...]:
    """The statements on texts that were read.

    Raises:
        UsageError: one is not of the right form; the message names the field, never a value.
    """
    give = 'a list of {"by": ..., "date": ..., "texts": [...], "nothing_found": true}'
    found = []
    for index, item in enumerate(arguments.entries("attested", given, give)):
        try:
            found.append(TextsRead.model_validate(dict(arguments.instance_of(dict, "attested", item, give))))
        except (ValidationError, TypeError, ValueError) as error:
            wrong = error.errors(include_input=False) if isinstance(error, ValidationError) else []
            told = "; ".join(f"{'.'.join(map(str, part['loc']))} is {part['type'].replace('_', ' ')}" for part in wrong)
            raise UsageError(f"attested[{index}]: {told or 'cannot be read'}; give {give}") from None
    return tuple(found)
