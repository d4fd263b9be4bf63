"""What is told of the family: a diagnosis of the father is none of the patient, wherever it is written down."""

from __future__ import annotations

from .codes import CodeTable
from .codes.table import Reading
from .current import OBJECT, Resource
from .elements import codings, meanings, wording
from .saying import mentions
from .unread import said, speaks_of_family

# How FHIR says in a FamilyMemberHistory that it is of the patient (HL7 v3 RoleCode).
_ONESELF = "ONESELF"


def is_of_family(table: CodeTable, resource: Resource) -> bool:
    """Whether a Condition or result is history of the family by its code or name, speaks of a relative and not of the patient."""
    reading, concept = table.reading, resource.get("code")
    coded = any(meaning.kind == "family-history" for meaning, _, _ in meanings(table, concept))
    if not coded and not speaks_of_family(table, wording(concept)):
        return False
    text = said(resource)
    return mentions(reading, text, (*reading.family_words, *reading.relative_words)) and not mentions(
        reading, text, reading.self_words
    )


def is_section_of_family(reading: Reading, section: object) -> bool:
    """Whether a section of a document is history of the family by its title or code."""
    if not isinstance(section, OBJECT) or not ("text" in section or "entry" in section):
        return False
    title = "; ".join((wording(section.get("title")), wording(section.get("code"))))
    return mentions(reading, title, reading.family_words) and not mentions(reading, str(section), reading.self_words)


def is_oneself(history: Resource) -> bool:
    """Whether a FamilyMemberHistory is of the patient."""
    return any(code == _ONESELF for _, code, _ in codings(history.get("relationship")))
