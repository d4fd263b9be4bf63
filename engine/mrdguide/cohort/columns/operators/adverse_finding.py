"""`adverse_finding` over columns: entries that are alike are looked up among the bad news once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....case.possible import NEGATIVE
from ....case.response_course import COMPLETE, RANK
from ....logic.operators.adverse_finding import AdverseFinding
from ....logic.parameters import interpretation_of
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ....patient.bad_news import adverse_fields
from .. import marrow
from ..cohort import Verdicts
from ..kernel import Column, kernel
from ..listed import listed
from ..meaning import Asked, Meaning

# Neither is bad news, and they would make every entry another one.
_NEVER_ADVERSE = ("date", "quality")
_NOT_ADVERSE, _UNEXPLAINED, _EXPLAINED = 0, 1, 2


def _adverse_finding(operator: AdverseFinding, asked: Asked) -> Verdicts:
    if operator.in_ == "markers":
        return asked.without(operator, "markers")
    none = np.where(asked.cohort.may_lack(operator.in_), UNKNOWN, NOT_MET).astype(np.uint8)
    entries = listed(asked.cohort, operator.in_)
    if not entries.entries:
        return none
    fields = tuple(name for name in type(entries.entries[0]).model_fields if name not in _NEVER_ADVERSE)
    codes, kinds = entries.alike(fields)
    news = np.array([_news(operator.in_, entry) for entry in kinds], dtype=np.int8)[codes]
    surely, perhaps = _remission(operator, asked)
    return np.maximum(_since(entries.offset, entries.earliest, entries.latest, news, surely, perhaps), none)


def _news(list_name: str, entry: Any) -> int:
    found = list(adverse_fields(list_name, entry))
    if not found:
        return _NOT_ADVERSE
    return _UNEXPLAINED if all(item.unexplained for item in found) else _EXPLAINED


def _remission(operator: AdverseFinding, asked: Asked) -> tuple[Column, Column]:
    """The days by which remission was certainly reached, and from which it can have been; 0 where there was none."""
    if operator.threshold is not None:
        rules, tests = interpretation_of(asked.context).marrow_mrd, marrow.tests(asked.cohort)
        possible = marrow.interpreted(asked.cohort, operator.threshold, rules, below_counts=False)
        days = (tests.offset, tests.earliest, tests.latest, possible & NEGATIVE != 0, possible == NEGATIVE)
    else:
        responses = listed(asked.cohort, "responses")
        codes, kinds = responses.alike(("category",))
        complete = np.array([RANK.get(entry.category, COMPLETE) == COMPLETE for entry in kinds], dtype=np.bool_)[codes]
        named = np.array([entry.category is not None for entry in kinds], dtype=np.bool_)[codes]
        days = (responses.offset, responses.earliest, responses.latest, complete, complete & named)
    return _first_days(*days)


@kernel
def _first_days(
    offset: Column, earliest: Column, latest: Column, may: Column, certain: Column
) -> tuple[Column, Column]:
    surely = np.zeros(offset.size - 1, dtype=np.int32)
    perhaps = np.zeros(offset.size - 1, dtype=np.int32)
    for patient in range(surely.size):
        for place in range(offset[patient], offset[patient + 1]):
            if certain[place] and (surely[patient] == 0 or latest[place] < surely[patient]):
                surely[patient] = latest[place]
            if may[place] and (perhaps[patient] == 0 or earliest[place] < perhaps[patient]):
                perhaps[patient] = earliest[place]
    return surely, perhaps


@kernel
def _since(offset: Column, earliest: Column, latest: Column, news: Column, surely: Column, perhaps: Column) -> Column:
    verdicts = np.full(offset.size - 1, NOT_MET, dtype=np.uint8)
    for patient in range(verdicts.size):
        if perhaps[patient] == 0:
            continue
        for place in range(offset[patient], offset[patient + 1]):
            if news[place] == _NOT_ADVERSE or latest[place] < perhaps[patient]:
                continue
            certain = surely[patient] > 0 and earliest[place] > surely[patient]
            fit = MET if certain and news[place] == _EXPLAINED else UNKNOWN
            verdicts[patient] = max(verdicts[patient], fit)
    return verdicts


MEANINGS: dict[str, Meaning] = {"adverse_finding": _adverse_finding}
