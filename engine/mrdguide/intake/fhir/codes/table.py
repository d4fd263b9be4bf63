"""The code table: which code means what, read from YAML and checked; a site file adds and overrides."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import Field, StrictBool, ValidationError

from ....errors import Problem, SiteFileError
from ....reading.document import Document, read_file
from ....reading.validation import StrictModel, closest, problems_of
from ....reading.written_words import drugs, word_hint
from .check_digits import loinc_fits, snomed_fits
from .ingredients import read_ingredients

_SHIPPED = Path(__file__).parent / "codes.yaml"
_ORDINARY = Path(__file__).parent / "ordinary.csv"
_SIGNS = re.compile(r"[\W_]+")
Model = TypeVar("Model", bound=StrictModel)
Confidence = Literal["high", "medium", "low"]
Domain = Literal["diagnosis", "genetics", "therapy", "mrd", "imaging", "response", "harm"]
DOMAINS: tuple[Domain, ...] = get_args(Domain)
IRRELEVANT = "irrelevant"


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
    against: tuple[str, ...] = Field((), description="words that say something else than the code does")
    named: tuple[str, ...] = Field(
        (), description="names that its system gives it, in small letters: as a display no words about the patient"
    )


class PrefixEntry(StrictModel):
    """Codes of a hierarchical system by how they begin; the longest beginning decides, a code of its own before it."""

    system: str
    starts: tuple[Annotated[str, Field(min_length=1)], ...]
    means: str
    source: str


class ValueEntry(StrictModel):
    """A code of a value or of a component."""

    system: str
    code: Annotated[str, Field(min_length=1)]
    means: str


class Conventions(StrictModel):
    """What a site does that FHIR does not say."""

    baseline_days_before: Annotated[int, Field(strict=True, ge=0, le=730)] = 90
    baseline_days_after: Annotated[int, Field(strict=True, ge=0, le=730)] = 90
    report_days_after_sample: Annotated[int, Field(strict=True, ge=0, le=730)] = 60
    no_assay_reaches: Annotated[float, Field(gt=0, lt=1e-4)] = 1e-7
    less_than_means_not_detected: StrictBool = False
    active_order_goes_on: StrictBool = True


class VariantEntry(StrictModel):
    """An abnormality as a genomic variant of these genes, with so many copies where it is a gain or a loss."""

    genes: tuple[str, ...]
    means: str
    least_copies: Annotated[int, Field(strict=True, ge=1)] | None = None
    most_copies: Annotated[int, Field(strict=True, ge=0)] | None = None

    def fits(self, genes: set[str], copies: float | None) -> bool:
        """Whether a variant that is present is this abnormality."""
        if set(self.genes) != genes:
            return False
        if self.least_copies is None and self.most_copies is None:
            return True
        return copies is not None and (self.least_copies or 0) <= copies <= (
            1_000 if self.most_copies is None else self.most_copies
        )


class DaysAround(StrictModel):
    """So many days before and after something at most."""

    days_before: Annotated[int, Field(strict=True, ge=0, le=730)]
    days_after: Annotated[int, Field(strict=True, ge=0, le=730)]


class AroundTransplant(DaysAround):
    """What is done round an autologous transplant, within these days."""

    words: tuple[str, ...]


class GeneticsInWords(StrictModel):
    """Regular expressions, over small letters, for what laboratories write of genetics."""

    abnormalities: dict[str, tuple[str, ...]] = Field(description="how an abnormality is written, in words or in ISCN")
    changes: tuple[str, ...] = Field(description="words for a change that do not say which")
    loci: tuple[str, ...] = Field(description="what says that a change is of a named place")
    amounts: tuple[str, ...] = Field(description="in how many cells or copies something was found")
    cutoffs: tuple[str, ...] = Field(description="an amount from which on a result counts, which is no result")
    tests: tuple[str, ...] = Field(description="names of tests")
    risks: tuple[str, ...] = Field(
        description="words for high risk, where a test of genetics or a stage stands beside them"
    )
    stages: tuple[str, ...] = Field(description="stages that rest on genetics or laboratory values, the high ones")
    denials: tuple[str, ...] = Field(description="that nothing was found")
    doubts: tuple[str, ...] = Field(description="what makes a denial none")
    poor_samples: tuple[str, ...] = Field(description="that too little was looked at")


class Reading(StrictModel):
    """What opens when something is not read, and the words that do so. Words open; they never decide."""

    domains_of_types: dict[str, tuple[Domain, ...]] = Field(
        description="by type of resource, where its code says nothing"
    )
    domains_of_meanings: dict[str, tuple[Domain, ...]] = Field(description="by meaning, or by the kind of meaning")
    domains_of_categories: dict[str, tuple[Domain, ...]] = Field(
        description="by category, of an unknown code without words"
    )
    variants: tuple[VariantEntry, ...] = Field(description="abnormalities as genomic variants")
    variants_open: tuple[str, ...] = Field(description="genes of which any variant may be such an abnormality")
    genetics: GeneticsInWords
    hints: dict[Domain, tuple[str, ...]] = Field(description="meanings of components, methods and values, by domain")
    words: dict[Domain, tuple[str, ...]] = Field(description="names that open whatever is said of them")
    finding_words: dict[Domain, tuple[str, ...]] = Field(description="findings, which open unless they are denied")
    ordinary_words: tuple[str, ...] = Field(
        description="phrases with such a word in them that say nothing of the disease"
    )
    other_meanings: dict[str, tuple[str, ...]] = Field(
        description="words that mean something else where one of these stands close beside them"
    )
    other_courses: tuple[str, ...] = Field(description="other things than the disease that come back or get worse")
    joining_words: tuple[str, ...] = Field(description="words by which a phrase is of more than one thing")
    everyday_names: tuple[str, ...] = Field(
        description="names of a tumour by which the disease itself goes in everyday language"
    )
    tumour_words: tuple[str, ...] = Field(description="words beside which such a name is that of a tumour")
    disease_words: tuple[str, ...] = Field(description="words that name the disease, and no other")
    other_disease_words: tuple[str, ...] = Field(
        description="words for disease outside bone or in the blood, news by themselves"
    )
    course_words: tuple[str, ...] = Field(description="words that say that the disease came back or got worse")
    course_words_of_it: tuple[str, ...] = Field(
        description="words that say so of anything, and count beside the name of the disease"
    )
    course_subjects: tuple[str, ...] = Field(description="words of which one must stand in the same sentence")
    rising_words: tuple[str, ...] = Field(description="words that say so of a marker")
    marker_words: tuple[str, ...] = Field(description="words that name a marker of the disease")
    damage_words: tuple[str, ...] = Field(description="words of damage by the disease, beside its name")
    own_damage_words: tuple[str, ...] = Field(description="words of such damage by themselves")
    unnamed_words: tuple[str, ...] = Field(description="words of a name that does not say what was looked for")
    found_words: tuple[str, ...] = Field(description="words of a result that found something")
    not_found_words: tuple[str, ...] = Field(description="words of a result that found nothing")
    measured_words: tuple[str, ...] = Field(
        description="words of a number that belongs to a test and is no result of it"
    )
    found_signs: tuple[str, ...] = Field(description="whole words, or signs, of a result that found something")
    unsettled_words: tuple[str, ...] = Field(description="words of a result from which nothing follows")
    abnormal_words: tuple[str, ...] = Field(description="words of an interpretation or value that is not the usual one")
    usual_words: tuple[str, ...] = Field(description="whole texts of an interpretation that say that a value is usual")
    harmless_interpretations: tuple[str, ...] = Field(
        description="HL7's interpretations that are no news beside nothing found, besides those that mean it"
    )
    level_units: tuple[str, ...] = Field(description="units of how many abnormal cells were found")
    clone_words: tuple[str, ...] = Field(description="words for the cells or the disease that an MRD test looks for")
    depth_words: tuple[str, ...] = Field(description="words beside a number that say how deep a test goes")
    normal_cell_words: tuple[str, ...] = Field(description="words for plasma cells that are found in everybody")
    of_diagnosis_words: tuple[str, ...] = Field(description="words that say that something was found at diagnosis")
    sample_subjects: tuple[str, ...] = Field(
        description="words by which a note speaks of the sample, of whose it is or of how deep the test went"
    )
    clone_subjects: tuple[str, ...] = Field(description="words by which a note speaks of the cells that are looked for")
    ordinary_phrases: tuple[str, ...] = Field(description="phrases with which such a sentence says nothing new")
    ordinary_sample_words: tuple[str, ...] = Field(description="words with which such a sentence says nothing new")
    other_sample_words: tuple[str, ...] = Field(description="words for samples that are neither marrow nor blood")
    lesion_words: tuple[str, ...] = Field(description="words for lesions, news unless said to be old or quiet")
    quiet_lesion_words: tuple[str, ...] = Field(description="words that say that a lesion is old or quiet")
    uptake_words: tuple[str, ...] = Field(description="words for uptake, news unless said to be gone or harmless")
    quiet_uptake_words: tuple[str, ...] = Field(description="words that say that uptake is gone or harmless")
    response_names: dict[str, tuple[str, ...]] = Field(description="how a response is named in words; best first")
    responses_without_m_protein: tuple[str, ...] = Field(description="responses against which words of a finding speak")
    types_of_others: tuple[str, ...] = Field(
        description="types that speak of other people than the patient, or of nobody"
    )
    withdrawing_activities: tuple[str, ...] = Field(
        description="codes with which a Provenance says that something was withdrawn, in small letters"
    )
    withdrawing_words: tuple[str, ...] = Field(description="words with which it says so")
    ordinary_sections: tuple[str, ...] = Field(
        description="words of the name of a list or section that bears on no answer, whatever is kept back of it"
    )
    injected: tuple[str, ...] = Field(description="drugs that are injected or infused")
    beside_words: dict[Domain, tuple[str, ...]] = Field(
        description="words beside a result of a domain that take its ground away, or say that it found something"
    )
    marrow_words: tuple[str, ...] = Field(description="words of a site that marrow is taken from")
    whole_body_words: tuple[str, ...] = Field(description="words of a site that is the whole body")
    blood_words: tuple[str, ...] = Field(description="words for blood")
    sample_words: tuple[str, ...] = Field(description="words of a sample that say it is not what an MRD test needs")
    news_words: dict[Domain, tuple[str, ...]] = Field(
        description="words of a resource of a type that is not read that would be news for a domain"
    )
    result_words: dict[Domain, tuple[str, ...]] = Field(
        description="tests of which words say whether they found something"
    )
    positive_words: tuple[str, ...] = Field(description="words that say that such a test found something")
    steady_words: tuple[str, ...] = Field(description="words for a disease that does not move")
    answer_filling: tuple[str, ...] = Field(description="words that an answer may have which is no")
    question_filling: tuple[str, ...] = Field(
        description="words that a question on the disease may have that does not name it"
    )
    time_words: tuple[str, ...] = Field(description="words of a question that asks how long ago something was")
    lines_words: tuple[str, ...] = Field(description="words of a question for the number of lines of therapy")
    several_words: tuple[str, ...] = Field(description="words that say that there was more than one")
    harmless_parameters: tuple[str, ...] = Field(description="parameters of a search that leave out nothing of weight")
    filtering_parameters: tuple[str, ...] = Field(description="parameters beginning with '_' that leave something out")
    states_that_tell: dict[str, tuple[str, ...]] = Field(
        description="by type and parameter, the states of which a search must find all"
    )
    failed_goals: tuple[str, ...] = Field(description="HL7's codes of a goal that was not reached")
    family_words: tuple[str, ...] = Field(description="names of what is told of the family")
    relative_words: tuple[str, ...] = Field(description="words for relatives")
    self_words: tuple[str, ...] = Field(description="words by which it speaks of the patient as well")
    good_words: dict[Domain, tuple[str, ...]] = Field(description="good news, which is bad news where it is denied")
    remission_words: tuple[str, ...] = Field(description="words for remission, of any disease")
    losing_words: tuple[str, ...] = Field(description="words that deny good news")
    lost_words: Annotated[int, Field(strict=True, ge=0)] = Field(description="how many words may stand in between")
    regimens: dict[str, tuple[str, ...]] = Field(description="names of combinations of drugs, with the drugs")
    short_regimens: tuple[str, ...] = Field(description="such names that are short forms of other things as well")
    regimen_words: tuple[str, ...] = Field(description="words beside which they are names of combinations")
    phase_words: dict[str, tuple[str, ...]] = Field(
        description="words for therapy that a recorded phase explains, by the phase"
    )
    drug_words: dict[str, tuple[str, ...]] = Field(
        description="how drugs for the disease are named in words; several that no code has are one entry"
    )
    around_transplant: dict[str, AroundTransplant] = Field(
        description="what a recorded autologous transplant explains, by the name after `around-transplant.`"
    )
    status_words: tuple[str, ...] = Field(description="words of a Condition that is the state after something")
    another_transplant_words: tuple[str, ...] = Field(
        description="words for a transplant that is not the one recorded: a second one, or one that is planned"
    )
    other_therapy_words: tuple[str, ...] = Field(description="words beside therapy that say that it became another one")
    interrupted_words: tuple[str, ...] = Field(
        description="words beside therapy that goes on that say that it does not, or that it was interrupted"
    )
    not_done_words: tuple[str, ...] = Field(description="words beside a transplant that say that it was not done")
    test_words: tuple[str, ...] = Field(description="words for tests, whose act says nothing of what they found")
    grave_words: tuple[str, ...] = Field(
        description="codes and words of the seriousness or the outcome of harm that is not mild, whatever its grade"
    )
    types_of_reactions: tuple[str, ...] = Field(description="types in which a drug is one that did harm")
    denying_words: tuple[str, ...] = Field(description="words that deny what is said soon after them")
    turning_words: tuple[str, ...] = Field(description="words that end what is denied")
    denied_words: Annotated[int, Field(strict=True, ge=1)] = Field(description="how many words may stand in between")
    denial_filling: tuple[str, ...] = Field(
        description="words between a denial and what it denies that are not counted"
    )
    listed_words: tuple[str, ...] = Field(description="nouns of news, as they stand in a list that is denied")
    before_listed: tuple[str, ...] = Field(description="words that may stand before such a noun")
    list_ends: tuple[str, ...] = Field(description="words before the last of such a list")
    bound_words: tuple[str, ...] = Field(description="words that deny only the next word")
    behind_words: tuple[str, ...] = Field(description="words that deny what stands right before them")
    free_words: tuple[str, ...] = Field(description="endings of a word that deny it")
    filling_words: tuple[str, ...] = Field(description="words that may stand before a denial that follows")
    expecting_words: tuple[str, ...] = Field(description="words after which something is expected or to be prevented")
    expected_words: Annotated[int, Field(strict=True, ge=0)] = Field(description="how many words may stand in between")
    ending_words: tuple[str, ...] = Field(description="words that end a denial on a day")
    changing_words: tuple[str, ...] = Field(description="words by which a finding turns into another")
    told_by_results: tuple[Domain, ...] = Field(description="domains of which a Procedure tells nothing by itself")
    foreseen: dict[str, tuple[str, ...]] = Field(description="by type, elements that tell what may come")
    types_of_acts: tuple[str, ...] = Field(
        description="of these, types that tell of something done or to be done on their days"
    )
    days_of_writing: tuple[str, ...] = Field(description="their elements for the day on which they were written")
    going_on: tuple[str, ...] = Field(description="their states in which what has no day goes on or is to come")
    elements_of_who: tuple[str, ...] = Field(description="their elements for who does it and where")
    around_phase: DaysAround = Field(description="how far from a recorded phase they may belong to it")
    past_words: tuple[str, ...] = Field(description="words by which they speak of therapy that was given before")
    place_words: tuple[str, ...] = Field(
        description="words by which they speak of a ward or a visit and not of the therapy that it is named after"
    )
    again_words: tuple[str, ...] = Field(description="words by which therapy that was over begins again")
    document_types: tuple[str, ...] = Field(description="of these, types that may be a result that nobody has read")
    irrelevant_categories: tuple[str, ...] = Field(
        description="categories of Observations that say nothing of the disease"
    )
    diagnosis_certainty: dict[str, str] = Field(
        description="codes of how certain a diagnosis of ICD-10-GM is, as states of HL7's verification"
    )
    relapse_status: tuple[str, ...] = Field(description="clinical states of a Condition that are a relapse")


class TableFile(StrictModel):
    """The shipped table."""

    version: str
    released: str
    systems: dict[str, str]
    addresses: dict[str, tuple[str, ...]] = Field({}, description="other addresses under which a system is named")
    without_dots: tuple[str, ...] = Field((), description="systems whose codes are also written without their dot")
    conventions: Conventions
    reading: Reading
    codes: tuple[CodeEntry, ...]
    prefixes: tuple[PrefixEntry, ...] = ()
    values: tuple[ValueEntry, ...]


class SiteFile(StrictModel):
    """What a site adds: systems, codes, values and conventions of its own. The same code again replaces the shipped one."""

    site: str
    version: str
    systems: dict[str, str] = {}
    addresses: dict[str, tuple[str, ...]] = {}
    conventions: Conventions | None = None
    codes: tuple[CodeEntry, ...] = ()
    prefixes: tuple[PrefixEntry, ...] = ()
    values: tuple[ValueEntry, ...] = ()
    ingredients: str | None = Field(
        None,
        description="a CSV file beside this one that says what is in each product: system,code,ingredient_system,ingredient",
    )


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means; `entry` holds what is known besides."""

    means: str
    entry: CodeEntry

    @property
    def irrelevant(self) -> bool:
        """Whether it is known to say nothing of what an answer rests on."""
        return self.means == IRRELEVANT

    @property
    def kind(self) -> str:
        return self.means.partition(".")[0]

    @property
    def name(self) -> str:
        return self.means.partition(".")[2]


