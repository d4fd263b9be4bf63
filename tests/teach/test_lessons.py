"""Teaching: the case gives nothing away, the feedback says what is right, and bad input gets one clear message."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import mrdguide
from mrdguide.errors import ProblemsError, UsageError
from mrdguide.report.blocks import Banner, Block, Item, Items, Page, Paragraph, Section, Table
from mrdguide.rulebook.book import RuleBook
from mrdguide.teach.cases import Choice, Lesson, choices, lesson, lessons, read_answer
from mrdguide.teach.examples import examples
from mrdguide.teach.lessons import Course, Given, run, run_all, shuffled
from mrdguide.teach.pages import case_page, feedback_page

LESSONS = lessons()


def told(page: Page) -> str:
    """All text of a page."""
    blocks = [text for block in (*page.front, *page.details) for text in _block(block)]
    return "\n".join([page.title, page.subtitle, *blocks, *page.foot])


def _block(block: Block) -> list[str]:
    if isinstance(block, Section):
        return [block.title, *(text for inner in block.blocks for text in _block(inner))]
    if isinstance(block, Banner):
        return [block.title, *("".join(part.text for part in one) for one in block.lines)]
    if isinstance(block, Paragraph):
        return ["".join(part.text for part in block.line)]
    if isinstance(block, Items):
        return [text for item in block.items for text in _item(item)]
    assert isinstance(block, Table)
    assert {len(row) for row in block.rows} == {len(block.head)}
    return [block.caption, *block.head, *("".join(part.text for part in cell) for row in block.rows for cell in row)]


def _item(item: Item) -> list[str]:
    return ["".join(part.text for part in item.line), *(text for inner in item.items for text in _item(inner))]


class Learner:
    """Answers what it was told to answer, then ends the input; keeps what it was shown and asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.pages: list[Page] = []
        self.prompts: list[str] = []

    def ask(self, prompt: str) -> str:
        self.prompts.append(prompt)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    def learn(
        self, number: int | None, answer: str | None = None, as_of: str | None = None, course: Course | None = None
    ) -> list[Given]:
        return run(number, answer, as_of, self.ask, self.pages.append, course)


@pytest.fixture(scope="module")
def known(shipped_rules: RuleBook) -> tuple[Choice, ...]:
    return choices(shipped_rules)


@pytest.fixture
def feedback(shipped_rules: RuleBook, known: tuple[Choice, ...]) -> Callable[[Lesson, str], Page]:
    def give(chosen: Lesson, answer: str) -> Page:
        result = mrdguide.evaluate(chosen.example.path, rules=shipped_rules, as_of=chosen.as_of)
        return feedback_page(chosen, read_answer(answer, known), result)

    return give


def test_every_example_is_a_lesson() -> None:
    assert [item.number for item in LESSONS] == list(range(1, len(LESSONS) + 1))
    assert [item.example for item in LESSONS] == list(examples())


@pytest.mark.parametrize("chosen", LESSONS, ids=lambda item: item.example.file)
def test_the_case_gives_nothing_away(chosen: Lesson, shipped_rules: RuleBook, known: tuple[Choice, ...]) -> None:
    text = told(case_page(chosen))
    lowered = text.casefold()
    for choice in known:
        # "continue" is an id and an English word; it may not stand there in either sense.
        assert re.search(rf"\b{re.escape(choice.id)}\b", lowered) is None
        assert choice.title.casefold() not in lowered
        assert choice.headline.casefold() not in lowered
    assert chosen.point.casefold() not in lowered
    assert chosen.example.file.removesuffix(".yaml") not in lowered
    assert re.search(r"\b(met|not met|unknown|certainty|caution|block|outcome|recommend\w*)\b", lowered) is None
    result = mrdguide.evaluate(chosen.example.path, rules=shipped_rules, as_of=chosen.as_of)
    assert [item.title for item in result.because if item.title in text] == []


