"""Nobody but the owner reads or changes what lies in the private folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mrdguide.errors import UsageError
from mrdguide.mcp.private_folder import KEPT_SECONDS, MOST_WAITING, PrivateFolder

NAME = "a" * 64


def test_all_of_it_is_its_owners_alone(private: PrivateFolder) -> None:
    private.key()
    private.keep_proposal(NAME, {})
    for path in [private.place, *private.place.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_key_stays_the_same_and_each_folder_has_its_own(private: PrivateFolder, tmp_path: Path) -> None:
    assert private.key() == PrivateFolder(private.place).key()
    assert private.key() != PrivateFolder(tmp_path / "other").key()
    assert len(private.key()) == 32


def test_a_key_that_is_a_link_is_not_followed(private: PrivateFolder, tmp_path: Path) -> None:
    (tmp_path / "known").write_bytes(b"x" * 32)
    (tmp_path / "known").chmod(0o600)
    (private.place / "key").symlink_to(tmp_path / "known")
    with pytest.raises(UsageError, match="is a link, which is not followed; remove it"):
        private.key()


def test_a_key_that_leads_nowhere_is_not_followed_either(private: PrivateFolder, tmp_path: Path) -> None:
    (private.place / "key").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="is a link"):
        private.key()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_key_that_others_can_read_is_refused(private: PrivateFolder, mode: int) -> None:
    private.key()
    (private.place / "key").chmod(mode)
    with pytest.raises(UsageError, match="others can read or change it"):
        private.key()


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_key_of_another_length_is_refused(private: PrivateFolder, content: bytes) -> None:
    private.key()
    (private.place / "key").write_bytes(content)
    with pytest.raises(UsageError, match="is not a key of 32 bytes"):
        private.key()


def test_a_folder_that_others_can_read_or_that_is_a_link_is_refused(private: PrivateFolder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(private.place)
    with pytest.raises(UsageError, match="is not what it should be"):
        PrivateFolder(tmp_path / "link")
    private.place.chmod(0o750)
    with pytest.raises(UsageError, match="others can read or change it"):
        PrivateFolder(private.place)


def test_a_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"the private folder cannot be used: .*; name another with --folder"):
        PrivateFolder(tmp_path / "file" / "below")


@pytest.mark.parametrize("name", ["", "aaaa", "../../etc/passwd", "A" * 64, "a" * 65, "*" * 8, "a" * 8 + "\n"])
def test_a_name_that_is_none_finds_nothing(private: PrivateFolder, name: str) -> None:
    private.keep_proposal(NAME, {})
    with pytest.raises(UsageError, match="give its name as propose_profile returned it"):
        private.proposal(name)


def test_the_beginning_of_a_name_is_enough_where_it_is_of_one(private: PrivateFolder) -> None:
    private.keep_proposal(NAME, {"one": 1})
    assert private.proposal("aaaaaaaa") == {"one": 1}
    private.keep_proposal("a" * 63 + "b", {"two": 2})
    with pytest.raises(UsageError, match="several proposals begin so"):
        private.proposal("aaaaaaaa")


@pytest.mark.parametrize("content", [b"{", b"[]", b"[" * 100_000, b"\xff"])
def test_a_file_that_was_changed_is_told(private: PrivateFolder, content: bytes) -> None:
    private.keep_proposal(NAME, {})
    (private.place / "proposals" / f"{NAME}.json").write_bytes(content)
    with pytest.raises(UsageError, match="is not as it was written"):
        private.proposal(NAME)


def test_what_nobody_evaluated_is_forgotten_after_two_days(private: PrivateFolder) -> None:
    private.keep_proposal(NAME, {})
    path = private.place / "proposals" / f"{NAME}.json"
    now = path.stat().st_mtime
    os.utime(path, (now, now - KEPT_SECONDS + 60))
    private.forget_old()
    assert private.waiting() == (NAME,)
    os.utime(path, (now, now - KEPT_SECONDS - 60))
    private.forget_old()
    assert private.waiting() == ()


def test_more_proposals_than_anybody_reads_are_refused(private: PrivateFolder) -> None:
    for number in range(MOST_WAITING):
        (private.place / "proposals" / f"{number:064x}.json").write_text("{}")
    with pytest.raises(UsageError, match="confirm or remove some first"):
        private.keep_proposal(NAME, {})
