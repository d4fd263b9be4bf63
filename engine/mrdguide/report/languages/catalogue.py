"""A catalogue: the translations of one language as a gettext file (.po), which translators' own tools read and write.

Each entry has the id of its text as `msgctxt` and the English as `msgid`. A translation of an English text that has been
changed since counts as missing, like one that is empty or marked `fuzzy`.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import Problem, ProblemsError, UsageError
from ...reading.bounded import read_bytes
from ...reading.document import read_file
from ...reading.validation import closest
from .language import Language
from .messages import FOR_THE_BOARD, FOUND_BY, Message, placeholders

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

REVIEWED_BY = Message(
    "catalogue.reviewed_by",
    "Name and role of the speaker of the language who has checked every text of this catalogue",
    "no page: without it the catalogue is not used",
)
LONGEST = 600
VERDICTS = ("frame.met", "frame.not_met", "frame.unknown")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PLACEHOLDERS = Path(__file__).with_name("placeholders.yaml")
_HEADERS = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:")
# Languages whose plural forms go by the last two digits, and a few larger numbers.
_TRIED = (*range(201), 1000, 1000000)


@dataclass(frozen=True, slots=True)
class Translated:
    """One entry: its English, its forms (more than one for plurals), whether it is marked as not sure, and its line."""

    english: tuple[str, ...]
    forms: tuple[str, ...]
    fuzzy: bool
    line: int | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file holds, and against what it is to be read.

    tag: the language, as BCP 47 writes it
    messages: everything there is to translate
    """

    source: str
    tag: str
    entries: Mapping[str, Translated]
    plural_form: Callable[[int], int]
    messages: tuple[Message, ...]

    @property
    def missing(self) -> tuple[Message, ...]:
        """What is not translated: no entry or an empty one, one marked as not sure, or one of an English text of before."""
        return tuple(message for message in self.messages if not self._whole(message))

    @property
    def reviewed_by(self) -> str:
        """Who has checked it; empty when nobody has."""
        entry = self.entries.get(REVIEWED_BY.id)
        return "" if entry is None or entry.fuzzy else entry.forms[0].strip()

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in what is translated."""
        return tuple(self._problems())

    def language(self, needed: tuple[Message, ...] | None = None) -> Language:
        """The language, to make pages in; `needed` are the texts that must all be there (None: every one).

        Raises:
            UsageError: one that is needed is not translated, or nobody has checked the catalogue.
            ProblemsError: a translation cannot be used.
        """
        lacks = []
        wanted = self.messages if needed is None else needed
        if missing := sum(not self._whole(message) for message in wanted):
            lacks.append(f"{missing} of {len(wanted)} texts are not translated ('mrdguide words missing' lists them)")
        if not self.reviewed_by:
            lacks.append(f"nobody has checked it ('{REVIEWED_BY.id}' is empty)")
        if lacks:
            raise UsageError(f"{self.source}: no page in '{self.tag}' is made of it: {', and '.join(lacks)}")
        if problems := self.problems():
            raise ProblemsError(problems)
        from .locale_forms import LocaleForms

        texts = {message.id: self.entries[message.id].forms for message in self.messages if self._whole(message)}
        return Language(self.tag, texts, self.plural_form, LocaleForms(locale_of(self.tag)))

    def _whole(self, message: Message) -> bool:
        entry = self.entries.get(message.id)
        return entry is not None and not entry.fuzzy and entry.english == _english(message) and all(
            form.strip() for form in entry.forms
        )  # fmt: skip

    def _problems(self) -> Iterator[Problem]:
        known = {message.id: message for message in (*self.messages, REVIEWED_BY)}
        for name, entry in self.entries.items():
            message = known.get(name)
            if message is None:
                yield self._problem(
                    entry, name, f"'{name}' is not the id of a text", "unknown-id", hint=closest(name, known)
                )
                continue
            if message.id != REVIEWED_BY.id:
                yield from self._unusable(message, entry)
        yield from self._verdicts_alike()

    def _verdicts_alike(self) -> Iterator[Problem]:
        """Verdicts that could not be told apart by their words."""
        said: dict[str, str] = {}
        for name in VERDICTS:
            entry = self.entries.get(name)
            form = entry.forms[0].strip().casefold() if entry is not None else ""
            if entry is not None and form and said.setdefault(form, name) != name:
                told = f"the same words as '{said[form]}'"
                yield self._problem(entry, name, told, "bad-value", expected="another word for each verdict")

    def _unusable(self, message: Message, entry: Translated) -> Iterator[Problem]:
        if not message.counted and len(entry.forms) > 1:
            yield self._problem(entry, message.id, "a text without plural forms has several", "bad-value")
        for form in entry.forms:
            if not form.strip():
                continue
            if len(form) > LONGEST:
                yield self._problem(
                    entry, message.id, f"{len(form)} characters", "too-large", expected=f"at most {LONGEST}"
                )
            if message.id.endswith(f".{FOUND_BY}") and not form.strip(" |"):
                yield self._problem(entry, message.id, "no form is given", "bad-value", expected="words, divided by |")
            if message.page.startswith(FOR_THE_BOARD) and (numbers := _numbers(form)) != _numbers(message.english):
                yield self._problem(
                    entry, message.id, f"the translation has the numbers {', '.join(numbers) or 'none'}", "bad-value",
                    expected=", ".join(_numbers(message.english)) or "none",
                    hint="a translation has the same numbers as the English, in digits",
                )  # fmt: skip
            if (found := _names(form)) != set(message.placeholders):
                yield self._problem(
                    entry, message.id, _told(found), "bad-value", expected=_in_braces(message.placeholders) or "none",
                    hint="a translation has the same names in braces as the English, each as it is; a brace itself is {{ or }}",
                )  # fmt: skip

    def _problem(
        self, entry: Translated, name: str, message: str, code: str, *, expected: str = "", hint: str = ""
    ) -> Problem:
        return Problem(message, self.source, name, entry.line, 1, "", expected, hint, code=code)


def read_catalogue(path: str | Path, messages: tuple[Message, ...]) -> Catalogue:
    """The catalogue of a gettext file (UTF-8).

    Raises:
        UsageError: babel is not installed, or the file cannot be read or does not say its language.
    """
    pofile = _babel().messages.pofile
    source = str(path)
    try:
        text = read_bytes(source).decode("utf-8-sig")
        catalog = pofile.read_po(io.BytesIO(text.encode("utf-8")), ignore_obsolete=True, abort_invalid=True)
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{source} is not UTF-8 text") from None
    except pofile.PoFileError as error:
        raise UsageError(
            f"{source}:{error.lineno + 1}: not a line of a gettext catalogue (.po); export it as .po again"
        ) from None
    except ValueError as error:
        raise UsageError(f"{source}: not a gettext catalogue (.po): {error}") from None
    if catalog.locale is None:
        raise UsageError(
            f"{source}: the header does not say which language it is; write 'Language: ' with a tag such as de"
        )
    tag = str(catalog.locale).replace("_", "-")
    return Catalogue(source, tag, _entries(catalog), _plural_form(catalog, source), messages)


def template(tag: str, messages: Iterable[Message]) -> str:
    """A catalogue to fill in for a language. The same messages give the same text.

    Raises:
        UsageError: babel is not installed, or the tag names no language.
    """
    babel = _babel()
    catalog = babel.messages.catalog.Catalog(locale=locale_of(tag), fuzzy=False, header_comment="# Pages of mrdguide")
    for message in (REVIEWED_BY, *messages):
        forms = _english(message)
        english = forms if message.counted else message.english
        catalog.add(english, context=message.id, auto_comments=_context(message))
    out = io.BytesIO()
    babel.messages.pofile.write_po(out, catalog, width=0)
    lines = out.getvalue().decode("utf-8").rstrip("\n").split("\n")
    # The header's dates and addresses would make every writing another file.
    start = lines.index('msgstr ""')
    end = lines.index("", start)
    kept = [line for line in lines[start + 1 : end] if line[1:].startswith(_HEADERS)]
    return "\n".join([*lines[: start + 1], *kept, *lines[end:]]) + "\n"


def locale_of(tag: str) -> Any:
    """The locale of a tag such as `de` or `pt-BR`.

    Raises:
        UsageError: babel is not installed, the tag names no language it knows, or one that is written from right to left.
    """
    babel = _babel()
    try:
        locale = babel.Locale.parse(tag.replace("-", "_"))
    except (babel.UnknownLocaleError, ValueError, TypeError):
        raise UsageError(f"'{tag}' is not the tag of a language; use one such as de, es or pt-BR") from None
    if locale.text_direction != "ltr":
        raise UsageError(
            f"'{tag}' is written from right to left, and pages are laid out from left to right alone so far"
        )
    return locale


def _entries(catalog: Catalog) -> dict[str, Translated]:
    found = {}
    for message in catalog:
        if not message.id:
            continue
        english = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        given = message.string or ""
        forms = (given,) if isinstance(given, str) else tuple(form or "" for form in given)
        # An entry without its id is told as one that is not known.
        found[message.context or english[0]] = Translated(english, forms, message.fuzzy, message.lineno)
    return found


def _english(message: Message) -> tuple[str, ...]:
    """The English of a message as a catalogue has it: twice where there are plural forms."""
    return (message.english, message.other or message.english) if message.counted else (message.english,)


def _plural_form(catalog: Catalog, source: str) -> Callable[[int], int]:
    try:
        form = gettext.c2py(catalog.plural_expr)
        usable = all(0 <= form(number) < catalog.num_plurals for number in _TRIED)
    except (ValueError, ArithmeticError):
        usable = False
    if not usable:
        raise UsageError(f"{source}: the header's Plural-Forms cannot be used; take those of 'mrdguide words template'")
    return form


def _context(message: Message) -> list[str]:
    meanings = _meanings()
    lines = [f"Page: {message.page}."]
    lines += [f"{{{name}}}: {meanings[name]}" for name in message.placeholders]
    if message.counted:
        lines.append(f"The plural form goes by {{{message.counted}}}; it may be any number.")
    return lines


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    data: dict[str, str] = read_file(_PLACEHOLDERS).data
    return data


def _numbers(text: str) -> list[str]:
    """The numbers of a text in their order of size as text, a decimal comma as a point."""
    return sorted(number.replace(",", ".") for number in _NUMBER.findall(text))


def _names(text: str) -> set[str] | None:
    """The names in braces; None where the braces cannot be read."""
    try:
        return set(placeholders(text))
    except ValueError:
        return None


def _told(found: set[str] | None) -> str:
    if found is None:
        return "the braces cannot be read"
    return f"the translation has {_in_braces(sorted(found)) or 'no names in braces'}"


def _in_braces(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _babel() -> Any:
    try:
        import babel
        import babel.messages.catalog
        import babel.messages.pofile
    except ImportError as missing:
        raise UsageError(
            "pages in another language than English need babel, which is not installed: pip install 'mrdguide[languages]'. "
            f"It said: {missing}"
        ) from missing
    return babel
