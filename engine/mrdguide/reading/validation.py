"""From pydantic's error list to problems that say where, what was found, what was expected and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from ..dates import WANTED
from ..errors import Problem
from .computed import computed
from .document import Document, DocumentPath
from .frozen import frozen
from .written_words import closest, closest_key, date_hint, flag_hint, key_hint, word_hint

__all__ = [
    "Mistake", "StrictModel", "annotation_parts", "closest", "keys_at", "mended", "models_in", "problem_at",
    "problems_of", "raise_all", "relocated", "shown_value", "word_hint",
]  # fmt: skip

_DAYS_OF_A_MONTH = 30.4
_NUMBER_WITH_UNIT = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*([^\W\d_][^\d]*)")
_VERSION = r"^\d+\.\d+(\.\d+)?$"
_FORMS = {
    r"^[a-z0-9][a-z0-9._-]*$": "small letters, digits, dots, hyphens, underscores, for example risk.del-17p",
    r"^\d+\.\d+\.\d+$": "a version, for example 1.2.0",
    _VERSION: 'a version of two or three numbers, in quotes, for example "0.1"',
    r"^[a-z0-9-]+@\d+\.\d+$": "the rule book and its version, for example mrdguide-core@0.2",
    r"^\d{4}-\d{2}-\d{2}$": "a date YYYY-MM-DD",
    r"^(\d{4}-\d{2}-\d{2})?$": "a date YYYY-MM-DD",
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "a date YYYY-MM-DD",
}


class StrictModel(BaseModel):
    """The base of everything read from outside: frozen, unknown keys refused, NaN and infinity refused."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True, populate_by_name=True, serialize_by_alias=True,
        str_strip_whitespace=True, ignored_types=(computed,),
    )  # fmt: skip


@frozen
class Mistake:
    """A mistake that a model finds in its own data: where in it (`unit`, `values.1`), what, and the code of the problem."""

    path: str
    message: str
    wanted: str = ""
    code: str = "contradiction"
    hint: str = ""

    def error(self) -> PydanticCustomError:
        """The same for pydantic, to be raised from a validator."""
        return PydanticCustomError(
            "value_error", "{found}",
            {"found": self.message, "at": self.path, "wanted": self.wanted, "code": self.code, "hint": self.hint},
        )  # fmt: skip


def problem_at(
    path: str, message: str, wanted: str = "", *, code: str = "contradiction", hint: str = ""
) -> PydanticCustomError:
    """A mistake that a model finds when it is whole, placed at one of its fields (`unit`, `values.1`)."""
    return Mistake(path, message, wanted, code, hint).error()


def raise_all(title: str, mistakes: Iterable[Mistake]) -> None:
    """Raise every mistake of a model at once; nothing when there is none.

    Raises:
        ValidationError: there is at least one.
    """
    found = [InitErrorDetails(type=mistake.error(), loc=(), input=None) for mistake in mistakes]
    if found:
        raise ValidationError.from_exception_data(title, found)


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
        return [info.alias or name for name, info in model.model_fields.items() if not info.exclude]
    head, rest = path[0], path[1:]
    for name, info in model.model_fields.items():
        if head in (name, info.alias):
            within = tuple(rest[1:]) if rest and isinstance(rest[0], int) else rest
            return [key for inner in models_in(info.annotation)[:1] for key in keys_at(inner, within)]
    return []


def problems_of(
    error: ValidationError, document: Document, model: type[BaseModel], prefix: DocumentPath = ()
) -> list[Problem]:
    """Translate one ValidationError of `model`, whose data are at `prefix` of the document, in the order of the text.

    What unknown keys kept from being looked at is looked at as well (`mended`).
    """
    return mended(error, document, model, prefix)[0]


def mended(
    error: ValidationError, document: Document, model: type[BaseModel], prefix: DocumentPath = ()
) -> tuple[list[Problem], Document]:
    """The problems, and the document as far as it can be understood: a misspelt key taken for the key meant, another
    unknown key taken away. It serves to find further mistakes in the same run, and nothing else."""
    found, unknown = _translated(error, document, model, prefix)
    unknown = {path: key for path, key in unknown.items() if _holds(document.data, path)}
    understood = _without(document, unknown) if unknown else None
    if understood is not None:
        document = understood
        data = document.data
        for part in prefix:
            data = data[part]
        try:
            model.model_validate(data)
        except ValidationError as behind:
            more, document = mended(behind, document, model, prefix)
            found = [problem for problem in found if problem.code == "unknown-key"] + more
        else:
            found = [problem for problem in found if problem.code == "unknown-key"]
    unique = list({(problem.path, problem.message): problem for problem in reversed(found)}.values())[::-1]
    # A dict has no lines: its problems stay in the order in which they were found.
    return sorted(unique, key=lambda problem: (problem.line or 0, problem.column or 0)), document


