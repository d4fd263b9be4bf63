"""`mrdguide rules`: rule books, checked and read."""

ACTIONS = {
    "check": "find every mistake in a rule book",
    "list": "list every rule",
    "show": "show a rule, outcome or protocol in readable English, with what it rests on",
    "coverage": "show which verdicts (met, not met, unknown) each rule takes over the given patients",
}
