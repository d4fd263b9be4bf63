"""`mrdguide evidence`: the evidence base, read and checked."""

ACTIONS = {
    "list": "list every entry",
    "show": "show an entry with its figures and where each was read",
    "check": "prove that evidence and citations keep their promises",
    "export": "the references as BibTeX, CSL-JSON or FHIR Citation (R5)",
    "add-figure": "enter a figure of the full paper, with its place and who read it",
    "trials": "where registered trials stand now, from records of ClinicalTrials.gov (JSON)",
    "unused": "list entries that no answer about some patients shows, with the reason",
}
