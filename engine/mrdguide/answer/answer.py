"""The result: one object that every reader (terminal, JSON, report) reads. The JSON form is `to_dict()`.

Texts and evidence are put together when they are first looked at, so that a host that only needs the outcome does not
pay for them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..answer.attestations import AttestationUsed, attestations_ignored, attestations_used
from ..answer.criteria import Criteria, CriterionResult
from ..answer.provenance import Provenance, engine_version, input_hash
from ..case.case import Case
from ..dates import iso
from ..decide.decision import Decided, SchemeResult
from ..logic.operators.reference import references
from ..logic.truth import MET, UNKNOWN, VERDICTS
from ..rulefiles.model import Outcome, Protocol, Scheme

if TYPE_CHECKING:
    from ..answer.missing import Missing
    from ..rulebook.book import RuleBook


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
    def settled(self) -> bool:
        return self.decided.settled

    @property
    def title(self) -> str:
        return self._answer.title if self._answer else self.rules.decision.insufficient.title

    @property
    def headline(self) -> str:
        if self._answer is not None:
            return self._answer.headline
        named = "; ".join(item.what for item in self.missing[:_NAMED])
        rest = len(self.missing) - _NAMED
        more = f"; and {rest} more" if rest > 0 else ""
        return f"{self.rules.decision.insufficient.headline} Missing: {named}{more}."

    @property
    def certainty(self) -> str:
        """GRADE certainty of the evidence behind the outcome; very low while the outcome is open."""
        return self._answer.certainty if self._answer else "very-low"

    @property
    def permissiveness(self) -> int:
        answer = self._answer
        return answer.permissiveness if answer else self.rules.decision.insufficient.permissiveness

    @property
    def options(self) -> tuple[str, ...]:
        """What may be discussed with this answer; going on is always among it where therapy goes on."""
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
        return self._answer.limits if self._answer else ()

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """The unknown facts that the outcome hangs on, and where each result leads; empty when it is settled."""
        from ..answer.missing import find_missing

        return () if self.settled else find_missing(self.rules, self.case, self.judged_verdicts, self.decided)

    @cached_property
    def provenance(self) -> Provenance:
        """Which rules, engine and input gave this answer, and for which day."""
        pack = self.rules.pack
        return Provenance(
            pack.name, pack.version, self.rules.hash, engine_version(), input_hash(self.case.patient),
            iso(self.case.as_of), self.decided.cross_checked,
        )  # fmt: skip

    @cached_property
    def criteria(self) -> Mapping[str, CriterionResult]:
        """Every criterion, conclusion, block and caution by id."""
        return Criteria(self.rules, self.case, self.decided)

    @cached_property
    def because(self) -> tuple[CriterionResult, ...]:
        """What decides the outcome, most telling first; empty while it is open."""
        if self._answer is None:
            return ()
        ids: list[str] = []
        for item in self._answer.because:
            ids.extend(self.rules.sections.get(item, (item,)))
        return tuple(self.criteria[item] for item in ids if self._verdict(item) == MET)

    @cached_property
    def blocks(self) -> tuple[CriterionResult, ...]:
        """Blocks that are established."""
        return tuple(self.criteria[item] for item in self.rules.sections["blocks"] if self._verdict(item) == MET)

    @cached_property
    def cautions(self) -> tuple[dict[str, Any], ...]:
        """Cautions that apply, and those that cannot be excluded (`verdict` unknown)."""
        found = []
        for item in self.rules.sections["cautions"]:
            verdict = self._verdict(item)
            if verdict in (MET, UNKNOWN):
                result = self.criteria[item]
                title = (
                    getattr(self.rules.rules[item], "title_unknown", "") if verdict == UNKNOWN else ""
                ) or result.title
                found.append({"id": item, **result.to_dict(), "title": title})
        return tuple(found)

    @cached_property
    def remarks(self) -> tuple[CriterionResult, ...]:
        """Worth saying, without effect on the answer."""
        return tuple(self.criteria[item] for item in self.rules.sections["remarks"] if self._verdict(item) == MET)

    @cached_property
    def plans(self) -> tuple[dict[str, Any], ...]:
        """What studies did after an answer like this: surveillance and restart triggers, each with its source."""
        return tuple(
            {
                "id": plan.id, "title": plan.title, "rule": self.rules.where(f"plan:{plan.id}"),
                "items": [{"what": item.what, "source": item.source, "standing": item.standing} for item in plan.items],
            }
            for plan in self.rules.plans
            if self.outcome in plan.with_outcomes
        )  # fmt: skip

    @cached_property
    def secondary(self) -> tuple[dict[str, Any], ...]:
        """Answers beside the main one."""
        return tuple(
            {
                "id": item.id,
                "title": item.title,
                "because": item.because,
                "cites": list(item.cites),
                "rule": self.rules.where(f"secondary:{item.id}"),
            }
            for item in self.rules.decision.secondary
            if self._verdict(f"secondary:{item.id}") == MET
            and self.outcome not in item.not_with_outcomes
            and (not item.with_outcomes or self.outcome in item.with_outcomes)
        )

    @cached_property
    def risk(self) -> dict[str, Any]:
        """Every risk scheme by id."""
        return {scheme.id: self._scheme(scheme, self.decided.schemes[scheme.id]) for scheme in self.rules.schemes}

    @cached_property
    def protocols(self) -> dict[str, Any]:
        """Every study's published entry pattern, criterion by criterion."""
        return {protocol.id: self._protocol(protocol) for protocol in self.rules.protocols}

    @cached_property
    def evidence(self) -> tuple[dict[str, Any], ...]:
        """What the answer rests on, and which of its parts each entry supports."""
        supports: dict[str, list[str]] = {}
        key_findings: dict[str, list[str]] = {}

        def note(cites: tuple[str, ...], what: str) -> None:
            for citation in cites:
                cited, _, finding = citation.partition("#")
                if what not in supports.setdefault(cited, []):
                    supports[cited].append(what)
                if finding:
                    key_findings.setdefault(cited, []).append(finding)

        for outcome in self.rules.decision.outcomes:
            if outcome.id in self.possible_outcomes:
                note(outcome.cites, outcome.id)
        for result in (*self.because, *self.blocks):
            note(result.cites, result.id)
        for caution in self.cautions:
            note(tuple(caution["cites"]), caution["id"])
        for secondary in self.secondary:
            note(tuple(secondary["cites"]), secondary["id"])
        for protocol in self.rules.protocols:
            if self._verdict(f"protocol:{protocol.id}") == MET:
                note((protocol.study,), f"protocol:{protocol.id}")
        for remark in self.remarks:
            note(remark.cites, remark.id)
        for plan in self.plans:
            note(tuple(item["source"] for item in plan["items"]), plan["id"])
        for missing in self.missing:
            for item in missing.criteria:
                note(self.criteria[item].cites, item)
        library = self.rules.evidence
        found = []
        for cited, what in supports.items():
            shown = library.shown(cited, include_unverified=self.include_unverified)
            key = key_findings.get(cited, ())
            findings = sorted(shown["findings"], key=lambda finding: finding["id"] not in key)
            found.append({**shown, "supports": what, "findings": findings})
        return tuple(found)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """Recorded entries that were set aside, in words."""
        return (*self.case.ignored(), *attestations_ignored(self.rules, self.case))

    @cached_property
    def attestations(self) -> tuple[AttestationUsed, ...]:
        """What somebody says was looked at and the answer rests on, in the place of a record."""
        return attestations_used(self.rules, self.case)

    @property
    def statement(self) -> str:
        """What this is and is not."""
        return self.rules.pack.statement

    def to_dict(self) -> dict[str, Any]:
        """The JSON form. Keys are present even when empty."""
        return {
            "patient": self.patient_id,
            "outcome": self.outcome,
            "possible_outcomes": list(self.possible_outcomes),
            "secondary": [dict(item) for item in self.secondary],
            "certainty": self.certainty,
            "title": self.title,
            "headline": self.headline,
            "because": [result.id for result in self.because],
            "rule": self.rules.where(f"outcome:{self.outcome}"),
            "options": list(self.options),
            "limits": list(self.limits),
            "criteria": {name: result.to_dict() for name, result in self.criteria.items()},
            "risk": self.risk,
            "protocols": self.protocols,
            "missing": [item.to_dict() for item in self.missing],
            "evidence": [dict(item) for item in self.evidence],
            "cautions": [dict(item) for item in self.cautions],
            "blocks": [{"id": result.id, **result.to_dict()} for result in self.blocks],
            "remarks": [{"id": result.id, **result.to_dict()} for result in self.remarks],
            "plans": [dict(item) for item in self.plans],
            "notes": list(self.notes),
            "attestations": [item.to_dict() for item in self.attestations],
            "statement": self.statement,
            "provenance": self.provenance.to_dict(),
        }

    def to_json(self, indent: int | None = 2) -> str:
        """`to_dict` as text; the same input gives the same bytes."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    @property
    def _answer(self) -> Outcome | None:
        return next((item for item in self.rules.decision.outcomes if item.id == self.outcome), None)

    def _verdict(self, name: str) -> int:
        return self.decided.verdicts[self.rules.decider.index_of[name]]

    def _scheme(self, scheme: Scheme, result: SchemeResult) -> dict[str, Any]:
        named = [item.when for item in scheme.classes if item.when is not None] + [item.when for item in scheme.points]
        ids = dict.fromkeys(name for when in named for name in references(when))
        shown: dict[str, Any] = {}
        if scheme.classes:
            shown["class"] = result.value if result.value is not None else "unknown"
        if scheme.points:
            key = "points" if scheme.classes else "count"
            number = result.points
            shown[key] = "unknown" if number is None else (int(number) if number == int(number) else number)
        if scheme.list is not None:
            shown["list"] = scheme.list
        shown["possible"] = list(result.possible)
        shown["title"] = scheme.title
        shown["criteria"] = {name: self.criteria[name].to_dict() for name in ids}
        shown["cites"] = list(scheme.cites)
        shown["note"] = scheme.note
        shown["rule"] = self.rules.where(f"scheme:{scheme.id}")
        return shown

    def _protocol(self, protocol: Protocol) -> dict[str, Any]:
        criteria: dict[str, Any] = {}
        for item in protocol.criteria:
            if item.when is None:
                continue
            results = [self.criteria[name] for name in references(item.when)]
            criteria[item.id] = {
                "verdict": VERDICTS[self._verdict(f"protocol:{protocol.id}:{item.id}")].value,
                "title": item.title,
                "observed": list(dict.fromkeys(text for result in results for text in result.observed)),
                "criteria": [result.id for result in results],
            }
        return {
            "verdict": VERDICTS[self._verdict(f"protocol:{protocol.id}")].value,
            "title": protocol.title,
            "study": protocol.study,
            "stops": protocol.stops,
            "rule": self.rules.where(f"protocol:{protocol.id}"),
            "criteria": criteria,
            "not_published": [item.title for item in protocol.criteria if item.not_published],
            "not_judged": [item.title for item in protocol.criteria if item.not_judged],
            "results": {
                name: self.rules.evidence.shown(protocol.study)[name] for name in ("summary", "findings", "warnings")
            },
            "differs": [
                item.words
                for index, item in enumerate(protocol.applicability)
                if self._verdict(f"differs:{protocol.id}:{index}") == MET
            ],
        }
