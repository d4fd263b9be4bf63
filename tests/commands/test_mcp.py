"""`mrdguide mcp`: confirming at a terminal, and the server as a host starts it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import cast

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client

import mrdguide
from mrdguide.cli import main
from mrdguide.mcp.desk import Desk
from mrdguide.mcp.private_folder import PrivateFolder
from mrdguide.mcp.proposal import Reading

from ..mcp.invented import LETTER, NAME, profile, read_from
from . import Run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def private(tmp_path: Path) -> PrivateFolder:
    return PrivateFolder(tmp_path / "private")


@pytest.fixture
def proposal(private: PrivateFolder, shipped_rules: mrdguide.RuleBook) -> str:
    desk = Desk(shipped_rules, private)
    desk.hand_over_document(NAME, LETTER)
    return str(desk.propose_profile(profile(), [Reading.model_validate(item) for item in read_from()])["proposal"])


class Screen(StringIO):
    """A terminal in memory: it says that it is one."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """What a person does who types these lines: the exit status, and what was shown."""

    def call(typed: str, *arguments: str | Path) -> tuple[int, str]:
        shown = Screen()
        with monkeypatch.context() as patch:
            patch.setattr("sys.stdin", Screen(typed))
            patch.setattr("sys.stdout", shown)
            status = main(["mcp", "confirm", *map(str, arguments)])
        return status, shown.getvalue()

    return call


Call = Callable[..., tuple[int, str]]
WHO = ("--by", "Dr. Example", "--as-of", "2026-11-21", "--folder")


class TestConfirm:
    def test_every_fact_is_shown_beside_its_words(
        self, at_terminal: Call, proposal: str, private: PrivateFolder
    ) -> None:
        status, shown = at_terminal("yes\n\n", proposal[:12], *WHO, private.place)
        assert status == 0
        assert "mrd[3].result = not-detected  [speaks for stopping]" in shown
        assert "letter.txt, page 1, line 17: Marrow of 10 September 2026: MRD by NGS not detected" in shown
        assert "handed over by the language model: compare it with the document itself" in shown
        assert "letter.txt, line 22 (harm): A skin cancer of her mother is known." in shown
        assert "Confirmed by Dr. Example as of 2026-11-21; whole: nothing." in shown
        assert len([line for line in shown.splitlines() if " = " in line]) == 110

    def test_the_server_finds_what_was_confirmed(
        self, at_terminal: Call, proposal: str, private: PrivateFolder, shipped_rules: mrdguide.RuleBook
    ) -> None:
        at_terminal("yes\ntherapy, responses mrd imaging markers\n", proposal, *WHO, private.place)
        desk = Desk(shipped_rules, private)
        assert desk.proposal_state(proposal)["whole"] == ["therapy", "responses", "mrd", "imaging", "markers"]
        assert desk.evaluate(proposal)["recommendation"]["outcome"] == "insufficient-data"

    @pytest.mark.parametrize("typed", ["no\n", "\n", "y\n", "YES\n", "yes please\n"])
    def test_only_yes_is_yes(self, at_terminal: Call, proposal: str, private: PrivateFolder, typed: str) -> None:
        status, shown = at_terminal(typed, proposal, *WHO, private.place)
        assert (status, shown.splitlines()[-1].endswith("Not confirmed.")) == (1, True)
        assert private.confirmation(proposal) is None

    def test_a_terminal_that_closes_confirms_nothing(
        self, at_terminal: Call, proposal: str, private: PrivateFolder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert at_terminal("yes\n", proposal, *WHO, private.place)[0] == 2
        assert "the terminal was closed; nothing was confirmed" in capsys.readouterr().err
        assert private.confirmation(proposal) is None

    def test_a_list_that_there_is_not_is_asked_again(
        self, at_terminal: Call, proposal: str, private: PrivateFolder
    ) -> None:
        status, shown = at_terminal("yes\nevent\nevents\n", proposal, *WHO, private.place)
        assert status == 0
        assert "There is no list 'event'. did you mean 'events'?" in shown
        assert "whole: events." in shown

    def test_without_a_terminal_nothing_is_confirmed(self, run: Run, proposal: str, private: PrivateFolder) -> None:
        found = run("mcp", "confirm", proposal, *WHO, private.place, stdin=b"yes\n\n")
        assert found.status == 2
        assert "is confirmed at a terminal, by a person who sees it" in found.err
        assert private.confirmation(proposal) is None

    def test_words_of_a_letter_do_nothing_to_the_screen(
        self, at_terminal: Call, private: PrivateFolder, proposal: str
    ) -> None:
        plain = private.proposal(proposal)
        plain["open_sentences"][0]["words"] = "\x1b[2J\x1b[1;1Hall is well\u202e"
        private.keep_proposal("b" * 64, plain)
        shown = at_terminal("no\n", "b" * 64, *WHO, private.place)[1]
        assert "\x1b" not in shown
        assert "\u202e" not in shown

    def test_a_proposal_that_is_not_there_or_nobody_s_name_is_told(
        self, run: Run, private: PrivateFolder, proposal: str
    ) -> None:
        assert "no proposal of that name waits" in run("mcp", "confirm", "f" * 12, *WHO, private.place).err
        assert (
            "--by: give a name or role" in run("mcp", "confirm", proposal, "--by", " ", "--folder", private.place).err
        )


def test_waiting_proposals_are_listed_by_name_alone(
    run: Run, at_terminal: Call, private: PrivateFolder, proposal: str
) -> None:
    assert run("mcp", "waiting", "--folder", private.place).out == f"{proposal[:12]}  not confirmed\n"
    at_terminal("yes\n\n", proposal, *WHO, private.place)
    assert run("mcp", "waiting", "--folder", private.place).out == f"{proposal[:12]}  confirmed, not yet evaluated\n"
    (private.place / "proposals" / f"{proposal}.json").unlink()
    assert run("mcp", "waiting", "--folder", private.place).out == "No proposal waits.\n"


def test_without_the_extra_one_sentence_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "mrdguide.mcp.server", raising=False)
    monkeypatch.delitem(sys.modules, "mcp.server", raising=False)
    monkeypatch.setitem(sys.modules, "mcp", None)
    found = run("mcp", "serve")
    assert (found.status, found.out) == (2, "")
    assert (
        found.err.strip()
        == "mrdguide: the SDK of the Model Context Protocol is not installed; pip install 'mrdguide[mcp]'"
    )


def test_a_folder_of_documents_that_is_none_is_told_before_it_serves(run: Run, tmp_path: Path) -> None:
    assert "give a folder with text files" in run("mcp", "serve", "--documents", tmp_path / "nowhere").err


def test_a_host_starts_the_server_and_calls_a_tool(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / NAME).write_text(LETTER, encoding="utf-8")
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "mrdguide", "mcp", "serve", "--documents", str(tmp_path / "letters"), "--folder", str(tmp_path / "private")],
        env={**os.environ, "PYTHONPATH": str(ROOT / "engine")},
    )  # fmt: skip

    async def session() -> object:
        with (tmp_path / "log").open("w") as log:
            async with Client(stdio_client(server, errlog=log)) as client:
                return (await client.call_tool("list_documents", {})).structured_content

    [found] = cast("dict[str, list[dict[str, object]]]", anyio.run(session))["documents"]
    assert (found["name"], found["origin"], found["lines"]) == (NAME, "folder", 23)
    assert (tmp_path / "log").read_text() == ""
