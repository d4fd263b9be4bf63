"""A private folder, a desk, and a host that calls tools over the SDK's session in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

import mrdguide
from mrdguide.mcp.confirmation import confirmed, signed
from mrdguide.mcp.confirmed_profile import PARTS
from mrdguide.mcp.desk import Desk
from mrdguide.mcp.private_folder import PrivateFolder
from mrdguide.mcp.server import build_server
from mrdguide.mcp.tools import TOOLS
from mrdguide.patient.profile import PartName

from .invented import LETTER, NAME, profile, read_from

Told = tuple[bool, str, Any]


class Host:
    """What a host does: it calls tools. Each call is a session of its own; the desk stays."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def told(self, tool: str, **arguments: Any) -> Told:
        """Whether the call was refused, the text, and the structured result."""
        return anyio.run(partial(self._call, tool, arguments))

    def call(self, tool: str, **arguments: Any) -> Any:
        refused, text, found = self.told(tool, **arguments)
        assert not refused, text
        assert set(TOOLS[tool].returns) <= set(found)
        return found

    def refused(self, tool: str, **arguments: Any) -> str:
        refused, text, found = self.told(tool, **arguments)
        assert refused, text
        assert found is None
        assert "Traceback" not in text
        return text

    async def _call(self, tool: str, arguments: dict[str, Any]) -> Told:
        async with Client(build_server(self.desk)) as client:
            found = await client.call_tool(tool, arguments)
        [content] = found.content
        return found.is_error, getattr(content, "text", ""), found.structured_content


@pytest.fixture
def private(tmp_path: Path) -> PrivateFolder:
    return PrivateFolder(tmp_path / "private")


@pytest.fixture
def host(private: PrivateFolder, shipped_rules: mrdguide.RuleBook) -> Host:
    return Host(Desk(shipped_rules, private))


@pytest.fixture
def proposal(host: Host) -> str:
    """The name of a proposal of the whole invented letter."""
    host.call("hand_over_document", name=NAME, text=LETTER)
    return str(host.call("propose_profile", profile=profile(), read_from=read_from())["proposal"])


@pytest.fixture
def confirm(private: PrivateFolder) -> Callable[..., None]:
    """A person confirms, as the command does."""

    def say_yes(proposal: str, whole: tuple[PartName, ...] = PARTS, as_of: str = "2026-11-21") -> None:
        private.keep_confirmation(proposal, signed(confirmed(proposal, as_of, "Dr. Example", whole), private.key()))

    return say_yes
