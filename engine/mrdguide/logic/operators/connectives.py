"""`all`, `any`, `not`, `at_least`: the strong Kleene connectives (truth tables in `logic.truth`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from operator import gt, lt
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field, model_validator

from ..operator import (
    EXPRESSION_SCHEMA,
    HARDEST,
    CompiledOperator,
    Context,
    DataRequirement,
    Expression,
    Inline,
    Margin,
    Modifiability,
    Operator,
    UniqueList,
)
from ..truth import MET, NOT_MET, UNKNOWN, at_least

if TYPE_CHECKING:
    from ...case.case import Case

Children = Annotated[tuple[Expression, ...], Field(min_length=1)]


class _Connective(Operator):
    """What every connective takes over from its parts."""

    def turning_days(self, case: Case) -> Iterable[int]:
        return chain.from_iterable([child.turning_days(case) for child in self.children()])

    def modifiability(self, met: bool) -> Modifiability:
        return max((child.modifiability(met) for child in self.children()), key=HARDEST)


class _Extreme(_Connective):
    """What `all` and `any` share: the minimum or the maximum of their parts, found as soon as a part settles it."""

    settling: ClassVar[int]
    sign: ClassVar[str]
    joined_by: ClassVar[str]
    short_form: ClassVar[dict[str, Any] | None] = {"type": "array", "items": EXPRESSION_SCHEMA, "minItems": 1}
    of: Children

    @classmethod
    def parse(cls, parameters: Any) -> Operator:
        return cls.model_validate({"of": parameters})

    def children(self) -> tuple[Operator, ...]:
        return self.of

    def compile(self, context: Context) -> CompiledOperator:
        parts = [child.compile(context) for child in self.of]
        judges = [part.verdict for part in parts]
        settling = self.settling
        more = gt if self.sign == ">" else lt

        def verdict(case: Case) -> int:
            result = MET - settling
            for judge in judges:
                found = judge(case)
                if found == settling:
                    return settling
                if more(found, result):
                    result = found
            return result

        return CompiledOperator(
            verdict, _deciding(parts, max if settling == MET else min), _waiting(parts), _margins(parts)
        )

    def modifiability(self, met: bool) -> Modifiability:
        # One part is enough to settle it; to undo that, every part may have to turn.
        hardest = max if (met == (self.settling == NOT_MET)) else min
        return hardest((child.modifiability(met) for child in self.of), key=HARDEST)

    def inline(self, context: Context, inline: Inline) -> str | None:
        return _folded(self.of, context, inline, self.settling, self.sign)

    def wording(self) -> str:
        return _joined(self.of, self.joined_by)


class All(_Extreme):
    """Met when every part is met; not met when any part is not met; else unknown (Kleene minimum)."""

    keyword: ClassVar[str] = "all"
    settling: ClassVar[int] = NOT_MET
    sign: ClassVar[str] = "<"
    joined_by: ClassVar[str] = " and "


class AnyOf(_Extreme):
    """Met when any part is met; not met when every part is not met; else unknown (Kleene maximum)."""

    keyword: ClassVar[str] = "any"
    settling: ClassVar[int] = MET
    sign: ClassVar[str] = ">"
    joined_by: ClassVar[str] = " or "


class Not(_Connective):
    """Met and not met exchanged; unknown stays unknown."""

    keyword: ClassVar[str] = "not"
    short_form: ClassVar[dict[str, Any] | None] = EXPRESSION_SCHEMA
    of: Expression

    @classmethod
    def parse(cls, parameters: Any) -> Operator:
        return cls.model_validate({"of": parameters})

    def children(self) -> tuple[Operator, ...]:
        return (self.of,)

    def compile(self, context: Context) -> CompiledOperator:
        part = self.of.compile(context)
        inner = part.verdict
        return CompiledOperator(lambda case: MET - inner(case), part.observe, part.needs, part.margins)

    def modifiability(self, met: bool) -> Modifiability:
        return self.of.modifiability(not met)

    def inline(self, context: Context, inline: Inline) -> str | None:
        part = self.of.inline(context, inline)
        return None if part is None else f"({MET} - {part})"

    def wording(self) -> str:
        return f"not ({self.of.wording()})"


class AtLeast(_Connective):
    """Met when `count` of the parts are met; not met when fewer can still be met; else unknown."""

    keyword: ClassVar[str] = "at_least"
    count: Annotated[int, Field(strict=True, ge=1)]
    of: Children

    @model_validator(mode="after")
    def _reachable(self) -> AtLeast:
        if self.count > len(self.of):
            raise ValueError(f"at least {self.count} of {len(self.of)} can never be met; lower 'count' or add parts")
        return self

    def children(self) -> tuple[Operator, ...]:
        return self.of

    def compile(self, context: Context) -> CompiledOperator:
        parts = [child.compile(context) for child in self.of]
        judges = [part.verdict for part in parts]
        count = self.count

        def verdict(case: Case) -> int:
            return at_least(count, [judge(case) for judge in judges])

        return CompiledOperator(
            verdict, _deciding(parts, lambda found: at_least(count, found)), _waiting(parts), _margins(parts)
        )

    def wording(self) -> str:
        return f"at least {self.count} of ({_joined(self.of, '; ')})"


def _folded(children: tuple[Operator, ...], context: Context, inline: Inline, settles: int, sign: str) -> str | None:
    """The minimum or maximum of the parts as text that stops at the verdict which settles it; None if a part has none."""
    parts = [child.inline(context, inline) for child in children]
    text = parts[0]
    for part in parts[1:]:
        if text is None or part is None:
            return None
        first, second = inline.local(), inline.local()
        text = f"({first} if ({first} := {text}) == {settles} else {second} if ({second} := {part}) {sign} {first} else {first})"
    return text


def _deciding(parts: list[CompiledOperator], whole: Callable[[list[int]], int]) -> Callable[[Case], list[str]]:
    """Observations of the parts that have the verdict of the whole, which is made of theirs; of all parts where none has it."""

    def observe(case: Case) -> list[str]:
        found = [part.verdict(case) for part in parts]
        result = whole(found)
        deciding = [part for part, verdict in zip(parts, found, strict=True) if verdict == result] or parts
        listing = UniqueList()
        for part in deciding:
            listing.add(part.observe(case))
        return listing.items

    return observe


def _waiting(parts: list[CompiledOperator]) -> Callable[[Case], list[DataRequirement]]:
    def needs(case: Case) -> list[DataRequirement]:
        listing = UniqueList()
        for part in parts:
            if part.verdict(case) == UNKNOWN:
                listing.add(part.needs(case))
        return listing.items

    return needs


def _margins(parts: list[CompiledOperator]) -> Callable[[Case], list[Margin]]:
    return lambda case: [margin for part in parts for margin in part.margins(case)]


def _joined(parts: tuple[Operator, ...], word: str) -> str:
    texts = [part.wording() for part in parts]
    return word.join(f"({text})" if " and " in text or " or " in text else text for text in texts)
