"""A layer as a folder to save: its file, and how the folder is used."""

from __future__ import annotations

import io
import re
import zipfile

from ..look import data_address
from .laid_on import FILE, FOLDER

_NAME = re.compile(r"^pack:.*?\bname:\s*['\"]?([a-z0-9][a-z0-9-]*)", re.DOTALL | re.MULTILINE)
# The oldest day that a zip file can hold: the same layer gives the same bytes.
_DAY = (1980, 1, 1, 0, 0, 0)
_README = """# {folder}: rules on top of those that mrdguide ships

`layer.yaml` is a layer. Unpack this folder anywhere and name it, from the folder in which it lies:

    mrdguide rules check {folder}
    mrdguide rules compare core {folder}
    mrdguide evaluate PATIENT.yaml --rules {folder}
    mrdguide workbench --rules {folder}

Answers by it are signed with its name and version. Give it another version whenever it changes, and check it again with each
release of mrdguide.
"""


def packed(layer: str) -> tuple[str, str]:
    """The layer as a folder to save: the name of a zip file and its content as a data address."""
    named = _NAME.search(layer)
    folder = named.group(1) if named else FOLDER
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in ((FILE, layer), ("README.md", _README.format(folder=folder))):
            file.writestr(zipfile.ZipInfo(f"{folder}/{name}", _DAY), text)
    return f"{folder}.zip", data_address("application/zip", made.getvalue())
