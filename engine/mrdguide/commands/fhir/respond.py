"""`mrdguide fhir respond`: the answer as a GuidanceResponse, with what became of the bundle as an OperationOutcome in it."""

from __future__ import annotations

import argparse

from ..arguments import add_as_of, add_bundle, add_output, add_rules
from ..files import OK, as_json, read_json_argument, read_texts_read, write


def arguments(parser: argparse.ArgumentParser) -> None:
    add_bundle(parser)
    add_as_of(parser)
    add_rules(parser)
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Read the bundle, evaluate, and print the response as JSON."""
    from ...fhir import guidance_response, read, texts_question
    from ...recommend.evaluation import evaluate
    from ...rulebook.book import load_rules

    data, attested = read_json_argument(parsed.file), read_texts_read(parsed.texts_read)
    patient, report = read(data, site=parsed.site, attested=attested)
    found = evaluate(patient, rules=load_rules(*(parsed.rules or [])), as_of=parsed.as_of)
    texts = texts_question(data, found, report, site=parsed.site, attested=attested)
    response = guidance_response(found, subject=f"Patient/{report.patient_id}", import_report=report, texts=texts)
    write(as_json(response), parsed.output)
    return OK
