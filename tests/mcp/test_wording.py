"""What words show of a value, and which sentences carry a fact that speaks for stopping."""

from __future__ import annotations

from typing import Any

import pytest

from mrdguide.mcp.wording import may_deny, shows, speaks_for_stopping, why_not_taken


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1e-6, "10^-6"), (1e-6, "1e-6"), (1e-6, "1 x 10^-6"), (1e-6, "10⁻⁶"), (1e-6, "0.0001 %"), (1e-6, "0,0001%"), (2e-6, "2\N{MULTIPLICATION SIGN}10\N{MINUS SIGN}6"),
        (0.000001, "0.000001"), (3.1, "3,1 mg/L"), (180, "LDH 180"), (1200, "1,200"), (3.1e6, "3.1 million cells"), (1, "first line"),
        (3, "grade III"), (0, "no copies"), (1961, "born 4.5.1961"),
        ("2026-01-12", "12 January 2026"), ("2026-01-12", "12.01.2026"), ("2026-01-12", "12/1/26"), ("2026-01-12", "January 12th, 2026"),
        ("2026-01", "Jan 2026"), ("2026", "in 2026"), ("marrow", "bone marrow"), ("NGS", "clonoSEQ"), ("PET-CT", "FDG PET/CT"),
        ("lenalidomide", "Revlimid 10 mg"), ("not-detected", "not detected"), ("mg/L", "3 mg/L"), (True, "whatever"), (None, "whatever"),
    ],
)  # fmt: skip
def test_words_that_show_a_value(value: Any, words: str) -> None:
    assert shows(value, words)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1e-6, "10^-5"), (1e-6, "sensitive"), (1e-6, "0.0001"), (3.1, "31"), (180, "1800"), (24, "36 months"), (2, "first line"),
        ("2026-01-12", "12 January 2025"), ("2026-01-12", "13 January 2026"), ("2026-01-12", "12 February 2026"), ("2026-01-12", "January 2026"),
        ("marrow", "peripheral blood"), ("NGS", "flow"), ("MR", "murmur"), ("SD", "Tuesday"), ("lenalidomide", "pomalidomide"),
    ],
)  # fmt: skip
def test_words_that_do_not(value: Any, words: str) -> None:
    assert not shows(value, words)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("mrd.result", "not-detected", "MRD by NGS was not detected"),
        ("mrd.result", "not-detected", "No residual disease was found in the marrow"),
        ("mrd.result", "not-detected", "MRD negative, sample not haemodiluted"),
        ("baseline.cytogenetics.del_17p", "absent", "No evidence of del(17p) was found"),
        ("baseline.cytogenetics.t_4_14", "absent", "t(4;14) negative"),
        ("imaging.conclusion", "negative", "PET-CT without pathological uptake"),
        ("imaging.new_lesion", False, "No new lesion"),
        ("markers.serum_immunofixation", "negative", "Immunofixation in serum negative"),
        ("responses.category", "CR", "She is in complete response"),
        ("therapy.end", None, "Lenalidomide since 2020"),
        ("preference.stop", True, "She would like to stop"),
    ],
)
def test_sentences_that_carry_a_fact(field: str, value: Any, sentence: str) -> None:
    assert why_not_taken(field, value, [sentence]) == ""


@pytest.mark.parametrize(
    ("field", "value", "sentence", "why"),
    [
        ("mrd.result", "not-detected", "MRD was detected", "something was found"),
        ("mrd.result", "not-detected", "MRD was not negative", "doubtful"),
        ("mrd.result", "not-detected", "MRD is no longer negative", "doubtful"),
        ("mrd.result", "not-detected", "MRD presumably negative", "doubtful"),
        ("mrd.result", "not-detected", "MRD negative?", "doubtful"),
        ("mrd.result", "not-detected", "MRD negative in a suboptimal sample", "doubtful"),
        ("mrd.result", "not-detected", "MRD negative, the sample was haemodiluted", "takes its ground away"),
        ("mrd.result", "not-detected", "MRD negative at 1e-5, positive at 1e-6", "something"),
        ("mrd.result", "not-detected", "If MRD is negative we may stop", "doubtful"),
        ("mrd.result", "not-detected", "The aim is MRD negativity, not reached so far", "doubtful"),
        ("mrd.result", "not-detected", "MRD by NGS at 1e-6", "does not say that it is absent"),
        ("mrd.result", "not-detected", "HIV not detected", "no sentence names what it is about"),
        ("baseline.cytogenetics.del_17p", "absent", "t(4;14) absent", "no sentence names"),
        ("baseline.cytogenetics.del_17p", "absent", "del(17p) was found", "something"),
        ("baseline.cytogenetics.del_17p", "absent", "del(17p): FISH failed, not seen", "doubtful"),
        ("imaging.conclusion", "negative", "PET-CT with a new lesion, otherwise negative", "takes its ground away"),
        ("imaging.conclusion", "negative", "PET-CT: relapse at one site, no other", "something was found"),
        ("markers.serum_immunofixation", "negative", "Her mother's immunofixation is negative", "doubtful"),
        ("responses.category", "CR", "Suspected CR", "doubtful"),
        ("surveillance.feasible", True, "Surveillance could not be agreed", "doubtful"),
    ],
)
def test_sentences_that_do_not(field: str, value: Any, sentence: str, why: str) -> None:
    assert why in why_not_taken(field, value, [sentence])


def test_one_doubtful_sentence_among_several_is_enough() -> None:
    assert why_not_taken("mrd.result", "not-detected", ["MRD not detected", "MRD may be negative"])


def test_a_denial_beside_what_is_no_absence_is_shown() -> None:
    assert may_deny("CR", ["She did not reach a complete response"]) == "not"
    assert may_deny(True, ["She refused to stop"]) == "refus"
    assert may_deny("not-detected", ["MRD not detected"]) == ""


@pytest.mark.parametrize(
    ("field", "value", "speaks"),
    [
        ("mrd.result", "not-detected", True), ("mrd.result", "detected", False), ("mrd.result", "indeterminate", False),
        ("events.status", "resolved", True), ("events.kind", "progression", False), ("events.attribution", "benign", True),
        ("therapy.end", None, True), ("therapy.end", "2024-01-01", False), ("ecog", 1, False), ("preference.stop", True, True),
        ("baseline.cytogenetics.del_17p.status", "absent", True), ("baseline.cytogenetics.del_17p.status", "present", False),
    ],
)  # fmt: skip
def test_what_speaks_for_stopping(field: str, value: Any, speaks: bool) -> None:
    assert speaks_for_stopping(field, value) is speaks
