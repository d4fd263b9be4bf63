"""Layers: folders that lie on a rule book and may change it, read beside the book as it is.

Three readings of the same rules come of it: the core as it is, the core that keeps watch (with what the layers declare to
loosen), and the core with everything the layers change. `rulebook.layered` makes one book of the three.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import Problem
from ..logic.operator import Operator
from ..logic.operators.connectives import AnyOf
from ..logic.operators.reference import Reference
from ..reading.document import Document, DocumentPath
from ..reading.frozen import frozen
from ..reading.validation import closest
from ..reading.written_words import closest_key
from .between_layers import READINGS, between_layers
from .model import Conclusion, Decision, Off, Pack, RuleFile
from .other_values import with_other_values
from .parameters import Parameter
from .source import (
    JUDGED,
    FolderRead,
    Place,
    RuleSource,
    add_folder,
    joined,
    parameters_of,
    read_folder,
)

CORE = "mrdguide-core"
# What a layer adds to and never replaces: what studies did and found, and what must never happen.
_ONLY_ADDED = {
    "schemes": "a risk scheme",
    "alternatives": "an alternative definition",
    "protocols": "a study's pattern",
    "plans": "a plan of studies",
    "background": "a background note",
    "invariants": "an invariant",
}
_REFUSED = {
    "decision": "the outcomes with their order, options, limits and certainty are those of the core",
    "implications": "what follows from what is read off the criteria themselves, never taken on a layer's word",
}
# What a parameter of the core needs to have another value.
_SHORT_ENTRY = {"id", "value", "why"}
_LOOSENING = "a list in which each entry says what, why, by (who decided it) and date"
_EXTENDS = re.compile(r"(pack\s*:.*\{.*\b|\s+)extends\s*:")
_VERSION = re.compile(r"(\d+\.\d+)")


@frozen
class Layered:
    """The core and its layers: `core` as it is, `watching` with what is declared to be loosened, `whole` with everything.

    `packs` are the core's and the layers', in order; `begins` the days on which entries begin to hold or no longer do; `problems` is what is wrong with the layers as layers.
    """

    core: RuleSource
    watching: RuleSource
    whole: RuleSource
    packs: tuple[Pack, ...]
    begins: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def layer_of(self, place: Place) -> Pack | None:
        """The layer in which an entry stands; None for the core."""
        file = Path(place.document.name)
        for folder, pack in zip(self.whole.folders[1:], self.packs[1:], strict=True):
            if file.is_relative_to(folder):
                return pack
        return None


def base_and_layers(
    folders: Sequence[Path], core: Path, reading: Callable[[Path], FolderRead] = read_folder
) -> tuple[list[FolderRead], list[Problem]]:
    """The folders in order, the first of them a whole rule book: the core goes below a folder that lies on it."""
    read = [reading(folder) for folder in folders]
    if read[0].pack.get("extends") or _begins_as_layer(read[0]):
        read.insert(0, reading(core))
    return read, list(_stand(read[0], core))


def _begins_as_layer(read: FolderRead) -> bool:
    """Whether a file that is not YAML says that it lies on another book: it is told as the layer that it is meant to be."""
    return any(item.data is None and any(_EXTENDS.match(text) for text in item.lines) for item in read.documents)


def _stand(base: FolderRead, core: Path) -> Iterator[Problem]:
    """That a whole book says what it is: the core itself, or one of its own."""
    name, standalone = base.pack.get("name"), base.pack.get("standalone")
    if base.folder.absolute() == core.absolute() or not name:
        return
    if name == CORE and (standalone or base.hash != read_folder(core).hash):
        yield _of_pack(
            base, "name", f"calls itself {CORE}, but its files are not those of {CORE}",
            hint=f"lie on it as a layer (extends: {_reference(read_folder(core).pack)}), or take another name and say standalone: true",
        )  # fmt: skip
    elif name != CORE and standalone is not True:
        yield _of_pack(
            base, "name", f"'{name}' says neither what it lies on nor that it stands alone",
            hint=f"write extends: {_reference(read_folder(core).pack)}, or standalone: true for a book of its own that the core does not watch",
        )  # fmt: skip


def _reference(pack: Mapping[str, Any]) -> str:
    found = _VERSION.match(str(pack.get("version", "")))
    return f"{pack.get('name')}@{found.group(1) if found else ''}"


def _of_pack(read: FolderRead, key: str, message: str, *, hint: str) -> Problem:
    document = next(item for item in read.documents if isinstance(item.data, dict) and item.data.get("pack"))
    return document.problem(("pack", key), message, hint=hint, code="not-the-core")


def read_layers(read: Sequence[FolderRead], day: str | None = None) -> Layered:
    """The core, which is the first folder, with its layers. `day` leaves out entries that do not hold on it."""
    base, layers = read[0], read[1:]
    core = joined([base])
    known = {name: entry for name, (entry, _) in core.entries["parameters"].items()}
    problems: list[Problem] = []
    for layer in layers:
        problems += _prepared(layer, known)
    changed = {
        name: parameter
        for layer in layers
        for document in layer.documents
        for name, parameter in parameters_of(document).items()
        if name in known
    }
    whole, begins = _on(base, core, layers, changed, day)
    packs = (_pack(core), *(_pack_of_layer(layer) for layer in layers))
    problems += [*_without_pack(layers), *_extending(read, packs), *between_layers(read, core, whole, packs[1:])]
    problems += _only_added(core, whole)
    watching = _watching(base, core, whole, changed)
    problems += [*_loosened_in_vain(core, watching, whole)]
    decision = core.single["decision"][0] if "decision" in core.single else None
    problems += _joined_lists(core, whole, decision)
    problems += _switched_off(whole, whole.off)
    declared = {loosening.what for loosening, _ in whole.loosens}
    list(_switched_off(watching, [item for item in whole.off if item[0].id in declared]))
    return Layered(core, watching, whole, packs, begins, problems)


def source_of(folders: Sequence[Path], core: Path) -> RuleSource:
    """What folders say together, a book or a core with its layers, as far as it can be read."""
    read, _ = base_and_layers(folders, core)
    return read_layers(read).whole if has_layers(read) else joined(read)


def has_layers(read: Sequence[FolderRead]) -> bool:
    """Whether the first folder keeps watch over the others; a book that stands alone is simply changed by them."""
    return len(read) > 1 and not read[0].pack.get("standalone")


def _pack(source: RuleSource) -> Pack:
    found: Pack = source.single["pack"][0] if "pack" in source.single else Pack.model_construct(name="", version="")
    return found


def _pack_of_layer(layer: FolderRead) -> Pack:
    """The pack of a layer; one without is called after its folder."""
    written = layer.pack
    name = str(written.get("name") or layer.folder.absolute().name)
    version = str(written.get("version") or "without version")
    return Pack.model_construct(
        name=name, version=version, extends=str(written.get("extends") or ""), by=str(written.get("by") or ""),
        date=str(written.get("date") or ""), title=str(written.get("title") or ""), statement="", released="",
    )  # fmt: skip


def _prepared(layer: FolderRead, known: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Take out of the documents what a layer may not say, and write out in full what it says in short."""
    for document in layer.documents:
        if not isinstance(document.data, dict):
            continue
        for section, why in _REFUSED.items():
            if document.data.pop(section, None) is not None:
                yield document.problem(
                    (section,), f"a layer cannot have a section '{section}': {why}", key=True, code="not-in-a-layer",
                    hint="take it out; blocks, cautions and criteria of your own can only tighten",
                )  # fmt: skip
        yield from _loosens_written_out(document)
        yield from _parameters_written_out(document, known)