@pytest.mark.parametrize("chosen", LESSONS, ids=lambda item: item.example.file)
def test_the_case_tells_every_test_and_treatment(chosen: Lesson) -> None:
    text = told(case_page(chosen))
    patient = mrdguide.read_patient(chosen.example.path)
    dates = [test.date for test in patient.mrd] + [study.date for study in patient.imaging]
    dates += [response.date for response in patient.responses] + [event.date for event in patient.events]
    dates += [entry.begins for entry in patient.therapy]
    assert [str(date) for date in dates if str(date) not in text] == []
    assert chosen.question in text


def test_the_case_tells_what_was_not_done() -> None:
    files = {item.example.file: told(case_page(item)) for item in LESSONS}
    assert "No functional imaging is recorded." in files["insufficient-no-imaging.yaml"]
    assert "No MRD test is recorded." in files["insufficient-cr-without-mrd.yaml"]
    assert "TP53 mutation: not tested" in files["insufficient-risk-unknown.yaml"]
    assert "del(1p32): failed" in files["insufficient-risk-unknown.yaml"]
    assert "42 % of CD138-sorted cells" in files["continue-double-hit.yaml"]
    assert "3 copies" in files["continue-double-hit.yaml"]
    assert "detected at 4e-5" in files["resurgence-on-therapy.yaml"]
    assert "(melanoma)" in files["stop-for-harm.yaml"]
    assert "No therapy is recorded." in files["out-of-scope.yaml"]


@pytest.mark.parametrize("chosen", LESSONS, ids=lambda item: item.example.file)
def test_a_right_answer_is_told_so(chosen: Lesson, feedback: Callable[[Lesson, str], Page]) -> None:
    page = feedback(chosen, chosen.example.expected.outcome)
    banner = page.front[0]
    assert isinstance(banner, Banner)
    assert (banner.title, banner.tone) == ("Right", "go")
    text = told(page)
    assert chosen.point in text
    assert "Certainty of the evidence" in text


@pytest.mark.parametrize("chosen", LESSONS, ids=lambda item: item.example.file)
def test_every_wrong_answer_is_told_so_kindly(
    chosen: Lesson, feedback: Callable[[Lesson, str], Page], known: tuple[Choice, ...]
) -> None:
    for choice in known:
        if choice.id in (chosen.example.expected.outcome, *chosen.example.accepted):
            continue
        page = feedback(chosen, choice.id)
        banner = page.front[0]
        assert isinstance(banner, Banner)
        assert (banner.title, banner.tone) == ("Not this time", "caution")
        text = "\n".join(_block(banner))
        assert f"You answered {choice.title}." in text
        outcome = next(item.title for item in known if item.id == chosen.example.expected.outcome)
        assert f"The engine's answer is {outcome}:" in text
        assert re.search(r"\b(wrong|false|mistake|fail)", text) is None


@pytest.mark.parametrize(
    ("file", "answer", "words"),
    [
        ("insufficient-no-imaging", "cessation-supported", "one of the answers still possible"),
        ("insufficient-no-imaging", "out-of-scope", "no result of it would lead to this answer"),
        ("continue-near-miss", "cessation-supported", "opens the way to stopping further"),
        ("cessation-supported", "continue", "a careful answer"),
        ("continue-near-miss", "insufficient-data", "what is known is enough"),
        ("continue-near-miss", "treat-relapse", "come to another answer"),
    ],
)
def test_says_what_is_right_about_another_answer(
    file: str, answer: str, words: str, feedback: Callable[[Lesson, str], Page]
) -> None:
    chosen = next(item for item in LESSONS if item.example.file == f"{file}.yaml")
    assert words in told(feedback(chosen, answer))


def test_feedback_shows_own_data_and_where_the_rule_stands(
    feedback: Callable[[Lesson, str], Page], shipped_rules: RuleBook
) -> None:
    near_miss = next(item for item in LESSONS if item.example.file == "continue-near-miss.yaml")
    text = told(feedback(near_miss, "continue"))
    assert "10 days short" in text
    assert shipped_rules.where("block.mrd-not-sustained") in text
    assert "giri2025" in text or "corre2025" in text


