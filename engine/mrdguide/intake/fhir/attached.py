"""The words inside what is attached to a resource, whatever it was written in: text, HTML, XML, RTF, JSON."""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from ...reading.json_text import loads
from .current import OBJECT

# A name behind the bracket; "< 5 and >" is none.
_TAGS = re.compile(r"(?:</?[A-Za-z!?][^<>]*>)+")
_TAG = re.compile(r"<(?P<ends>/?)(?P<name>[A-Za-z!?][^\s<>/]*)")
# Tags that stand inside a word or a line, and end neither.
_INLINE = frozenset((
    "b", "i", "em", "strong", "u", "s", "span", "font", "small", "big", "sub", "sup", "tt", "code", "mark", "a", "abbr", "bdo",
    "ins", "del",
))  # fmt: skip
_HIDDEN = re.compile("\u00ad|\u200b|\u200c|\u2060|\ufeff")
# Not for a reader of texts: pictures, sound, and documents that are drawn.
_NO_TEXT = ("image/", "audio/", "video/", "application/pdf", "application/dicom")
# Which of these it is, is then told by how it begins.
_UNSAID = ("", "application/octet-stream")
# As a value in JSON that is typed as text.
_FALSE = ("no", "false", "none", "nein", "non")
# Types of texts beside text/..., by their ends.
_WRITTEN = ("xml", "json", "rtf", "html")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHER_ALPHABET = str.maketrans("-_", "+/")
_LONGEST_WORD = 40
_SHORTEST_CODE = 16
# Signs that no text has, and one that was packed.
_PACKED = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Where FHIR and CDA write in XML what a person reads.
_SPEAKING_ATTRIBUTES = re.compile(r"""\s(?:value|displayName|display|title)\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/\s_-]*)={0,2}\s*")
_DATA_ADDRESS = re.compile(r"data:[\w/+.-]*(?:;[\w=.+-]+)*,\s*")
_RTF_SIGN = re.compile(r"\\u(-?\d+) ?(?:\\'[0-9a-fA-F]{2}|\?)?|\\'([0-9a-fA-F]{2})")
_RTF_BREAK = re.compile(r"\\(?:par|line|tab|cell|row|sect|page)(?![a-z])-?\d* ?")
_RTF_WORD = re.compile(r"\\[a-z]+-?\d* ?|\\\*|[{}]")


def attached_text(value: object) -> str:
    """The text that an Attachment holds itself (`data`, base64), without tags; empty where it holds none, or cannot be read."""
    return _text(value) or ""


def cannot_be_read(value: object) -> bool:
    """Whether anything attached, anywhere in a value, holds data that are neither a text nor a picture or a drawn document."""
    if isinstance(value, list):
        return any(cannot_be_read(item) for item in value)
    if not isinstance(value, OBJECT):
        return False
    return _text(value) is None or any(cannot_be_read(item) for item in value.values() if not isinstance(item, str))


def attached_json(value: Mapping[str, Any]) -> Any:
    """What an Attachment holds as JSON; None where it holds none."""
    data, kind = value.get("data"), value.get("contentType")
    if not isinstance(data, str) or "json" not in str(kind).casefold():
        return None
    try:
        return loads(_decoded(_content(data), str(kind).casefold()) or "")
    except (ValueError, RecursionError):
        return None


def _text(value: object) -> str | None:
    """The text of an Attachment; empty where it has none to read, None where that cannot be told."""
    data = value.get("data") if isinstance(value, OBJECT) else None
    # Values of a signal (`origin`) and signatures are no attachments.
    if not isinstance(data, str) or not isinstance(value, Mapping) or "origin" in value or "sigFormat" in value:
        return ""
    kind = str(value.get("contentType") or "").strip().casefold()
    if kind.startswith(_NO_TEXT):
        return ""
    try:
        content = _content(data)
    except ValueError:
        return None
    if kind in _UNSAID and content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return ""
    text = _decoded(content, kind)
    return None if text is None else _plain(_decoded_again(text), kind)


def _decoded_again(text: str) -> str:
    """A text that was encoded twice."""
    if len(text) < _SHORTEST_CODE or not _BASE64.fullmatch(text) or " " in text.strip():
        return text
    try:
        found = _content(text).decode()
    except ValueError:
        return text
    return found if "".join(found.split()).isprintable() and " " in found else text


def _content(data: str) -> bytes:
    """The content of `data`: of base64 in either alphabet, with or without its end; what is none stands as it was written.

    Raises:
        ValueError: it looks like base64 and is none.
    """
    address = _DATA_ADDRESS.match(data)
    data = data[address.end() :] if address else data
    words_ = data.split(" ")
    # Lines are broken with signs of their own; spaces part words.
    if not _BASE64.fullmatch(data) or (len(words_) > 1 and all(len(word) < _LONGEST_WORD for word in words_)):
        return data.encode()
    plain = re.sub(r"[\s=]", "", data).translate(_OTHER_ALPHABET)
    return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)


def _decoded(content: bytes, kind: str) -> str | None:
    """The content as text; None where it is none."""
    named = _CHARSET.search(kind)
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    for name in filter(None, (marked, named[1] if named else None, "utf-8")):
        try:
            text = content.decode(name)
        except (LookupError, ValueError):
            continue
        if "\0" not in text:
            return text
    if kind.startswith("text/") or kind.partition(";")[0].endswith(_WRITTEN):
        return None if _PACKED.search(content) else content.decode("cp1252", "replace").replace("\0", "")
    return None


def _plain(text: str, kind: str) -> str:
    if text.lstrip().startswith("{\\rtf"):
        return _without_rtf(text)
    if "json" in kind or text.lstrip()[:1] in ("{", "["):
        try:
            return "\n".join(_lines(loads(text)))
        except (ValueError, RecursionError):
            pass
    if "xml" in kind and "html" not in kind:
        spoken = [unescape(found[1] or found[2] or "") for found in _SPEAKING_ATTRIBUTES.finditer(text)]
        return "\n".join(said for said in (without_tags(text), *spoken) if said.strip())
    return without_tags(text)


def _without_rtf(text: str) -> str:
    def sign(found: re.Match[str]) -> str:
        return chr(int(found[1]) % 0x10000) if found[1] else bytes.fromhex(found[2]).decode("cp1252", "replace")

    return _RTF_WORD.sub("", _RTF_BREAK.sub("\n", _RTF_SIGN.sub(sign, text))).strip()


def _lines(value: Any, name: str = "") -> Iterator[str]:
    """What JSON says, a line for each name; what is said to be false is denied, nothing says nothing."""
    if isinstance(value, list):
        for item in value:
            yield from _lines(item, name)
    elif isinstance(value, OBJECT):
        for inner, item in value.items():
            yield from _lines(item, inner)
    elif value is False or (isinstance(value, str) and value.strip().casefold() in _FALSE):
        yield f"not {name}"
    elif value is not None:
        yield f"{name}: {value}" if name else str(value)


def without_tags(text: str) -> str:
    """A text of XHTML as it is read: no tags, and the signs that stand for entities.

    A tag inside a word leaves it whole; because nobody knows whether one was meant to part two words, it is given parted too.
    """
    if "<" not in text and "&" not in text:
        return text
    joined, parted = _TAGS.sub(_in_place_of, text), _TAGS.sub(" ", text)
    whole = _HIDDEN.sub("", unescape(joined))
    same = len(joined) == len(parted) or _letters(joined) == _letters(parted)
    return whole if same else f"{whole}. {_HIDDEN.sub('', unescape(parted))}"


def _letters(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)


def _in_place_of(run: re.Match[str]) -> str:
    """Nothing for tags within a line that only begin or only end something, a space for all others."""
    tags = [(tag["ends"], tag["name"].casefold()) for tag in _TAG.finditer(run[0])]
    within = all(name in _INLINE for _, name in tags) and len({ends for ends, _ in tags}) == 1
    return "" if within else " "
