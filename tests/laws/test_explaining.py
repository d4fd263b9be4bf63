"""Explanations are exact: on small random rule books against trying everything, on the shipped one against judging anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product

from hypothesis import assume, given
from hypothesis import strategies as st

from mrdguide.decide.decision import Decider
from mrdguide.errors import InconsistentVerdicts
from mrdguide.explain.missing_results import Question, Settles, Situation, Tree, smallest_sets, tree
from mrdguide.explain.sufficient_reasons import nearest_way, shortest_reason
from mrdguide.logic.truth import MET, UNKNOWN

from . import books, oracle
from .effort import law


def consistent(book: oracle.Book, known: oracle.Verdicts) -> bool:
    return any(True for _ in oracle.fillings(book, known))


@st.composite
def drawn(draw: st.DrawFn) -> tuple[oracle.Book, dict[str, oracle.Truth], Decider]:
    """A book with verdicts that the implications allow."""
    book = draw(books.books())
    known = draw(books.verdicts(book))
    assume(consistent(book, known))
    return book, known, books.decider(book)


def kept(book: oracle.Book, known: oracle.Verdicts, names: Sequence[str]) -> dict[str, oracle.Truth]:
    """Only some of the verdicts; the others unknown."""
    return {name: known[name] if name in names else None for name in book.criteria}


@law(150)
@given(drawn())
def test_a_shortest_reason_settles_and_no_smaller_set_does(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider],
) -> None:
    book, known, decider = case
    possible = oracle.possible(book, known)
    answer = next(iter(possible))
    found = shortest_reason(decider, decider.answer, books.judged_verdicts(book, known), answer)
    if len(possible) > 1:
        assert found is None
        return
    assert found is not None
    assert found.shortest
    names = [book.criteria[slot] for slot in found.slots]
    assert all(known[name] is not None for name in names)
    assert oracle.possible(book, kept(book, known, names)) == {answer}
    known_names = [name for name in book.criteria if known[name] is not None]
    for fewer in combinations(known_names, max(len(names) - 1, 0)):
        assert not names or oracle.possible(book, kept(book, known, fewer)) != {answer}


@law(80)
@given(drawn())
def test_without_rounds_enough_a_reason_still_settles_and_nothing_in_it_can_go(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider],
) -> None:
    book, known, decider = case
    possible = oracle.possible(book, known)
    assume(len(possible) == 1)
    [answer] = possible
    found = shortest_reason(decider, decider.answer, books.judged_verdicts(book, known), answer, rounds=0)
    assert found is not None
    assert not found.shortest
    names = [book.criteria[slot] for slot in found.slots]
    assert oracle.possible(book, kept(book, known, names)) == {answer}
    for name in names:
        assert oracle.possible(book, kept(book, known, [other for other in names if other != name])) != {answer}


@law(150)
@given(drawn(), st.data())
def test_the_nearest_way_leads_there_and_none_changes_less(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider], data: st.DataObject
) -> None:
    book, known, decider = case
    wanted = data.draw(st.sampled_from(list(book.outcomes)))
    slots = range(len(book.criteria))
    weight = {(slot, value): data.draw(st.sampled_from([10, 10_000])) for slot in slots for value in (0, MET)}
    steps = nearest_way(decider, decider.simplified(decider.answer), books.judged_verdicts(book, known), wanted, weight)
    everything: dict[str, oracle.Truth] = dict.fromkeys(book.criteria)
    ways = [filled for filled in oracle.fillings(book, everything) if oracle.answer(book, filled) == wanted]
    assert (steps is None) == (not ways)
    if steps is None:
        return
    taken = {book.criteria[step.slot]: step.needed == MET for step in steps}
    assert all(known[name] is not value for name, value in taken.items())
    # What the steps do not bring with them stays as it is.
    through = [filled for filled in ways if taken.items() <= filled.items()]
    assert through

    def resists(filled: oracle.Verdicts) -> int:
        return sum(
            weight[(slot, books.VERDICT[filled[name]])]
            for slot, name in enumerate(book.criteria)
            if known[name] is not None and filled[name] is not known[name]
        )

    # Whatever else is unknown, the steps settle it; and every one of them is needed.
    kept_known = {**brought(book, known, taken), **taken}
    assert oracle.possible(book, {**dict.fromkeys(book.criteria), **kept_known}) == {wanted}
    for name in taken:
        fewer = {other: value for other, value in taken.items() if other != name}
        assert oracle.possible(book, {**dict.fromkeys(book.criteria), **brought(book, known, fewer), **fewer}) != {
            wanted
        }
    if not book.implications:
        assert min(map(resists, through)) == min(map(resists, ways))


def steps_to(
    wanted: str, outcomes: dict[str, oracle.Expression], known: dict[str, oracle.Truth], rules: list[oracle.Rule]
) -> set[tuple[str, bool]]:
    """The way to an outcome in a small book of two criteria, c0 and c1."""
    book = oracle.Book(
        criteria=["c0", "c1"], conclusions={}, outcomes={**outcomes, "rest": {"any": ["c0", {"not": "c0"}]}},
        implications=rules, points=[("c0", 1.0)], bands=[("low", None, 0.5), ("high", 1.0, None)],
        classes=[("k0", "c0"), ("other", None)],
    )  # fmt: skip
    decider = books.decider(book)
    weight = {(slot, value): 10 for slot in range(2) for value in (0, MET)}
    steps = nearest_way(decider, decider.simplified(decider.answer), books.judged_verdicts(book, known), wanted, weight)
    return {(book.criteria[step.slot], step.needed == MET) for step in steps or ()}


def test_a_verdict_that_only_followed_from_a_changed_one_is_in_the_way_too() -> None:
    """c1 is not met only because c0 is met; without that it is open again."""
    found = steps_to("rest", {"o0": "c0", "o1": "c1"}, {"c0": True, "c1": None}, [("c1", "c0", False)])
    assert found == {("c0", False), ("c1", False)}


def test_what_the_way_asks_and_the_answer_does_not_need_is_not_in_the_way() -> None:
    """c0 alone gives o0; c1 is asked about first and does not matter then."""
    for order in ("c0", "c1"):
        outcomes = {"o0": {"any": ["c1", "c0"]}, "o1": order}
        assert steps_to("o0", outcomes, {"c0": True, "c1": None}, []) == set()


def brought(book: oracle.Book, known: oracle.Verdicts, taken: dict[str, bool]) -> dict[str, oracle.Truth]:
    """The known verdicts that stay as they are when the steps are taken: those that they do not contradict."""
    forced = oracle.follows(book, {**dict.fromkeys(book.criteria), **taken})
    return {name: value for name, value in known.items() if value is not None and forced[name] in (None, value)}


class AsCriteria:
    """A situation in which every unknown criterion can be found out."""

    def __init__(self, book: oracle.Book, known: oracle.Verdicts, decider: Decider) -> None:
        self._book, self._known, self._decider = book, known, decider
        self.possible = decider.possible(books.judged_verdicts(book, known))
        self.unanswerable: tuple[str, ...] = ()

    @property
    def paths(self) -> list[str]:
        return [question.path for question in self.questions]

    @property
    def waiting_for(self) -> list[str]:
        return [question.what for question in self.questions]

    @property
    def questions(self) -> list[Question]:
        if len(self.possible) < 2:
            return []
        return [
            Question(name, name, tuple(self._answers(name)))
            for slot, name in enumerate(self._book.criteria)
            if slot in self._decider.depends_on(books.judged_verdicts(self._book, self._known))
        ]

    def _answers(self, name: str) -> Iterator[tuple[str, Situation]]:
        for label, value in (("yes", True), ("no", False)):
            try:
                yield label, AsCriteria(self._book, {**self._known, name: value}, self._decider)
            except InconsistentVerdicts:
                continue


def brute_force_sets(
    book: oracle.Book, known: oracle.Verdicts, answer: str, size: int, asked: Sequence[str]
) -> set[frozenset[tuple[str, bool]]]:
    """Every set of so many results of some criteria that leaves only one outcome."""
    unknown = [name for name in asked if known[name] is None]
    return {
        frozenset(zip(names, values, strict=True))
        for names in combinations(unknown, size)
        for values in product([True, False], repeat=size)
        if oracle.possible(book, {**known, **dict(zip(names, values, strict=True))}) == {answer}
    }


@law(100)
@given(drawn())
def test_announced_sets_of_results_settle_and_no_smaller_one_does(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider],
) -> None:
    book, known, decider = case
    possible = oracle.possible(book, known)
    assume(len(possible) > 1)
    start = AsCriteria(book, known, decider)
    found = smallest_sets(start, most_results=3, most_situations=100_000)
    assert {item.outcome for item in found} == possible
    for item in found:
        check_sets(book, known, item, start.paths)


def check_sets(book: oracle.Book, known: oracle.Verdicts, item: Settles, asked: Sequence[str]) -> None:
    """`asked` are the criteria that the decision still looks at; one that only implies them is not asked for."""
    if not item.sets:
        assert item.looked_at == 3 or item.exhausted
        for size in range(1, item.looked_at + 1):
            assert not brute_force_sets(book, known, item.outcome, size, asked)
        return
    size = len(item.sets[0])
    announced = {frozenset((result.path, result.answer == "yes") for result in some) for some in item.sets}
    true = brute_force_sets(book, known, item.outcome, size, asked)
    assert announced <= true
    for smaller in range(1, size):
        assert not brute_force_sets(book, known, item.outcome, smaller, asked)
    if not book.implications:
        # With implications a result may settle by what follows from it, under another name.
        assert len(true) == len(item.sets) + item.more


@law(60)
@given(drawn())
def test_a_search_cut_short_says_what_it_looked_at(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider],
) -> None:
    book, known, decider = case
    assume(len(oracle.possible(book, known)) > 1)
    start = AsCriteria(book, known, decider)
    asked = start.paths
    for item in smallest_sets(start, most_results=3, most_situations=6):
        for size in range(1, item.looked_at + 1 if not item.sets else len(item.sets[0])):
            assert not brute_force_sets(book, known, item.outcome, size, asked)


@law(100)
@given(drawn(), st.integers(1, 4), st.integers(1, 10))
def test_every_branch_of_a_tree_says_exactly_what_is_possible_there(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider], depth: int, questions: int
) -> None:
    book, known, decider = case
    planted = tree(AsCriteria(book, known, decider), depth=depth, questions=questions)
    assert (planted is None) == (len(oracle.possible(book, known)) < 2)
    if planted is not None:
        assert count(planted) <= questions
        walk(book, dict(known), planted, depth)


def count(planted: Tree) -> int:
    return 1 + sum(count(branch.next) for branch in planted.branches if branch.next is not None)


def walk(book: oracle.Book, known: dict[str, oracle.Truth], planted: Tree, depth: int) -> None:
    assert depth > 0
    assert known[planted.path] is None, "nothing is asked twice on one way down"
    labels = [label for branch in planted.branches for label in branch.answer.split(", ")]
    assert len(labels) == len(set(labels))
    for branch in planted.branches:
        for label in branch.answer.split(", "):
            after = {**known, planted.path: label == "yes"}
            possible = oracle.possible(book, after)
            assert set(branch.possible) == possible
            if branch.next is not None:
                walk(book, after, branch.next, depth - 1)
            elif len(possible) > 1:
                assert branch.missing, "a branch that ends open says what else is missing"


@law(60)
@given(drawn(), st.data())
def test_another_definition_in_the_place_of_a_conclusion_is_as_if_the_book_were_rewritten(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider], data: st.DataObject
) -> None:
    book, known, decider = case
    replaced = data.draw(st.sampled_from([*book.criteria, *book.conclusions]))
    by = data.draw(st.sampled_from(book.criteria))
    names = [name for name in book.conclusions if name != replaced]
    possible = {
        oracle.answer(rewritten(book, names), {**filled, replaced: filled[by]})
        for filled in oracle.fillings(book, known)
    }
    assert set(decider.possible_with(replaced, by, books.judged_verdicts(book, known))) == possible


def rewritten(book: oracle.Book, names: Sequence[str]) -> oracle.Book:
    """The book without a conclusion, which is then given like a criterion."""
    return oracle.Book(book.criteria, {name: book.conclusions[name] for name in names}, book.outcomes)


@law(60)
@given(drawn())
def test_what_the_outcome_hangs_on_is_named_without_deciding(
    case: tuple[oracle.Book, dict[str, oracle.Truth], Decider],
) -> None:
    book, known, decider = case
    judged_verdicts = books.judged_verdicts(book, known)
    depends_on = decider.depends_on(judged_verdicts)
    assert (len(oracle.possible(book, known)) > 1) == bool(depends_on)
    assert all(judged_verdicts[slot] == UNKNOWN for slot in depends_on)
