"""What one session of the server holds: documents, the rule book, and answers that were given. Every tool is a call of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from ..errors import UsageError
from ..explain.explanation import Explanation
from ..reading.arguments import shown
from ..reading.validation import closest
from ..recommend.evaluation import day_of, evaluate
from ..recommend.recommendation import Recommendation
from ..report.pages.book import entry_text
from ..rulebook.book import RuleBook
from ..rulebook.schema import schema
from .confirmation import verified
from .confirmed_profile import confirmed_profile
from .documents import MOST_DOCUMENTS, Letter, letter, letters_of
from .private_folder import PrivateFolder
from .proposal import Reading, fingerprint, proposed

_MOST_ANSWERS = 20
_MOST_LINES = 400


@dataclass(frozen=True)
class ShownExample:
    """An invented case that may be asked about as if it were an answer."""

    name: str
    title: str
    as_of: str
    path: Path


@dataclass
class Desk:
    """`documents` is the folder that the person named; without it the model hands texts over."""

    rules: RuleBook
    private: PrivateFolder
    documents: Path | None = None
    examples: Sequence[ShownExample] = ()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _handed_over: dict[str, Letter] = field(default_factory=dict)
    _answers: dict[str, Recommendation] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def hand_over_document(self, name: str, text: str) -> dict[str, Any]:
        """Raises UsageError where the text cannot be used, or documents come from a folder."""
        if self.documents is not None:
            raise UsageError(f"documents are read from {self.documents} alone; list_documents names them")
        found = letter(name, text, "handed over")
        with self._lock:
            if name not in self._handed_over and len(self._handed_over) >= MOST_DOCUMENTS:
                raise UsageError(
                    f"{MOST_DOCUMENTS} documents are held already; start the server again for another patient"
                )
            self._handed_over[name] = found
        return _told(found)

    def list_documents(self) -> dict[str, Any]:
        """Raises UsageError where the folder of documents cannot be read."""
        return {"documents": [_told(item) for item in self._letters().values()]}

    def read_document(self, name: str, first_line: int, lines: int) -> dict[str, Any]:
        """Raises UsageError where there is no such document or line."""
        found = self._letters().get(name)
        if found is None:
            raise UsageError(
                f"name: there is no document {shown(name)}; {closest(name, self._letters()) or 'see list_documents'}"
            )
        if first_line > found.lines:
            raise UsageError(f"first_line: found {first_line}; the document has {found.lines} lines")
        every = found.text.split("\n")
        last = first_line - 1 + min(lines, _MOST_LINES)
        return {**_told(found), "first_line": first_line, "text": "\n".join(every[first_line - 1 : last]),
                "next_line": last + 1 if last < len(every) else None}  # fmt: skip

    def propose_profile(self, profile: Mapping[str, Any], read_from: Sequence[Reading]) -> dict[str, Any]:
        """Raises PatientError with every fact that is refused, UsageError where the proposal cannot be kept."""
        made = proposed(profile, read_from, self._letters(), day_of(self.clock().astimezone().date()))
        plain = made.to_dict()
        self.private.keep_proposal(made.name, plain)
        return {
            "proposal": made.name,
            "facts": len(made.facts),
            "look_at": [{"path": item.path, "why": list(item.look_at)} for item in made.facts if item.look_at],
            "open_sentences": plain["open_sentences"],
            "doubts": plain["doubts"],
            "next": "Nothing is evaluated until a person has confirmed it. Ask them to run, in a terminal of their own: "
            f"mrdguide mcp confirm {made.name[:12]} --by NAME",
        }

    def proposal_state(self, proposal: str) -> dict[str, Any]:
        """Raises UsageError where no such proposal waits."""
        name = fingerprint(self.private.proposal(proposal))
        found = self.private.confirmation(name)
        if found is None:
            return {"proposal": name, "confirmed": False, "by": None, "as_of": None, "whole": []}
        word = verified(found, self.private.key(), name, self.clock())
        return {"proposal": name, "confirmed": True, "by": word.by, "as_of": word.as_of, "whole": list(word.whole)}

    def evaluate(self, proposal: str) -> dict[str, Any]:
        """Raises UsageError where no person has confirmed it, or a document has changed since; other errors of evaluate."""
        plain = self.private.proposal(proposal)
        name = fingerprint(plain)
        found = self.private.confirmation(name)
        if found is None:
            raise UsageError(
                f"no person has confirmed this proposal; they run, in a terminal of their own: mrdguide mcp confirm {name[:12]} --by NAME"
            )
        word = verified(found, self.private.key(), name, self.clock())
        self._see_that_documents_are_the_same(plain["documents"])
        patient = confirmed_profile(plain["profile"], word)
        self.private.use_up(name, word.number)
        answer = evaluate(patient, rules=self.rules, as_of=word.as_of)
        with self._lock:
            self._answers[name[:12]] = answer
            for oldest in list(self._answers)[:-_MOST_ANSWERS]:
                del self._answers[oldest]
        return {
            "answer": name[:12],
            "confirmed_by": word.by,
            "whole": list(word.whole),
            "recommendation": answer.to_dict("short"),
        }

    def questions(self, answer: str) -> dict[str, Any]:
        """Raises UsageError where there is no such answer."""
        return self._explanation(answer).questions.to_dict()

    def why(self, answer: str) -> dict[str, Any]:
        """Raises UsageError where there is no such answer."""
        found = self._explanation(answer).why
        return {"settled": found is not None, "why": found.to_dict() if found is not None else None}

    def why_not(self, answer: str, name: str) -> dict[str, Any]:
        """Raises UsageError where there is no such answer, outcome or study."""
        return self._explanation(answer).why_not(name).to_dict()

    def when(self, answer: str) -> dict[str, Any]:
        """Raises UsageError where there is no such answer."""
        return self._explanation(answer).when.to_dict()

    def evidence(self, study: str) -> dict[str, Any]:
        """Raises UsageError where there is no such entry."""
        library = self.rules.evidence
        known = [*library.ids, *library.aliases]
        study = library.aliases.get(study, study)
        if study not in library:
            raise UsageError(
                f"study: there is no entry {shown(study)}; {closest(study, known) or 'give an id that an answer cites'}"
            )
        return {"study": study, "text": entry_text(library.entry(study), library, include_unverified=False)}

    def list_examples(self) -> dict[str, Any]:
        """The invented cases."""
        return {"examples": [{"name": item.name, "title": item.title, "as_of": item.as_of} for item in self.examples]}

    def profile_schema(self, part: str | None) -> dict[str, Any]:
        """Raises UsageError where a profile has no such part."""
        whole = schema("patient", self.rules.local_facts.values())
        parts = list(whole["properties"])
        if part is None:
            return {"part": None, "parts": parts, "schema": {"required": whole["required"]}}
        if part not in parts:
            raise UsageError(
                f"part: a profile has no part {shown(part)}; {closest(part, parts) or 'one of ' + ', '.join(parts)}"
            )
        return {"part": part, "parts": [], "schema": _with_definitions(whole["properties"][part], whole["$defs"])}

    def _letters(self) -> dict[str, Letter]:
        return letters_of(self.documents) if self.documents is not None else dict(self._handed_over)

    def _see_that_documents_are_the_same(self, proposed_from: Mapping[str, Any]) -> None:
        """Raises UsageError where a document that was proposed from is another one now."""
        now = self._letters()
        for name, item in proposed_from.items():
            # What was handed over in an earlier session is not held any more; its text was confirmed with the words in it.
            held = name in now or item["origin"] == "folder"
            if held and (name not in now or now[name].fingerprint != item["sha256"]):
                raise UsageError(
                    f"{name}: was changed or removed since the proposal was made; propose and confirm again"
                )

    def _explanation(self, answer: str) -> Explanation:
        with self._lock:
            found = self._answers.get(answer)
        if found is None:
            example = next((item for item in self.examples if item.name == answer), None)
            if example is None:
                raise UsageError(
                    f"answer: found {shown(answer)}; give what evaluate returned in this session, or the name of an example"
                )
            found = evaluate(example.path, rules=self.rules, as_of=example.as_of)
        return found.explanation


def _told(found: Letter) -> dict[str, Any]:
    return {"name": found.name, "origin": found.origin, "sha256": found.fingerprint, "pages": found.pages,
            "lines": found.lines, "characters": len(found.text)}  # fmt: skip


def _with_definitions(part: dict[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a schema with the definitions that it refers to, and they in turn."""
    found: dict[str, Any] = {}
    waiting = list(_referred(part))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = definitions[name]
            waiting += _referred(definitions[name])
    return {**part, "$defs": dict(sorted(found.items()))} if found else part


def _referred(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = [value["$ref"].rpartition("/")[2]] if isinstance(value.get("$ref"), str) else []
        return own + [name for item in value.values() for name in _referred(item)]
    return [name for item in value for name in _referred(item)] if isinstance(value, list) else []
