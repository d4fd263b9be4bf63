"""Citations in Vancouver style (ICMJE / NLM, Citing Medicine, 2nd edition)."""

from __future__ import annotations

from .model import Citation


def vancouver(citation: Citation) -> str:
    """`Derman BA, Major A, et al. Title. Blood Cancer J. 2024;14(1):170. doi:10...`"""
    authors = ", ".join(f"{author.family} {author.given}".strip() for author in citation.author)
    if citation.et_al and authors:
        authors += ", et al"
    who = authors or citation.group_author
    parts = [who, citation.title.rstrip(".?")] if who else [citation.title.rstrip(".")]
    journal = citation.container_title
    when = str(citation.issued) if citation.issued else ""
    if citation.volume:
        when += f";{citation.volume}" + (f"({citation.issue})" if citation.issue else "")
    if citation.page:
        when += f":{citation.page}"
    parts.append(". ".join(part for part in (journal, when) if part))
    text = ". ".join(part for part in parts if part) + "."
    if citation.DOI:
        text += f" doi:{citation.DOI}"
    elif citation.PMID:
        text += f" PMID {citation.PMID}"
    return text
