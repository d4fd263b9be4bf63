"""The rows that a cohort gives: one for each patient and day, and what their file says of the rules behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..answer.provenance import engine_version
from ..logic.truth import VERDICTS
from ..rulebook.book import RuleBook
from ..rulebook.fingerprint import evidence_hash
from .arrow import needed

METADATA = b"mrdguide"
RISK = "risk."
# What only the engine works with: classes and differences are told by risk and by the studies.
_NOT_SHOWN = ("scheme:", "alternative:", "invariant:", "differs:")

Row = Mapping[str, Any]


def verdict_columns(rules: RuleBook) -> list[str]:
    """The names of the verdicts in a row: criteria, conclusions, blocks, cautions, outcomes and studies with their criteria."""
    return [name for name in rules.decider.index_of if not name.startswith(_NOT_SHOWN)]


def answer_schema(rules: RuleBook, windows_days: int = 0) -> Any:
    """The Arrow schema of the rows for a rule book.

    `patient`, `as_of`; `outcome`, `settled`, `stop_possible`, `possible_outcomes`; `protocols` (studies matched) and `protocols_open`
    (perhaps matched); `missing`, each fact with its place and the outcomes that each result alone would leave possible;
    `windows` (null where they were not asked for; `windows_days` is for how far ahead they were); `line`, `drugs`, `diagnosed`, `risk.ID` for each scheme, to group by; a
    column for each verdict: met, not_met, unknown (null where a rule is not in force on the day).

    Raises:
        UsageError: the extra `cohort` is not installed.
    """
    arrow = needed("pyarrow")
    about = {**described(rules), "windows_days": windows_days}
    text, texts = arrow.string(), arrow.list_(arrow.string())
    leads = arrow.list_(arrow.struct([("result", text), ("outcomes", texts)]))
    missing = arrow.list_(arrow.struct([("path", text), ("what", text), ("leads_to", leads)]))
    windows = arrow.list_(arrow.struct([("last_day", arrow.date32()), ("repeat", texts), ("criteria", texts)]))
    verdict = arrow.dictionary(arrow.int8(), text)
    columns = [
        ("patient", text), ("as_of", arrow.date32()), ("outcome", text), ("settled", arrow.bool_()),
        ("stop_possible", arrow.bool_()), ("possible_outcomes", texts), ("protocols", texts), ("protocols_open", texts),
        ("missing", missing), ("windows", windows), ("line", arrow.int32()), ("drugs", texts), ("diagnosed", arrow.int32()),
        *((f"{RISK}{scheme.id}", text) for scheme in rules.schemes),
        *((name, verdict) for name in verdict_columns(rules)),
    ]  # fmt: skip
    return arrow.schema(columns, metadata={METADATA: json.dumps(about, ensure_ascii=False).encode()})


def with_rejects(schema: Any, rejected: int) -> Any:
    """The schema of a file of rows, which says how many patients of the inputs have none."""
    about = {**json.loads(schema.metadata[METADATA]), "rejected": rejected}
    return schema.with_metadata({METADATA: json.dumps(about, ensure_ascii=False).encode()})


def described(rules: RuleBook) -> dict[str, Any]:
    """What a reader of the rows has to know of the rules: the outcomes in their order, and what each verdict is of."""
    decision = rules.decision
    titles = {name: rules.rules[name].title for name in rules.rules}
    return {
        "rules": rules.name,
        "rules_hash": rules.hash,
        "evidence_hash": evidence_hash(rules.evidence),
        "engine": engine_version(),
        "outcomes": [
            {"id": item.id, "title": item.title, "stop": decision.stop_possible((item.id,))}
            for item in decision.outcomes
        ],
        "open": {"id": decision.insufficient.id, "title": decision.insufficient.title},
        "alarms": list(decision.alarms),
        "protocols": {item.id: item.title for item in rules.protocols},
        "schemes": {item.id: item.title for item in rules.schemes},
        "titles": titles,
        "statement": rules.pack.statement,
    }


def batch_of(rows: Sequence[Row], schema: Any) -> Any:
    """The rows as one Arrow batch."""
    arrow = needed("pyarrow")
    words = arrow.array([verdict.value for verdict in VERDICTS])
    columns = []
    for field in schema:
        values = [row.get(field.name) for row in rows]
        if arrow.types.is_dictionary(field.type):
            columns.append(arrow.DictionaryArray.from_arrays(arrow.array(values, arrow.int8()), words))
        else:
            columns.append(arrow.array(values, field.type))
    return arrow.RecordBatch.from_arrays(columns, schema=schema)
