"""`mrdguide rules`: rule books, checked and read."""

ACTIONS = {
    "check": "find every mistake in a rule book",
    "list": "list every rule",
    "show": "show a rule, outcome or protocol in readable English, with what it rests on",
    "coverage": "show which verdicts (met, not met, unknown) each rule takes over the given patients",
    "compare": "compare two rule books: equal, stricter or looser, with patients who show it",
    "uses": "show what a rule, fact or evidence entry rests on, and what rests on it",
    "facts": "search what a profile can hold",
    "test": "run cases, and show which answers are not as expected",
    "new": "write a commented file with a layer, rule, study or case to start from",
    "editor": "write settings for VS Code: completion and checks for rule files",
    "mutate": "change the rules once in every place, and show the changes that no case notices",
}
