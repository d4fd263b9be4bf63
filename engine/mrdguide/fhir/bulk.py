"""Bulk-data exports: NDJSON files of many patients, taken apart into one list of resources for each patient.

Resources of one patient lie in several files, in any order (https://hl7.org/fhir/uv/bulkdata/). Only where each line begins is
held in memory, and one patient's resources at a time. What names no patient is handed over with everybody, but for types that are
never read (practitioners, organizations), of which an export has thousands; and so is a line that cannot be read, as a failure of
the server: whose it is cannot be known, so that it leaves every record incomplete.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from errno import EFBIG
from os import PathLike
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from ..errors import FhirError
from ..intake.fhir.amended import tells_of_an_amendment
from ..intake.fhir.codes import CodeTable, load_table
from ..intake.fhir.other_types import is_of_others
from ..intake.fhir.same_person import TYING, persons, record_that_holds, tied_by, ties
from ..intake.fhir.whose import patients_named
from ..reading.bounded import MOST_RECORD, open_file
from ..reading.json_text import loads

Resource = dict[str, Any]
# Many patients, on disk: more than one record may be.
_MOST_UNPACKED, _PIECE = 16 * 1024**3, 1024 * 1024


def patients(files: Sequence[str | PathLike[str]]) -> Iterator[tuple[str, list[Resource]]]:
    """The id of each patient in the files with all resources that are that patient's or nobody's, ready for `fhir.read`.

    Records of the same person, merged or linked, are one patient, under the id of the record that holds.

    Files may be compressed by gzip. The same files in any order give the same patients, in the order of their ids.

    Raises:
        FhirError: a file cannot be opened, or there is no Patient in any of them.
    """
    table = load_table()
    with ExitStack() as opened:
        sources = [_open(opened, Path(name)) for name in files]
        places: dict[str, list[tuple[int, int]]] = {}
        of_everybody: list[Resource] = []
        found: set[str] = set()
        tied: list[set[str]] = []
        for number, source in enumerate(sources):
            for begins, line, resource in _lines(source):
                if resource is None:
                    of_everybody.append(_unreadable(Path(files[number]).name, line))
                    continue
                if resource["resourceType"] == "Patient" and isinstance(resource.get("id"), str):
                    found.add(resource["id"])
                together, owners = tied_by(resource), _owners(resource)
                if len(together) > 1:
                    tied.append(together)
                if not owners and _is_for_everybody(table, resource):
                    of_everybody.append(resource)
                for owner in owners:
                    places.setdefault(owner, []).append((number, begins))
        if not found:
            raise FhirError("there is no Patient in the files")
        same = persons(tied)
        for ids in sorted({tuple(sorted(same.get(name, (name,)))) for name in found}):
            of_one = dict.fromkeys(place for name in ids for place in places.get(name, ()))
            resources = [_at(sources[number], begins) for number, begins in of_one]
            yield _name(resources, same), [*resources, *of_everybody]


def _name(resources: Sequence[Resource], same: Mapping[str, frozenset[str]]) -> str:
    """The id of the record that holds; where that cannot be told, the first one."""
    records = {str(item.get("id")): item for item in resources if item["resourceType"] == "Patient"}
    return min(record_that_holds(records, same), default=min(records))


def _open(opened: ExitStack, path: Path) -> IO[bytes]:
    """A file that can be read at any place; a compressed one is unpacked beside."""
    try:
        source: IO[bytes] = opened.enter_context(open_file(path))
        if source.read(2) != b"\x1f\x8b":
            source.seek(0)
            return source
        source.seek(0)
        unpacked: IO[bytes] = opened.enter_context(TemporaryFile())  # noqa: SIM115
        with gzip.open(source) as packed:
            left = _MOST_UNPACKED
            while piece := packed.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise OSError(EFBIG, f"it holds more than {_MOST_UNPACKED // 1024**3} GiB when it is unpacked")
                unpacked.write(piece)
    except (OSError, EOFError) as error:
        raise FhirError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    unpacked.seek(0)
    return unpacked


def _lines(source: IO[bytes]) -> Iterator[tuple[int, int, Resource | None]]:
    """Where each line begins, its number, and its resource; None when there is no resource in it."""
    begins = 0
    for number, line in enumerate(iter(lambda: source.readline(MOST_RECORD), b""), start=1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if text.strip():
            yield begins, number, _resource(text)
        begins += len(line)


def _resource(text: bytes) -> Resource | None:
    try:
        found = loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("resourceType"), str) else None


def _at(source: IO[bytes], begins: int) -> Resource:
    source.seek(begins)
    found = _resource(source.readline().removeprefix(b"\xef\xbb\xbf"))
    if found is None:
        raise FhirError("a file has changed while it was read")
    return found


def _owners(resource: Resource) -> set[str]:
    """The ids of the patients that a resource is about; none where it names none."""
    kind, own = resource["resourceType"], resource.get("id")
    if kind == "Patient":
        return {own} if isinstance(own, str) else set()
    # A group may name everybody; who is in it is looked at with each patient.
    return ties(resource) if kind in TYING else set() if kind == "Group" else set(patients_named(resource))


def _is_for_everybody(table: CodeTable, resource: Resource) -> bool:
    """Whether what names no patient is handed over; of Provenances, of which there are many, those that amend something."""
    return not is_of_others(table.reading, resource) or tells_of_an_amendment(table, resource)


def _unreadable(name: str, line: int) -> Resource:
    text = f"line {line} of {name} is not a resource"
    issue = {"severity": "error", "code": "incomplete", "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
