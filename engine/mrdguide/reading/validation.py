"""From pydantic's error list to problems that say where, what was found, what was expected and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..errors import Problem
from .document import Document, DocumentPath


class StrictModel(BaseModel):
    """The base of everything read from outside: frozen, unknown keys refused, NaN and infinity refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True, populate_by_name=True,
        str_strip_whitespace=True,
    )  # fmt: skip


def closest(word: str, known: Any) -> str:
    """`did you mean ...?` for a misspelt word, or an empty string when nothing is near."""
    if not any(sign.isalnum() for sign in str(word)):
        return ""  # of comparison signs none is "near" another
    near = difflib.get_close_matches(str(word), [str(name) for name in known], n=1, cutoff=0.55)
    return f"did you mean '{near[0]}'?" if near else ""


def problem_at(path: str, message: str, wanted: str = "") -> PydanticCustomError:
    """A mistake that a model finds when it is whole, placed at one of its fields (`unit`, `values.1`)."""
    return PydanticCustomError("value_error", "{found}", {"found": message, "at": path, "wanted": wanted})


def relocated(
    error: ValidationError, prefix: tuple[int | str, ...], known: Sequence[str] = ()
) -> list[InitErrorDetails]:
    """The errors of a nested validation, to be raised again from inside an outer one; `known` are the keys it takes."""
    return [
        InitErrorDetails(
            type=PydanticCustomError(
                item["type"], "{found}", {"known": ", ".join(known), **item.get("ctx", {}), "found": item["msg"]}
            ),
            loc=(*prefix, *item["loc"]),
            input=item["input"],
        )
        for item in error.errors(include_url=False)
    ]


def annotation_parts(annotation: Any) -> list[Any]:
    """An annotation and everything inside it, without the words of a Literal."""
    inner = get_args(annotation) if get_origin(annotation) is not Literal else ()
    return [annotation, *(part for item in inner for part in annotation_parts(item))]


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models an annotation can hold, through Annotated, unions, tuples and mappings."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def keys_at(model: type[BaseModel], path: DocumentPath) -> list[str]:
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
    prefix: DocumentPath = (),
) -> list[Problem]:
    """Translate one ValidationError of `model`, whose data stand at `prefix` of the document.

    Location parts that pydantic adds for union members and that are no key of the data are dropped.
    """
    found = []
    items = error.errors(include_url=False)
    for item in sorted(items, key=lambda item: item["type"] != "extra_forbidden"):
        path = _data_path(document.data, (*prefix, *item["loc"]))
        kind, context = item["type"], item.get("ctx", {})
        if kind == "too_short" and any(len(other["loc"]) > len(item["loc"]) for other in items if other is not item):
            continue  # an entry inside is wrong, so pydantic counts it out
        if kind == "extra_forbidden":
            key = str(path[-1])
            known = keys_at(model, path[len(prefix) : -1]) or [
                name for name in str(context.get("known", "")).split(", ") if name
            ]
            expected = f"one of {', '.join(known)}" if known else ""
            found.append(
                document.problem(path, f"unknown key '{key}'", expected=expected, hint=closest(key, known), key=True)
            )
        elif kind == "missing":
            key = str(item["loc"][-1])
            found.append(document.problem(path[:-1] if path and path[-1] == key else path, f"'{key}' is missing"))
        elif kind == "literal_error":
            words = str(context.get("expected", "")).replace("'", "")
            known = words.replace(" or ", ", ").split(", ")
            hint = closest(str(item["input"]), known)
            found.append(document.problem(path, f"found {_shown(item['input'])}", expected=words, hint=hint))
        elif kind in ("value_error", "assertion_error"):
            message = item["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
            inner = tuple(
                int(part) if part.isdigit() else part for part in str(context.get("at", "")).split(".") if part
            )
            found.append(document.problem((*path, *inner), message, expected=str(context.get("wanted", ""))))
        else:
            message, expected = _plainly(kind, context, item["input"], str(item["msg"]))
            found.append(document.problem(path, message, expected=expected))
    return _without_echoes(found)


def _plainly(kind: str, context: Mapping[str, Any], value: Any, message: str) -> tuple[str, str]:
    """What was found and what was expected, in the words of people who edit YAML."""
    if kind == "too_short":
        return "the list is empty", "at least one entry"
    limits = {
        "less_than_equal": ("le", "{} or less"), "greater_than_equal": ("ge", "{} or more"),
        "less_than": ("lt", "less than {}"), "greater_than": ("gt", "more than {}"),
        "string_too_long": ("max_length", "at most {} signs"), "string_too_short": ("min_length", "at least {} signs"),
    }  # fmt: skip
    if kind in limits:
        name, form = limits[kind]
        limit = context.get(name)
        return f"found {_shown(value)}", form.format(f"{limit:g}" if isinstance(limit, int | float) else limit)
    words = {
        "int": "a whole number, without quotes", "float": "a number, for example 1e-6", "finite": "a finite number",
        "bool": "true or false", "tuple": 'a list (each entry begins with "- ")',
        "list": 'a list (each entry begins with "- ")', "dict": "key: value lines", "model": "key: value lines",
        "string": "text",
    }  # fmt: skip
    if kind == "string_pattern_mismatch":
        forms = {
            r"^[a-z0-9][a-z0-9._-]*$": "small letters, digits, dots, hyphens, underscores, for example risk.del-17p",
            r"^\d+\.\d+\.\d+$": "a version, for example 1.2.0",
            r"^\d{4}-\d{2}-\d{2}$": "a date YYYY-MM-DD",
        }
        return f"found {_shown(value)}", forms.get(str(context.get("pattern")), "another form of text")
    expected = words.get(kind.split("_")[0])
    return f"found {_shown(value)}", expected or message


def _data_path(data: Any, location: tuple[Any, ...]) -> DocumentPath:
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
    if isinstance(value, int) and abs(value) > 10**20:
        return "a very large number"  # Python refuses to write the longest ones
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