_Unknown = dict[DocumentPath, str | None]


def _translated(
    error: ValidationError, document: Document, model: type[BaseModel], prefix: DocumentPath
) -> tuple[list[Problem], _Unknown]:
    """One problem for each of pydantic's errors, and the unknown keys, each with the key that it can be taken for.

    Location parts that pydantic adds for union members and that are not keys of the data are dropped.
    """
    found: list[Problem] = []
    unknown: _Unknown = {}
    items = error.errors(include_url=False)
    for item in sorted(items, key=lambda item: item["type"] != "extra_forbidden"):
        path = _data_path(document.data, (*prefix, *item["loc"]))
        kind, context, value = item["type"], item.get("ctx", {}), item["input"]
        if kind == "too_short" and any(len(other["loc"]) > len(item["loc"]) for other in items if other is not item):
            continue  # an entry inside is wrong, so pydantic counts it out
        if kind == "extra_forbidden":
            key = str(path[-1])
            known = keys_at(model, path[len(prefix) : -1]) or [
                name for name in str(context.get("known", "")).split(", ") if name
            ]
            unknown[path] = closest_key(key, known)
            expected, hint = f"one of {', '.join(known)}" if known else "", key_hint(key, known)
            text = f"unknown key '{key}'"
            found.append(document.problem(path, text, expected=expected, hint=hint, code="unknown-key", key=True))
        elif kind == "missing":
            key = str(item["loc"][-1])
            place = path[:-1] if path and path[-1] == key else path
            found.append(document.problem(place, f"'{key}' is missing", code="missing-key"))
        elif kind == "literal_error":
            words = str(context.get("expected", "")).replace("'", "")
            known = words.replace(" or ", ", ").split(", ")
            hint = word_hint(value, known) if isinstance(value, str) else ""
            found.append(document.problem(path, _found(value), expected=words, hint=hint, code="bad-value"))
        elif kind in ("value_error", "assertion_error"):
            found.append(_own(document, path, str(item["msg"]), context, value))
        else:
            message, expected, code = _plainly(kind, context, value, str(item["msg"]))
            hint = flag_hint(value) if kind.startswith("bool") and isinstance(value, str | int) else ""
            if kind == "less_than_equal" and counts_months(path):
                hint = f"months are counted here; {value} days are {months_of(value)}"
            if (
                isinstance(value, str)
                and kind.startswith(("int", "float"))
                and _NUMBER_WITH_UNIT.fullmatch(value.strip())
            ):
                hint = unit_hint(value.strip(), path)
            if kind.startswith("string_type") and path[-1:] == ("version",):
                expected = _FORMS[_VERSION]
            found.append(document.problem(path, message, expected=expected, hint=hint, code=code))
    return found, unknown


def _own(document: Document, path: DocumentPath, message: str, context: Mapping[str, Any], value: Any) -> Problem:
    """The problem of an error that one of our own validators has raised."""
    message = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    inner = tuple(int(part) if part.isdigit() else part for part in str(context.get("at", "")).split(".") if part)
    hint = str(context.get("hint", ""))
    if "code" in context:
        code = str(context["code"])
    elif message.endswith(WANTED):
        code, hint = "not-a-date", date_hint(value, path[-1] if path else "")
    elif path[-1:] == ("unit",):
        code = "unknown-unit"
    else:
        code = "contradiction" if isinstance(value, Mapping | BaseModel) else "bad-value"
    return document.problem((*path, *inner), message, expected=str(context.get("wanted", "")), hint=hint, code=code)


