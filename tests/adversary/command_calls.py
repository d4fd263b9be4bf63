"""How every command (and action) is called so that it does something, and what it is called with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import mrdguide
from mrdguide.cli import COMMANDS, main
from mrdguide.intake.tables.template import template_files
from mrdguide.record import DecisionStore

ROOT = Path(__file__).parents[2]
AS_OF = ("--as-of", "2026-11-21")
_PROFILE = "{made}/profile.yaml"
_LAYER = (
    'pack: {name: elsewhere, version: "1.0", extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n'
    "cautions: [{id: own.caution, title: A second look é, when: population.over-75, why: An example., cites: [giri2025]}]\n"
)
_ENTRY = (
    "id: own2026\nkind: study\nname: Eine Studie é\ncitation: {type: report, title: An invented study, DOI: 10.1000/x.1, "
    "source: null, verified: false}\ninforms: [{question: Why, direction: none}]\n"
)
_FIGURE = "own2026 --rules {made}/layer --locator page-712 --by Müller --id pfs --measure survival --group all --unit % --value 101"
_TRIAL = (
    '{"protocolSection": {"identificationModule": {"nctId": "NCT05192122"}, "statusModule": {"overallStatus": "SUSPENDED", '
    '"whyStopped": "Müde"}}, "hasResults": false}'
)
_CASES = (
    "cases:\n  - {name: one, why: An example., expect: {outcome: cessation-supported, possible_outcomes: "
    "[cessation-supported]}}\n"
)
_HAPPENED = (
    "patient,stopped_on,progression_on,death_on,last_seen\ncessation-supported,2026-11-21,2026-11-24,,2026-11-26\n"
)


@dataclass(frozen=True)
class Call:
    """{made} in an argument is the folder of `make`, {own} one that is empty before every run.

    `data`: the same bytes whatever the encoding of standard output. `output`: the arguments that have it written to a
    file or a folder instead, as {own}/there. `typed`: what is typed.
    """

    arguments: tuple[str, ...] = ()
    data: bool = False
    output: tuple[str, ...] = ()
    typed: str = ""


_TO_FILE = ("--output", "{own}/there")
_PAGE = ("--format", "html", *_TO_FILE)
CALLS = {
    "evaluate": Call((_PROFILE, *AS_OF), output=_PAGE),
    "explain": Call((_PROFILE, *AS_OF, "--why-not", "continue"), output=_PAGE),
    "what-if": Call((_PROFILE, *AS_OF, "--set", "ecog=2"), output=_PAGE),
    "calendar": Call((_PROFILE, *AS_OF, "--review-on", "2027-01-15"), data=True, output=_TO_FILE),
    "due": Call(("{made}/patients", *AS_OF)),
    "ask": Call(("--output", "{own}/asked.yaml", *AS_OF), typed="multiple-myeloma\n?\n"),
    "new": Call((), data=True, output=("{own}/there",)),
    "teach": Call(("1", "--answer", "continue"), output=("--handout", "{own}/there")),
    "fhir check": Call(("{made}/bundle.json",)),
    "fhir profile": Call(("{made}/bundle.json",), data=True),
    "fhir respond": Call(("{made}/bundle.json", *AS_OF), data=True),
    "fhir evaluate": Call(("{made}/bulk.ndjson", *AS_OF), data=True, output=_TO_FILE),
    "fhir pull": Call(("ftp://nowhere.example", "--patient", "p1")),
    "fhir artifacts": Call(("{own}/artifacts",), output=("{own}/there",)),
    "tables template": Call(("{own}/tables",), output=("{own}/there",)),
    "tables evaluate": Call(("{made}/tables", *AS_OF), data=True, output=_TO_FILE),
    "cohort run": Call(("{made}/patients", *AS_OF, "--workers", "1", *_TO_FILE)),
    "cohort report": Call(("{made}/answers.parquet",), output=_PAGE),
    "cohort outcomes": Call(("{made}/answers.parquet", "--happened", "{made}/happened.csv"), output=_PAGE),
    "cohort compare": Call(
        ("{made}/patients", *AS_OF, "--rules", "core", "--rules", "{made}/layer", "--workers", "1"), output=_PAGE
    ),
    "cohort synthesize": Call(("-n", "3", "--output", "{own}/there.ndjson")),
    "words template": Call(("--language", "de"), data=True, output=_TO_FILE),
    "words missing": Call(),
    "words check": Call(("{made}/words.po",)),
    "rules check": Call(("{made}/layer",)),
    "rules list": Call(),
    "rules show": Call(("continue",)),
    "rules coverage": Call((_PROFILE, *AS_OF)),
    "rules uses": Call(("therapy.on-maintenance",)),
    "rules facts": Call(("creatinine",)),
    "rules compare": Call(("{made}/layer", "{made}/layer")),
    "rules test": Call(("{made}/cases.yaml",)),
    "rules mutate": Call(("{made}/cases.yaml", "--only", "years: 75 -> 76")),
    "rules new": Call(("criterion",), data=True, output=_TO_FILE),
    "rules editor": Call(("{own}",)),
    "evidence list": Call(),
    "evidence show": Call(("derman2024",)),
    "evidence check": Call(),
    "evidence export": Call((), data=True, output=_TO_FILE),
    "evidence trials": Call(("{made}/trial.json",)),
    # A figure can be entered once only, so one that cannot be is entered.
    "evidence add-figure": Call(tuple(_FIGURE.split())),
    "evidence unused": Call((_PROFILE, *AS_OF)),
    "record verify": Call(("{made}/record.db",)),
    "record show": Call(("{made}/record.db",)),
    "record export": Call(("{made}/record.db",), data=True, output=_TO_FILE),
    "record replay": Call(("{made}/record.db", "1")),
    "record sign": Call(
        ("{made}/record.db", "1", "--decision", "find-out-first", "--by", "Tumorboard Süd", "--date", "2026-11-26")
    ),
    # What it does once it serves is tried where the service is tested.
    "serve": Call(("--config", "{made}/nowhere.yaml")),
    # What it does once a host calls it is tried in tests/mcp; here its input ends at once, or nobody confirms.
    "mcp serve": Call(("--folder", "{own}/private")),
    "mcp confirm": Call(("ffffffffffff", "--by", "Müller", "--folder", "{own}/private")),
    "mcp waiting": Call(("--folder", "{own}/private")),
    # As with serve: what it does once it serves, and the folder that `--static` writes, is tried where the workbench is tested.
    "workbench": Call(("{made}/nowhere.yaml", "--no-browser")),
    "schema": Call(("patient",), data=True),
    "examples list": Call(),
    "examples copy": Call(("{own}/examples",), output=("{own}/there",)),
    "about": Call(("--card",), output=("--format", "markdown", *_TO_FILE)),
    "--help": Call(),
    "--version": Call(),
}


def every_command() -> set[str]:
    """The names of all commands and actions, from the lists from which the command line itself is made."""
    found = {"--help", "--version"}
    for name in COMMANDS:
        module = import_module(f"mrdguide.commands.{name.replace('-', '_')}")
        found |= {f"{name} {action}" for action in module.ACTIONS} if hasattr(module, "ACTIONS") else {name}
    return found


def make(folder: Path) -> None:
    """What the calls read."""
    shutil.copy(ROOT / "examples" / "cessation-supported.yaml", folder / "profile.yaml")
    (folder / "patients").mkdir()
    shutil.copy(folder / "profile.yaml", folder / "patients")
    myeloma = {"coding": [{"system": "http://snomed.info/sct", "code": "109989006"}], "text": "Myelom der Wirbelsäule"}
    patient = {"resourceType": "Patient", "id": "p1", "birthDate": "1961-05-04"}
    condition = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}, "code": myeloma}
    entries = [{"resource": resource} for resource in (patient, condition)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    (folder / "bundle.json").write_text(json.dumps(bundle), encoding="utf-8")
    (folder / "bulk.ndjson").write_text("\n".join(map(json.dumps, (patient, condition))), encoding="utf-8")
    for file, text in template_files().items():
        (folder / "tables").mkdir(exist_ok=True)
        (folder / "tables" / file).write_text(text, encoding="utf-8")
    for name, file, text in (
        ("tables", "patients.csv", "id,disease\nMüller,multiple-myeloma\n"),
        ("layer", "layer.yaml", _LAYER),
        (".", "cases.yaml", _CASES),
        (".", "trial.json", _TRIAL),
        (".", "happened.csv", _HAPPENED),
        (".", "words.po", 'msgid ""\nmsgstr "Language: de\\nContent-Type: text/plain; charset=utf-8\\n"\n'),
        ("layer/evidence", "own2026.yaml", _ENTRY),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / file).write_text(text, encoding="utf-8")
    judged = [
        "cohort",
        "run",
        str(folder / "patients"),
        *AS_OF,
        "--workers",
        "1",
        "--output",
        str(folder / "answers.parquet"),
    ]
    assert main(judged) == 0
    with DecisionStore(folder / "record.db", keep_input=True) as store:
        profile = {"id": "Müller", "diagnosis": {"disease": "multiple-myeloma"}}
        store.append(mrdguide.evaluate(profile, as_of="2026-11-21"), "test")


def ends(
    faults: list[str], name: str, call: Call, more: tuple[str, ...], made: Path, folder: Path
) -> list[dict[str, Any]]:
    """How the command ends under each fault, in a folder of its own for each."""
    runs = []
    for number, fault in enumerate(faults):
        place = folder / str(number)
        (place / "own").mkdir(parents=True, exist_ok=True)
        arguments = [item.format(made=made, own=place / "own") for item in (*name.split(), *call.arguments, *more)]
        runs.append({"fault": fault, "arguments": arguments, "typed": call.typed, "folder": str(place)})
    done = subprocess.run(
        [sys.executable, "-m", "tests.adversary.under_faults"], input=json.dumps(runs), capture_output=True,
        encoding="utf-8", cwd=ROOT, timeout=300, check=True, env={**os.environ, "COLUMNS": "100"},
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
