"""The result: one object that every reader (terminal, JSON, report) reads. The JSON form is `to_dict()`.

Everything it holds is frozen data. Each key of the JSON form is an attribute of the same name (of what it holds too; the
one exception is `class`, which Python reserves: `class_`). Texts and evidence are put together when they are first
looked at, so that a host that only needs the outcome does not pay for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from ..case.case import Case
from ..dates import iso
from ..decide.decision import Decided
from ..logic.truth import MET
from ..patient.profile import Patient
from ..reading.computed import computed
from ..rulefiles.model import Outcome
from .criteria import Criteria, CriterionResult
from .provenance import Provenance, engine_version, input_hash

# What these hold is imported when it is first looked at: a host that only needs the outcome starts faster without.
if TYPE_CHECKING:
    from ..rulebook.book import RuleBook
    from .attestations import AttestationUsed
    from .entries import EntriesInOrder
    from .evidence import CitedEntry
    from .followup import StudyFollowup
    from .interpreted_tests import InterpretedTests
    from .layers import LayeredAnswer
    from .missing import Missing
    from .risk import RiskResult
    from .secondary import SecondaryAnswer
    from .sides import SideOfScale
    from .studies import StudyPattern
    from .unobtainable import UnobtainableFact


_FAULT = (
    "Two of the rules' verdicts contradict each other; that is a fault of the program, not of the record. Report it."
)

# How many missing facts the headline names.
_NAMED = 3


@dataclass(frozen=True)
class Answer:
    """What the evidence supports discussing for one patient on one day."""

    patient_id: str
    outcome: str
    possible_outcomes: tuple[str, ...]
    rules: RuleBook
    case: Case
    judged_verdicts: tuple[int, ...]
    decided: Decided
    include_unverified: bool = False

    @property
    def patient(self) -> str:
        """The id of the patient's profile."""
        return self.patient_id

    @property
    def profile(self) -> Patient:
        """The profile as it was given. Not part of the JSON form."""
        return self.case.original

    @property
    def doubted(self) -> frozenset[str]:
        """Places of the profile whose fact reads as unknown although something is recorded. Not part of the JSON form."""
        return frozenset(doubt.path for doubt in self.case.doubts)

    @property
    def as_of(self) -> date:
        """The day judged. In the JSON form it is in `provenance`."""
        return date.fromordinal(self.case.as_of)

    @property
    def settled(self) -> bool:
        """Whether every way of filling in what is unknown leads to the same outcome."""
        return self.decided.settled

    @property
    def faults(self) -> tuple[str, ...]:
        """Verdicts that contradict each other, in words: a fault inside, because of which no answer is given."""
        return self.decided.faults

    @property
    def title(self) -> str:
        """The outcome in a few words."""
        return self._answer.title if self._answer else self.rules.decision.insufficient.title

    @property
    def answer(self) -> str:
        """The answer to the question whether maintenance may be stopped, in a few words."""
        if self._answer is not None:
            return self._answer.answer or self._answer.title
        insufficient = self.rules.decision.insufficient
        without_stop = None if self.stop_possible else insufficient.answer_without_stop
        return without_stop or insufficient.answer or insufficient.title

    @property
    def headline(self) -> str:
        """The outcome in a sentence; while it is open, what is certain already, with what is missing first."""
        if self._answer is not None:
            return self._answer.headline
        if self.faults:
            return f"{self.certain_already} {_FAULT}"
        named = "; ".join(item.what for item in self.missing[:_NAMED])
        rest = len(self.missing) - _NAMED
        more = f"; and {rest} more" if rest > 0 else ""
        return f"{self.certain_already} Missing: {named}{more}{self._if_alone}."

    @property
    def certain_already(self) -> str:
        """With what the headline begins: what is certain, by the outcomes that are still possible. Not part of the JSON form."""
        if self._answer is not None:
            return self._answer.headline
        insufficient = self.rules.decision.insufficient
        if self.faults:
            return insufficient.headline
        fitting = (item.headline for item in insufficient.headlines if item.fits(self._within_reach))
        return next(fitting, insufficient.headline)

    @property
    def _within_reach(self) -> tuple[str, ...]:
        """The outcomes still possible, and those to which what is missing can lead: a new test can find what today's record
        rules out, and nothing may be called certain beside it."""
        told = [name for item in self.missing for outcomes in item.leads_to.values() for name in outcomes]
        return tuple(dict.fromkeys((*self.possible_outcomes, *told)))

    @property
    def _if_alone(self) -> str:
        """Where each result of the one fact that is missing settles the answer, if it does."""
        if len(self.missing) != 1:
            return ""
        titles = {item.id: item.title for item in self.rules.decision.outcomes}
        ends = [(answer, ends[0]) for answer, ends in self.missing[0].leads_to.items() if len(ends) == 1]
        # In lower case but for what is written in capitals (MRD).
        return "".join(f"; if {answer}: {titles[outcome][0].lower()}{titles[outcome][1:]}" for answer, outcome in ends)

    @property
    def stop_possible(self) -> bool:
        """Whether an outcome that opens the way to a stop is the answer or still possible. False means that no result
        that is missing can lead to one; a later test or time may."""
        return not self.faults and self.rules.decision.stop_possible(self.possible_outcomes)

    @property
    def certainty(self) -> str:
        """GRADE certainty of the evidence behind the outcome: high, moderate, low or very-low; very-low while the
        outcome is open."""
        return self._answer.certainty if self._answer else "very-low"

    @property
    def permissiveness(self) -> int:
        """How far the outcome opens the way to stopping, from 0 (stopping is out of the question) to 100 (the evidence
        supports discussing a stop). It ranks the outcomes of one rule book and measures nothing; a new positive finding
        never raises it."""
        answer = self._answer
        return answer.permissiveness if answer else self.rules.decision.insufficient.permissiveness

    @property
    def rule(self) -> str:
        """File and line of the outcome's rule."""
        return self.rules.where(f"outcome:{self.outcome}")

    @property
    def options(self) -> tuple[str, ...]:
        """What may be discussed with this answer; to continue is always among it where therapy is ongoing."""
        return (self._answer or self.rules.decision.insufficient).options

    @property
    def cites(self) -> tuple[str, ...]:
        """What the outcome itself rests on: evidence ids, some with a finding behind `#`. While it is open, what each
        outcome still possible would rest on."""
        possible = [item for item in self.rules.decision.outcomes if item.id in self.possible_outcomes]
        possible.sort(key=lambda item: -item.permissiveness)
        return tuple(dict.fromkeys(name for item in possible for name in item.cites))

    @property
    def limits(self) -> tuple[str, ...]:
        """What limits the evidence behind the outcome."""
        return self._answer.limits if self._answer else ()

    @computed
    def missing(self) -> tuple[Missing, ...]:
        """The unknown facts that the outcome depends on, and where each result leads; empty when it is settled."""
        from .missing import find_missing

        return () if self.settled else find_missing(self.rules, self.case, self.judged_verdicts)

    @computed
    def provenance(self) -> Provenance:
        """Which rules, engine and input gave this answer, and for which day."""
        pack = self.rules.pack
        return Provenance(
            pack.name, pack.version, self.rules.hash, engine_version(), input_hash(self.case.original),
            iso(self.case.as_of), self.decided.cross_checked,
        )  # fmt: skip

    @computed
    def criteria(self) -> Mapping[str, CriterionResult]:
        """Every criterion, conclusion, block, caution and remark by id."""
        return self._criteria

    @computed
    def because(self) -> tuple[CriterionResult, ...]:
        """What decides the outcome, most telling first; empty while it is open. In the JSON form by id: the results are
        in `criteria`."""
        if self._answer is None:
            return ()
        ids: list[str] = []
        for item in self._answer.because:
            ids.extend(self.rules.sections.get(item, (item,)))
        return tuple(self.criteria[item] for item in dict.fromkeys(ids) if self._verdict(item) == MET)

    @computed
    def blocks(self) -> tuple[CriterionResult, ...]:
        """Blocks that are established."""
        return self._criteria.blocks()

    @computed
    def cautions(self) -> tuple[CriterionResult, ...]:
        """Cautions that apply, and those that cannot be excluded (`verdict` unknown)."""
        return self._criteria.cautions()

    @computed
    def remarks(self) -> tuple[CriterionResult, ...]:
        """Worth saying, without effect on the answer; with `verdict` unknown where it may be."""
        return self._criteria.remarks()

    @computed
    def followup_in_studies(self) -> tuple[StudyFollowup, ...]:
        """What studies did after an answer like this: surveillance and restart triggers, each with its source."""
        from .followup import followup_in_studies

        return followup_in_studies(self.rules, self.outcome)

    @property
    def plans(self) -> tuple[StudyFollowup, ...]:
        """Former name of `followup_in_studies`."""
        return self.followup_in_studies

    @computed
    def secondary(self) -> tuple[SecondaryAnswer, ...]:
        """Answers beside the main one."""
        from .secondary import secondary_answers

        return secondary_answers(self.rules, self.decided)

    @computed
    def sides(self) -> tuple[SideOfScale, ...]:
        """Both sides of the scale in figures, where the answer names a stop or one is still possible; each with what it cites."""
        from .sides import sides_of_scale

        if self._answer is None and not self.stop_possible:
            return ()
        return sides_of_scale(self.rules, (self.outcome, *self.possible_outcomes))

    @computed
    def risk(self) -> Mapping[str, RiskResult]:
        """Every risk scheme by id."""
        from .risk import risk_results

        return risk_results(self.rules, self.judged_verdicts, self.criteria)

    @computed
    def protocols(self) -> Mapping[str, StudyPattern]:
        """Every study's published entry pattern by id, criterion by criterion."""
        from .studies import study_patterns

        return study_patterns(self.rules, self.decided, self._criteria)

    @computed
    def matched_studies(self) -> tuple[str, ...]:
        """Ids of the study patterns that this patient matches: every published criterion met, no known difference."""
        return tuple(item.id for item in self.rules.protocols if self._verdict(f"match:{item.id}") == MET)

    @computed
    def tests(self) -> InterpretedTests:
        """The MRD tests and imaging studies as the rules read them, and the current runs of negatives."""
        from .interpreted_tests import interpret_tests

        return interpret_tests(self.case, self.rules)

    @computed
    def entries(self) -> EntriesInOrder:
        """The profile's entries in order of time, with the days they can have been on and, for therapy, whether it is
        ongoing. Not part of the JSON form, which does not repeat the profile."""
        from .entries import entries_in_order

        return entries_in_order(self.case)

    @computed
    def evidence(self) -> tuple[CitedEntry, ...]:
        """What the answer rests on, and which of its parts each entry supports."""
        from .evidence import cited_entries

        return cited_entries(
            self.rules.evidence, self._citing(), self.protocols, include_unverified=self.include_unverified
        )

    @property
    def cited(self) -> tuple[str, ...]:
        """The ids of what the answer rests on, in the order of `evidence`. Not part of the JSON form."""
        library = self.rules.evidence
        named = dict.fromkeys(name.partition("#")[0] for _, cites in self._citing() for name in cites)
        return tuple(library.shown(name).id for name in named)

    @computed
    def ignored_entries(self) -> tuple[str, ...]:
        """What is recorded and was set aside (dated after the day judged, what cannot be, planned ends, names and notes that are
        not read), and faults of the program, in words."""
        from .attestations import attestations_ignored
        from .unobtainable import declarations_ignored

        return (
            *(f"fault: {text}" for text in self.faults),
            *self.case.ignored(),
            *self.case.planned(),
            *self.case.otherwise_named(),
            *attestations_ignored(self.rules, self.case),
            *declarations_ignored(self.rules, self.case),
        )

    @computed
    def attestations(self) -> tuple[AttestationUsed, ...]:
        """What somebody says was looked at and the answer rests on, in the place of a record."""
        from .attestations import attestations_used

        return attestations_used(self.rules, self.case)

    @computed
    def unobtainable(self) -> tuple[UnobtainableFact, ...]:
        """What the answer was reached without, because somebody says that it cannot be had any more."""
        from .unobtainable import unobtainable_facts

        return unobtainable_facts(self.rules, self.case)

    @computed
    def rests_on(self) -> str:
        """On whose word the answer rests, in a sentence; empty when it rests on the record alone."""
        from .attestations import in_a_sentence

        return in_a_sentence(self.attestations, self.unobtainable)

    @computed
    def layers(self) -> LayeredAnswer | None:
        """Of rules with layers: what the core alone says, and who decided. None, and not in the JSON form, otherwise."""
        from .layers import layered_answer

        return layered_answer(self.rules, self.judged_verdicts, self.possible_outcomes)

    @property
    def core_outcome(self) -> str:
        """The outcome that the core alone gives; without layers the outcome. In the JSON form it is in `layers`."""
        return self.layers.core_outcome if self.layers is not None else self.outcome

    @property
    def decided_by(self) -> str:
        """The rules that decided, by name and version. In the JSON form it is in `layers`."""
        return self.layers.decided_by if self.layers is not None else self.rules.name

    @computed
    def said_of_the_rules(self) -> tuple[str, ...]:
        """What every page says of rules that are not the core alone: which layers decided what, or that nothing watches."""
        from .layers import said_of_the_rules

        return said_of_the_rules(self.rules, self.layers)

    @property
    def notes(self) -> tuple[str, ...]:
        """Former name of `ignored_entries`."""
        return self.ignored_entries

    @property
    def statement(self) -> str:
        """What this is and is not."""
        return self.rules.pack.statement

    def to_dict(self) -> dict[str, Any]:
        """The JSON form. Keys are present even when empty; `plans` and `notes` repeat their newer names."""
        return self._form(
            criteria=_dicts_by_id(self.criteria),
            risk=_dicts_by_id(self.risk),
            protocols=_dicts_by_id(self.protocols),
            tests=self.tests.to_dict(),
            evidence=_dicts(self.evidence),
            cautions=_dicts(self.cautions),
            blocks=_dicts(self.blocks),
            remarks=_dicts(self.remarks),
        )

    def to_text(self, indent: int | None) -> str:
        """The JSON form as text, laid out like `json.dumps(answer.to_dict(), indent=indent, ensure_ascii=False)`."""
        from .json_layout import Layout
        from .json_text import encoded_parts

        layout = Layout(indent)
        parts, found = encoded_parts(self.rules, layout), self._criteria
        return layout.whole(
            self._form(
                criteria=parts.criteria(found),
                risk=parts.risk(self.risk),
                protocols=parts.studies(self.protocols),
                tests=parts.tests(self.tests),
                evidence=parts.evidence(self.evidence),
                cautions=parts.results(found, self.cautions),
                blocks=parts.results(found, self.blocks),
                remarks=parts.results(found, self.remarks),
            )
        )

    def _form(
        self, *, criteria: object, risk: object, protocols: object, tests: object, evidence: object, cautions: object,
        blocks: object, remarks: object,
    ) -> dict[str, Any]:  # fmt: skip
        """The JSON form with its larger parts as they are given: plain data, or text already."""
        return {
            "patient": self.patient,
            "outcome": self.outcome,
            "possible_outcomes": list(self.possible_outcomes),
            "secondary": _dicts(self.secondary),
            "certainty": self.certainty,
            "permissiveness": self.permissiveness,
            "stop_possible": self.stop_possible,
            "title": self.title,
            "answer": self.answer,
            "headline": self.headline,
            "because": [result.id for result in self.because],
            "rule": self.rule,
            "options": list(self.options),
            "sides": _dicts(self.sides),
            "limits": list(self.limits),
            "criteria": criteria,
            "risk": risk,
            "protocols": protocols,
            "matched_studies": list(self.matched_studies),
            "tests": tests,
            "missing": _dicts(self.missing),
            "evidence": evidence,
            "cautions": cautions,
            "blocks": blocks,
            "remarks": remarks,
            "followup_in_studies": _dicts(self.followup_in_studies),
            "plans": _dicts(self.plans),
            "ignored_entries": list(self.ignored_entries),
            "attestations": _dicts(self.attestations),
            "unobtainable": _dicts(self.unobtainable),
            "rests_on": self.rests_on,
            "faults": list(self.faults),
            "notes": list(self.notes),
            "statement": self.statement,
            "provenance": self.provenance.to_dict(),
            **self._of_layers(),
        }

    def _of_layers(self) -> dict[str, Any]:
        """The keys that only an answer of rules with layers has."""
        if self.layers is None:
            return {}
        return {
            "core_outcome": self.core_outcome,
            "decided_by": self.decided_by,
            "layers": self.layers.to_dict(),
        }

    @computed
    def _criteria(self) -> Criteria:
        return Criteria(self.rules, self.case, self.decided)

    @property
    def _answer(self) -> Outcome | None:
        return next((item for item in self.rules.decision.outcomes if item.id == self.outcome), None)

    def _verdict(self, name: str) -> int:
        return self.decided.verdicts[self.rules.decider.index_of[name]]

    def _citing(self) -> Iterator[tuple[str, Iterable[str]]]:
        """The parts of the answer that cite evidence, by id, the most telling first."""
        for outcome in self.rules.decision.outcomes:
            if outcome.id in self.possible_outcomes:
                yield outcome.id, outcome.cites
        for side in self.sides:
            yield side.id, side.cites
        parts: tuple[CriterionResult | SecondaryAnswer, ...] = (
            *self.because,
            *self.blocks,
            *self.cautions,
            *self.secondary,
        )
        for part in parts:
            yield part.id, part.cites
        for protocol in self.rules.protocols:
            if self._verdict(f"match:{protocol.id}") == MET:
                yield f"protocol:{protocol.id}", (protocol.study,)
        for remark in self.remarks:
            yield remark.id, remark.cites
        for followup in self.followup_in_studies:
            yield followup.id, [item.source for item in followup.items]
        for missing in self.missing:
            for item in missing.criteria:
                yield item, self.rules.rules[item].cites


class _HasDict(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


def _dicts(parts: Iterable[_HasDict]) -> list[dict[str, Any]]:
    return [part.to_dict() for part in parts]


def _dicts_by_id(parts: Mapping[str, _HasDict]) -> dict[str, dict[str, Any]]:
    return {name: part.to_dict() for name, part in parts.items()}
