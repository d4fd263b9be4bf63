"""Laws for judging changed copies of one record: every criterion names all it reads, and what is kept is what is judged anew."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

import mrdguide
from mrdguide.answer.judged_again import looking_at
from mrdguide.answer.missing import Answered, NeedsOf, after_each_answer, needs
from mrdguide.case.case import Case
from mrdguide.dates import parse_date

from .effort import law
from .judging import judged, shipped
from .patients import AS_OF, Profile, profiles

TODAY = parse_date(AS_OF).earliest
# Read with every list (whether it is whole), by no rule at all, or by what a doubt rests on.
NOT_COMPARED = {"id", "recorded", "incomplete", "not_known", "considered", "local"}


@law(150)
@given(profiles(), profiles())
def test_a_verdict_rests_on_nothing_but_the_sections_that_its_criterion_names(one: Profile, other: Profile) -> None:
    mine, theirs = mrdguide.read_patient(one), mrdguide.read_patient(other)
    case = Case(mine, TODAY)
    assume(not case.doubts)
    before = shipped().judge_all(case)
    for name in set(type(mine).model_fields) - NOT_COMPARED:
        changed = Case(mine.model_copy(update={name: getattr(theirs, name)}), TODAY)
        if changed.doubts:
            continue
        after = shipped().judge_all(changed)
        looking = looking_at(shipped(), name)
        differing = {slot for slot, verdict in enumerate(after) if verdict != before[slot]}
        assert differing <= looking, [shipped().compiled_criteria[slot].rule.id for slot in differing - looking]


@law(25)
@given(st.data(), profiles())
def test_what_was_judged_before_for_the_same_data_is_what_is_judged_anew(data: st.DataObject, profile: Profile) -> None:
    """Two facts are found out one after the other, in any order; the case that knows both is read from the start."""
    found = judged(profile)
    rules = found.rules
    of_consequence = set(rules.decider.asked)

    def answers(case: Case, verdicts: tuple[int, ...]) -> list[tuple[str, Answered]]:
        asked = needs(rules, case, rules.decider.depends_on(verdicts), NeedsOf(rules, case))
        return [(need.path, answer) for need, _ in asked for answer in after_each_answer(rules, case, verdicts, need)]

    first = answers(found.case, found.judged_verdicts)
    assume(first)
    for _, one in data.draw(st.lists(st.sampled_from(first), min_size=1, max_size=4)):
        for path, both in answers(one.case, one.judged_verdicts):
            anew = Case(both.case.original, both.case.as_of, both.case._new_from)
            assert both.case.doubts == anew.doubts
            for slot in looking_at(rules, path) & of_consequence:
                compiled = rules.compiled_criteria[slot]
                assert both.judged_verdicts[slot] == compiled.judge.verdict(anew), compiled.rule.id