def _parameters_written_out(document: Document, known: Mapping[str, Parameter]) -> Iterator[Problem]:
    """A parameter of the core needs only its id and value: `parameters: {response.recent: 3}`, or as an entry."""
    section = next(
        (key for key in document.data if closest_key(key, RuleFile.model_fields) == "parameters"), "parameters"
    )
    written = document.data.get(section)
    if isinstance(written, str):
        yield document.problem(
            (section,), f"found '{written}'", expected="the name of a parameter, a colon and a number",
            hint=_with_colon(written, known), code="bad-value",
        )  # fmt: skip
        del document.data[section]
        return
    if isinstance(written, dict):
        spans = {name: document.spans.get((section, name)) for name in written}
        written = [{"id": name, "value": value} for name, value in written.items()]
        for index, entry in enumerate(written):
            span = spans.get(entry["id"])
            if span is not None:
                document.spans[(section, index)] = span
                document.spans[(section, index, "value")] = span
        document.data[section] = written
    if not isinstance(written, list):
        return
    for index, entry in enumerate(written):
        name = str(entry.get("id")) if isinstance(entry, dict) else ""
        parameter = known.get(name)
        if parameter is None:
            if name and entry.keys() <= _SHORT_ENTRY:
                yield _unknown_parameter(document, (section, index), name, known)
                # Told once: what stands in its place changes nothing.
                written[index] = {**next(iter(known.values())).model_dump(), "id": f"unread-{index}", "aliases": ()}
            continue
        own = {key: entry[key] for key in ("id", "value", "why") if key in entry}
        for key in ("least", "most", "unit"):
            if key in entry and entry[key] != getattr(parameter, key):
                yield document.problem(
                    (section, index, key), f"'{parameter.id}' is a parameter of the core; its {key} is kept",
                    hint="give only its id and value", code="not-in-a-layer",
                )  # fmt: skip
        written[index] = {**parameter.model_dump(), "why": "", **own}


