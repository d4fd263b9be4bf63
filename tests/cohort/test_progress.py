"""How far a run is, in words."""

from __future__ import annotations

import pytest

from mrdguide.commands.cohort.progress import Progress, line


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((15_000, 5_000, 100_000, 100.0), "15,000 of 100,000 patients, 100 a second, about 14 minutes left"),
        ((15_000, 0, None, 100.0), "15,000 patients, 150 a second"),
        ((100, 0, 100, 2.0), "100 of 100 patients, 50 a second"),
        ((1, 0, 3, 1.0), "1 of 3 patients, 1 a second, about 2 seconds left"),
        ((1, 0, 3, 0.0), "1 of 3 patients, 0 a second"),
    ],
)
def test_rate_and_time_left(given: tuple[int, int, int | None, float], words: str) -> None:
    assert line(*given) == words


def test_without_a_terminal_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.begins(10, 0)
    progress.finished(5)
    progress.ends()
    assert capsys.readouterr().err == ""
