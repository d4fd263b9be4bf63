"""What the dossier holds as data: hazards, the safety argument, threats; each control names the rules and tests it rests on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from mrdguide.reading.data_file import read_as
from mrdguide.reading.validation import StrictModel

ROOT = Path(__file__).parents[2]
SAFETY = ROOT / "docs" / "safety"
SECURITY = ROOT / "docs" / "security"

Text = Annotated[str, Field(min_length=10)]
Stride = Literal[
    "spoofing", "tampering", "repudiation", "information disclosure", "denial of service", "elevation of privilege"
]


class Control(StrictModel):
    """What is done against a hazard or threat, and by what that is shown. Tests are named `FILE::FUNCTION`."""

    says: Text
    rules: tuple[str, ...] = ()
    invariants: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    tests: Annotated[tuple[str, ...], Field(min_length=1)]


class Hazard(StrictModel):
    id: Annotated[str, Field(pattern=r"^H\d\d$")]
    hazard: Text
    cause: Text
    effect: Text
    severity: str
    controls: Annotated[tuple[Control, ...], Field(min_length=1)]
    residual: str
    left: Text


class HazardLog(StrictModel):
    severities: dict[str, Text]
    residuals: dict[str, Text]
    hazards: tuple[Hazard, ...]


class Claim(StrictModel):
    """A claim, why it should be believed, and the test files that are its evidence; `under` is the claim it supports."""

    id: Annotated[str, Field(pattern=r"^C\d(\.\d)?$")]
    under: str = ""
    claim: Text
    argument: Text
    hazards: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Argument(StrictModel):
    claims: tuple[Claim, ...]


class Threat(StrictModel):
    id: Annotated[str, Field(pattern=r"^T\d\d$")]
    where: str
    kind: Stride
    threat: Text
    controls: Annotated[tuple[Control, ...], Field(min_length=1)]
    left: Text


class Boundary(StrictModel):
    """Where what is trusted less meets what is trusted more."""

    id: str
    between: Text
    trusted: Text


class ThreatModel(StrictModel):
    assets: dict[str, Text]
    boundaries: tuple[Boundary, ...]
    threats: tuple[Threat, ...]


@cache
def hazard_log() -> HazardLog:
    """`docs/safety/hazards.yaml`."""
    return read_as(SAFETY / "hazards.yaml", HazardLog)


@cache
def argument() -> Argument:
    """`docs/safety/argument.yaml`."""
    return read_as(SAFETY / "argument.yaml", Argument)


@cache
def threat_model() -> ThreatModel:
    """`docs/security/threats.yaml`."""
    return read_as(SECURITY / "threats.yaml", ThreatModel)
