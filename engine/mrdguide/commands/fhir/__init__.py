"""`mrdguide fhir`: FHIR R4 in, and an answer in FHIR out."""

ACTIONS = {
    "artifacts": "write the code table, the profile of an MRD result and the operation as FHIR resources",
    "check": "report what was imported, what was skipped and why, and which codes a site file could map",
    "evaluate": "evaluate the patients of a bulk-data export, one line of JSON for each",
    "pull": "fetch the records of one patient from a FHIR server as a bundle",
    "profile": "print the profile that a bundle becomes",
    "respond": "print the answer as a GuidanceResponse",
}
