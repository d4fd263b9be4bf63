"""The empty tables: what their README and the documentation say of them."""

from __future__ import annotations

import mrdguide.intake.tables
from mrdguide.intake.tables.columns import TABLES
from mrdguide.intake.tables.template import README, template_files


def test_the_readme_and_the_documentation_name_every_column() -> None:
    readme = template_files()[README]
    for table in TABLES:
        section = readme.partition(f"\n{table.file}\n")[2].split("\n\n")[0]
        assert [line.partition(":")[0] for line in section.splitlines()[1:]] == list(table.by_header)
    text = mrdguide.intake.tables.__doc__ or ""
    endings = (
        "_unit",
        "_upper_limit",
        "_fraction",
        "_cd138_sorted",
        "_copies",
        "_zygosity",
        "_definition",
        "_anchor",
    )
    for table in TABLES:
        part = text.partition(f"- `{table.file}`")[2].partition("\n- `")[0]
        assert part
        for header in table.by_header:
            shown = next((f"...{end}" for end in endings if header.endswith(end)), header)
            assert f"`{shown}`" in part, (table.file, header)


def test_the_readme_says_what_a_cell_may_hold() -> None:
    readme = template_files()[README]
    assert "\nresult: not-detected, detected, indeterminate, failed\n" in readme
    assert "\nend: date; 'ongoing' while it continues; empty when unknown\n" in readme
    assert "\nldh_unit: text; U/L, ukat/L (kept as U/L)\n" in readme
    assert "\npatient_id: text; an id of patients.csv; needed\n" in readme
