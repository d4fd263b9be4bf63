"""`mrdguide record`: the append-only record of what was answered."""

ACTIONS = {
    "verify": "check that the record is still what was recorded",
    "show": "show one entry, or list all when NUMBER is omitted",
    "sign": "append what was decided on an answer, by whom, when, and when to look again",
    "export": "print every entry as a line of JSON",
    "replay": "re-evaluate a recorded case and report any difference",
}
