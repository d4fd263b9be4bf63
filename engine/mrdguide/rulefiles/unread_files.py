"""Files of a rule folder that look like rules and are not read: whatever they say would be lost in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..errors import Problem

# What a folder may hold beside its rules; what lies there is read by others.
_BESIDE_THE_RULES = frozenset({"evidence", "tests", "words", ".vscode"})
_LIKE_RULES = frozenset({".yml", ".json", ".yam", ".yaml_"})


def unread_files(folder: Path) -> Iterator[Problem]:
    """A problem for every file that is named almost like a rule file (`block.yml`, `block.YAML`, `block.yaml.txt`)."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if (
            path.relative_to(folder).parts[0] in _BESIDE_THE_RULES
            or path.name.startswith((".", "~"))
            or not path.is_file()
        ):
            continue
        endings = [ending.lower() for ending in path.suffixes]
        if path.suffix != ".yaml" and (
            ".yaml" in endings or ".yml" in endings or (endings and endings[-1] in _LIKE_RULES)
        ):
            yield Problem(
                "this file is not read, though it looks like a rule file", str(path), expected="a name that ends in .yaml",
                hint="rename it, or move it out of the folder", code="not-readable",
            )  # fmt: skip
