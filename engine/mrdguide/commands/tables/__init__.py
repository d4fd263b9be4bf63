"""`mrdguide tables`: many patients from CSV tables."""

ACTIONS = {
    "template": "write empty tables with their headers, and a README",
    "evaluate": "evaluate every patient of a folder of tables, one record each",
}