def _unknown_parameter(document: Document, path: DocumentPath, name: str, known: Mapping[str, Parameter]) -> Problem:
    """Of an entry that gives no more than a core's parameter needs: it is meant to be one."""
    if " " in name:
        return document.problem(
            path,
            f"found '{name}'",
            expected="the name of a parameter, a colon and a number",
            hint=_with_colon(name, known),
            code="bad-value",
        )
    return document.problem(
        path, f"the core has no parameter '{name}'", expected="the id of a parameter of the core", code="unknown-id",
        hint=closest(name, known) or "a parameter of your own also needs title, unit, least, most and source",
    )  # fmt: skip


def _with_colon(text: str, known: Mapping[str, Parameter]) -> str:
    """What to write where the colon between a name and its number was lost."""
    name, _, rest = text.partition(" ")
    return f"put a colon and a space after the name: {name}: {rest.strip()}" if name in known else closest(name, known)


def _loosens_written_out(document: Document) -> Iterator[Problem]:
    """Every loosening says what, why, by whom and when; what is not written so is told at its place, once."""
    written = document.data.get("loosens")
    if written is None:
        return
    if not isinstance(written, list):
        what = written if isinstance(written, str) else next(iter(written), "") if isinstance(written, dict) else ""
        if isinstance(written, dict) and "what" in written:
            hint = "put '- ' before its first key, so that it is the first entry of a list"
        else:
            hint = f"write below loosens: {_loosening(str(what))}"
        yield document.problem(
            ("loosens",), "found one entry, not a list" if isinstance(written, dict) else f"found '{written}'", expected=_LOOSENING, hint=hint,
            code="bad-value",
        )  # fmt: skip
        document.data["loosens"] = []
        return
    for index, entry in enumerate(written):
        path = ("loosens", index)
        if not isinstance(entry, dict):
            hint = f"write {_loosening(str(entry))}"
            yield document.problem(path, f"found '{entry}'", expected=_LOOSENING, hint=hint, code="bad-value")
            written[index] = _whole(str(entry))
            continue
        missing = [key for key in _whole("") if not entry.get(key)]
        if missing:
            text = " and ".join(f"'{key}'" for key in missing)
            yield document.problem(
                path, f"{text} {'is' if len(missing) == 1 else 'are'} missing", expected=_LOOSENING, code="missing-key",
                hint=f"write {_loosening(str(entry.get('what') or ''))}",
            )  # fmt: skip
            written[index] = {
                **_whole(str(entry.get("what") or READINGS)),
                **{key: value for key, value in entry.items() if value},
            }


def _loosening(what: str) -> str:
    return (
        f"- {{what: {what or 'the id of a rule or parameter'}, why: the reason, by: who decided it, date: YYYY-MM-DD}}"
    )


def _whole(what: str) -> dict[str, str]:
    """A declaration in the place of one that is not whole: it has been told, and what it names is looked at all the same."""
    return {"what": what, "why": "not said", "by": "not said", "date": "0001-01-01"}


def _on(
    base: FolderRead,
    core: RuleSource,
    layers: Sequence[FolderRead],
    changed: Mapping[str, Parameter],
    day: str | None,
) -> tuple[RuleSource, tuple[str, ...]]:
    """The core with everything that the layers say, and the days on which that changes."""
    whole = with_other_values(base, core, changed)
    parameters = {name: entry for name, (entry, _) in whole.entries["parameters"].items()}
    whole.renames = True
    begins: set[str] = set()
    own_pack = whole.single.pop("pack", None)
    for layer in layers:
        before = {section: dict(entries) for section, entries in whole.entries.items()}
        readings = whole.single.pop("readings", None)
        add_folder(whole, layer, parameters, changed)
        whole.single.pop("pack", None)
        if "readings" not in whole.single and readings is not None:
            whole.single["readings"] = readings
        begins |= set(_begins(whole))
        if day is not None:
            _put_back(whole, before, day)
    if own_pack is not None:
        whole.single["pack"] = own_pack
    whole.folders = (base.folder, *(layer.folder for layer in layers))
    whole.hash = joined_hash([base, *layers])
    return whole, tuple(sorted(begins))


def joined_hash(read: Sequence[FolderRead]) -> str:
    """The hash over the files of several folders."""
    everything = FolderRead(read[0].folder)
    everything.contents = [part for item in read for part in item.contents]
    return everything.hash


