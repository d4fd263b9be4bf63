"""Check digits: LOINC (mod 10, Luhn's way) and SNOMED CT (Verhoeff, SNOMED CT Release File Specification, appendix)."""

from __future__ import annotations

import re

_LOINC = re.compile(r"(\d{1,7})-(\d)$")
_ANSWER = re.compile(r"LA\d+-\d$")  # answer codes are numbered in another way
_PERMUTED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)


def loinc_fits(code: str) -> bool:
    """Whether a LOINC number carries the right check digit; an answer code (LA...) only has to have the form of one."""
    match = _LOINC.match(code)
    if match is None:
        return _ANSWER.match(code) is not None
    total = 0
    for place, digit in enumerate(reversed(match[1])):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return (10 - total % 10) % 10 == int(match[2])


def snomed_fits(code: str) -> bool:
    """Whether a SNOMED CT identifier carries the right Verhoeff check digit."""
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18):
        return False
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = _multiplied(check, _permuted(place, int(digit)))
    return check == 0


def _multiplied(first: int, second: int) -> int:
    """The dihedral group of a pentagon."""
    if first < 5:
        return (first + second) % 5 if second < 5 else (first + second - 5) % 5 + 5
    return (first - 5 - second) % 5 + 5 if second < 5 else (first - second) % 5


def _permuted(times: int, digit: int) -> int:
    for _ in range(times % 8):
        digit = _PERMUTED[digit]
    return digit
