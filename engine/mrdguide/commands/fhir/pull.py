"""`mrdguide fhir pull`: the records of one patient from a FHIR server, as one Bundle."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ...errors import UsageError
from ..arguments import add_output
from ..files import OK, as_json, read_json_argument, say, write


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="the address of the FHIR R4 server")
    parser.add_argument("--patient", metavar="ID", required=True, help="the id of the Patient resource")
    parser.add_argument(
        "--client", metavar="FILE",
        help="JSON with client_id, key_file (private key, PEM), and if wanted algorithm (ES384, RS384), kid, scope",
    )  # fmt: skip
    add_output(parser)


def run(parsed: argparse.Namespace) -> int:
    """Pull and write the Bundle."""
    from ...fhir.pull import pull, read_client

    client = read_client(_with_key(parsed.client)) if parsed.client is not None else None
    pulled = pull(parsed.url, parsed.patient, client=client)
    for kind in pulled.lacking:
        say(f"the server has no {kind}", file=sys.stderr)
    write(as_json(pulled.bundle), parsed.output)
    return OK


def _with_key(name: str) -> object:
    """The client file with the key that `key_file` names, beside it or by its whole path."""
    data = read_json_argument(name)
    if not isinstance(data, dict) or not isinstance(data.get("key_file"), str):
        return data
    path = Path(name).parent / data.pop("key_file")
    try:
        return {**data, "key": path.read_text("ascii")}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the private key {path} cannot be read: {getattr(error, 'strerror', 'not PEM')}") from None
