"""The workbench as a folder: what is packed, who may be overwritten, and the program inside as the page asks it."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest

from mrdguide.cli import main
from mrdguide.errors import UsageError
from mrdguide.report.blocks import Page, Section
from mrdguide.workbench import Bench
from mrdguide.workbench.alone import folder, parts
from mrdguide.workbench.alone.inside import Inside
from mrdguide.workbench.alone.packing import packed
from mrdguide.workbench.opening import started
from mrdguide.workbench.replies import answer

from ..house.test_floors import MODULES, imports
from .pages import AS_OF, banner, opened, text_of

ROOT = Path(__file__).resolve().parents[2]
LAYER = (
    'pack: {name: our-house, version: "1.0", extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n'
    "cautions: [{id: own.caution, title: A second look, when: population.over-75, why: An example., cites: [giri2025]}]\n"
)


def unpacked(content: bytes) -> dict[str, bytes]:
    """What `packed` packs, read as the browser reads it."""
    listed, _, rest = gzip.decompress(content).partition(b"\n")
    found = {}
    for name, size in json.loads(listed):
        found[name], rest = rest[:size], rest[size:]
    assert rest == b""
    return found


@pytest.fixture
def with_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts and script as if they had been fetched: what is in them is no matter of these tests."""
    monkeypatch.setattr(folder, "parts", lambda: dict.fromkeys(parts.NAMES, b"part"))
    monkeypatch.setattr(folder, "static_files", lambda: {"page.css": ("text/css", b"")})


@pytest.fixture
def home(with_parts: None, tmp_path: Path) -> Path:
    """What a page unpacks, where nothing was given to it."""
    return unpack_into(tmp_path / "home", folder.site_files())


def unpack_into(home: Path, files: Mapping[str, bytes]) -> Path:
    """The data of a folder as the page lays them out, beside the fingerprint that its program brings along."""
    for name, content in unpacked(files["engine/data.bin"]).items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    (home / parts.FINGERPRINT).write_text(parts.fingerprint(parts.program()), encoding="ascii")
    return home


def test_what_is_packed_is_the_same_when_it_is_unpacked() -> None:
    files = {"b/empty": b"", "a": b"\n\n", "b/é": bytes(range(256))}
    assert unpacked(packed(files)) == files
    assert packed(files) == packed(dict(reversed(files.items())))


def test_nothing_that_is_packed_needs_what_is_not() -> None:
    """Imports at the top of files and inside functions; the façade and the command line name rooms that a page never asks for."""
    packed_modules = {name.removeprefix("mrdguide/").removesuffix(".py").replace("/", ".") for name in parts.program()}
    rooms = {name.partition(".")[0] for name in packed_modules}
    assert {"workbench", "report", "rulebook", "fhir", "intake", "authoring"} <= rooms
    assert not rooms & parts.LEFT_OUT
    # Named by its type alone: no cohort that is opened for its patients gets into a folder.
    left_out = {name.removesuffix(".py").replace("/", ".") for name in parts.NOT_IN_A_FOLDER}
    assert left_out <= set(MODULES) - packed_modules
    for name in sorted(set(MODULES) & packed_modules - {"__init__", "__main__", "cli"}):
        needed = {item.partition(".")[0] for item in imports(name)}
        assert not needed & parts.LEFT_OUT, name


def test_a_cohort_is_shown_without_what_is_not_packed() -> None:
    """Counts alone, in a process that has none of the rooms and files that a folder lacks."""
    absent = [f"mrdguide.{name}" for name in parts.LEFT_OUT]
    absent += [f"mrdguide.{name.removesuffix('.py').replace('/', '.')}" for name in parts.NOT_IN_A_FOLDER]
    program = f"""
import sys
sys.modules.update(dict.fromkeys({sorted(absent)}))
import mrdguide.workbench.alone.inside
from mrdguide.report.blocks import Page, Section
from mrdguide.rulebook.book import load_rules
from mrdguide.workbench import Request, render
from mrdguide.workbench.opening import open_bench, started
for cohort in (None, Page("Of a cohort", "invented", (Section("Counted here", ()),), (), ())):
    print(render(open_bench(load_rules(), None, cohort), started("{AS_OF}"), Request("cohort", "show")).html)
"""
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "No cohort was opened" in told
    assert "Counted here" in told


def test_the_page_in_the_folder_says_what_it_is_and_holds_itself_to_its_own_files(with_parts: None) -> None:
    page = folder.site_files()[folder.INDEX].decode("utf-8")
    assert "Not cross-checked: one engine alone" in text_of(page)
    assert "opened as a file it cannot start" in text_of(page)
    assert "unsafe-inline" not in page
    assert "'unsafe-eval'" not in page.replace("&#39;", "'")
    assert "default-src" in page
    assert "http-equiv" in page
    assert "//" not in page.replace("http://www.w3.org", "")


def test_a_served_page_has_no_banner_of_the_folder(bench: Bench) -> None:
    from mrdguide.workbench import page

    served = page(bench, started(AS_OF))
    assert "one engine alone" not in served
    assert "http-equiv" not in served
    assert "alone.mjs" not in served


def test_rules_cases_and_cohort_are_opened_as_they_were_packed(with_parts: None, tmp_path: Path) -> None:
    layer, cases = tmp_path / "layer", tmp_path / "cases"
    layer.mkdir()
    (layer / "layer.yaml").write_text(LAYER, encoding="utf-8")
    assert main(["examples", "copy", str(cases)]) == 0
    index = (cases / "cases.yaml").read_text(encoding="utf-8")
    (cases / "cases.yaml").write_text(index.replace("title: ", "title: Ours, ", 1), encoding="utf-8")
    cohort = Page("Of a cohort", "invented", (Section("A heading of the cohort", ()),), (), ())
    inside = Inside(str(unpack_into(tmp_path / "home", folder.site_files([layer], cases, cohort))))
    state = urlencode({"state": started(AS_OF).to_text()})
    assert "A heading of the cohort" in inside.answer("do/cohort/show", state)[2]
    assert "own.caution" in inside.answer("do/rules/show", state)[2]
    assert "Ours, " in inside.answer("do/patient/show", state)[2]


