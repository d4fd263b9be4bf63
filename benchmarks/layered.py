"""What a layer costs: evaluating and loading with one, as a multiple of the same without.

Loading is compared like with like: the shipped rules and the layer both from their files. What a layer costs on the compiled
rules stands beside it, against the shipped rules from their files too, since those alone are hardly loaded at all.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from measuring import Row
from shipped_pack import Given

import mrdguide
from mrdguide.reading.shipped import folder as shipped
from mrdguide.rulebook.book import load_from_files

EVALUATION, LOADING = 1.6, 2.5
_PACK = 'pack: {name: st-elsewhere, version: "0.3", extends: mrdguide-core@0.2, by: the board, date: 2026-11-26}\n'
# Of each kind of layer the parts that cost: another number in many places, another reading of every test.
LAYERS = {
    "a caution": "cautions: [{id: own.caution, title: A second look, when: therapy.on-maintenance}]\n",
    "marrow tests of 3 months": "parameters: {mrd.recent: 3}\n",
    "other readings": (
        "readings:\n"
        "  marrow_mrd: {specimens: [marrow], methods: [NGS], first_pull: true, not_hemodiluted: true, flag_gap_months: 18}\n"
        "  imaging: {deauville_positive_from: 3, rac_negative: [1], rac_positive: [3, 4, 5], pet_needs_avid_disease: true}\n"
    ),
}


def ratios(given: list[Given], rounds: int) -> list[Row]:
    """Three rows for each layer: the median over rounds in which both take turns."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        for number, (name, text) in enumerate(LAYERS.items()):
            folder = Path(place) / str(number)
            folder.mkdir()
            (folder / "layer.yaml").write_text(_PACK + text, encoding="utf-8")
            plain, layered = mrdguide.load_rules(), mrdguide.load_rules(folder)
            from_files = partial(load_from_files, (shipped("rules"),), shipped("evidence"))
            rows.append(
                _row(f"evaluating with a layer ({name})", EVALUATION, rounds, _all(given, plain), _all(given, layered))
            )
            rows.append(
                _row(
                    f"loading with a layer ({name})",
                    LOADING,
                    rounds,
                    from_files,
                    partial(load_from_files, (folder,), shipped("evidence")),
                )
            )
            rows.append(
                _row(
                    f"the same on the compiled rules ({name})",
                    LOADING,
                    rounds,
                    from_files,
                    partial(mrdguide.load_rules, folder),
                )
            )
    return rows


def _all(given: list[Given], rules: mrdguide.RuleBook) -> Callable[[], object]:
    def one_pass() -> object:
        for item in given:
            result = mrdguide.evaluate(item.profile, rules=rules, as_of=item.as_of)
            assert result.core_outcome
        return None

    one_pass()  # decisions are cached from here on, on both sides
    return one_pass


def _row(what: str, most: float, rounds: int, plain: Callable[[], object], layered: Callable[[], object]) -> Row:
    found = [_seconds(layered) / _seconds(plain) for _ in range(rounds)]
    ratio = median(found)
    return Row(what, f"{ratio:.2f} x", f"{min(found):.2f} x", f"under {most:g} x", ratio < most)


def _seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started
