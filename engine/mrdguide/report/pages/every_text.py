"""Everything that one catalogue can hold: the words of the page for patients, and those of the report for a board."""

from __future__ import annotations

from functools import lru_cache

from ..for_patients.all_words import messages as for_patients
from ..languages.messages import Message
from .board_words import messages as for_the_board


@lru_cache(maxsize=1)
def every_text() -> tuple[Message, ...]:
    """The texts of the page for patients, then those of the report.

    Raises:
        UsageError: a file of the installation is missing.
    """
    return (*for_patients(), *for_the_board())
