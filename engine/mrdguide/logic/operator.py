"""What an operator of the rule language is, and where operators are found.

An operator is one class in one file of `logic/operators/`. Its fields are its parameters in the YAML; `compile` gives
its meaning for one patient; `wording` says it in a sentence. Files in that folder are found by themselves.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import ValidationError
from pydantic_core import core_schema

from ..dates import add_months
from ..patient.facts import ProfileFact
from ..reading.frozen import frozen
from ..reading.validation import StrictModel, closest, problem_at, relocated
from .truth import NOT_MET, UNKNOWN

if TYPE_CHECKING:
    from ..case.case import Case
    from ..case.interpretation_rules import InterpretationRules


# A reference to an expression inside the JSON Schema of rule files.
EXPRESSION_SCHEMA = {"$ref": "#/$defs/expression"}


@frozen
class DataRequirement:
    """Something that is not known and that a verdict waits for. `path` is where in the profile it would be recorded.

    `methods` are the only ones that a new MRD test may be done by; empty: any that counts.
    """

    path: str
    what: str
    methods: tuple[str, ...] = ()


class Modifiability(StrEnum):
    """What it takes for a verdict on record to become another one, from easiest to impossible."""

    CARE = "care"  # something can be agreed or arranged
    TEST = "test"  # a new test, sample or assessment
    TIME = "time"  # time passing, with what goes on today going on
    DECISION = "decision"  # whether therapy goes on: what is to be decided, not a finding
    EVENT = "event"  # only if something happens
    FIXED = "fixed"  # it was so at diagnosis, or it has happened

    @classmethod
    def of_fact(cls, fact: ProfileFact) -> Modifiability:
        """For a verdict read off a single fact."""
        return {"history": cls.FIXED, "agreement": cls.CARE, "test": cls.TEST}[fact.settled_by]


HARDEST = list(Modifiability).index


@frozen
class Margin:
    """How far a recorded value lies from the cut that its verdict hangs on. `distance` is in `unit`, never negative.

    `ages` is whether past the cut nothing is known any more (a test too old), rather than the opposite.
    """

    what: str
    found: str
    threshold: str
    distance: float
    unit: str
    ages: bool = False

    @property
    def away(self) -> str:
        """`743 days`, `12.5 %`"""
        number = f"{self.distance:.3g}" if isinstance(self.distance, float) else str(self.distance)
        return f"{number} {self.unit}s" if self.unit == "day" and self.distance != 1 else f"{number} {self.unit}"


def _no_margins(_case: Case) -> list[Margin]:
    return []


@frozen
class CompiledOperator:
    """An operator compiled: its verdict for a case, the observations behind it, what it waits for, and how near its cuts are."""

    verdict: Callable[[Case], int]
    observe: Callable[[Case], list[str]]
    needs: Callable[[Case], list[DataRequirement]]
    margins: Callable[[Case], list[Margin]] = _no_margins


@frozen
class Context:
    """What compiling needs to know: what absence means in this criterion, and how tests are read."""

    absence_is_not_met: bool = False
    interpretation: InterpretationRules | None = None

    @property
    def absent(self) -> int:
        """The verdict where nothing is recorded."""
        return NOT_MET if self.absence_is_not_met else UNKNOWN


@dataclass(slots=True)
class Inline:
    """What Python text made by operators may use: facts by place, and objects bound to names."""

    names: dict[str, Any] = field(default_factory=dict)
    locals: int = 0
    facts: dict[str, str] = field(default_factory=dict)  # the local name of every fact asked for, by its path

    def local(self) -> str:
        """A fresh name for a value in between."""
        self.locals += 1
        return f"v{self.locals}"

    def bind(self, value: Any) -> str:
        """A name for an object."""
        name = f"x{len(self.names)}"
        self.names[name] = value
        return name

    def fact(self, path: str) -> str:
        """Text that reads a fact: None when unknown; a laboratory value as a number in its canonical unit."""
        return self.facts.setdefault(path, f"fact{len(self.facts)}")


_LISTS = frozenset({"mrd", "imaging", "responses", "markers", "therapy", "events", "toxicities"})


class Operator(StrictModel):
    """The base of every operator."""

    keyword: ClassVar[str]
    # The JSON Schema of what stands behind the keyword, where that is no mapping of the parameters.
    short_form: ClassVar[dict[str, Any] | None] = None
    # Whether it reads what is written down rather than what is the case: only remarks may rest on it, for what is found
    # out later may turn its verdict over.
    of_the_record: ClassVar[bool] = False

    @classmethod
    def parse(cls, parameters: Any) -> Operator:
        """Read the parameters as they stand behind the keyword in the YAML."""
        return cls.model_validate(parameters)

    def compile(self, context: Context) -> CompiledOperator:
        """The meaning for one patient."""
        raise NotImplementedError

    def inline(self, context: Context, inline: Inline) -> str | None:
        """Its verdict as Python text over facts, or None when it needs more than facts. Must agree with `compile`."""
        return None

    def wording(self) -> str:
        """The operator in readable English."""
        raise NotImplementedError

    def children(self) -> tuple[Operator, ...]:
        """Operators inside this one."""
        return ()

    def absence_may_be_not_met(self) -> bool:
        """Whether it reads something that is written down when it happens, so that absence can mean not met."""
        return False

    def implies(self, other: Operator) -> bool:
        """Whether, for every patient there can be, it is not met unless `other` is (`logic.implied` joins the answers).

        Say so only where it follows from what the two operators mean; a missing implication costs nothing but breadth.
        """
        return self == other

    def same_but(self, other: Operator, *names: str) -> bool:
        """Whether another operator is of the same kind with the same parameters, but for those named."""
        return type(self) is type(other) and self == other.model_copy(
            update={name: getattr(self, name) for name in names}
        )

    def paths(self) -> tuple[str, ...]:
        """Paths of the profile it looks at; a list by its name alone."""
        return ()

    def thresholds(self) -> Iterator[tuple[str, float]]:
        """Thresholds on what it reads: (path, threshold in the canonical unit)."""
        yield from ()

    def modifiability(self, met: bool) -> Modifiability:
        """What it takes for a known verdict to become met (or not met)."""
        raise NotImplementedError

    def spans(self) -> tuple[int, ...]:
        """The calendar months that it counts from dates of the profile."""
        return ()

    def turning_days(self, case: Case) -> Iterable[int]:
        """Days on which its verdict can differ from the day before though nothing new is recorded, or no more than that
        tests of the day before, all negative, are done a day later. Other days may be among them."""
        names = tuple(sorted(_LISTS.intersection(self.paths())))
        spans = tuple(sorted({0, *self.spans()}))
        return case.once(("turning days", names, spans), lambda: _turning_days(case, names, spans)) if names else ()

    def walk(self) -> Iterator[Operator]:
        """This operator and all inside it."""
        yield self
        for child in self.children():
            yield from child.walk()


class WrittenDown(Operator):
    """Reads what is written down when it happens: what is not on record can count as not met, and only an event makes it met."""

    def absence_may_be_not_met(self) -> bool:
        return True

    def modifiability(self, met: bool) -> Modifiability:
        return Modifiability.EVENT if met else Modifiability.FIXED


def _turning_days(case: Case, names: Iterable[str], spans: Iterable[int]) -> frozenset[int]:
    """The days so many months after an entry of some lists, and those beside them."""
    dated = {
        day for name in names for timed in case.timed(name) for day in (timed.earliest, timed.latest, timed.last_day)
    }
    # A vague date may end after today; the day after a positive is the first on which a run can begin.
    turned = {add_months(day, months) for day in dated for months in spans}
    return frozenset({*turned, *(day + 1 for day in turned)})


@cache
def operators() -> Mapping[str, type[Operator]]:
    """Every operator by its keyword."""
    from . import operators as folder

    found: dict[str, type[Operator]] = {}
    for module_info in pkgutil.iter_modules(folder.__path__):
        module = importlib.import_module(f"{folder.__name__}.{module_info.name}")
        for item in vars(module).values():
            here = isinstance(item, type) and issubclass(item, Operator) and item.__module__ == module.__name__
            if here and "keyword" in vars(item):
                found[item.keyword] = item
    return dict(sorted(found.items()))


def parse_expression(value: Any) -> Operator:
    """Read an expression: `{keyword: parameters}`, or a criterion's id alone.

    Raises:
        ValueError: it is not an expression; pydantic turns it into a problem at its place.
    """
    if isinstance(value, Operator):
        return value
    if isinstance(value, str):
        return operators()["criterion"].parse(value)
    wanted = "one operator with its parameters, or a criterion's id"
    if isinstance(value, Mapping) and len(value) > 1:
        names = ", ".join(map(str, value))
        found = f"several operators side by side ({names}); join them with all: or any:"
        raise problem_at("", found, wanted, code="bad-value")
    if not isinstance(value, Mapping) or not value:
        raise problem_at("", "this is not an expression", wanted, code="bad-value")
    keyword, parameters = next(iter(value.items()))
    operator = operators().get(keyword)
    if operator is None:
        near, wanted = closest(str(keyword), operators()), f"one of {', '.join(operators())}"
        raise problem_at("", f"there is no operator '{keyword}'", wanted, code="unknown-operator", hint=near)
    try:
        return operator.parse(parameters)
    except ValidationError as error:
        raise ValidationError.from_exception_data(
            keyword, relocated(error, (keyword,), list(operator.model_fields))
        ) from None


class _ExpressionSchema:
    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(parse_expression)

    @classmethod
    def __get_pydantic_json_schema__(cls, _core: Any, _handler: Any) -> dict[str, Any]:
        return dict(EXPRESSION_SCHEMA)


Expression = Annotated[Operator, _ExpressionSchema]


def rests_on_readings(expression: Operator) -> bool:
    """Whether an expression reads MRD tests or images, so that it means something else under other readings."""
    try:
        expression.compile(Context())
    except ValueError:
        return True
    return False


class UniqueList:
    """Collects texts or requirements without repeats, in order."""

    def __init__(self) -> None:
        self._found: dict[Any, None] = {}

    def add(self, more: Iterable[Any]) -> None:
        self._found.update(dict.fromkeys(more))

    @property
    def items(self) -> list[Any]:
        return list(self._found)
