"""What the words say for which therapy was ended."""

from __future__ import annotations

import pytest

from mrdguide.patient.stop_reasons import read_stop_reason


@pytest.mark.parametrize(
    "text",
    ["relapse", "Relapsed", "relapses.", "PROGRESSION", "progressed", "Progressive disease.", "PD", "PD (biochemical)", "first relapse, clinical"],
)  # fmt: skip
def test_forms_of_one_word_read_alike(text: str) -> None:
    assert read_stop_reason(text) == "relapse"


@pytest.mark.parametrize("text", ["MRD+", "MRD positive", "MRD-positivity", "MRD relapse", "Resurgence of MRD"])
def test_disease_that_came_back_without_progression(text: str) -> None:
    assert read_stop_reason(text) == "resurgence"


@pytest.mark.parametrize(
    "text",
    ["toxicity", "Toxicities: neuropathy, grade 3", "infection", "recurrent infections", "patient's choice", "Patient\u2019s wish",
     "sustained MRD negativity", "no progression", "24 cycles completed", "hip replacement", "dose reduced to 5 mg for neutropenia",
     "daratumumab stopped because of recurrent respiratory infections and hypogammaglobulinaemia", "daratumumab completed after two years",
     "severe rash under lenalidomide", "chronic diarrhoea despite colesevelam", "pneumonia, ICU", "switch for neuropathy", "quality of life, shared decision", "neutropenic fever", "stem cell mobilisation and ASCT",
     "tumor board decision, MRD negative", "switched to pomalidomide for rash", "new insurance", "MRD negative x3, shared decision to stop", "DVT left leg, anticoagulation started",
     "Diarrhö Grad 3", "rezidivierende Infekte", "Patientenwunsch bei anhaltender CR", "Dosis reduziert wegen Neutropenie"],
)  # fmt: skip
def test_what_has_nothing_to_do_with_the_disease_coming_back(text: str) -> None:
    assert read_stop_reason(text) == "other"


@pytest.mark.parametrize(
    "text",
    ["rising M-protein", "loss of response", "new bone lesion", "suspected progression", "relapse?", "fear of relapse", "no longer responding",
     "toxicity and progression", "planned until progression", "loss of complete response", "MRD-", "disease", "bone pain", "anaemia", "7",
     "switch to daratumumab", "Umstellung auf Daratumumab", "dose escalation", "new", "new lesion", "diagnosed", "lenalidomide", "refractory to lenalidomide", "Rezidiv",
     "progression after dose reduction", "Infekte und Progress", "Remission beendet", "MRD-Negativität beendet", "Verlust der MRD-Negativität",
     "rezidivierendes Myelom", "recurrent infections and recurrent myeloma", "board decision: switch to KRd", "Tumorboard: Umstellung auf KRd",
     "new treatment plan", "planned switch", "despite CR", "agreed, poor CR", "decision: new diagnosis"],
)  # fmt: skip
def test_any_other_text_leaves_it_open(text: str) -> None:
    assert read_stop_reason(text) is None
