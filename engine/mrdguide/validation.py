"""From pydantic's error list to problems that say where, what was found, what was expected and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from .document import Document, Path_
from .errors import Problem


class Strict(BaseModel):
    """The base of everything read from outside: frozen, unknown keys refused, NaN and infinity refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True, populate_by_name=True,
        str_strip_whitespace=True,
    )  # fmt: skip


def closest(word: str, known: Any) -> str:
    """`did you mean ...?` for a misspelt word, or an empty string when nothing is near."""
    near = difflib.get_close_matches(str(word), [str(name) for name in known], n=1, cutoff=0.55)
    return f"did you mean '{near[0]}'?" if near else ""


def relocated(error: ValidationError, prefix: tuple[int | str, ...]) -> list[InitErrorDetails]:
    """The errors of a nested validation, to be raised again from inside an outer one."""
    return [
        InitErrorDetails(
            type=PydanticCustomError(item["type"], "{found}", {**item.get("ctx", {}), "found": item["msg"]}),
            loc=(*prefix, *item["loc"]),
            input=item["input"],
        )
        for item in error.errors(include_url=False)
    ]


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models an annotation can hold, through Annotated, unions, tuples and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def keys_at(model: type[BaseModel], path: Path_) -> list[str]:
    """The keys a mapping at `path` may have in data of this model."""
    if not path:
        return [info.alias or name for name, info in model.model_fields.items()]
    head, rest = path[0], path[1:]
    for name, info in model.model_fields.items():
        if head in (name, info.alias):
            within = tuple(rest[1:]) if rest and isinstance(rest[0], int) else rest
            return [key for inner in models_in(info.annotation)[:1] for key in keys_at(inner, within)]
    return []


def problems_of(
    error: ValidationError,
    document: Document,
    model: type[BaseModel],
    prefix: Path_ = (),
) -> list[Problem]:
    """Translate one ValidationError of `model`, whose data stand at `prefix` of the document.

    Location parts that pydantic adds for union members and that are no key of the data are dropped.
    """
    found = []
    for item in error.errors(include_url=False):
        path = _data_path(document.data, (*prefix, *item["loc"]))
        kind, context = item["type"], item.get("ctx", {})
        if kind == "extra_forbidden":
            key = str(path[-1])
            known = keys_at(model, path[len(prefix) : -1])
            expected = f"one of {', '.join(known)}" if known else ""
            found.append(
                document.problem(path, f"unknown key '{key}'", expected=expected, hint=closest(key, known), key=True)
            )
        elif kind == "missing":
            key = str(item["loc"][-1])
            found.append(document.problem(path[:-1] if path and path[-1] == key else path, f"'{key}' is missing"))
        elif kind == "literal_error":
            found.append(
                document.problem(
                    path, f"found {_shown(item['input'])}", expected=str(context.get("expected", "")).replace("'", ""),
                    hint=closest(str(item["input"]), str(context.get("expected", "")).replace("'", "").split(", ")),
                )
            )  # fmt: skip
        else:
            message = item["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
            expected = str(context.get("wanted", "")) or ("" if kind == "value_error" else message)
            text = message if kind in ("value_error", "assertion_error") else f"found {_shown(item['input'])}"
            found.append(document.problem(path, text, expected=expected if expected != text else ""))
    return _without_echoes(found)


def _data_path(data: Any, location: tuple[Any, ...]) -> Path_:
    path: list[str | int] = []
    here = data
    for index, part in enumerate(location):
        if (isinstance(here, Mapping) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and part < len(here)
        ):
            here = here[part]
        elif index == len(location) - 1 and isinstance(here, Mapping):
            pass  # a missing key: keep its name
        else:
            continue
        path.append(part)
    return tuple(path)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    seen: set[tuple[str, str]] = set()
    unique = []
    for problem in problems:
        key = (problem.path, problem.message)
        if key not in seen:
            seen.add(key)
            unique.append(problem)
    return unique
