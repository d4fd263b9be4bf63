"""`criterion`: the verdict of another criterion or conclusion. An id alone is short for it."""

from __future__ import annotations

from typing import Any, ClassVar

from ..operator import CompiledOperator, Context, Modifiability, Operator


class Reference(Operator):
    """Takes the verdict that another criterion or conclusion has."""

    keyword: ClassVar[str] = "criterion"
    short_form: ClassVar[dict[str, Any] | None] = {"type": "string"}
    id: str

    @classmethod
    def parse(cls, parameters: Any) -> Operator:
        return cls.model_validate({"id": parameters})

    def modifiability(self, met: bool) -> Modifiability:
        raise AssertionError("references are resolved when a rule book is compiled")

    def compile(self, context: Context) -> CompiledOperator:
        raise AssertionError("references are resolved when a rule book is compiled, never judged on a patient")

    def wording(self) -> str:
        return self.id


def references(expression: Operator) -> tuple[str, ...]:
    """The ids an expression names, each once, in order."""
    return tuple(dict.fromkeys(item.id for item in expression.walk() if isinstance(item, Reference)))
