"""`mrdguide evaluate`: patients in, recommendations out, in any format."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MrdguideError, UsageError
from .arguments import PAGE_FORMATS, add_as_of, add_format, add_output, add_rules
from .error_format import tell_each
from .files import BAD_INPUT, OK, legible, read_profile_argument, terminal_text, write, write_folder, write_text

if TYPE_CHECKING:
    from ..patient import Patient
    from ..recommend.recommendation import Recommendation
    from ..report.blocks import Page
    from ..report.languages.language import Language

_SUFFIX = {"html": ".html", "pdf": ".pdf"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="a profile in YAML or JSON; - reads standard input")
    add_as_of(parser)
    add_rules(parser)
    add_format(parser, (*PAGE_FORMATS, "pdf"))
    parser.add_argument(
        "--audience", choices=("clinician", "patient"), default="clinician",
        help="patient: a companion in plain language, to read together with the team (default: clinician)",
    )  # fmt: skip
    parser.add_argument(
        "--numbers", action="store_true", help="patient: with what studies found in numbers, for both ways"
    )
    parser.add_argument(
        "--words", metavar="CATALOGUE",
        help="in the language of this catalogue (.po), checked by a speaker; for patients it has to be whole",
    )  # fmt: skip
    parser.add_argument(
        "--language",
        metavar="TAG",
        help="the language that --words is to be in (default: its own; without it en)",
    )
    parser.add_argument("--details", action="store_true", help="the whole report as text, not its front alone")
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--sheet-only", action="store_true", help="html, pdf, markdown: the sheet to sign, nothing behind it"
    )
    extent.add_argument(
        "--full", action="store_true", help="html, pdf, markdown: the full trace, every criterion and source"
    )
    parser.add_argument(
        "--detail", choices=("full", "short"), default="full",
        help="json: short leaves out the reading of every criterion, study and test (default: full)",
    )  # fmt: skip
    parser.add_argument("--include-unverified", action="store_true", help="show unverified figures too, marked")
    add_output(parser, "write to this file, or for several patients as html or pdf to this folder")


def run(parsed: argparse.Namespace) -> int:
    """Evaluate every file; what cannot be read is said, the others are still answered where that cannot mislead."""
    _fits_together(parsed)
    parsed.language = _language(parsed)
    profiles = [_profile(name) for name in parsed.files]
    # Where nothing can be evaluated the shipped rules need not be loaded.
    unread = [found for found in profiles if isinstance(found, MrdguideError)]
    needed = bool(parsed.rules) or len(unread) < len(profiles)
    answers = _answers(profiles, parsed) if needed else [*unread]
    results = [
        (name, found) for name, found in zip(parsed.files, answers, strict=True) if not isinstance(found, MrdguideError)
    ]
    failures = [found for found in answers if isinstance(found, MrdguideError)]
    tell_each(failures, parsed.error_format)
    if failures and parsed.format != "text":
        # Output that lacks some of the patients asked for would look whole.
        return BAD_INPUT
    if results:
        _give_out(results, parsed)
    return BAD_INPUT if failures else OK


def _profile(name: str) -> Patient | MrdguideError:
    try:
        return read_profile_argument(name)
    except UsageError:
        raise
    except MrdguideError as error:
        return error


def _answers(
    profiles: list[Patient | MrdguideError], parsed: argparse.Namespace
) -> list[Recommendation | MrdguideError]:
    """The answer about every profile, or why there is none."""
    from ..recommend.evaluation import evaluate
    from ..rulebook.book import load_rules

    rules = load_rules(*(parsed.rules or []))

    def answer(profile: Patient | MrdguideError) -> Recommendation | MrdguideError:
        if isinstance(profile, MrdguideError):
            return profile
        try:
            return evaluate(profile, rules=rules, as_of=parsed.as_of, include_unverified=parsed.include_unverified)
        except UsageError:
            raise
        except MrdguideError as error:
            return error

    return [answer(profile) for profile in profiles]


def _fits_together(parsed: argparse.Namespace) -> None:
    if parsed.format == "json" and parsed.audience == "patient":
        raise UsageError("--audience patient is a page to read: choose --format text, markdown, html or pdf")
    if parsed.numbers and parsed.audience != "patient":
        raise UsageError("--numbers is for --audience patient; the report for clinicians has the figures already")
    if (parsed.words or parsed.language) and parsed.format == "json":
        raise UsageError("--words and --language are for pages to read: choose --format text, markdown, html or pdf")
    if parsed.details and (parsed.format != "text" or parsed.audience == "patient"):
        raise UsageError("--details is for --format text and clinicians; for other formats --full gives the full trace")
    for option, given in (("--sheet-only", parsed.sheet_only), ("--full", parsed.full)):
        if given and (parsed.format in ("text", "json") or parsed.audience == "patient"):
            raise UsageError(
                f"{option} is for --format html, pdf or markdown and clinicians; as text, --details is the whole report"
            )
    if parsed.detail == "short" and parsed.format != "json":
        raise UsageError("--detail short is for --format json; as text, the front of the report is what is printed")
    if parsed.format == "pdf" and parsed.output is None:
        raise UsageError("--format pdf needs --output PATH")
    if parsed.format in _SUFFIX and len(parsed.files) > 1 and parsed.output is None:
        raise UsageError(f"several files as {parsed.format} need --output DIR: each patient gets a file of its own")


def _language(parsed: argparse.Namespace) -> Language:
    from ..report.languages.language import ENGLISH

    if parsed.words is None and parsed.language in (None, ENGLISH.tag):
        return ENGLISH
    from ..report.for_patients.all_words import messages
    from ..report.languages.catalogue import read_catalogue
    from ..report.pages.every_text import every_text

    texts = every_text()
    if parsed.words is None:
        raise UsageError(
            f"no page in '{parsed.language}': mrdguide comes with no catalogue of this language, so {len(texts)} of {len(texts)} "
            "texts are not translated and nobody has checked them; 'mrdguide words template' writes one to fill in, "
            "--words takes it"
        )
    catalogue = read_catalogue(parsed.words, texts)
    if parsed.language not in (None, catalogue.tag):
        raise UsageError(f"{parsed.words} is in '{catalogue.tag}', not in '{parsed.language}'")
    # A page for patients is never in two languages; on one for clinicians English stands where a text is missing.
    return catalogue.language(messages() if parsed.audience == "patient" else ())


def _give_out(results: list[tuple[str, Recommendation]], parsed: argparse.Namespace) -> None:
    if parsed.format == "json":
        texts = [result.to_json(detail=parsed.detail) for _, result in results]
        write(legible(texts[0] if len(texts) == 1 else _listed(texts)), parsed.output)
    elif parsed.format == "text":
        write_text(_as_text([result for _, result in results], parsed), parsed.output)
    elif parsed.format == "markdown":
        from ..report.formats.markdown import to_markdown

        write("\n".join(to_markdown(_page(result, parsed)) for _, result in results), parsed.output)
    elif len(results) == 1:
        write(_sheet(results[0][1], parsed), parsed.output)
    else:
        _one_file_each(results, parsed)


def _listed(texts: list[str]) -> str:
    """JSON texts as one list, indented as a whole: no line break stands within a string of JSON."""
    if not texts:
        return "[]"
    return "[\n  " + ",\n  ".join(text.replace("\n", "\n  ") for text in texts) + "\n]"


def _one_file_each(results: list[tuple[str, Recommendation]], parsed: argparse.Namespace) -> None:
    folder, suffix = Path(parsed.output), _SUFFIX[parsed.format]
    names = [Path(name).stem.replace("-", "patient", 1) if name == "-" else Path(name).stem for name, _ in results]
    if len(set(names)) < len(names):
        raise UsageError("two of the files have the same name and would overwrite each other; evaluate them one by one")
    write_folder(
        folder, {f"{name}{suffix}": _sheet(result, parsed) for name, (_, result) in zip(names, results, strict=True)}
    )


def _sheet(result: Recommendation, parsed: argparse.Namespace) -> str | bytes:
    from ..report.formats.html import to_html

    html = to_html(_page(result, parsed))
    if parsed.format == "html":
        return html
    from ..report.formats.pdf import to_pdf

    return to_pdf(html)


def _page(result: Recommendation, parsed: argparse.Namespace) -> Page:
    if parsed.audience == "patient":
        from ..report.for_patients.companion import companion

        return companion(result, numbers=parsed.numbers, language=parsed.language)
    from ..report.pages.board import board

    # As text the whole report has always been the full trace.
    full = parsed.full or parsed.details
    return board(result, "sheet" if parsed.sheet_only else "full" if full else "asked", parsed.language)


def _as_text(results: list[Recommendation], parsed: argparse.Namespace) -> str:
    from ..report.formats.terminal import to_text
    from ..report.pages.sheet import sheet

    short = parsed.audience == "clinician" and not parsed.details
    pages = [sheet(result, parsed.language) if short else _page(result, parsed) for result in results]
    return terminal_text([to_text(page) for page in pages], to_file=parsed.output is not None)
