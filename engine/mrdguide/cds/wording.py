"""The words of the service and its cards, read once from `wording.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..reading.data_file import read_as
from ..reading.validation import StrictModel


class _Service(StrictModel):
    title: str
    description: str
    usage: str


class _Summary(StrictModel):
    settled: str
    open: str
    open_bare: str
    incomplete: str
    alarm: str


class _Reason(StrictModel):
    code: str
    display: str


class Wording(StrictModel):
    """Everything that `wording.yaml` says."""

    service: _Service
    summary: _Summary
    warning_outcomes: tuple[str, ...]
    silent_when_not_met: str
    override_system: str
    override_reasons: tuple[_Reason, ...]
    texts_question: str
    completeness: dict[str, str]


@cache
def wording() -> Wording:
    """The wording, read once."""
    return read_as(Path(__file__).parent / "wording.yaml", Wording)