def _put_back(whole: RuleSource, before: Mapping[str, Mapping[str, Any]], day: str) -> None:
    """Leave out what does not hold on a day: the entry before it stands."""
    for section in JUDGED:
        for name, (entry, _) in list(whole.entries[section].items()):
            if entry.in_force(day):
                continue
            del whole.entries[section][name]
            for other in JUDGED:
                if name in before[other]:
                    whole.entries[other][name] = before[other][name]


def _begins(source: RuleSource) -> tuple[str, ...]:
    """The days on which an entry begins to hold, or no longer does, in order."""
    rules = [entry for _, _, entry, _ in source.rules()]
    found = {entry.from_ for entry in rules if entry.from_}
    found |= {_next_day(entry.until) for entry in rules if entry.until}
    return tuple(sorted(found))


def _next_day(day: str) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() + 1).isoformat()


def _without_pack(layers: Sequence[FolderRead]) -> Iterator[Problem]:
    """A layer that does not say what it is, is called after its folder, and by no version that an answer could be traced by."""
    for layer in layers:
        if not layer.pack and all(document.data is not None for document in layer.documents):
            name = layer.folder.absolute().name
            yield Problem(
                f"no file has a section 'pack', so this layer is called '{name} without version'", str(layer.folder),
                hint="write pack: {name: ..., version: ..., extends: ..., by: ..., date: ...}", code="missing-section",
                severity="warning",
            )  # fmt: skip


def _extending(read: Sequence[FolderRead], packs: Sequence[Pack]) -> Iterator[Problem]:
    """That every layer lies on what lies below it."""
    below = [_reference(packs[0].model_dump(include={"name", "version"}))]
    names = [_reference(pack.model_dump(include={"name", "version"})) for pack in packs]
    for number, (layer, pack) in enumerate(zip(read[1:], packs[1:], strict=True), start=1):
        if pack.extends in names[number:]:
            document = next(item for item in layer.documents if isinstance(item.data, dict) and item.data.get("pack"))
            other = names.index(pack.extends)
            circle = other == number or packs[other].extends in names[number:]
            text = f"'{pack.name}' lies on {pack.extends}, which lies on it: a circle"
            yield document.problem(
                ("pack", "extends"), text if circle else f"'{pack.name}' lies on {pack.extends}, which is read after it",
                hint=f"write extends: {below[0]}" if circle else f"name the folder of {pack.extends} first", code="another-base",
            )  # fmt: skip
        elif pack.extends and pack.extends not in below:
            document = next(item for item in layer.documents if isinstance(item.data, dict) and item.data.get("pack"))
            yield document.problem(
                ("pack", "extends"), f"'{pack.name}' is written for {pack.extends}, but lies on {' and '.join(below)}",
                hint=f"read what has changed, then write extends: {below[0]}", code="another-base",
            )  # fmt: skip
        if layer.pack.get("statement"):
            document = next(item for item in layer.documents if isinstance(item.data, dict) and item.data.get("pack"))
            yield document.problem(
                ("pack", "statement"), "what this is and is not is said by the core, in every answer",
                hint="take it out of the layer", code="not-in-a-layer",
            )  # fmt: skip
        if pack.name == packs[0].name:
            document = next(item for item in layer.documents if isinstance(item.data, dict) and item.data.get("pack"))
            yield document.problem(
                ("pack", "name"), f"a layer cannot be called {pack.name}, which is the book it lies on",
                hint="give it a name of its own", code="not-the-core",
            )  # fmt: skip
        below.append(_reference(pack.model_dump(include={"name", "version"})))


def _only_added(core: RuleSource, whole: RuleSource) -> Iterator[Problem]:
    for section, what in _ONLY_ADDED.items():
        for name, (_, place) in list(whole.entries[section].items()):
            first = core.entries[section].get(name)
            if first is not None and first[1].document.name != place.document.name:
                whole.entries[section][name] = first
                yield place.problem(
                    f"'{name}' is {what} of the core, which a layer cannot replace", "id", code="not-in-a-layer",
                    hint="give yours an id of its own; it is shown beside that of the core",
                    also=(first[1].related("in the core", "id"),),
                )  # fmt: skip


def _watching(base: FolderRead, core: RuleSource, whole: RuleSource, changed: Mapping[str, Parameter]) -> RuleSource:
    """The core with just what is declared to be loosened in the place of its own."""
    declared = {loosening.what for loosening, _ in whole.loosens}
    if not declared:
        return core
    loosened = {name: parameter for name, parameter in changed.items() if name in declared}
    watching = with_other_values(base, core, loosened)
    if READINGS in declared:
        watching.single["readings"] = whole.single["readings"]
    for section in JUDGED:
        for name, found in whole.entries[section].items():
            if name in declared:
                for other in JUDGED:
                    watching.entries[other].pop(name, None)
                watching.entries[section][name] = found
    return watching


