"""How the service is set up: from environment variables `MRDGUIDE_...`, or from a YAML file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from ..errors import Problem, ProblemsError
from ..reading.document import Document, read_file, read_text
from ..reading.validation import StrictModel, problems_of

PREFIX = "MRDGUIDE_"
_MEBIBYTE = 1024 * 1024


class SettingsError(ProblemsError):
    """The service cannot be set up this way."""


class Issuer(StrictModel):
    """One client system that may call: its name in tokens (`iss`), and its public keys."""

    iss: str
    keys: Path | None = Field(None, description="a file with the JWK Set of the issuer")
    jwks: dict[str, Any] | None = Field(None, description="the JWK Set itself")
    jku: str | None = Field(None, description="the only key set address that its tokens may name; never fetched")


class Settings(StrictModel):
    """Everything that can be set. Without issuers every caller is let in: only behind something that checks them."""

    base_url: str = Field(
        "", description="the address of the service as clients see it; without it cards have no links"
    )
    rules: tuple[Path, ...] = Field((), description="rule books instead of the shipped one; several are layered")
    site: Path | None = Field(None, description="a site file for the FHIR import")
    record: str = Field(
        "sqlite:///mrdguide-records.db",
        description="the database URL of the decision record; empty: nothing is recorded",
    )
    keep_input: bool = Field(False, description="whether the decision record keeps the input as well")
    without_myeloma: bool = Field(False, description="whether patients without myeloma get a card too")

    issuers: tuple[Issuer, ...] = ()
    audience: tuple[str, ...] = Field(
        (), description="addresses that tokens may be made out to; default: from base_url"
    )
    leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 30

    hosts: tuple[str, ...] = Field(
        (),
        description="host names under which the service is called, besides that of base_url, localhost and addresses; "
        "empty: any, or on a loopback address no others, so that no page can call it by a name of its own",
    )
    cors_origins: tuple[str, ...] = Field((), description="browser origins that may call; empty: none")

    largest_body: Annotated[int, Field(ge=1_024, le=1_024 * _MEBIBYTE)] = 10 * _MEBIBYTE
    most_buffered: Annotated[int, Field(ge=1_024)] = Field(
        256 * _MEBIBYTE, description="bytes of requests held at one time, over all clients"
    )
    reading_seconds: Annotated[float, Field(gt=0, le=600)] = Field(15, description="until a request must have arrived")
    handling_seconds: Annotated[float, Field(gt=0, le=600)] = Field(20, description="until it must be answered")
    threads: Annotated[int, Field(ge=1, le=64)] = 4
    most_waiting: Annotated[int, Field(ge=1)] = Field(200, description="evaluations begun or waiting at one time")

    report_seconds: Annotated[float, Field(gt=0, le=86_400)] = Field(
        1_800, description="how long a report can be opened"
    )
    most_reports: Annotated[int, Field(ge=1, le=100_000)] = 1_000

    most_connections: Annotated[int, Field(ge=10, le=100_000)] = 4_000
    keep_alive_seconds: Annotated[int, Field(ge=1, le=600)] = 5
    largest_head: Annotated[int, Field(ge=1_024, le=_MEBIBYTE)] = 32 * 1_024

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return value.rstrip("/")


def read_settings(path: str | os.PathLike[str] | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a YAML file, if one is given, with those of the environment over them.

    A variable is named like the setting: `MRDGUIDE_BASE_URL`. Lists and objects are written as YAML or JSON.

    Raises:
        SettingsError: with every problem found.
    """
    document = read_file(Path(path)) if path is not None else Document("the environment", data={})
    if document.problems:
        raise SettingsError(document.problems)
    if not isinstance(document.data, dict):
        text = "must be a list of settings"
        raise SettingsError([Problem(text, document.name, expected="name: value lines", code="bad-value")])
    document.data.update(_from_environment(os.environ if environment is None else environment))
    try:
        return Settings.model_validate(document.data)
    except ValidationError as error:
        raise SettingsError(problems_of(error, document, Settings)) from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Variables of settings; others that begin alike belong to someone else."""
    found = {}
    for name, info in Settings.model_fields.items():
        text = environment.get(PREFIX + name.upper())
        if text is None:
            continue
        plain = info.annotation is str or info.annotation == Path | None
        document = read_text(text, PREFIX + name.upper())
        if not plain and document.problems:
            raise SettingsError(document.problems)
        found[name] = text if plain else document.data
    return found
