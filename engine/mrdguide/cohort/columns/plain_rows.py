"""Which rows of an Arrow batch are plain: they hold what a profile may hold, and nothing that only the one-patient engine reads.

In doubt a row is not plain. The others are read one by one, with a message where something is wrong with them. What cannot be
of a patient, but may stand in a profile, is plain: `arrow_doubts` finds it.
"""

from __future__ import annotations

import numpy as np

from ...patient.fields import MOST_COURSES
from ...patient.profile import Cytogenetics
from ...patient.told_in_words import may_name_any_topic
from ...reading.written_words import says_something
from .arrow_doubts import year_of
from .arrow_fields import Coded, Fields
from .kernel import Column
from .of_arrow import LISTS, ArrowEntries, ArrowProfiles


def plain(profiles: ArrowProfiles) -> Column:
    """Whether each row of a batch is plain."""
    bad = profiles.single.look().copy()
    for name in LISTS:
        entries = profiles.entries(name)
        bad |= np.bincount(entries.owner, minlength=len(profiles)) > MOST_COURSES
        bad |= _of_any(profiles, entries, entries.fields.look())
    bad |= _unusual(profiles) | _at_diagnosis(profiles)
    for name, contradicting in _OF_LIST.items():
        entries = profiles.entries(name)
        bad |= _of_any(profiles, entries, contradicting(entries))
    return ~bad


def _of_any(profiles: ArrowProfiles, entries: ArrowEntries, which: Column) -> Column:
    found: Column = np.bincount(entries.owner[which], minlength=len(profiles)) > 0
    return found


def _unusual(profiles: ArrowProfiles) -> Column:
    """Nobody without an id and a diagnosis, or with a definition of a risk that is not said to be there or that speaks of what
    belongs among the events, and nothing attested or declared out of reach (lists that hold anything are not plain already)."""
    nameless = np.asarray(profiles.ids().is_null())
    risk = profiles.single.inside("functional_high_risk")
    definition = risk.coded("definition")
    defined = np.array([says_something(text) for text in definition.values])[definition.codes]
    found: Column = nameless | (profiles.single.inside("diagnosis").coded("disease").codes == 0)
    found |= (defined & (risk.coded("status").codes == 0)) | _told_in_words(definition)
    found |= _told_in_words(risk.coded("anchor"))
    return found | _told_in_words(profiles.single.inside("considered").coded("therapy_wish"))


def _told_in_words(texts: Coded) -> Column:
    """Whether a text speaks of what belongs among the events."""
    found: Column = np.array([may_name_any_topic(text) for text in texts.values])[texts.codes]
    return found


def _of_toxicities(entries: ArrowEntries) -> Column:
    return _told_in_words(entries.fields.coded("term")) | _told_in_words(entries.fields.coded("attributed_to"))


def _at_diagnosis(profiles: ArrowProfiles) -> Column:
    """Diagnosed before birth, or a cytogenetic result that its details contradict."""
    diagnosed, genes = profiles.dates("diagnosis.date"), profiles.single.inside("baseline").inside("cytogenetics")
    bad = diagnosed.known & (year_of(diagnosed.earliest) < profiles.numbers("birth_year"))
    for name in Cytogenetics.model_fields:
        found = genes.inside(name)
        is_present, is_absent = found.is_value("status", "present"), found.is_value("status", "absent")
        copies, has_zygosity = found.numbers("copies"), found.coded("zygosity").codes != 0
        detailed = ~np.isnan(found.numbers("fraction")) | ~np.isnan(copies) | has_zygosity
        bad |= detailed & found.coded("status").are(("not-tested", "failed"))
        bad |= (is_absent & has_zygosity) | (is_present & (found.numbers("fraction") == 0))
        bad |= (is_present & (copies < 3)) | (is_absent & (copies > 2))
    return bad


def _of_mrd(entries: ArrowEntries) -> Column:
    fields = entries.fields
    return ~np.isnan(fields.numbers("level")) & fields.coded("result").are(("not-detected", "failed"))


def _of_imaging(entries: ArrowEntries) -> Column:
    fields = entries.fields
    bad = ~np.isnan(fields.numbers("rac")) & fields.is_value("modality", "PET-CT")
    scored = ~np.isnan(fields.numbers("deauville_focal")) | ~np.isnan(fields.numbers("deauville_marrow"))
    return bad | (scored & fields.is_value("modality", "WB-DWI-MRI"))


def _of_therapy(entries: ArrowEntries) -> Column:
    start, end = entries.dates("start"), entries.dates("end")
    bad = start.known & end.known & (end.latest < start.earliest)
    return (
        bad
        | _of_another_phase(entries.fields, "kind", "transplant")
        | _of_another_phase(entries.fields, "site", "radiotherapy")
    )


def _of_another_phase(fields: Fields, field: str, phase: str) -> Column:
    """Where a field of one phase is recorded of another."""
    found: Column = (fields.coded(field).codes != 0) & ~fields.coded("phase").are((None, phase))
    return found


_OF_LIST = {"therapy": _of_therapy, "mrd": _of_mrd, "imaging": _of_imaging, "toxicities": _of_toxicities}