def test_a_cohort_lists_no_patient_in_a_page(with_parts: None, tmp_path: Path) -> None:
    cohort = Page("Of a cohort", "invented", (Section("A heading of the cohort", ()),), (), ())
    inside = Inside(str(unpack_into(tmp_path / "home", folder.site_files(cohort=cohort))))
    state = {"state": started(AS_OF).to_text()}
    for path, fields in (
        ("cohort/open", {"figure": "answers", "row": "0", "column": "0"}),
        ("patient/of_cohort", {"place": "0"}),
    ):
        status, _, text = inside.answer(f"do/{path}", urlencode({**state, **fields}))
        assert status == 400
        assert "shows no cohort" in text


def test_a_program_of_another_folder_is_not_started(home: Path) -> None:
    (home / parts.FINGERPRINT).write_text(parts.fingerprint({}), encoding="ascii")
    with pytest.raises(UsageError, match="load the page again"):
        Inside(str(home))


def test_the_same_is_answered_as_by_a_server(bench: Bench, home: Path) -> None:
    inside = Inside(str(home))
    body = urlencode({"state": opened("cessation-supported").to_text(), "p.ecog": "1"})
    status, kind, text = inside.answer("do/patient/set", body)
    assert (status, kind) == (200, "text/html")
    assert text == answer(bench, "do/patient/set", body.encode("ascii")).body.decode("utf-8")
    assert banner(text).startswith("Stopping may be discussed")
    assert inside.answer("begin", "")[0] == 200


@pytest.mark.parametrize(
    "path", ["", "do", "do/patient", "do/patient/nothing", "do/nowhere/show", "static/page.css", "begin/"]
)
def test_an_address_that_is_not_there_is_refused_in_words(bench: Bench, path: str) -> None:
    body = urlencode({"state": opened("cessation-supported").to_text()}).encode("ascii")
    found = answer(bench, path, body)
    assert found.status == 400
    assert "cessation" not in (told := json.loads(found.body)["error"]["message"])
    assert "workbench has no" in told or "has no action" in told


def test_a_form_with_other_signs_than_a_form_has_is_refused(home: Path) -> None:
    status, _, text = Inside(str(home)).answer("do/patient/set", "state=é")
    assert status == 400
    assert "reload the page" in text


def test_a_folder_is_written_whole_and_written_again(
    with_parts: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "site"
    assert main(["workbench", "--static", str(target)]) == 0
    assert "Any file server can hand it out" in capsys.readouterr().err
    assert {path.name for path in target.iterdir()} == {"engine", "static", folder.INDEX, folder.MARK}
    (target / "engine" / "of-an-earlier-version.zip").write_bytes(b"")
    (target / "note.txt").write_text("mine", encoding="utf-8")
    assert main(["workbench", "--static", str(target)]) == 0
    assert not (target / "engine" / "of-an-earlier-version.zip").exists()
    assert (target / "note.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("what", "said"), [("file", "is not a folder"), ("folder", "is not empty")])
def test_nothing_of_others_is_overwritten(
    with_parts: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, said: str
) -> None:
    target = tmp_path / "site"
    if what == "folder":
        target.mkdir()
    mine = target / "index.html" if what == "folder" else target
    mine.write_text("mine", encoding="utf-8")
    assert main(["workbench", "--static", str(target)]) == 2
    assert said in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.rglob("*.part")) == []


def test_a_full_disk_leaves_nothing_half_written(
    with_parts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, content: bytes) -> None:
        if path.name == folder.INDEX:
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr("mrdguide.commands.files.write_whole", full)
    assert main(["workbench", "--static", str(tmp_path / "site")]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_patient_is_not_written(with_parts: None, profile_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workbench", str(profile_file), "--static", str(profile_file.parent / "site")]) == 2
    assert "leave FILE out" in capsys.readouterr().err
    assert not (profile_file.parent / "site").exists()


def test_what_is_missing_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parts, "PARTS", tmp_path / "nowhere")
    assert main(["workbench", "--static", str(tmp_path / "site")]) == 2
    assert "run `make workbench-static` in a checkout" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_parts_of_another_state_of_the_program_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PARTS", tmp_path)
    for name in parts.NAMES:
        (tmp_path / name).write_bytes(b"")
    (tmp_path / parts.FINGERPRINT).write_text(parts.fingerprint(parts.program()), encoding="ascii")
    assert set(parts.parts()) == set(parts.NAMES)
    (tmp_path / parts.FINGERPRINT).write_text(parts.fingerprint({}), encoding="ascii")
    with pytest.raises(UsageError, match="was changed since"):
        parts.parts()


def test_every_part_that_is_fetched_is_named_with_its_hash() -> None:
    """Exact versions, those of the container, with the SHA-256 of each file."""
    wanted = json.loads((ROOT / "building" / "static_parts.json").read_text(encoding="utf-8"))
    hashes = [*wanted["npm"]["files"].values(), *wanted["pip"].values()]
    assert len(hashes) > 10
    assert all(re.fullmatch("[0-9a-f]{64}", item) for item in hashes)
    assert re.fullmatch(r"pyodide@[0-9.]+", wanted["npm"]["package"])
    locked = re.findall(r"^(\S+) --hash", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert {name.lower().replace("_", "-") for name in wanted["pip"]} <= set(locked)