def _loosened_in_vain(core: RuleSource, watching: RuleSource, whole: RuleSource) -> Iterator[Problem]:
    """Loosenings of what the core does not have, or of what no layer changes."""
    rules = {entry_id: entry for _, entry_id, entry, _ in core.rules()}
    known = [*rules, *core.entries["parameters"], READINGS]
    now = {entry_id: entry for _, entry_id, entry, _ in watching.rules()}
    off = {item.id for item, _ in whole.off}
    for loosening, place in whole.loosens:
        name = loosening.what
        if name not in known:
            yield place.problem(
                f"the core has no rule or parameter '{name}'", "what", code="unknown-id", hint=closest(name, known)
            )
        elif name in rules and now[name] == rules[name] and name not in off:
            yield place.problem(
                f"'{name}' is declared to be loosened, but no layer changes it", "what", code="no-effect",
                severity="warning", hint="take the declaration away, or change the entry",
            )  # fmt: skip


def _joined_lists(core: RuleSource, whole: RuleSource, decision: Decision | None) -> Iterator[Problem]:
    """Put what layers add into the lists of its kind: blocks into the blocks, `kind: caution` into the cautions."""
    lists = decision.layers.joins if decision is not None and decision.layers is not None else {}
    for section, name, entry, place in list(whole.rules()):
        kind = entry.kind or {"blocks": "block", "cautions": "caution"}.get(section, "")
        if not kind or any(name in core.entries[other] for other in JUDGED):
            continue
        if kind not in lists:
            if entry.kind:
                yield place.problem(
                    f"there is no list of the kind '{kind}'", "kind", expected=f"one of {', '.join(lists)}",
                    hint=closest(kind, lists), code="unknown-id",
                )  # fmt: skip
            continue
        _join(whole, lists[kind], name)


def _join(whole: RuleSource, listed: str, name: str) -> None:
    for section in JUDGED:
        if listed in whole.entries[section]:
            entry, place = whole.entries[section][listed]
            parts = entry.when.of if isinstance(entry.when, AnyOf) else (entry.when,)
            if Reference(id=name) not in parts:
                when = AnyOf(of=(*parts, Reference(id=name)))
                whole.entries[section][listed] = entry.model_copy(update={"when": when}), place


def _switched_off(whole: RuleSource, off: Sequence[tuple[Off, Place]]) -> Iterator[Problem]:
    """Take what layers switch off out of the lists that name it; nothing else may need it."""
    for item, place in off:
        section = next((section for section in JUDGED if item.id in whole.entries[section]), None)
        if section is None:
            known = [entry_id for _, entry_id, _, _ in whole.rules()]
            yield place.problem(
                f"there is no rule '{item.id}' to switch off", "id", code="unknown-id", hint=closest(item.id, known)
            )
            continue
        entry, where = whole.entries[section][item.id]
        if section not in ("criteria", "conclusions"):
            # No block or caution any more, though what names it by itself still finds it.
            del whole.entries[section][item.id]
            whole.entries["conclusions"][item.id] = (
                Conclusion.model_validate(
                    {name: getattr(entry, name) for name in ("id", "aliases", "title", "when", "why", "cites")}
                ),
                where,
            )
        for other in JUDGED:
            for name, (user, at) in whole.entries[other].items():
                rest = _without(user.when, item.id)
                if rest is not None:
                    whole.entries[other][name] = user.model_copy(update={"when": rest}), at
        _invariants_without(whole, item.id)


def _without(when: Operator, name: str) -> Operator | None:
    """A list without one of its entries; None where it is no list that names it."""
    if not isinstance(when, AnyOf) or Reference(id=name) not in when.of or len(when.of) == 1:
        return None
    return AnyOf(of=tuple(part for part in when.of if part != Reference(id=name)))


def _invariants_without(whole: RuleSource, name: str) -> None:
    """What may not happen with a rule that is switched off may happen; what is fixed holds all the same."""
    for invariant_id, (invariant, place) in list(whole.entries["invariants"].items()):
        if invariant.fixed:
            continue
        if invariant.when == Reference(id=name):
            del whole.entries["invariants"][invariant_id]
        rest = _without(invariant.when, name)
        if rest is not None:
            whole.entries["invariants"][invariant_id] = invariant.model_copy(update={"when": rest}), place
