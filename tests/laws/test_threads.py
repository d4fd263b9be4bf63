"""One rule book shared by several threads answers as it does alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

import mrdguide
from mrdguide import RuleBook
from mrdguide.decide import forward_chaining as chain

from .effort import law
from .judging import shipped
from .patients import AS_OF, Profile, profiles


def answer(profile: Profile, rules: RuleBook) -> tuple[str, bool]:
    """All that is said of a patient, and whether both engines agreed on it."""
    found = mrdguide.evaluate(profile, rules=rules, as_of=AS_OF)
    return found.to_json(), found.provenance.cross_checked


@law(6)
@given(st.lists(profiles(), min_size=8, max_size=16))
def test_threads_sharing_a_rule_book_agree_with_one_thread_alone(patients: list[Profile]) -> None:
    fresh = mrdguide.load_rules()  # nothing cached yet, and the second engine not yet built
    # Every patient four times, each time in another order, so that the threads meet over the same and over other ones.
    places = [*range(len(patients))]
    work = [*places, *reversed(places), *places[::2], *places[1::2], *places]
    with ThreadPoolExecutor(max_workers=4) as threads:
        together = list(threads.map(partial(answer, rules=fresh), (patients[place] for place in work)))
    alone = [answer(profile, shipped()) for profile in patients]
    assert together == [alone[place] for place in work]
    assert {checked for _, checked in together} == {chain.available()}
