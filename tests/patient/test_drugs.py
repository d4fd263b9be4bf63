"""Names of drugs as people write them, read by ingredient."""

from __future__ import annotations

import pytest

from mrdguide.patient.drugs import given, listed, read_drug
from mrdguide.patient.regimens import REGIMENS, Regimens
from mrdguide.patient.therapy import TherapyEntry
from mrdguide.reading.data_file import read_as
from mrdguide.reading.written_words import drugs, drugs_as_written


@pytest.mark.parametrize(
    ("written", "drug"),
    [
        ("Tecvayli", "teclistamab"), ("teclistamab-cqyv", "teclistamab"), ("elranatamab-bcmm", "elranatamab"), ("TALVEY", "talquetamab"),
        ("cilta cel", "ciltacabtagene autoleucel"), ("ciltacabtagene-autoleucel", "ciltacabtagene autoleucel"),
        ("Carvykti", "ciltacabtagene autoleucel"), ("Abecma", "idecabtagene vicleucel"), ("CAR-T cells", "car t cells"),
        ("BCMA CAR-T", "car t cells"), ("CAR-T therapy", "car t cells"), ("BiTE", "bispecific antibody"),
        ("bispecific antibody", "bispecific antibody"), ("Darzalex Faspro", "daratumumab"), ("Dara SC", "daratumumab"),
        ("daratumumab s.c. 1800 mg", "daratumumab"), ("daratumumab and hyaluronidase-fihj", "daratumumab"), ("Sarclisa", "isatuximab"),
        ("Revlimid", "lenalidomide"), ("lenalidomide 10 mg d1-21", "lenalidomide"), ("len", "lenalidomide"),
        ("Lenalidomide (Revlimid) 10 mg p.o.", "lenalidomide"), ("bortezomib 1.3 mg/m2 weekly", "bortezomib"),
        ("zoledronic acid 4 mg i.v.", "zoledronic acid"), ("melphalan flufenamide", "melphalan flufenamide"), ("MEL200", "melphalan"),
    ],
)  # fmt: skip
def test_other_names_forms_and_doses_make_no_other_drug(written: str, drug: str) -> None:
    assert read_drug(written) == (frozenset({drug}), ())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("len/dex", {"lenalidomide", "dexamethasone"}),
        ("VRd", {"bortezomib", "lenalidomide", "dexamethasone"}),
        ("Dara-VRd x4", {"daratumumab", "bortezomib", "lenalidomide", "dexamethasone"}),
    ],
)
def test_one_name_may_be_several_drugs(written: str, expected: set[str]) -> None:
    assert read_drug(written) == (frozenset(expected), ())


@pytest.mark.parametrize("written", ["foozumab", "teclistimab", "trial drug", "XYZ-123", "7", "R-foo", "25 mg daily"])
def test_a_name_that_is_on_no_list_stays_open(written: str) -> None:
    assert read_drug(written) == (frozenset(), (written,))


def test_what_is_known_of_a_name_counts_and_the_rest_stays_open() -> None:
    assert read_drug("lenalidomide + foozumab") == (frozenset({"lenalidomide"}), ("lenalidomide + foozumab",))


def test_every_name_of_the_tables_is_known() -> None:
    names = {name for drug, ways in drugs_as_written().items() for name in (drug, *ways)}
    names |= {drug for regimen in read_as(REGIMENS, Regimens).regimens for drug in regimen.drugs}
    assert set(drugs()) <= names
    assert [name for name in sorted(names) if read_drug(name).unread] == []


def test_a_regimen_is_looked_at_for_drugs_that_it_names_and_not_for_letters() -> None:
    prepared = TherapyEntry(phase="consolidation", regimen="cilta-cel", drugs=("cyclophosphamide", "fludarabine"))
    assert given(prepared).names == {"ciltacabtagene autoleucel", "cyclophosphamide", "fludarabine"}
    assert listed(prepared).names == {"cyclophosphamide", "fludarabine"}
    letters = TherapyEntry(phase="induction", regimen="D-VRd", drugs=("bortezomib", "dexamethasone"))
    assert given(letters).names == {"bortezomib", "dexamethasone"}
