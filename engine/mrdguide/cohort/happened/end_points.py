"""What is counted after stopping, as `end_points.yaml` states it, and how each patient's follow-up ended for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from ...reading.data_file import read_as
from ...reading.validation import StrictModel
from .estimates import How
from .table import Happened

Side = Literal["free", "event"]
EventColumn = Literal["resurgence_on", "progression_on"]


class Words(StrictModel):
    event: str
    competing: str
    free: str


class EndPoint(StrictModel):
    """One end point. `published`: by side and entry of the evidence the findings that measured the same."""

    id: str
    title: str
    event: tuple[EventColumn, ...]
    words: Words
    published: dict[Side, dict[str, tuple[str, ...]]] = {}

    def end(self, found: Happened) -> tuple[int, How]:
        """Days from stopping to the first of event, death and last contact, and which it was.

        Raises:
            ValueError: maintenance was not stopped.
        """
        if found.stopped is None:
            raise ValueError(f"{found.patient} has not stopped")
        death = found.events.get("death_on")
        event = min((found.events[name] for name in self.event if name in found.events), default=None)
        if not self.event:
            event, death = death, None
        if event is not None:
            return event - found.stopped, "event"
        if death is not None:
            return death - found.stopped, "competing"
        return found.last_seen - found.stopped, "last seen"


class EndPoints(StrictModel):
    end_points: tuple[EndPoint, ...]


@cache
def every_end_point() -> tuple[EndPoint, ...]:
    """The end points that are shipped.

    Raises:
        UsageError: they cannot be read.
    """
    return read_as(Path(__file__).with_name("end_points.yaml"), EndPoints).end_points
