"""From a path and the bytes of a form to what is sent back: the same whoever asks, a server or a worker of the page itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl

from ..errors import MrdguideError, UsageError
from .bench import Bench
from .exchange import Request
from .opening import started
from .render import START, render
from .state import read_state

HTML, JSON = "text/html", "application/json"
BEGIN = "begin"
_MOST_FIELDS = 20_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back: a status as in HTTP, a media type, and bytes. `refused` is why, where it could not be done."""

    status: int
    media_type: str
    body: bytes
    refused: MrdguideError | None = None


def answer(bench: Bench, path: str, body: bytes) -> Reply:
    """What a page gets for what was done in it: `path` is `do/VIEW/ACTION`, or `begin` for a page in which nothing is yet.

    A refusal is JSON with words for the page: `{"error": {"message"}}`. Nothing is remembered.
    """
    try:
        return Reply(200, HTML, _fragment(bench, path, body).encode("utf-8"))
    except MrdguideError as error:
        told = json.dumps({"error": {"message": str(error)}}, ensure_ascii=False)
        return Reply(400, JSON, told.encode("utf-8"), error)


def _fragment(bench: Bench, path: str, body: bytes) -> str:
    if path == BEGIN:
        return render(bench, started(date.today().isoformat()), Request(START, "show")).html
    match path.split("/"):
        case ["do", view, action]:
            fields = _fields(body)
            return render(bench, read_state(fields.get("state", "")), Request(view, action, fields)).html
    raise UsageError("the workbench has no such address; reload the page")


def _fields(body: bytes) -> dict[str, str]:
    """The fields of a form; the last of a name counts, which is that of the button that was pressed."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise UsageError("the form that was sent cannot be read; reload the page") from None
    return dict(pairs)
