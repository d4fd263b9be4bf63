"""What a named person says who has read texts of a record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, StrictBool, ValidationError

from ...dates import CalendarDate
from ...errors import UsageError
from ...patient.attestations import TEXTS_READ
from ...patient.fields import Text
from ...reading import arguments
from ...reading.validation import StrictModel
from .codes.table import DOMAINS, Domain

# "Nothing of the disease" answers neither which therapy was given nor which abnormalities there were at diagnosis.
_DISEASE: tuple[Domain, ...] = tuple(name for name in DOMAINS if name not in ("therapy", "genetics"))

# A text with its version, as the note of an attestation in a profile names it.
_LONGEST_NOTE = 460
_NAME = re.compile(r"[A-Z][A-Za-z]+/\S+:[0-9a-f]{12}(?![0-9a-f])")
# What such a note says first where the statement is about other domains than those of the disease.
_ABOUT = re.compile(r"about ([a-z, ]+): ")


class TextsRead(StrictModel):
    """What a person says who has read texts: that none of them tells anything of `about`."""

    by: Text = Field(description="who says so, as a role: tumor board, treating haematologist")
    date: CalendarDate = Field(description="the day on which they were read")
    texts: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(
        description="which, as the import report names them with their version: Observation/12:3f9a0c11d2e4"
    )
    nothing_found: StrictBool = Field(description="true: none of them tells anything of the disease (or of `about`)")
    about: tuple[Domain, ...] = Field(_DISEASE, description="the domains of which nothing was found in them")

    def note(self, names: Sequence[str]) -> str:
        """These texts as the note of an attestation in a profile, with what was said of them."""
        about = "" if self.about == _DISEASE else f"about {', '.join(self.about)}: "
        return about + _named(names, _LONGEST_NOTE - len(about))


def _named(names: Sequence[str], longest: int) -> str:
    """Which texts, as many as a note can hold; the import report has all of them."""
    kept = list(names)
    while len(found := "; ".join(kept)) > longest:
        kept.pop()
    return found if len(kept) == len(names) else f"{len(names)} texts, among them {found}"


def read_statements(given: Sequence[Mapping[str, Any]]) -> tuple[TextsRead, ...]:
    """The statements on texts that were read.

    The `attested` of a profile that was imported before may be given as it is: of it those count that speak of texts, for
    the texts that their notes name with their versions.

    Raises:
        UsageError: one is not of the right form; the message names the field, never a value.
    """
    give = 'a list of {"by": ..., "date": ..., "texts": [...], "nothing_found": true}'
    found = []
    for index, item in enumerate(arguments.entries("attested", given, give)):
        try:
            plain = dict(arguments.instance_of(dict, "attested", item, give))
            statement = _of_profile(plain) if "what" in plain else plain
            if statement is not None:
                found.append(TextsRead.model_validate(statement))
        except (ValidationError, TypeError, ValueError) as error:
            wrong = error.errors(include_input=False) if isinstance(error, ValidationError) else []
            told = "; ".join(f"{'.'.join(map(str, part['loc']))} is {part['type'].replace('_', ' ')}" for part in wrong)
            raise UsageError(f"attested[{index}]: {told or 'cannot be read'}; give {give}") from None
    return tuple(found)


def _of_profile(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """The statement that an attestation in a profile makes of texts; None where it speaks of something else, or of none."""
    note = str(item.get("note") or "")
    texts = _NAME.findall(note) if item.get("what") == TEXTS_READ else []
    if not texts:
        return None
    found = {"by": item.get("by"), "date": item.get("date"), "texts": texts, "nothing_found": item.get("value")}
    about = _ABOUT.match(note)
    return {**found, "about": about[1].split(", ")} if about is not None else found
