"""`mrdguide words`: the words of pages, for those who translate them."""

ACTIONS = {
    "template": "write a catalogue to fill in for a language (gettext .po)",
    "missing": "list what a catalogue does not translate yet",
    "check": "check a catalogue: is it whole, are its placeholders right, has a speaker checked it",
}
