"""`mrdguide mcp`: for hosts whose language model reads letters and reports."""

ACTIONS = {
    "serve": "serve a host over standard input and output (Model Context Protocol)",
    "confirm": "read a proposed profile, every fact beside its words, and confirm it",
    "waiting": "list the proposals that wait to be confirmed and evaluated",
}
