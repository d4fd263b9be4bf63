"""Citations in Vancouver style (ICMJE / NLM, Citing Medicine, 2nd edition), as CSL-JSON and as BibTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Citation, EvidenceEntry


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


def caveat(entry: EvidenceEntry) -> str:
    """What a reference must say of itself where it stands alone: that it was retracted, superseded or not verified."""
    said = []
    if entry.retracted is not None:
        said.append(f"Retracted ({entry.retracted.date}): {entry.retracted.why.rstrip('.')}.")
    if entry.superseded_by is not None:
        said.append(f"Superseded ({entry.superseded_by.date}) by {entry.superseded_by.entry}.")
    if not entry.citation.verified:
        said.append("This reference was not verified at a source.")
    return " ".join(said)


def csl(entry_id: str, citation: Citation, note: str = "") -> dict[str, Any]:
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
        "note": note,
    }  # fmt: skip
    item.update({name: value for name, value in fields.items() if value})
    return item


def bibtex(entry_id: str, citation: Citation, note: str = "") -> str:
    """The citation as a BibTeX entry."""
    authors = [_escaped(f"{author.family}, {author.given}".strip(", ")) for author in citation.author]
    if citation.group_author:
        authors.append("{" + _escaped(citation.group_author) + "}")
    if citation.et_al:
        authors.append("others")
    journal = "journal" if citation.type == "article-journal" else "booktitle"
    fields = {
        "author": " and ".join(authors), "title": "{" + _escaped(citation.title) + "}",
        journal: _escaped(citation.container_title), "year": str(citation.issued or ""),
        "volume": _escaped(citation.volume), "number": _escaped(citation.issue),
        "pages": _escaped(citation.page).replace("-", "--"), "pmid": citation.PMID or "", "note": _escaped(note),
        # Addresses are taken letter by letter.
        "doi": citation.DOI or "", "url": citation.URL,
    }  # fmt: skip
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    kind = "article" if citation.type == "article-journal" else "misc"
    return "\n".join([f"@{kind}{{{entry_id},", *lines, "}"])


_SPECIAL = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%#_${}"},
}  # fmt: skip


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)
