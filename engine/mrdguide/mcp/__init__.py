"""The door for hosts whose language model reads letters and reports (Model Context Protocol).

The model proposes facts, each with the words that it was read from; a person confirms them at a terminal; only then is
anything evaluated. What needs the SDK is in `server`.
"""
