"""The recommendation: the answer with its explanation. One object that every reader (terminal, JSON, report) reads."""

from __future__ import annotations

from functools import cached_property

from ..answer.answer import Answer
from ..explain.explanation import Explanation


class Recommendation(Answer):
    """What the evidence supports discussing for one patient on one day."""

    @cached_property
    def explanation(self) -> Explanation:
        """Why, why not, what would settle it, when, and how robust it is; each worked out when it is looked at."""
        return Explanation(self)
