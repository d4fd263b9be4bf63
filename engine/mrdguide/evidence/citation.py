"""Citations in Vancouver style (ICMJE / NLM, Citing Medicine, 2nd edition), as CSL-JSON and as BibTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Citation


def vancouver(citation: Citation) -> str:
    """`Derman BA, Major A, et al. Title. Blood Cancer J. 2024;14(1):170. doi:10...`"""
    authors = ", ".join(f"{author.family} {author.given}".strip() for author in citation.author)
    if citation.et_al and authors:
        authors += ", et al"
    who = authors or citation.group_author
    parts = [who, citation.title] if who else [citation.title]
    journal = citation.container_title
    when = str(citation.issued) if citation.issued else ""
    if citation.volume:
        when += f";{citation.volume}" + (f"({citation.issue})" if citation.issue else "")
    if citation.page:
        when += f":{citation.page}"
    parts.append(". ".join(part for part in (journal, when) if part))
    text = " ".join(part if part[-1] in ".?!" else f"{part}." for part in parts if part)
    if citation.DOI:
        text += f" doi:{citation.DOI}"
    elif citation.PMID:
        text += f" PMID {citation.PMID}"
    return text


def csl(entry_id: str, citation: Citation) -> dict[str, Any]:
    """The citation as CSL-JSON (https://citeproc-js.readthedocs.io/en/latest/csl-json/markup.html)."""
    item: dict[str, Any] = {"id": entry_id, "type": citation.type, "title": citation.title}
    authors: list[dict[str, str]] = [
        {"family": author.family, **({"given": author.given} if author.given else {})} for author in citation.author
    ]
    if citation.group_author:
        authors.append({"literal": citation.group_author})
    if authors:
        item["author"] = authors
    if citation.issued is not None:
        item["issued"] = {"date-parts": [[citation.issued]]}
    fields = {
        "container-title": citation.container_title, "volume": citation.volume, "issue": citation.issue,
        "page": citation.page, "DOI": citation.DOI, "PMID": citation.PMID, "PMCID": citation.PMCID, "URL": citation.URL,
    }  # fmt: skip
    item.update({name: value for name, value in fields.items() if value})
    return item


def bibtex(entry_id: str, citation: Citation) -> str:
    """The citation as a BibTeX entry."""
    authors = [f"{author.family}, {author.given}".strip(", ") for author in citation.author]
    if citation.group_author:
        authors.append("{" + citation.group_author + "}")
    if citation.et_al:
        authors.append("others")
    journal = "journal" if citation.type == "article-journal" else "booktitle"
    fields = {
        "author": " and ".join(authors), "title": "{" + citation.title + "}", journal: citation.container_title,
        "year": str(citation.issued or ""), "volume": citation.volume, "number": citation.issue,
        "pages": citation.page.replace("-", "--"), "doi": citation.DOI or "", "pmid": citation.PMID or "",
        "url": citation.URL,
    }  # fmt: skip
    lines = [f"  {name} = {{{_escaped(value)}}}," for name, value in fields.items() if value and value != "{}"]
    kind = "article" if citation.type == "article-journal" else "misc"
    return "\n".join([f"@{kind}{{{entry_id},", *lines, "}"])


def _escaped(text: str) -> str:
    for character in "&%#_$":
        text = text.replace(character, "\\" + character)
    return text