def _without(document: Document, unknown: _Unknown) -> Document | None:
    """The document with its unknown keys taken for the keys meant, or away; None when it is nested too deeply to copy."""
    renamed = {path: (*path[:-1], key) for path, key in unknown.items() if key is not None}

    def copied(value: Any, path: DocumentPath) -> Any:
        if isinstance(value, Mapping):
            kept = {key: copied(item, (*path, key)) for key, item in value.items() if (*path, key) not in unknown}
            for old in renamed:
                if old[:-1] == path and old[-1] in value:
                    kept.setdefault(renamed[old][-1], copied(value[old[-1]], old))
            return kept
        return [copied(item, (*path, index)) for index, item in enumerate(value)] if isinstance(value, list) else value

    spans, key_spans = dict(document.spans), dict(document.key_spans)
    for places in (spans, key_spans):
        for path, span in list(places.items()):
            for old, new in renamed.items():
                if path[: len(old)] == old:
                    places.setdefault((*new, *path[len(old) :]), span)
    try:
        return replace(document, data=copied(document.data, ()), spans=spans, key_spans=key_spans)
    except RecursionError:
        return None


def _plainly(kind: str, context: Mapping[str, Any], value: Any, message: str) -> tuple[str, str, str]:
    """What was found and what was expected, in the words of people who edit YAML, and the code of the problem."""
    if kind == "too_short":
        return "the list is empty", "at least one entry", "bad-value"
    if kind == "too_long":
        most = f"{context['max_length']:,}"
        return f"more than {most} entries", f"at most {most} entries in one list", "too-large"
    limits = {
        "less_than_equal": ("le", "{} or less"), "greater_than_equal": ("ge", "{} or more"),
        "less_than": ("lt", "less than {}"), "greater_than": ("gt", "more than {}"),
        "string_too_long": ("max_length", "at most {} characters"),
        "string_too_short": ("min_length", "at least {} characters"),
    }  # fmt: skip
    if kind in limits:
        name, form = limits[kind]
        limit = context.get(name)
        code = "bad-value" if kind.startswith("string") else "out-of-range"
        return _found(value), form.format(f"{limit:g}" if isinstance(limit, int | float) else limit), code
    words = {
        "int": "a whole number, without quotes", "float": "a number, for example 1e-6", "finite": "a finite number",
        "bool": "true or false", "tuple": 'a list (each entry begins with "- ")',
        "list": 'a list (each entry begins with "- ")', "dict": "key: value lines", "model": "key: value lines",
        "string": "text",
    }  # fmt: skip
    if kind == "string_pattern_mismatch":
        return _found(value), _FORMS.get(str(context.get("pattern")), "another form of text"), "bad-value"
    expected = words.get(kind.split("_")[0], "")
    if expected and isinstance(value, str) and kind.split("_")[0] in ("int", "float"):
        expected += number_hint(value)
    if expected and kind.split("_")[0] in ("dict", "model") and isinstance(value, str) and re.match(r"\w+:\S", value):
        expected += f" (with a space after the colon: {value.replace(':', ': ', 1)[:40]})"
    return _found(value), expected or message, "bad-value"


def counts_months(path: DocumentPath) -> bool:
    """Whether a number at a path of a rule is one of calendar months."""
    name = str(path[-1]) if path else ""
    return name in ("within", "months") or name.endswith("_months")


def months_of(days: float) -> str:
    """Days in months, in words."""
    months = round(days / _DAYS_OF_A_MONTH)
    return "about one month" if months == 1 else f"about {months} months"


def unit_hint(value: str, path: DocumentPath) -> str:
    """What to write for a number with its unit, where the unit is fixed or has a place of its own."""
    number, unit = _NUMBER_WITH_UNIT.findall(value)[0]
    if not counts_months(path):
        return f"write the number alone, without '{unit}': {number}"
    return (
        f"months are counted here: write {number}"
        if unit.startswith("month")
        else "months are counted here: write their number alone"
    )


def number_hint(value: str) -> str:
    """Why a text is not a number, where that can be told: a decimal comma, other digits, minutes and hours."""
    text = value.strip()
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"; with a decimal point: {text.replace(',', '.')}"
    if re.fullmatch(r"0[xob][0-9a-fA-F]+", text):
        return "; in ordinary digits"
    if re.fullmatch(r"\d+(:\d+)+", text):
        return "; not as hours and minutes"
    return ""


def _holds(data: Any, path: DocumentPath) -> bool:
    for part in path:
        in_list = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if not in_list and not (isinstance(data, Mapping) and part in data):
            return False
        data = data[part]
    return True


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


def _found(value: Any) -> str:
    return "is empty" if value is None else f"found {shown_value(value)}"


def shown_value(value: Any) -> str:
    """What was found, in a few characters."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and abs(value) > 10**20:
        return "a very large number"  # Python refuses to write the longest ones
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
