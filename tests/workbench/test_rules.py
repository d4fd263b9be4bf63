"""The views of rules and evidence: found by words, read in English beside the YAML, changed in a layer that is tried at once."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import mrdguide
from mrdguide.workbench import Bench, State
from mrdguide.workbench.evidence.entries import found as found_entries
from mrdguide.workbench.opening import started
from mrdguide.workbench.rules.cards import card, entry_text, found
from mrdguide.workbench.rules.layer import tried

from .pages import AS_OF, LONGER, banner, done, opened, pasted, tags, text_of


def with_layer(bench: Bench, layer: str, state: State | None = None) -> tuple[State, str]:
    """What the rules view shows of a layer that was typed."""
    shown = done(bench, state or started(AS_OF), "rules/check", {"layer": layer})
    return shown.state, shown.html


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("sustained 12 months marrow", "mrd.sustained-12-1e-5"),
        ("baseline.labs.ldh", "risk.ldh-high"),
        ("costa2023 two or more", "block.two-hrca"),
        ("caution.high-ldh", "caution.high-ldh"),
    ],
)
def test_a_rule_is_found_by_word_fact_study_or_id(bench: Bench, words: str, rule: str) -> None:
    assert rule in [item.id for group in found(bench.rules, words) for item in group.rules]
    assert bench.rules.rules[rule].title in text_of(done(bench, started(AS_OF), "rules/search", {"query": words}).html)


@pytest.mark.parametrize("words", ["mrd.recent", "6 months marrow", "$mrd.recent", "how old a marrow test"])
def test_a_number_that_rules_share_is_found_by_name_and_by_number_with_where_it_is_used(
    bench: Bench, words: str
) -> None:
    assert "parameter:mrd.recent" in [item.id for group in found(bench.rules, words) for item in group.rules]
    shown = card(bench.rules, bench.rule_files, "parameter:mrd.recent")
    assert shown is not None
    assert shown.yaml.startswith("- id: mrd.recent")
    assert shown.value == "6 months; a layer may take 1 to 12"
    assert "mrd.negative-now-1e-5" in [item.id for item in shown.used_by]
    rule = card(bench.rules, bench.rule_files, "mrd.negative-now-1e-5")
    assert rule is not None
    assert "parameter:mrd.recent" in [item.id for item in rule.parameters]


def test_every_number_has_a_card_and_is_taken_into_a_layer_that_can_be_used(bench: Bench) -> None:
    layer = ""
    for number in bench.rules.parameters:
        html = done(bench, started(AS_OF), "rules/choose", {"rule": f"parameter:{number.id}"}).html
        assert f"The number is {number.value:g} {number.unit}" in text_of(html)
        state = started(AS_OF)
        layer = done(bench, state, "rules/take", {"rule": f"parameter:{number.id}", "layer": layer}).state.rules.layer
    assert layer.count("parameters:") == 1
    result = tried(bench.rules, layer, {}, AS_OF)
    assert (result.problems, result.changed) == ((), ())


def test_a_number_taken_into_a_layer_changes_answers_once_it_is_another(bench: Bench) -> None:
    layer = done(bench, started(AS_OF), "rules/take", {"rule": "parameter:mrd.recent"}).state.rules.layer
    assert "by: me" in layer
    assert "why: " in layer
    assert tried(bench.rules, layer.replace("value: 6", "value: 2"), {}, AS_OF).changed


def test_what_is_in_no_rule_is_said_to_be_in_none(bench: Bench) -> None:
    assert found(bench.rules, "zebra") == ()
    assert "No rule has all of these words" in done(bench, started(AS_OF), "rules/search", {"query": "zebra"}).html


def test_every_rule_stands_in_english_beside_its_own_lines(bench: Bench) -> None:
    for rule_id, rule in bench.rules.rules.items():
        shown = card(bench.rules, bench.rule_files, rule_id)
        assert shown is not None
        assert shown.met_when == rule.when.wording()
        assert re.match(rf"- (\{{)?id: {re.escape(rule_id)}\b", shown.yaml), shown.yaml
        assert len(re.findall(r"\bid: ", shown.yaml.split("when:")[0])) == 1, "the lines of one entry and of no other"


def test_lines_that_are_not_there_are_no_entry() -> None:
    assert entry_text({"a.yaml": "- id: one\n  title: x\n\n- id: two\n"}, "a.yaml:1") == "- id: one\n  title: x"
    assert entry_text({"a.yaml": "- id: one\n"}, "a.yaml:7") == ""
    assert entry_text({}, "b.yaml:1") == ""


def test_a_rule_is_taken_into_a_layer_and_a_second_into_the_same_list(bench: Bench) -> None:
    one = done(bench, started(AS_OF), "rules/take", {"rule": "block.mrd-not-sustained"})
    layer = one.state.rules.layer
    assert layer.startswith("pack: {name: my-layer")
    assert f"date: {AS_OF}" in layer
    two = done(bench, one.state, "rules/take", {"rule": "block.imaging-positive", "layer": layer}).state.rules.layer
    assert two.count("blocks:") == 1
    assert two.index("block.imaging-positive") < two.index("block.mrd-not-sustained")
    assert "can be used" in with_layer(bench, two)[1]


def test_a_stricter_layer_says_whose_answer_changes_and_that_it_is_stricter(bench: Bench) -> None:
    state, html = with_layer(bench, LONGER)
    told = text_of(html)
    assert "mrdguide-core 0.2.0 + my-layer 0.1 can be used" in told
    assert "conditional-30-months Possible only with caution Evidence does not support stopping" in told
    assert "the patient in this page" not in told
    effect = text_of(done(bench, state, "rules/effect").html)
    assert "Your layer is stricter" in effect
    assert "Possible only with caution Evidence does not support stopping stricter" in effect
    assert "within: " not in effect
    assert "cessation-conditional" not in effect, "answers are told by their titles"


def test_the_patient_of_the_page_is_tried_too(bench: Bench) -> None:
    state = opened("conditional-30-months")
    assert "the patient in this page Possible only with caution Evidence does not support" in text_of(
        with_layer(bench, LONGER, state)[1]
    )


def test_a_layer_that_is_typed_changes_no_sheet(bench: Bench) -> None:
    state, _ = with_layer(bench, LONGER, opened("conditional-30-months"))
    assert state.rules.layer == LONGER
    shown, without = (done(bench, held, "patient/show").html for held in (state, opened("conditional-30-months")))
    assert banner(shown) == banner(without)
    assert "my-layer" not in text_of(shown)


def test_a_mistake_is_told_at_its_line_and_nothing_is_tried(bench: Bench) -> None:
    _, html = with_layer(bench, LONGER.replace("title:", "titel:"))
    buttons = [given["data-line"] for name, given in tags(html) if "data-line" in given]
    assert "4" in buttons or "3" in buttons
    assert "titel" in text_of(html)
    assert "Whose answer changes" not in html
    assert "/tmp" not in html
    assert "cannot be used" in done(bench, with_layer(bench, "pack: [")[0], "rules/effect").html


@pytest.mark.parametrize(
    "layer",
    ["", "   \n", "\t", "pack: {name: x", "\x00", "- a\n- b", "pack: 3", "x: &a [*a]", "!!python/object:os.system {}"],
)
def test_whatever_is_typed_is_answered_in_words(bench: Bench, layer: str) -> None:
    _, html = with_layer(bench, layer)
    assert ("Mistake" in html) is bool(layer.strip())


def test_a_layer_is_saved_as_a_folder_and_always_in_the_same_bytes(bench: Bench, tmp_path: Path) -> None:
    _, html = with_layer(bench, LONGER)
    (link,) = [given for name, given in tags(html) if name == "a" and "download" in given]
    assert link["download"] == "my-layer.zip"
    file = zipfile.ZipFile(io.BytesIO(base64.b64decode(link["href"].partition("base64,")[2])))
    assert file.read("my-layer/layer.yaml").decode() == LONGER
    file.extractall(tmp_path)
    assert "--rules my-layer" in (tmp_path / "my-layer" / "README.md").read_text(encoding="utf-8")
    assert mrdguide.load_rules(tmp_path / "my-layer").name == "mrdguide-core 0.2.0 + my-layer 0.1"
    assert link["href"] in with_layer(bench, LONGER)[1]
    assert "download=" not in with_layer(bench, "pack: 3")[1]


def test_a_layer_is_kept_while_rules_are_looked_for(bench: Bench) -> None:
    state = done(bench, started(AS_OF), "rules/search", {"query": "ldh", "layer": LONGER}).state
    state = done(bench, state, "rules/choose", {"rule": "risk.ldh-high"}).state
    assert state.rules.layer == LONGER
    shown = done(bench, state, "rules/show").html
    assert "MRD negativity not sustained for 36 months\n" in shown
    assert done(bench, state, "rules/leave").state.rules.layer == ""


GOING_ON = "The evidence does not support stopping; going on is what it supports"
WITH_CAUTION = "Stopping only with caution; continuing is the standard"


def sends(html: str, action: str) -> list[dict[str, str]]:
    """What the buttons of an action send, by the name of the field."""
    buttons = [given for _, given in tags(html) if given.get("hx-post") == f"do/{action}"]
    return [
        {name.removeprefix("data-send-").replace("-", "_"): value for name, value in given.items() if "data-send-" in name}
        for given in buttons
    ]  # fmt: skip


def test_a_patient_of_the_comparison_is_judged_with_the_layer_on_the_day_compared_and_the_page_says_so(
    bench: Bench,
) -> None:
    state, _ = with_layer(bench, LONGER, started("2031-01-01"))
    (sent,) = sends(done(bench, state, "rules/patients").html, "patient/of_layer")
    assert sent["as_of"] == AS_OF
    shown = done(bench, state, "patient/of_layer", sent)
    assert banner(shown.html) == GOING_ON
    told = text_of(shown.html)
    assert (
        f"Judged with the layer that is written in the rules view : mrdguide-core 0.2.0 + my-layer 0.1, on {AS_OF}"
        in told
    )
    assert "not to be signed" in told
    assert "Back to the layer" in told
    back = done(bench, shown.state, "rules/show")
    assert "MRD negativity not sustained for 36 months" in back.html
    assert done(bench, shown.state, "patient/undo").state.as_of == "2031-01-01"


def test_whoever_is_named_among_those_whose_answer_changes_opens_judged_with_the_layer(bench: Bench) -> None:
    state, html = with_layer(bench, LONGER, opened("conditional-30-months"))
    assert {"example": "drop-daratumumab"} in sends(html, "patient/of_layer")
    shown = done(bench, state, "patient/of_layer", {"example": "drop-daratumumab"})
    assert banner(shown.html) == GOING_ON
    assert sends(html, "patient/by_layer") == [{"with_layer": "yes"}]
    mine = done(bench, state, "patient/by_layer", {"with_layer": "yes"})
    assert banner(mine.html) == GOING_ON
    assert banner(done(bench, mine.state, "patient/by_layer", {"with_layer": "no"}).html) == WITH_CAUTION


def test_the_patient_is_judged_with_the_layer_as_it_stands_now_and_without_one_that_cannot_be_used(
    bench: Bench,
) -> None:
    state, _ = with_layer(bench, LONGER, opened("conditional-30-months"))
    state = done(bench, state, "patient/by_layer", {"with_layer": "yes"}).state
    for layer, words in (("pack: {", "has mistakes"), ("", "is empty")):
        shown = done(bench, with_layer(bench, layer, state)[0], "patient/show").html
        assert (
            f"Judged without a layer , by mrdguide-core 0.2.0 alone, on {AS_OF}: the layer in the rules view {words}"
            in text_of(shown)
        )
        assert banner(shown) == WITH_CAUTION


@pytest.mark.parametrize(
    ("action", "fields"),
    [("patient/example", {"example": "out-of-scope"}), ("patient/new", {}), ("patient/open", {"pasted": "id: x\ndiagnosis: {disease: mgus}"})],
)  # fmt: skip
def test_another_patient_is_judged_without_the_layer_again(
    bench: Bench, action: str, fields: Mapping[str, str]
) -> None:
    state, _ = with_layer(bench, LONGER, opened("conditional-30-months"))
    state = done(bench, state, "patient/by_layer", {"with_layer": "yes"}).state
    assert "my-layer 0.1" not in text_of(done(bench, state, action, fields).html)


OWN = LONGER.partition("blocks:")[0]
LDH = "cautions:\n  - {id: caution.own, title: LDH again, when: risk.ldh-high, why: Ours., cites: [imwg2016]}\n"
STOP = (
    "blocks:\n  - {id: block.own, title: Nobody stops, when: therapy.on-maintenance, why: Ours., cites: [imwg2016]}\n"
)


@pytest.mark.parametrize(
    ("layer", "example", "by"),
    [
        (LONGER, "conditional-30-months", ["block block.mrd-not-sustained"]),
        (f"{OWN}parameters: {{mrd.recent: 2}}\n", "cessation-supported", ["number mrd.recent"]),
        (f"{OWN}parameters: {{mrd.recent: 2}}\n{STOP}", "cessation-supported", ["number mrd.recent", "block block.own"]),
        (f"{OWN}parameters: {{imaging.recent: 11}}\n{LDH}{STOP}", "conditional-30-months", ["block block.own"]),
    ],
)  # fmt: skip
def test_what_of_the_layer_makes_the_answer_another_one_is_named_and_nothing_else(
    bench: Bench, layer: str, example: str, by: list[str]
) -> None:
    found = next(item for item in tried(bench.rules, layer, {}, AS_OF).changed if item.example == example)
    assert sorted(item.what for item in found.by) == sorted(by)
    lines = layer.splitlines()
    assert all(item.what.split(".")[-1] in "".join(lines[item.line - 1 : item.line + 1]) for item in found.by)


def test_of_two_blocks_that_each_suffice_both_are_named(bench: Bench) -> None:
    twice = STOP + STOP.removeprefix("blocks:\n").replace("block.own", "block.also")
    found = next(
        item for item in tried(bench.rules, OWN + twice, {}, AS_OF).changed if item.example == "cessation-supported"
    )
    assert [item.what for item in found.by] == ["block block.own", "block block.also"]


def test_a_looser_number_that_is_not_declared_is_told_at_its_line(bench: Bench) -> None:
    """As `mrdguide rules check` tells it."""
    state, html = with_layer(bench, f"{OWN}parameters: {{mrd.recent: 9}}\n")
    assert "do/rules/doubts" in [given.get("hx-post") for _, given in tags(html)]
    told = done(bench, state, "rules/doubts").html
    assert "'mrd.recent' is 9 in this layer and not declared to be looser" in text_of(told)
    assert [given["data-line"] for _, given in tags(told) if "data-line" in given] == ["2"]
    assert "/tmp" not in told
    declared = f"{OWN}parameters: {{mrd.recent: 9}}\nloosens:\n  - {{what: mrd.recent, why: An example., by: me, date: 2026-11-21}}\n"
    quiet, _ = with_layer(bench, declared)
    assert "not declared" not in done(bench, quiet, "rules/doubts").html
    effect = text_of(done(bench, quiet, "rules/effect").html)
    assert "mixed" in effect
    assert "looser: opens more of the way to stopping" in effect
    assert "stricter: opens less of the way to stopping" in effect
    assert "A patient with a looser answer" in text_of(done(bench, quiet, "rules/patients").html)


@pytest.mark.parametrize(
    ("words", "entry"),
    [("MRD2STOP", "derman2024"), ("39375362", "derman2024"), ("lenalidomide second malignancy", "mccarthy2017")],
)
def test_a_study_is_found_by_name_number_or_finding(bench: Bench, words: str, entry: str) -> None:
    shown = [name for group in found_entries(bench.rules, words) for name, _ in group.entries]
    assert any(entry == name or bench.rules.evidence.entry(name).id == entry for name in shown)


def test_a_study_shows_figures_where_they_were_read_and_the_patient_beside_them(bench: Bench) -> None:
    alone = text_of(done(bench, started(AS_OF), "evidence/choose", {"entry": "derman2024"}).html)
    assert "With a patient in the patient view it is compared" in alone
    assert "This patient beside those of the study" not in alone
    beside = text_of(done(bench, opened("cessation-supported"), "evidence/choose", {"entry": "derman2024"}).html)
    assert "This patient beside those of the study" in beside
    assert "PET without detectable disease at entry" in beside
    assert "read at https://" in beside
    assert "After stopping: the studies that this patient's answer cites" in beside


def test_every_entry_has_a_page_and_shows_nothing_that_was_not_verified(bench: Bench) -> None:
    state = opened("cessation-supported")
    for entry in bench.rules.evidence:
        html = done(bench, state, "evidence/choose", {"entry": entry.id}).html
        assert entry.called in text_of(html)
        assert "UNVERIFIED" not in html


@pytest.mark.parametrize("rule", ["mrd.sustained-12-1e-5", "caution.depth-1e-5-only", "block.resurgence-earlier"])
def test_a_layer_in_which_nothing_was_changed_changes_nobody(bench: Bench, rule: str) -> None:
    """Of an open answer too, where both books name the same answers in another order."""
    state = done(bench, pasted(bench), "rules/take", {"rule": rule}).state
    found = tried(bench.rules, state.rules.layer, state.profile, AS_OF)
    assert (found.problems, found.changed) == ((), ())
    assert "nor that of the patient in this page" in text_of(done(bench, state, "rules/show").html)


def test_a_layer_that_opens_nothing_is_no_caution_and_the_two_books_are_named(bench: Bench) -> None:
    """Tests count for less long: some answers are stricter, some others, and none opens more of the way to stopping."""
    layer = LONGER.partition("blocks:")[0] + "parameters: {mrd.recent: 2}\n"
    state, shown = with_layer(bench, layer)
    assert "can be used" in text_of(shown), text_of(shown.partition('id="layer-problems"')[2])[:400]
    html = done(bench, state, "rules/effect").html
    assert "nowhere looser" in text_of(html)
    assert "Your layer never opens more of the way to stopping" in text_of(html)
    assert text_of(html).count("within: 6 months becomes 2 months") == 1, "what is the same in many rules is told once"
    assert "A reason to stop that is not MRD Signs that disease is returning neither" in text_of(html)
    assert 'class="banner caution"' not in html
