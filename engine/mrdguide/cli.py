"""The command line. Exit status 0 when everything was done, 2 for bad input, 74 when the output cannot be written, 130 when
it is interrupted; with one clear message on standard error.

Commands are named here and live in `commands/`; only the file of the one that is called is imported.
"""

from __future__ import annotations

import argparse
import signal
import sys
from _thread import interrupt_main, start_new_thread
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from .commands import error_format as errors_told
from .commands import streams
from .errors import MrdguideError

if TYPE_CHECKING:
    from types import FrameType

# Each with its line of help, in the order in which they are shown.
COMMANDS = {
    "evaluate": "evaluate patient profiles",
    "explain": "explain the answer: why, why not, what would settle it, when, how firm",
    "what-if": "change facts of a profile and see what that changes in the answer",
    "calendar": "the days ahead of a patient as an iCalendar file",
    "due": "whose windows close when, for a folder of profiles",
    "ask": "an interview that asks for what the answer hangs on, and writes the profile",
    "new": "write a profile with comments to fill in",
    "teach": "teaching cases: your answer first, then the reasoning and the point",
    "fhir": "read FHIR R4 records, and answer in FHIR",
    "tables": "evaluate many patients from CSV tables",
    "cohort": "judge a whole cohort: rows, counts, attrition, comparisons",
    "rules": "check and read rule books",
    "evidence": "read and check the evidence base",
    "words": "the words of pages, for those who translate them",
    "record": "verify, show, sign, export and replay the record of what was answered",
    "workbench": "a patient, the answer and the teaching cases in a browser, on this machine alone",
    "serve": "the HTTP service: CDS Hooks, and evaluations by POST",
    "mcp": "for hosts whose language model reads letters: facts with their words, confirmed by a person",
    "schema": "print a JSON Schema, for editors and integrators",
    "examples": "list the example cases, or copy them",
    "about": "what this installation is: versions, hashes, dates of the evidence; its model card",
}

_OK, _BAD_INPUT, _INTERRUPTED = 0, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    try:
        with _no_interrupt_lost() as interrupts:
            streams.make_usable()
            given, error_format = errors_told.taken_out(sys.argv[1:] if arguments is None else arguments)
            status = _run(given, error_format, interrupts)
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing is wrong with the input.
        streams.give_up_output()
        return _OK
    except OSError as error:
        streams.give_up_output()
        streams.tell_cannot_write(error)
        return streams.CANNOT_WRITE
    except (KeyboardInterrupt, Exception) as error:
        if not _is_interrupt(error):
            raise
        streams.give_up_output()
        return _INTERRUPTED
    return status


@contextmanager
def _no_interrupt_lost() -> Iterator[list[int]]:
    """Where code that cannot raise is interrupted (pydantic while it makes a validator), interrupt what comes after it. Gives the
    interrupts that were heard: code that takes one for a mistake of what it reads (pydantic again) would blame a file for it.
    """
    before, interrupts = sys.unraisablehook, list[int]()

    def interrupted(number: int, frame: FrameType | None) -> None:
        interrupts.append(number)
        signal.default_int_handler(number, frame)

    def heard(lost: sys.UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            start_new_thread(interrupt_main, ())  # not from here: whatever this raises would be lost as well
        else:
            before(lost)

    sys.unraisablehook = heard
    # Whoever runs a command within a program has its own handler, or none where it is not the main thread.
    with suppress(ValueError):
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, interrupted)
    try:
        yield interrupts
    finally:
        sys.unraisablehook = before
        if signal.getsignal(signal.SIGINT) is interrupted:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _is_interrupt(error: BaseException) -> bool:
    """Whether something was interrupted: Python 3.11 puts a RuntimeError around whatever interrupts the making of a class, and
    pydantic makes words of what interrupts the making of a validator."""
    if isinstance(error, KeyboardInterrupt) or isinstance(error.__cause__, KeyboardInterrupt):
        return True
    return type(error).__name__ == "SchemaError" and "KeyboardInterrupt" in str(error)


def _run(given: Sequence[str], error_format: str, interrupts: Sequence[int]) -> int:
    try:
        parsed = errors_told.parse(command_parser(given), given, error_format)
        status: int = parsed.run(parsed)
    except MrdguideError as error:
        if interrupts:
            raise KeyboardInterrupt from error
        errors_told.tell(error, error_format)
        return _BAD_INPUT
    except SystemExit:
        # Help and the version are output too: it is seen here whether they arrive.
        sys.stdout.flush()
        raise
    return status


def command_parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for a command line: it knows every command by name, and the arguments of the one that is called."""
    parser = _Parser(
        prog="mrdguide",
        description="May maintenance therapy in multiple myeloma be stopped, guided by MRD? Decision support for clinicians.",
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version and exit")
    errors_told.add_option(parser)
    _add_commands(parser, f"{__package__}.commands", COMMANDS, "COMMAND", given)
    return parser


def _add_commands(
    parser: argparse.ArgumentParser, package: str, names: Mapping[str, str], metavar: str, given: Sequence[str]
) -> None:
    called = next((place for place, item in enumerate(given) if item in names), None)
    commands = parser.add_subparsers(required=True, metavar=metavar)
    for name, line in names.items():
        command = commands.add_parser(name, help=line, description=f"{line[0].upper()}{line[1:]}.")
        if called is None or given[called] != name:
            continue
        module = import_module(f"{package}.{name.replace('-', '_')}")
        if hasattr(module, "ACTIONS"):
            _add_commands(command, module.__name__, module.ACTIONS, "ACTION", given[called + 1 :])
        else:
            module.arguments(command)
            command.set_defaults(run=module.run)


class _Parser(argparse.ArgumentParser):
    """argparse drops what goes wrong when help is written."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            (sys.stderr if file is None else file).write(message)


class _ShowVersion(argparse.Action):
    """The version is looked up in the installation, which takes time that no other command should wait for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("mrdguide")
        except PackageNotFoundError:
            found = "(not installed)"
        print(f"mrdguide {found}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
