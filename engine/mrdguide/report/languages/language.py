"""A language that pages are written in. It is handed from call to call, so that two languages can be answered at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .locale_forms import LocaleForms


@dataclass(frozen=True, eq=False)
class Language:
    """One language. Two are the same only if they are one object: catalogues of one tag may differ.

    tag: as BCP 47 writes it, such as `de` or `pt-BR`
    texts: the translations by id, one or more plural forms each; empty for English, which needs none
    plural_form: which of its forms a text takes for a number
    forms: how days, numbers and lists are written; None for English
    """

    tag: str
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural_form: Callable[[int], int] = lambda _number: 0
    forms: LocaleForms | None = None

    def counted(self, name: str, english: str, number: int) -> str:
        """The form that the text of an id takes for a number."""
        forms = self.texts.get(name)
        return forms[self.plural_form(number)] if forms is not None else english

    def text(self, name: str, english: str) -> str:
        """The text of an id."""
        return self.texts[name][0] if name in self.texts else english


ENGLISH = Language("en")
