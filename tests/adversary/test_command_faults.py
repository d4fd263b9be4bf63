"""Every command against faults of its surroundings: one line, the documented status, nothing half under a name.

The commands come from the lists of commands: a new one has to say in `command_calls` how it is called.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from errno import EIO
from io import StringIO
from pathlib import Path

import pytest

from mrdguide.cli import command_parser

from .command_calls import AS_OF, CALLS, ROOT, Call, ends, every_command, make

CANNOT_WRITE, INTERRUPTED, BAD_INPUT, FOUND = 74, 130, 2, 1
INTERRUPTS = [f"interrupt {seconds}" for seconds in (0.001, 0.05)]
ENCODINGS = ["encoding ascii"]
FAULTS = ["full", "closed output", "closed others", "pipe", *INTERRUPTS, *ENCODINGS]
OLD = "what was there before"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(folder)
    return folder


def test_every_command_is_called_here() -> None:
    assert set(CALLS) == every_command()


@pytest.mark.parametrize("name", CALLS)
def test_a_command_and_the_faults_of_its_surroundings(name: str, made: Path, tmp_path: Path) -> None:
    call = CALLS[name]
    usual, *under = ends(["none", *FAULTS], name, call, (), made, tmp_path)
    assert "Traceback" not in usual["err"], usual["err"]
    assert usual["status"] in (0, FOUND, BAD_INPUT) or name == "ask", usual["err"]
    speaks = usual["out"] != ""
    for fault, end in zip(FAULTS, under, strict=True):
        told = f"{fault}: status {end['status']}, standard error {end['err']!r}"
        assert "Traceback" not in end["err"], told
        if fault in ("full", "closed output") and speaks:
            assert (end["status"], one_line(end["err"])) == (CANNOT_WRITE, True), told
        elif fault == "pipe" and speaks:
            assert end["status"] == 0, told
        elif fault in INTERRUPTS:
            assert end["status"] in (INTERRUPTED, usual["status"]), told
        elif name != "ask" or fault != "closed others":
            assert end["status"] == usual["status"], told
        if fault in ENCODINGS and call.data:
            assert end["out"] == usual["out"], told
    if call.data:
        usual["out"].encode("latin-1").decode("utf-8")
    assert not list(tmp_path.rglob("*.part")), "something half is left"


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.output])
def test_what_is_written_is_whole_or_as_it_was(name: str, made: Path, tmp_path: Path) -> None:
    call = CALLS[name]
    arguments = tuple(item for item in call.arguments if not item.startswith("{own}"))
    there = tmp_path / "0" / "own" / "there"
    overwrites = name not in ("new", "rules new", "fhir artifacts", "tables template", "examples copy")
    if overwrites:
        there.parent.mkdir(parents=True)
        there.write_text(OLD, encoding="utf-8")
    (end,) = ends(["small files"], name, Call(arguments), call.output, made, tmp_path)
    assert (end["status"], one_line(end["err"])) == (BAD_INPUT, True), end
    assert [path.name for path in there.parent.iterdir()] == (["there"] if overwrites else [])
    if overwrites:
        assert there.read_text(encoding="utf-8") == OLD
        there.unlink()
    (end,) = ends(["none"], name, Call(arguments), call.output, made, tmp_path)
    assert end["status"] == 0, end
    assert there.exists()


def test_an_interview_whose_terminal_is_gone_keeps_what_was_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(StringIO):
        def write(self, text: str) -> int:
            if self.getvalue().count("Why:") == 2:
                raise OSError(EIO, "Input/output error")
            return super().write(text)

    path = tmp_path / "asked.yaml"
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdin", StringIO("multiple-myeloma\n" * 3))
        patched.setattr("sys.stdout", Gone())
        given = ["ask", "--output", str(path), *AS_OF]
        parsed = command_parser(given).parse_args(given)
        with pytest.raises(OSError, match="Input/output error"):
            parsed.run(parsed)
    assert "disease: multiple-myeloma" in path.read_text(encoding="utf-8")


def test_several_pages_are_written_all_or_none(made: Path, tmp_path: Path) -> None:
    files = (str(made / "profile.yaml"), str(ROOT / "examples" / "out-of-scope.yaml"))
    to_pages = ("--format", "html", "--output", "{own}/pages")
    for fault, status, there in (("small files", BAD_INPUT, False), ("none", 0, True)):
        (end,) = ends([fault], "evaluate", Call((*files, *AS_OF)), to_pages, made, tmp_path)
        assert end["status"] == status, end
        assert (tmp_path / "0" / "own" / "pages" / "profile.html").exists() is there


@pytest.mark.parametrize("seconds", [0.02, 0.06, 0.1, 0.2, 0.4])
def test_interrupted_from_its_first_line_on(seconds: float) -> None:
    """Before that line Python itself is starting, and says what it says."""
    command = [sys.executable, "-m", "mrdguide", "explain", str(ROOT / "examples" / "cessation-supported.yaml")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=120)
    assert b"mrdguide/cli.py" not in told
    assert b"mrdguide/commands" not in told
    assert process.returncode in (0, INTERRUPTED, 1, -signal.SIGINT)


@pytest.mark.parametrize("name", ["evaluate", "--help"])
def test_a_process_of_its_own_with_a_full_disk(name: str, made: Path) -> None:
    arguments = [item.format(made=made) for item in CALLS[name].arguments]
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "mrdguide", name, *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False)
    assert (done.returncode, one_line(done.stderr.decode("utf-8"))) == (CANNOT_WRITE, True), done.stderr


def one_line(told: str) -> bool:
    return told.startswith("mrdguide: ") and told.count("\n") == 1