def test_evidence_is_that_of_what_decides(feedback: Callable[[Lesson, str], Page]) -> None:
    relapse = next(item for item in LESSONS if item.example.file == "treat-relapse.yaml")
    section = next(
        block
        for block in feedback(relapse, "continue").front
        if isinstance(block, Section) and block.title == "Evidence"
    )
    assert "imwg_response" in _block(section)[1]
    for chosen in LESSONS:
        for block in feedback(chosen, "continue").front:
            if isinstance(block, Section) and block.title == "Evidence":
                assert isinstance(block.blocks[0], Items)
                assert 1 <= len(block.blocks[0].items) <= 2


def test_feedback_shows_what_is_missing_and_where_it_leads(feedback: Callable[[Lesson, str], Page]) -> None:
    no_imaging = next(item for item in LESSONS if item.example.file == "insufficient-no-imaging.yaml")
    text = told(feedback(no_imaging, "insufficient-data"))
    assert "negative: Inside the envelope of cessation studies" in text
    assert "positive: Signs that disease is returning" in text
    assert "Still possible: Signs that disease is returning; Inside the envelope of cessation studies." in text
    settled = told(feedback(LESSONS[0], "continue"))
    assert "What is missing" not in settled


def test_choices_follow_the_rule_book(shipped_rules: RuleBook, known: tuple[Choice, ...]) -> None:
    ids = [item.id for item in shipped_rules.decision.outcomes]
    main = [*ids, shipped_rules.decision.insufficient.id]
    assert [item.id for item in known if not item.beside] == main
    secondary = [item.id for item in shipped_rules.decision.secondary]
    assert [item.id for item in known if item.beside] == [name for name in secondary if name not in main]
    assert [item.number for item in known] == list(range(1, len(known) + 1))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("continue", "continue"), ("  CONTINUE\n", "continue"), ("cont", "continue"), ("cessation-s", "cessation-supported"),
        ("cessation supported", "cessation-supported"), ("1", "out-of-scope"), ("9", "insufficient-data"),
        ("Signs that disease is returning", "act-on-resurgence"), ("t", "treat-relapse"), ("i", "insufficient-data"),
    ],
)  # fmt: skip
def test_reads_answers(text: str, wanted: str, known: tuple[Choice, ...]) -> None:
    assert read_answer(text, known).id == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("contineu", "did you mean 'continue'"),
        ("cessation", "cessation-supported or cessation-conditional; write more"),
        ("c", "can be continue or cessation-supported or cessation-conditional"),
        ("0", "no answer 0; they are numbered 1 to 12"),
        ("13", "numbered 1 to 12"),
        ("9" * 5000, "numbered 1 to 12"),
        ("²", "there is no answer"),
        ("", "choose one of out-of-scope"),
        ("xyzzy" * 100, r"xyz\w*\.\.\.'"),
    ],
    ids=lambda text: text[:12],
)
def test_refuses_what_names_no_answer(text: str, message: str, known: tuple[Choice, ...]) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        read_answer(text, known)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("number", [0, -1, len(LESSONS) + 1, 10**30])
def test_a_bad_number(number: int) -> None:
    with pytest.raises(UsageError, match=f"numbered 1 to {len(LESSONS)}"):
        lesson(number)
    learner = Learner()
    with pytest.raises(UsageError, match=f"numbered 1 to {len(LESSONS)}"):
        learner.learn(number)
    assert learner.pages == []


def test_without_a_number_lists_every_case_without_its_answer(known: tuple[Choice, ...]) -> None:
    learner = Learner()
    learner.learn(None)
    text = told(learner.pages[0])
    assert [item.question for item in LESSONS if item.question not in text] == []
    assert [item.point for item in LESSONS if item.point in text] == []
    assert [item.title for item in known if item.title in text] == []
    assert learner.prompts == []


