"""Catalogues: what there is to translate, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mrdguide.errors import ProblemsError, UsageError
from mrdguide.reading.document import read_file
from mrdguide.report.languages import catalogue as catalogue_file
from mrdguide.report.languages.catalogue import read_catalogue, template
from mrdguide.report.languages.messages import placeholders
from mrdguide.report.pages.every_text import every_text

from .pseudo import catalogue, filled, wide, with_text

RANGE = "figures.sentences.range"  # ", range {low} to {high}"


def line_of(text: str, name: str) -> int:
    """Where the English of an id stands."""
    return 2 + text.split("\n").index(f'msgctxt "{name}"')


def test_every_text_has_its_own_id_and_every_placeholder_is_explained() -> None:
    found = every_text()
    assert len({message.id for message in found}) == len(found) > 600
    named = {name for message in found for name in message.placeholders}
    assert named <= set(read_file(Path(catalogue_file.__file__).with_name("placeholders.yaml")).data)
    assert {"low", "high"} <= named
    assert all(message.counted in message.placeholders for message in found if message.counted)


def test_days_findings_and_brands_are_not_words() -> None:
    texts = {message.english for message in every_text()}
    assert not texts & {"January", "2026-11-27", "attal2010#pfs-5-years", "Revlimid"}
    assert {"lenalidomide", "date not recorded", "Skip to the content"} <= texts


def test_the_template_is_the_same_each_time_and_says_where_and_what() -> None:
    text = template("pl", every_text())
    assert text == template("pl", every_text())
    assert '"Language: pl\\n"' in text
    entry = text.partition('msgctxt "figures.sentences.range"')[0].rpartition("\n\n")[2]
    assert entry.splitlines()[:3] == [
        "#. Page: for patients, with --numbers.",
        "#. {low}: the lower end of a range",
        "#. {high}: the upper end of a range",
    ]
    assert "msgstr[2]" in text


def test_the_template_lacks_everything(tmp_path: Path) -> None:
    empty = catalogue(tmp_path, template("de", every_text()))
    assert empty.missing == every_text()
    assert empty.problems() == ()
    count = len(every_text())
    with pytest.raises(UsageError, match=f"{count} of {count} texts are not translated.*, and nobody has checked it"):
        empty.language()


def test_one_missing_text_is_enough(tmp_path: Path) -> None:
    found = catalogue(tmp_path, with_text(filled("de"), "plain_language.page.title", ""))
    assert [message.id for message in found.missing] == ["plain_language.page.title"]
    with pytest.raises(UsageError, match=f": 1 of {len(every_text())} texts are not translated"):
        found.language()


def test_what_nobody_has_checked_is_refused(tmp_path: Path) -> None:
    found = catalogue(tmp_path, with_text(filled("de"), "catalogue.reviewed_by", "  "))
    assert found.missing == ()
    with pytest.raises(UsageError, match=r"nobody has checked it \('catalogue.reviewed_by' is empty\)"):
        found.language()


def test_a_translation_of_a_text_of_before_or_not_sure_is_missing(tmp_path: Path) -> None:
    whole = filled("de")
    older = whole.replace('msgid "Your scans"', 'msgid "Your scan"')
    unsure = whole.replace('msgctxt "plain_language.page.titles.scans"', '#, fuzzy\nmsgctxt "plain_language.page.titles.scans"')  # fmt: skip
    for text in (older, unsure):
        assert text != whole
        assert [one.id for one in catalogue(tmp_path, text).missing] == ["plain_language.page.titles.scans"]


@pytest.mark.parametrize(
    ("translation", "said"),
    [
        ("from {low}", "the translation has {low}"),
        ("from {low} to {hihg}", "the translation has {hihg}, {low}"),
        ("from {low} to {high} in {n}", "the translation has {high}, {low}, {n}"),
        ("nothing", "the translation has no names in braces"),
        ("from {low to {high}", "the braces cannot be read"),
        ("from {low!r} to {high}", "the braces cannot be read"),
        ("from {low:>900000000} to {high}", "the braces cannot be read"),
        ("from {low.__class__} to {high}", "the braces cannot be read"),
        ("from {} to {high}", "the braces cannot be read"),
    ],
)
def test_other_placeholders_than_the_english_are_refused(tmp_path: Path, translation: str, said: str) -> None:
    text = with_text(filled("de"), RANGE, translation)
    found = catalogue(tmp_path, text)
    [problem] = found.problems()
    assert (problem.message, problem.path, problem.line) == (said, RANGE, line_of(text, RANGE))
    assert problem.expected == "{low}, {high}"
    with pytest.raises(ProblemsError, match=re.escape(f"words.po:{line_of(text, RANGE)}:1: {RANGE}: {said}")):
        found.language()


def test_each_plural_form_is_checked(tmp_path: Path) -> None:
    text = filled("pl").replace(f'msgstr[2] "{wide("{what} ({count} tests)")}"', 'msgstr[2] "{what}"')
    assert [problem.message for problem in catalogue(tmp_path, text).problems()] == ["the translation has {what}"]


def test_ids_that_are_not_known_and_texts_that_are_too_long_are_told(tmp_path: Path) -> None:
    text = with_text(filled("de"), "plain_language.page.titles.scans", "x" * 601)
    text += '\nmsgctxt "plain_language.page.titel"\nmsgid "x"\nmsgstr "y"\n'
    told = {problem.code: problem for problem in catalogue(tmp_path, text).problems()}
    assert set(told) == {"too-large", "unknown-id"}
    assert told["unknown-id"].hint == "did you mean 'plain_language.page.title'?"


def test_a_word_that_could_be_found_everywhere_is_refused(tmp_path: Path) -> None:
    text = with_text(filled("de"), "glossary.terms[0].found_by", " | ")
    assert [problem.message for problem in catalogue(tmp_path, text).problems()] == ["no form is given"]


HEADER = 'msgid ""\nmsgstr ""\n"Language: {tag}\\n"\n"Plural-Forms: {plural};\\n"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not say which language"),
        ('msgid "x"\nwords', r"words\.po:2: not a line of a gettext catalogue"),
        (HEADER.format(tag="tlh-none", plural="nplurals=2; plural=(n != 1)"), "does not say which language|not a gettext"),
        (HEADER.format(tag="de", plural="nplurals=2; plural=n"), "Plural-Forms cannot be used"),
        (HEADER.format(tag="de", plural="nplurals=2; plural=n/0"), "Plural-Forms cannot be used"),
        (HEADER.format(tag="de", plural="nplurals=2; plural=open('x')"), "Plural-Forms cannot be used"),
    ],
)  # fmt: skip
def test_what_is_not_a_catalogue_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        catalogue(tmp_path, text)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_catalogue(tmp_path / "none.po", every_text())
    (tmp_path / "latin.po").write_bytes(b'msgid "\xe4"\n')
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        read_catalogue(tmp_path / "latin.po", every_text())
    with pytest.raises(UsageError, match="'german' is not the tag of a language"):
        template("german", every_text())
    with pytest.raises(UsageError, match="'ar' is written from right to left"):
        template("ar", every_text())


def test_placeholders_are_names_alone() -> None:
    assert placeholders("{a} {b} {a} {{c}}") == ("a", "b")
    with pytest.raises(ValueError, match="not a name alone"):
        placeholders("{a.b}")
