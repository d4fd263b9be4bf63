"""The code table: which code means what, read from YAML and checked; a site file adds and overrides."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StrictBool, ValidationError

from ....errors import Problem, SiteFileError
from ....reading.document import Document, read_file
from ....reading.validation import StrictModel, closest, problems_of
from ....reading.written_words import drugs, word_hint
from .check_digits import loinc_fits, snomed_fits

_SHIPPED = Path(__file__).parent / "codes.yaml"
Model = TypeVar("Model", bound=StrictModel)
Confidence = Literal["high", "medium", "low"]


class CodeEntry(StrictModel):
    """A code of a resource (an observation, a condition, a procedure, a drug) and what it means."""

    system: str
    code: Annotated[str, Field(min_length=1)]
    means: str
    source: str
    confidence: Confidence
    reviewed_by: str | None = Field(description="who has checked it against its registry; null: nobody yet")
    method: str | None = None
    specimen: Literal["marrow", "blood"] | None = None
    limit_of_detection: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="of an MRD test by this code, fraction of nucleated cells, where results do not state it"
    )
    phase: Literal["induction", "consolidation", "maintenance", "relapse"] | None = Field(
        None, description="of an order by this code"
    )
    display: tuple[str, ...] = Field((), description="words of which one stands in a right display")


class ValueEntry(StrictModel):
    """A code of a value or of a component."""

    system: str
    code: Annotated[str, Field(min_length=1)]
    means: str


class Conventions(StrictModel):
    """What a site does that FHIR does not say."""

    baseline_days_before: Annotated[int, Field(strict=True, ge=0, le=730)] = 90
    baseline_days_after: Annotated[int, Field(strict=True, ge=0, le=730)] = 90
    no_assay_reaches: Annotated[float, Field(gt=0, lt=1e-4)] = 1e-7
    less_than_means_not_detected: StrictBool = False
    active_order_goes_on: StrictBool = True


class TableFile(StrictModel):
    """The shipped table."""

    version: str
    released: str
    systems: dict[str, str]
    conventions: Conventions
    codes: tuple[CodeEntry, ...]
    values: tuple[ValueEntry, ...]


class SiteFile(StrictModel):
    """What a site adds: systems, codes, values and conventions of its own. The same code again replaces the shipped one."""

    site: str
    version: str
    systems: dict[str, str] = {}
    conventions: Conventions | None = None
    codes: tuple[CodeEntry, ...] = ()
    values: tuple[ValueEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means; `entry` holds what is known besides."""

    means: str
    entry: CodeEntry

    @property
    def kind(self) -> str:
        return self.means.partition(".")[0]

    @property
    def name(self) -> str:
        return self.means.partition(".")[2]


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """Codes and values by (system address, code)."""

    version: str
    conventions: Conventions
    codes: dict[tuple[str, str], Meaning]
    values: dict[tuple[str, str], str]


# What a code may mean, besides those that name a drug or an event.
_KINDS = {
    "condition": {
        "multiple-myeloma", "multiple-myeloma-in-relapse", "smoldering-myeloma", "mgus", "plasma-cell-leukemia",
        "al-amyloidosis", "solitary-plasmacytoma",
    },
    "lab": {"beta2_microglobulin", "albumin", "ldh", "creatinine"},
    "ecog": {""}, "mrd": {""}, "toxicity": {""}, "response": {""}, "genomic-variant": {""},
    "imaging": {"PET-CT", "WB-DWI-MRI"},
    "cytogenetics": {"del_17p", "tp53_mutation", "t_4_14", "t_14_16", "t_14_20", "gain_1q", "del_1p32"},
    "finding": {"baseline.extramedullary_disease", "functional_high_risk", "clonal_hematopoiesis.tp53"},
    "percent": {"baseline.circulating_plasma_cells_percent"},
    "flag": {"baseline.fdg_avid", "surveillance.feasible", "preference.stop"},
    "event": {
        "progression", "clinical-relapse", "mrd-resurgence", "second-primary-malignancy",
        "therapy-related-myeloid-neoplasm", "unexplained-cytopenia", "extramedullary-disease",
    },
    "transplant": {"autologous", "tandem-autologous", "allogeneic"},
}  # fmt: skip


@lru_cache(maxsize=16)
def load_table(site: str | os.PathLike[str] | None = None) -> CodeTable:
    """The shipped table, with a site file laid over it.

    Raises:
        SiteFileError: a file cannot be read, a check digit is wrong, or a meaning is unknown; with file, line and column.
    """
    document = read_file(_SHIPPED)
    shipped = _read(document, TableFile)
    problems = list(_problems(document, shipped, shipped.systems))
    layers: list[TableFile | SiteFile] = [shipped]
    if site is not None:
        site_document = read_file(Path(site))
        own = _read(site_document, SiteFile)
        problems += _problems(site_document, own, {**shipped.systems, **own.systems})
        layers.append(own)
    if problems:
        raise SiteFileError(problems)
    return _joined(layers)


def _read(document: Document, model: type[Model]) -> Model:
    if document.problems:
        raise SiteFileError(document.problems)
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise SiteFileError(problems_of(error, document, model)) from None


def _problems(document: Document, table: TableFile | SiteFile, systems: dict[str, str]) -> list[Problem]:
    found = []
    for section in ("codes", "values"):
        for index, entry in enumerate(getattr(table, section)):
            if entry.system not in systems:
                text, hint = f"there is no system '{entry.system}'", closest(entry.system, systems)
                hint = hint or "name it under systems"
                found.append(document.problem((section, index, "system"), text, code="unknown-id", hint=hint))
            fits = {"loinc": loinc_fits, "snomed": snomed_fits}.get(entry.system)
            if fits is not None and not fits(entry.code):
                text = f"'{entry.code}' is not a {entry.system.upper()} code: its check digit is wrong"
                hint = "look the code up again"
                found.append(document.problem((section, index, "code"), text, code="bad-value", hint=hint))
    for index, entry in enumerate(table.codes):
        kind, _, name = entry.means.partition(".")
        names = _KINDS.get(kind)
        if kind != "drug" and (names is None or name not in names):
            known = [f"{one}.{other}".rstrip(".") for one, others in _KINDS.items() for other in sorted(others)]
            text, expected = f"nothing is called '{entry.means}'", "a meaning such as mrd, lab.ldh, drug.lenalidomide"
            hint = word_hint(entry.means, [*known, *(f"drug.{drug}" for drug in drugs())])
            place = ("codes", index, "means")
            found.append(document.problem(place, text, code="unknown-id", expected=expected, hint=hint))
    return found


def _joined(layers: list[TableFile | SiteFile]) -> CodeTable:
    systems: dict[str, str] = {}
    codes: dict[tuple[str, str], Meaning] = {}
    values: dict[tuple[str, str], str] = {}
    conventions, versions = Conventions(), []
    for layer in layers:
        systems.update(layer.systems)
        codes.update({(systems[entry.system], entry.code): Meaning(entry.means, entry) for entry in layer.codes})
        values.update({(systems[entry.system], entry.code): entry.means for entry in layer.values})
        conventions = layer.conventions or conventions
        versions.append(f"{layer.site} {layer.version}" if isinstance(layer, SiteFile) else layer.version)
    return CodeTable(" + ".join(versions), conventions, codes, values)