def test_an_answer_without_a_case() -> None:
    with pytest.raises(UsageError, match="needs a case"):
        Learner().learn(None, "continue")


def test_asks_and_answers() -> None:
    learner = Learner("1")
    learner.learn(14)
    assert [page.title for page in learner.pages] == ["Case 14", "Your answer", "Case 14: Smouldering myeloma"]
    assert "Right" in told(learner.pages[2])
    assert len(learner.prompts) == 1


def test_an_answer_given_beforehand_is_not_asked_for() -> None:
    learner = Learner()
    learner.learn(14, "continue")
    assert learner.prompts == []
    assert "Not this time" in told(learner.pages[-1])


def test_a_bad_answer_given_beforehand_shows_nothing() -> None:
    learner = Learner()
    with pytest.raises(UsageError, match="did you mean 'continue'"):
        learner.learn(14, "contineu")
    assert learner.pages == []


def test_a_slip_is_told_and_asked_again() -> None:
    learner = Learner("contineu", "continue")
    learner.learn(3)
    assert "did you mean 'continue'" in learner.prompts[1]
    assert "Right" in told(learner.pages[-1])


def test_only_slips_end_in_one_message() -> None:
    learner = Learner("x", "y", "z", "continue")
    with pytest.raises(UsageError, match="no answer 'z'"):
        learner.learn(3)
    assert len(learner.prompts) == 3
    with pytest.raises(UsageError, match="no answer 'x'"):
        Learner("x").learn(3)


@pytest.mark.parametrize("answers", [(), ("",), ("  \n",)])
def test_leaves_politely_at_the_end_of_the_input(answers: tuple[str, ...]) -> None:
    learner = Learner(*answers)
    learner.learn(3)
    text = told(learner.pages[-1])
    assert learner.pages[-1].title == "No answer given"
    assert LESSONS[2].point not in text


def test_another_day_is_used_and_said() -> None:
    learner = Learner()
    learner.learn(4, "continue", "2026-11-01")
    assert "The day of the board is 2026-11-01" in told(learner.pages[0])
    assert "The case was made for 2026-11-21" in told(learner.pages[-1])
    early = Learner()
    early.learn(4, "continue", "2026-01-01")
    assert "2026-10-10" not in told(early.pages[0])


def test_a_day_that_is_none() -> None:
    learner = Learner()
    for text in ("tomorrow", "2026-11"):
        with pytest.raises(UsageError, match="as_of"):
            learner.learn(4, "continue", text)
        with pytest.raises(UsageError, match="as_of"):
            case_page(Lesson(1, "", "", text, text, "", LESSONS[0].example))
    assert learner.pages == []


def test_a_wrong_answer_is_told_why_that_one_is_wrong(
    feedback: Callable[[Lesson, str], Page], known: tuple[Choice, ...]
) -> None:
    near_miss = next(item for item in LESSONS if item.example.file == "continue-near-miss.yaml")
    page = feedback(near_miss, "cessation-supported")
    why_not = "Why not “Inside the envelope of cessation studies”"
    section = next(item for item in page.front if isinstance(item, Section) and item.title == why_not)
    text = "\n".join(_block(section))
    assert "Marrow MRD negative at 1e-5 sustained 12 months (marrow only): it would have to be met" in text
    beside = "\n".join(told(feedback(near_miss, "partial-de-escalation")).splitlines())
    called = next(item.title for item in known if item.id == "partial-de-escalation")
    assert f"Why not “{called}”" in beside
    assert "Why not" not in told(feedback(near_miss, "continue"))


def test_a_case_may_take_several_answers(feedback: Callable[[Lesson, str], Page]) -> None:
    chosen = next(item for item in LESSONS if item.example.file == "drop-daratumumab.yaml")
    told_as = {chosen.example.expected.outcome: ("Right", "go"), "partial-de-escalation": ("Right as well", "neutral")}
    for answer, shown in told_as.items():
        banner = feedback(chosen, answer).front[0]
        assert isinstance(banner, Banner)
        assert (banner.title, banner.tone) == shown
    learner = Learner()
    (given,) = learner.learn(chosen.number, "partial-de-escalation")
    assert given.right
    assert given.to_dict()["accepted"] == [chosen.example.expected.outcome, "partial-de-escalation"]


