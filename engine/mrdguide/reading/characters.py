"""Characters that look like ordinary ones and are not: letters of other alphabets, spaces that cannot be seen."""

from __future__ import annotations

import unicodedata

# Alphabets with letters that look like Latin ones; spaces that look like a space, or like nothing.
_LOOK_ALIKE = ("CYRILLIC", "GREEK", "FULLWIDTH", "ARMENIAN")
_SPACES = "\u00a0\u2007\u202f\u2009\u3000"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
# Letters by their class of Unicode that are drawn as nothing: the fillers of Hangul.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0"


def has_a_visible_letter(text: str) -> bool:
    """Whether a text has a letter or digit that can be seen, of whatever alphabet."""
    return any(character.isalnum() and character not in _BLANK_LETTERS for character in text)


def strange_characters(text: str) -> str:
    """The first character that looks like an ordinary one and is not, in words; an empty string when there is none."""
    for character in text:
        if character in _SPACES or character in _INVISIBLE:
            name = unicodedata.name(character, "a control character").lower()
            if text == character:
                return f"a {name} (U+{ord(character):04X}) stands where an ordinary space should; type it again"
            return (
                f"'{legible_word(text)}' holds a {name} (U+{ord(character):04X}), which cannot be seen; type it again"
            )
        if character.isalpha() and not character.isascii() and any(item.isascii() for item in text if item.isalpha()):
            name = unicodedata.name(character, "")
            if name.startswith(_LOOK_ALIKE):
                return f"'{character}' in '{legible_word(text)}' is a {name.title()} (U+{ord(character):04X}); type it again"
    return ""


def legible_word(text: str) -> str:
    """A word with what cannot be seen made visible."""
    return "".join(character if character.isprintable() else "\N{OPEN BOX}" for character in text)
