"""`mrdguide fhir`: read a bundle, say what was mapped and what was not, answer in FHIR."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .files import OK, terminal_text, write


def check(parsed: argparse.Namespace) -> int:
    """What was taken from a bundle, what was left and why, and what a site file would need to say."""
    from ..fhir import read
    from ..report.formats.terminal import to_text
    from ..report.pages.imported import import_page

    patient, report = read(bundle_of(parsed.file), site=parsed.site)
    if parsed.format == "json":
        write(json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n", parsed.output)
    else:
        page = import_page(patient, report)
        write(terminal_text([to_text(page)], to_file=parsed.output is not None), parsed.output)
    return OK


def profile(parsed: argparse.Namespace) -> int:
    """The profile that a bundle becomes, to be looked at, completed and evaluated."""
    from ..fhir import read

    patient, _ = read(bundle_of(parsed.file), site=parsed.site)
    plain = patient.model_dump(mode="json", exclude_unset=True)
    write(json.dumps(plain, indent=2, ensure_ascii=False) + "\n", parsed.output)
    return OK


def respond(parsed: argparse.Namespace) -> int:
    """The answer as a GuidanceResponse (FHIR R4), with what became of the bundle as an OperationOutcome in it."""
    from ..fhir import guidance_response, read
    from ..recommend.evaluation import evaluate
    from ..rulebook.book import load_rules

    patient, report = read(bundle_of(parsed.file), site=parsed.site)
    found = evaluate(patient, rules=load_rules(*(parsed.rules or [])), as_of=parsed.as_of)
    response = guidance_response(found, subject=f"Patient/{report.patient_id}", import_report=report)
    write(json.dumps(response, indent=2, ensure_ascii=False) + "\n", parsed.output)
    return OK


def bundle_of(name: str) -> Any:
    """The JSON of a file, plain or gzip, or of standard input when the name is `-`.

    Raises:
        UsageError: it cannot be read or is no JSON.
    """
    import gzip

    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        return json.loads(raw)
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{name} cannot be read: {reason}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no JSON: {str(error).splitlines()[0]}") from None
