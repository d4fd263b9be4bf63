"""`python -m tests.dossier`: make the pages of `docs/` that are made from data, and say which have changed."""

from __future__ import annotations

from .data import ROOT
from .pages import pages


def main() -> None:
    for path, text in pages().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: written")


if __name__ == "__main__":
    main()
