"""`mrdguide examples`: the invented cases that come with it."""

ACTIONS = {
    "list": "list them, each with its point",
    "copy": "copy them to a folder to run and change",
}
