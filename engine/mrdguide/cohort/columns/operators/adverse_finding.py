"""`adverse_finding` over columns: entries that are alike are looked up among the bad news once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ....case.possible import NEGATIVE
from ....case.response_course import COMPLETE, RANK
from ....logic.operators.adverse_finding import AdverseFinding
from ....logic.parameters import interpretation_of
from ....logic.truth import MET, NOT_MET, UNKNOWN
from ....patient.bad_news import FieldNews, may_be_adverse
from ....patient.markers import MarkerPanel
from .. import marrow, panels
from ..cohort import Cohort, Verdicts
from ..kernel import Column, kernel
from ..listed import Listed, codes_of, listed
from ..meaning import Asked, Meaning
from ..profiles import NO_FLAG, NO_WORD

_BAD_NEWS = ("adverse", "possibly")
_NOT_ADVERSE, _UNEXPLAINED, _EXPLAINED = 0, 1, 2


def _adverse_finding(operator: AdverseFinding, asked: Asked) -> Verdicts:
    none = np.where(asked.cohort.may_lack(operator.in_), UNKNOWN, NOT_MET).astype(np.uint8)
    entries = listed(asked.cohort, operator.in_)
    if not len(entries):
        return none
    news = _of_panels(operator, asked.cohort) if operator.in_ == "markers" else _of_alike(operator, entries)
    surely, perhaps = _remission(operator, asked)
    return np.maximum(_since(entries.offset, entries.earliest, entries.latest, news, surely, perhaps), none)


def _of_alike(operator: AdverseFinding, entries: Listed) -> Column:
    looked_at = {key for name, field in may_be_adverse(operator.in_).items() for key in (name, *field.unless)}
    codes, kinds = entries.alike(tuple(name for name in entries.names if name in looked_at))
    return np.array([_news(operator, entry) for entry in kinds], dtype=np.int8)[codes]


def _of_panels(operator: AdverseFinding, cohort: Cohort) -> Column:
    """Hardly two panels are alike, so that their fields are looked at one by one, each of all panels."""
    size = len(listed(cohort, "markers"))
    adverse, explained = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    for name, field in may_be_adverse("markers").items():
        bad = _bad(cohort, name, field)
        if name in ("kappa", "lambda_"):
            bad &= ~_in_balance(operator, cohort)
        open_ = np.zeros(size, dtype=np.bool_)
        for key, word in field.unless.items():
            codes, benign = _coded(cohort, key, word)
            bad &= codes != benign
            open_ |= codes == (NO_FLAG if isinstance(word, bool) else NO_WORD)
        adverse |= bad
        explained |= bad & ~open_
    return np.where(adverse, np.where(explained, _EXPLAINED, _UNEXPLAINED), _NOT_ADVERSE).astype(np.int8)


def _coded(cohort: Cohort, name: str, value: str | bool) -> tuple[Column, int]:
    """A word or a flag of every panel in numbers, and the number of one value."""
    if isinstance(value, bool):
        return panels.flag(cohort, name), int(value)
    return panels.word(cohort, name), codes_of(MarkerPanel, name)[value]


def _bad(cohort: Cohort, name: str, field: FieldNews) -> Column:
    """Whether a field of each panel is bad news, or may be, whatever else is recorded."""
    if name in panels.FLAGS:
        return _bad_codes(field, panels.flag(cohort, name), {True: 1, False: 0})
    if name in panels.WORDS:
        words = {word: code for word, code in codes_of(MarkerPanel, name).items() if word is not None}
        return _bad_codes(field, panels.word(cohort, name), words)
    is_percent = name.endswith("_percent")
    values = panels.number(cohort, name) if is_percent else panels.quantity(cohort, name)
    bad = np.zeros(values.size, dtype=np.bool_)
    if field.from_ is not None:
        bad |= values >= field.from_
    if field.to is not None:
        bad |= values <= field.to
    if field.any_value in _BAD_NEWS:
        bad |= ~np.isnan(values)
    if field.above_limit and not is_percent:
        bad |= values > listed(cohort, "markers").quantities(name, "upper_limit")
    return bad


def _bad_codes(field: FieldNews, codes: Column, values: Mapping[Any, int]) -> Column:
    # What is bad news only in its course counts as such where the course is not looked at.
    bad = [
        code
        for value, code in values.items()
        if field.of(value) in _BAD_NEWS or value in field.after or value in field.in_remission
    ]
    return np.isin(codes, bad)


def _in_balance(operator: AdverseFinding, cohort: Cohort) -> Column:
    kappa, lambda_ = panels.quantity(cohort, "kappa"), panels.quantity(cohort, "lambda_")
    if operator.ratio_from is None or operator.ratio_to is None:
        return np.zeros(kappa.size, dtype=np.bool_)
    return (operator.ratio_from * lambda_ <= kappa) & (kappa <= operator.ratio_to * lambda_)


def _news(operator: AdverseFinding, entry: Any) -> int:
    found = operator.news(entry)
    if not found:
        return _NOT_ADVERSE
    return _UNEXPLAINED if not operator.explained and all(item.unexplained for item in found) else _EXPLAINED


def _remission(operator: AdverseFinding, asked: Asked) -> tuple[Column, Column]:
    """The days by which remission was certainly reached, and from which it can have been; 0 where there was none."""
    if operator.threshold is not None:
        rules, tests = interpretation_of(asked.context).marrow_mrd, marrow.tests(asked.cohort)
        possible = marrow.interpreted(asked.cohort, operator.threshold, rules, below_counts=False)
        days = (tests.offset, tests.earliest, tests.latest, possible & NEGATIVE != 0, possible == NEGATIVE)
        return _first_days(*days)
    return complete_response(asked.cohort)


def complete_response(cohort: Cohort) -> tuple[Column, Column]:
    """The days by which a complete response was certainly recorded, and from which it can have been; 0 where there was none."""

    def make() -> tuple[Column, Column]:
        responses = listed(cohort, "responses")
        codes, kinds = responses.alike(("category",))
        complete = np.array([RANK.get(entry.category, COMPLETE) == COMPLETE for entry in kinds], dtype=np.bool_)[codes]
        named = np.array([entry.category is not None for entry in kinds], dtype=np.bool_)[codes]
        return _first_days(responses.offset, responses.earliest, responses.latest, complete, complete & named)

    return cohort.once("complete response", make)


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
