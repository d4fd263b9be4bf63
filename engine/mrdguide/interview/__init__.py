"""What to ask next of an empty or partial record, until the answer is settled: `next` and `answered`."""

from .answering import NOT_KNOWN, Absent, CannotBeHad, answered
from .asking import next  # noqa: A004  called as interview.next
from .question import Field, Question

__all__ = ["NOT_KNOWN", "Absent", "CannotBeHad", "Field", "Question", "answered", "next"]
