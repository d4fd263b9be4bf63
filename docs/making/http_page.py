"""The addresses of the service, from the OpenAPI document that it serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mrdguide.service.app import create_app
from mrdguide.service.settings import Settings

from .markdown import bullets, code, heading, label, marked, page, table


def http_page() -> str:
    """Every address with what it takes and answers."""
    document = create_app(Settings(record="")).openapi()
    return page(
        heading(1, "HTTP", "all-addresses"),
        "What `mrdguide serve` answers. The running service gives the same as `/openapi.json`.",
        *(
            _operation(method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ),
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    statuses = ((code(status), marked(answer["description"])) for status, answer in operation["responses"].items())
    taken = operation.get("requestBody", {}).get("content", {})
    parameters = (
        f"{code(item['name'])} ({item['in']}){'' if item.get('required') else ', may be left out'}"
        for item in operation.get("parameters", ())
    )
    parts = (
        heading(2, f"{method.upper()} {path}", label("http", method, path.replace("$", "operation "))),
        marked(operation.get("description") or operation.get("summary", "")),
        bullets(parameters),
        f"Takes {', '.join(map(code, taken))}." if taken else "",
        table(("status", "answer"), statuses),
    )
    return "\n\n".join(part for part in parts if part)
