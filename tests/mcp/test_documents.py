"""Texts and the places of words in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrdguide.errors import UsageError
from mrdguide.mcp.documents import MOST_CHARACTERS, MOST_DOCUMENTS, letter, letters_of


def test_words_have_page_line_and_characters() -> None:
    found = letter("a", "First page\nMRD was\nnot detected.\fSecond page: MRD", "folder")
    [place] = found.found("MRD was not detected")
    assert place == (1, 2, 11, 31)
    assert found.words(place.start, place.end) == "MRD was not detected"
    [second] = found.found("Second page")
    assert (second.page, second.line) == (2, 3)


@pytest.mark.parametrize("words", ["RD was", "MRD wa", "MRD  is", "", " ", "."])
def test_parts_of_words_other_words_and_no_words_are_not_found(words: str) -> None:
    assert list(letter("a", "The MRD was negative.", "folder").found(words)) == []


def test_signs_of_patterns_are_signs() -> None:
    found = letter("a", "t(4;14) [10^-6] a.b", "folder")
    assert [found.words(item.start, item.end) for item in found.found("t(4;14) [10^-6]")] == ["t(4;14) [10^-6]"]
    assert list(found.found("axb")) == []


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("MRD is\nby no means\nnot detected. Next", "not detected", "MRD is by no means not detected."),
        ("MRD: not detected\nt(4;14): detected", "not detected", "MRD: not detected"),
        ("Marrow 0.5 ml. MRD negative at 1.5e-6; FISH failed", "MRD negative", "MRD negative at 1.5e-6;"),
        ("one\n\ntwo", "two", "two"),
        ("- first\n- second", "second", "- second"),
    ],
)
def test_the_sentence_around_words(text: str, words: str, sentence: str) -> None:
    found = letter("a", text, "folder")
    [place] = found.found(words)
    assert found.around(place) == sentence


@pytest.mark.parametrize("hidden", ["\x1b", "\0", "\x9b", "\u202e", "\u200b", "\ufeff", "\u2066", "\ue000"])
def test_what_cannot_be_seen_is_refused_with_its_line(hidden: str) -> None:
    with pytest.raises(UsageError, match=rf"a, line 2: found the character U\+{ord(hidden):04X}"):
        letter("a", f"MRD\nnegative{hidden}", "folder")


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[2J", "x" * 201, "\u202ea"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="give a name of 1 to 200 ordinary characters"):
        letter(name, "MRD", "folder")


def test_a_gigantic_or_empty_text_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError, match="at most 500,000 are read") as caught:
        letter("a", "secret " * MOST_CHARACTERS, "folder")
    assert "secret" not in str(caught.value)
    with pytest.raises(UsageError, match="no words in it"):
        letter("a", " \n--- \f", "folder")


def test_a_folder_gives_its_text_files(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_bytes("\ufeffMüller\r\nMRD".encode())
    (tmp_path / "other.pdf").write_bytes(b"%PDF")
    [found] = letters_of(tmp_path).values()
    assert (found.name, found.text, found.origin) == ("letter.txt", "Müller\nMRD", "folder")


def test_a_folder_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give a folder with text files"):
        letters_of(tmp_path / "nowhere")
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"a\.txt: is not UTF-8 text"):
        letters_of(tmp_path)
    for number in range(MOST_DOCUMENTS + 1):
        (tmp_path / f"{number}.txt").write_text("MRD")
    with pytest.raises(UsageError, match="give those of one patient"):
        letters_of(tmp_path)