@dataclass(frozen=True, slots=True, eq=False)
class CodeTable:
    """Codes and values by (system, code), however the system is addressed and the code is dotted."""

    version: str
    conventions: Conventions
    reading: Reading
    codes: dict[tuple[str, str], Meaning]
    values: dict[tuple[str, str], str]
    ordinary: frozenset[tuple[str, str]] = frozenset()
    prefixes: dict[str, dict[str, Meaning]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    without_dots: frozenset[str] = frozenset()
    addresses: dict[str, str] = field(default_factory=dict)
    released: str = ""
    ingredients: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def key(self, system: str, code: str) -> tuple[str, str]:
        """A code as the table holds it: the short name of its system, and the code without dots where that is usual."""
        name = self.names.get(system) or self.names.get(_address(system), system)
        return name, code.strip().upper().replace(".", "") if name in self.without_dots else code.strip()

    def meaning(self, system: str, code: str) -> Meaning | None:
        """What a code means; None when nothing is known of it."""
        return _meaning(self, system, code)

    def find(self, system: str, code: str) -> Meaning | None:
        """The same, looked up anew."""
        key = self.key(system, code)
        if key in self.ingredients and key not in self.codes:
            return _of_product([self._listed(part) for part in self.ingredients[key]])
        return self._listed(key)

    def _listed(self, key: tuple[str, str]) -> Meaning | None:
        found = self.codes.get(key)
        if found is not None:
            return found
        if key in self.ordinary:
            return _ORDINARY_MEANING
        starts = self.prefixes.get(key[0])
        if starts is None:
            return None
        if not key[1].isalnum():
            return self._of_several(key)
        for length in range(len(key[1]), 0, -1):
            if key[1][:length] in starts:
                return starts[key[1][:length]]
        return None

    def _of_several(self, key: tuple[str, str]) -> Meaning | None:
        """What codes mean that stand in the place of one (`C10AA05,L04AX04`), or one with a sign to it.

        How the first of them begins says nothing of the others, so they are irrelevant where all are; else they open what
        those that matter are about.
        """
        found = [self._listed((key[0], part)) for part in _SIGNS.split(key[1]) if part]
        if found and all(meaning is not None and meaning.irrelevant for meaning in found):
            return found[0]
        kinds = self.reading.domains_of_meanings
        for meaning in found:
            if meaning is None or meaning.irrelevant:
                continue
            if meaning.kind == "unread":
                return meaning
            for domain in kinds.get(meaning.means) or kinds.get(meaning.kind, ()):
                return replace(meaning, means=f"unread.{domain}")
        return None

    def value(self, system: str, code: str) -> str | None:
        """What the code of a value or component means."""
        return self.values.get(self.key(system, code))

    def is_own(self, system: str) -> bool:
        """Whether codes of a system are the project's own, so that an unknown one may mean anything here."""
        return self.names.get(system) == "mrdguide"


def _of_product(parts: list[Meaning | None]) -> Meaning | None:
    """What a product means by its ingredients: the one of them that matters, with all others known not to.

    None, so that it opens therapy, where an ingredient is unknown or is none, or two of them matter.
    """
    found = [part for part in parts if part is not None and part.kind in ("drug", "unread", IRRELEVANT)]
    if len(found) < len(parts):
        return None
    matter = {part.means: part for part in found if not part.irrelevant}
    if not matter:
        return found[0]
    return next(iter(matter.values())) if len(matter) == 1 else None


# What a code may mean, besides those that name a drug or an event.
_KINDS: dict[str, set[str]] = {
    "condition": {
        "multiple-myeloma", "multiple-myeloma-in-relapse", "smoldering-myeloma", "mgus", "plasma-cell-leukemia",
        "al-amyloidosis", "solitary-plasmacytoma", "solitary-plasmacytoma-in-relapse", "extramedullary-plasmacytoma",
        "extramedullary-plasmacytoma-in-relapse", "plasma-cell-leukemia-in-relapse",
    },
    "lab": {"beta2_microglobulin", "albumin", "ldh", "creatinine"},
    "ecog": {""}, "mrd": {""}, "toxicity": {""}, "response": {""}, "genomic-variant": {""}, "disease-status": {""},
    "drug-administration": {""}, "bone-disease": {""}, IRRELEVANT: {""}, "unread": {str(name) for name in DOMAINS}, "radiotherapy": {""}, "family-history": {""}, "light-chain-ratio": {""}, "deauville": {""},
    "marker": {
        "serum_m_protein", "urine_m_protein", "kappa", "lambda", "serum_immunofixation", "urine_immunofixation",
    },
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
    "around-transplant": {"transplantation", "harvest", "conditioning"},
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
    return _joined(layers, Path(site) if site is not None else _SHIPPED)


def _read(document: Document, model: type[Model]) -> Model:
    if document.problems:
        raise SiteFileError(document.problems)
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise SiteFileError(problems_of(error, document, model)) from None


def _problems(document: Document, table: TableFile | SiteFile, systems: dict[str, str]) -> list[Problem]:
    found = []
    for section in ("codes", "values", "prefixes"):
        for index, entry in enumerate(getattr(table, section)):
            if entry.system not in systems:
                text, hint = f"there is no system '{entry.system}'", closest(entry.system, systems)
                hint = hint or "name it under systems"
                found.append(document.problem((section, index, "system"), text, code="unknown-id", hint=hint))
            fits = {"loinc": loinc_fits, "snomed": snomed_fits}.get(entry.system) if section != "prefixes" else None
            if fits is not None and not fits(entry.code):
                text = f"'{entry.code}' is not a {entry.system.upper()} code: its check digit is wrong"
                hint = "look the code up again"
                found.append(document.problem((section, index, "code"), text, code="bad-value", hint=hint))
    for section, index, entry in _meanings(table):
        kind, _, name = entry.means.partition(".")
        names = _KINDS.get(kind)
        if kind != "drug" and (names is None or name not in names):
            known = [f"{one}.{other}".rstrip(".") for one, others in _KINDS.items() for other in sorted(others)]
            text, expected = f"nothing is called '{entry.means}'", "a meaning such as mrd, lab.ldh, drug.lenalidomide"
            hint = word_hint(entry.means, [*known, *(f"drug.{drug}" for drug in drugs())])
            place = (section, index, "means")
            found.append(document.problem(place, text, code="unknown-id", expected=expected, hint=hint))
    return found


def _meanings(table: TableFile | SiteFile) -> Iterator[tuple[str, int, CodeEntry | PrefixEntry]]:
    for index, entry in enumerate(table.codes):
        yield "codes", index, entry
    for index, start in enumerate(table.prefixes):
        yield "prefixes", index, start


def _address(system: str) -> str:
    """An address without what does not matter in one: a slash at its end, the case of its letters, https."""
    return system.strip().rstrip("/").casefold().replace("https://", "http://")


def _names(layers: Iterable[TableFile | SiteFile]) -> dict[str, str]:
    """The short name of a system by every address that it is known under."""
    found = {}
    for layer in layers:
        for name, address in layer.systems.items():
            found.update({address: name, _address(address): name})
        for name, others in layer.addresses.items():
            found.update({_address(other): name for other in others})
    return found


def _ordinary() -> frozenset[tuple[str, str]]:
    """Codes of what stands in every chart and says nothing of the disease."""
    with _ORDINARY.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        return frozenset((row[0], row[1]) for row in rows)


def _joined(layers: list[TableFile | SiteFile], site: Path) -> CodeTable:
    codes: dict[tuple[str, str], Meaning] = {}
    values: dict[tuple[str, str], str] = {}
    prefixes: dict[str, dict[str, Meaning]] = {}
    conventions, versions = Conventions(), []
    shipped = layers[0]
    assert isinstance(shipped, TableFile)
    table = CodeTable(
        "", conventions, shipped.reading, codes, values, _ordinary(), prefixes, _names(layers), frozenset(shipped.without_dots)
    )  # fmt: skip
    names = table.names
    for layer in layers:
        systems = {**shipped.systems, **layer.systems}
        table.addresses.update(systems)
        for entry in layer.codes:
            codes[table.key(systems[entry.system], entry.code)] = Meaning(entry.means, entry)
        for value in layer.values:
            values[table.key(systems[value.system], value.code)] = value.means
        for start in layer.prefixes:
            name = names[systems[start.system]]
            known = prefixes.setdefault(name, {})
            known.update({table.key(systems[start.system], text)[1]: _of_prefix(start) for text in start.starts})
        if isinstance(layer, SiteFile) and layer.ingredients is not None:
            for (of, code), parts in read_ingredients(site.parent / layer.ingredients, systems).items():
                listed = tuple(table.key(systems[name], part) for name, part in parts)
                table.ingredients[table.key(systems[of], code)] = listed
        conventions = layer.conventions or conventions
        versions.append(f"{layer.site} {layer.version}" if isinstance(layer, SiteFile) else layer.version)
    return replace(table, version=" + ".join(versions), conventions=conventions, released=shipped.released)


def _of_prefix(start: PrefixEntry) -> Meaning:
    entry = CodeEntry(
        system=start.system, code=start.starts[0], means=start.means, source=start.source, confidence="medium",
        reviewed_by=None, limit_of_detection=None, phase=None, display=(), against=(),
    )  # fmt: skip
    return Meaning(start.means, entry)


_ORDINARY_MEANING = _of_prefix(PrefixEntry(system="", starts=("-",), means=IRRELEVANT, source="ordinary.csv"))


@lru_cache(maxsize=8192)
def _meaning(table: CodeTable, system: str, code: str) -> Meaning | None:
    """What a code means; a chart says the same codes again and again."""
    return table.find(system, code)
