"""`python -m docs.making FOLDER`: make the site in a folder, without network."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from .site import make_site


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the HTML goes")
    target: Path = parser.parse_args().folder.resolve()
    with tempfile.TemporaryDirectory() as sources:
        count = make_site(Path(sources), target)
    print(f"{count} pages: {target / 'index.html'}")


if __name__ == "__main__":
    main()