@pytest.mark.parametrize("chosen", LESSONS, ids=lambda item: item.example.file)
def test_what_a_case_takes_as_well_holds_beside_its_answer(chosen: Lesson, known: tuple[Choice, ...]) -> None:
    assert set(chosen.example.accepted) <= {item.id for item in known} - {chosen.example.expected.outcome}
    assert set(chosen.example.accepted) <= set(chosen.example.expected.secondary)


def own_cases(folder: Path) -> Path:
    """Two cases of one's own: two files and a list, no Python."""
    profile = "id: mine\ndiagnosis: {disease: mgus}\n"
    entry = "as_of: 2026-11-21, point: The disease decides., expected: {outcome: out-of-scope, possible_outcomes: [out-of-scope]}"
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(profile, encoding="utf-8")
    cases = "".join(
        f"  - {{file: {name}.yaml, title: Title {name}, question: 'Question {name}?', {entry}}}\n"
        for name in ("a", "b")
    )
    (folder / "cases.yaml").write_text(f"cases:\n{cases}", encoding="utf-8")
    return folder


def test_cases_of_ones_own(tmp_path: Path) -> None:
    course = Course(own_cases(tmp_path))
    learner = Learner()
    (given,) = learner.learn(2, "out-of-scope", course=course)
    assert given.right
    assert "Question b?" in told(learner.pages[0])
    with pytest.raises(UsageError, match="numbered 1 to 2"):
        learner.learn(3, course=course)
    (tmp_path / "a.yaml").unlink()
    with pytest.raises(ProblemsError, match=r"cases.yaml:2.*there is no profile 'a.yaml'"):
        course.lessons()


def test_a_folder_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no cases.yaml"):
        Course(tmp_path).lessons()


def test_all_cases_are_gone_through_until_one_is_not_answered() -> None:
    learner = Learner("continue", "c", "continue")
    given = run_all(LESSONS, learner.ask, learner.pages.append, Course())
    assert [item.lesson.number for item in given] == [1, 2]
    assert learner.pages[-1].title == "No answer given"


def test_shuffled_cases_keep_their_numbers_and_a_seed_repeats_the_order() -> None:
    once, again, other = shuffled(LESSONS, 7), shuffled(LESSONS, 7), shuffled(LESSONS, 8)
    assert once == again != other
    assert sorted(once, key=lambda item: item.number) == list(LESSONS)


def test_the_handout_holds_every_case_and_no_solution_and_the_key_holds_them_all(known: tuple[Choice, ...]) -> None:
    some = LESSONS[:3]
    handout, key = told(Course().handout(some)), told(Course().key(some))
    for item in some:
        assert item.question in handout
        assert item.point not in handout
        assert item.title not in handout
        assert item.point in key
        assert next(choice.title for choice in known if choice.id == item.example.expected.outcome) in key


@pytest.mark.parametrize("chosen", LESSONS, ids=lambda item: item.example.file)
def test_no_answer_is_named_by_its_id_in_the_feedback(
    chosen: Lesson, feedback: Callable[[Lesson, str], Page], known: tuple[Choice, ...]
) -> None:
    ids = [item.id for item in known if "-" in item.id]
    for answer in (chosen.example.expected.outcome, "out-of-scope"):
        text = told(feedback(chosen, answer))
        assert [name for name in ids if re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", text)] == []


def test_a_figure_of_a_study_outside_whose_pattern_the_patient_is_is_told_as_such() -> None:
    double_hit = next(item for item in LESSONS if item.example.file == "continue-double-hit.yaml")
    assert "outside its pattern" in double_hit.point
