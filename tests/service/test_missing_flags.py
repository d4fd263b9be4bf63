"""What is asked with yes or no is answered with yes or no in every way out; a flag of the profile is no word of Python's."""

from __future__ import annotations

import copy
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console

import mrdguide
from mrdguide import cds, fhir, interview
from mrdguide.reading.document import read_file
from mrdguide.report.for_patients.companion import companion
from mrdguide.report.formats.html import to_html
from mrdguide.report.formats.markdown import to_markdown
from mrdguide.report.formats.terminal import to_text
from mrdguide.report.pages.board import board
from mrdguide.teach.examples import examples

from ..cds.calls import bundle, call, prefetch
from ..intake.fhir.test_damage import SUPPORTED, written
from .client import Client

_EXAMPLE = next(example for example in examples() if example.file == "cessation-supported.yaml")
_PYTHON = re.compile(r"\b(?:True|False)\b")


def _profile(*path: str | int) -> dict[str, Any]:
    """The example without the flag at a path."""
    found: dict[str, Any] = copy.deepcopy(read_file(_EXAMPLE.path).data)
    place: Any = found
    for step in path[:-1]:
        place = place[step]
    assert isinstance(place.pop(path[-1]), bool)
    return found


def _flags(value: Any, *path: str | int) -> list[tuple[str | int, ...]]:
    if isinstance(value, bool):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [flag for step, below in items for flag in _flags(below, *path, step)]


# One of each kind: entries of a list are alike.
FLAGS = list(
    {
        tuple(step for step in path if isinstance(step, str)): path for path in _flags(read_file(_EXAMPLE.path).data)
    }.values()
)
_ASKED = {("surveillance", "feasible"), ("baseline", "fdg_avid")}


def _terminal(found: mrdguide.Recommendation) -> str:
    out = io.StringIO()
    Console(file=out, width=120).print(to_text(board(found)))
    return out.getvalue()


# The words of each way out; of data the texts alone, for a flag may be one there.
_WAYS_OUT: dict[str, Callable[[mrdguide.Recommendation], str]] = {
    "data": lambda found: "\n".join(_texts(found.to_dict())),
    "short data": lambda found: "\n".join(_texts(found.to_dict("short"))),
    "terminal": _terminal,
    "Markdown": lambda found: to_markdown(board(found)),
    "HTML": lambda found: _read(to_html(board(found))),
    "companion": lambda found: to_markdown(companion(found)),
    "GuidanceResponse": lambda found: "\n".join(_texts(fhir.guidance_response(found, subject="Patient/p"))),
}


def _read(html: str) -> str:
    """A page as it is read: attributes have words of their own."""
    return re.sub(r"<[^>]+>", " ", html)


def _texts(value: Any) -> list[str]:
    """Every text and every key of plain data."""
    if isinstance(value, dict):
        return [str(key) for key in value] + [text for below in value.values() for text in _texts(below)]
    if isinstance(value, list):
        return [text for below in value for text in _texts(below)]
    return [value] if isinstance(value, str) else []


def test_there_are_flags_to_leave_out() -> None:
    assert {tuple(step for step in path if isinstance(step, str)) for path in FLAGS} >= _ASKED


@pytest.mark.parametrize("path", FLAGS, ids=lambda path: ".".join(map(str, path)))
def test_a_missing_flag_is_words_in_every_way_out(
    path: tuple[str | int, ...], shipped_rules: mrdguide.RuleBook
) -> None:
    found = mrdguide.evaluate(_profile(*path), rules=shipped_rules, as_of=_EXAMPLE.as_of)
    for name, words in _WAYS_OUT.items():
        assert not (seen := _PYTHON.search(words(found))), f"{name}: {seen}"
    if path in _ASKED:
        assert any(set(need["leads_to"]) == {"yes", "no"} for need in found.to_dict()["missing"])


@pytest.mark.parametrize("path", sorted(_ASKED))
def test_the_interview_and_its_form_ask_for_yes_or_no(path: tuple[str, ...]) -> None:
    profile = _profile(*path)
    question = interview.next(profile, as_of=_EXAMPLE.as_of)
    assert question is not None
    assert not _PYTHON.search("\n".join(_texts(question.to_dict())))
    form = fhir.questionnaire(profile)
    assert not _PYTHON.search("\n".join(_texts(form)))


def test_a_card_and_its_report_say_it_in_words(client: Client) -> None:
    """An export says nothing of surveillance, and often not whether the disease was FDG-avid."""
    items = written(SUPPORTED)
    of_type: dict[str, list[Any]] = {}
    for item in items:
        of_type.setdefault(item["resourceType"], []).append(item)
    given = call(prefetch(patient=of_type["Patient"][0], conditions=bundle(*of_type["Condition"]), mrd=bundle(*items)))
    given["context"]["patientId"] = of_type["Patient"][0]["id"]
    [card] = client.post(f"/cds-services/{cds.SERVICE_ID}", json=given).json()["cards"]
    assert not _PYTHON.search(json.dumps(card["detail"]))
    assert "yes" in card["detail"]
    assert not _PYTHON.search(_read(client.get(card["links"][0]["url"]).text))
