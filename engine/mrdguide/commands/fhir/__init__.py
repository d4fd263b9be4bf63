"""`mrdguide fhir`: FHIR R4 in, and an answer in FHIR out."""

ACTIONS = {
    "check": "report what was imported, what was skipped and why, and which codes a site file could map",
    "profile": "print the profile that a bundle becomes",
    "respond": "print the answer as a GuidanceResponse",
}
