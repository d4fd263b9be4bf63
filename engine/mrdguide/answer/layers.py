"""Of an answer of a rule book with layers: what the core alone says, and which of the two decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..rulebook.book import RuleBook

_STANDS_ALONE = "{name} is a rule book of its own; mrdguide-core does not watch over it."


@dataclass(frozen=True, slots=True)
class Loosened:
    """Something of the core that a layer declares to hold less strictly.

    what: the id of the rule or parameter
    why: why it is loosened
    by: who answers for it
    date: since when, YYYY-MM-DD
    """

    what: str
    why: str
    by: str
    date: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def in_words(self) -> str:
        return f"{self.what}: {self.why.rstrip('.')} ({self.by}, {self.date})"


@dataclass(frozen=True, slots=True)
class LayeredAnswer:
    """What the core alone says, and who decided.

    core: the core's name and version
    layers: the name and version of each layer, in order
    core_outcome: the outcome that the core alone gives
    core_possible_outcomes: every outcome that is possible by the core alone
    decided_by: the core, the layers or both, by name and version
    loosens: what the layers declare to be loosened
    """

    core: str
    layers: tuple[str, ...]
    core_outcome: str
    core_possible_outcomes: tuple[str, ...]
    decided_by: str
    loosens: tuple[Loosened, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON form; its keys are the attributes."""
        return {
            "core": self.core, "layers": list(self.layers), "core_outcome": self.core_outcome,
            "core_possible_outcomes": list(self.core_possible_outcomes), "decided_by": self.decided_by,
            "loosens": [item.to_dict() for item in self.loosens],
        }  # fmt: skip

    def sentences(self) -> tuple[str, ...]:
        """The same for a page."""
        alone = " or ".join(self.core_possible_outcomes)
        still = "" if len(self.core_possible_outcomes) == 1 else f" (possible: {alone})"
        told = (f"Decided by {self.decided_by}. {self.core} alone says: {self.core_outcome}{still}.",)
        if not self.loosens:
            return told
        return (*told, "Loosened by declaration: " + "; ".join(item.in_words for item in self.loosens) + ".")


def layered_answer(rules: RuleBook, judged_verdicts: Sequence[int], possible: Sequence[str]) -> LayeredAnswer | None:
    """What the core alone says of some verdicts; None where the rules have no layers."""
    layering = rules.layering
    if layering is None:
        return None
    core = rules.decider.possible_alone(tuple(layering.core.items()), tuple(judged_verdicts))
    layers = rules.decider.possible_alone(tuple(layering.layers.items()), tuple(judged_verdicts))
    names = [pack.in_words for pack in layering.packs]
    own = " + ".join(names[1:])
    by_core, by_layers = set(possible) == set(core), set(possible) == set(layers)
    decided_by = names[0] if by_core and not by_layers else own if by_layers and not by_core else f"{names[0]} + {own}"
    outcome = core[0] if len(core) == 1 else rules.decision.insufficient.id
    loosens = tuple(Loosened(item.what, item.why, item.by, item.date) for item in layering.loosens)
    return LayeredAnswer(names[0], tuple(names[1:]), outcome, core, decided_by, loosens)


def said_of_the_rules(rules: RuleBook, layers: LayeredAnswer | None) -> tuple[str, ...]:
    """What every page says of rules that are not the core alone."""
    if layers is not None:
        return layers.sentences()
    return (_STANDS_ALONE.format(name=rules.name),) if rules.pack.standalone else ()
