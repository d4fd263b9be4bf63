"""Settings from a file and the environment, and what cannot be set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mrdguide.cds.authorisation import Verifier
from mrdguide.service.settings import Settings, SettingsError, read_settings
from mrdguide.service.wiring import make_store, make_verifier

from ..cds.tokens import AUDIENCE, ISSUER, Clock, bearer, claims, ec_key, jwk, token


def test_without_anything_the_defaults_hold() -> None:
    assert read_settings(environment={"PATH": "/bin", "MRDGUIDE_SOMETHING_ELSE": "x"}) == Settings()
    assert Settings().largest_body == 10 * 1_024 * 1_024
    assert Settings().record == "sqlite:///mrdguide-records.db"
    assert Settings().cors_origins == ()


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "service.yaml"
    path.write_text("base_url: https://file.example/\nthreads: 2\ncors_origins: [https://a.example]\n")
    environment = {"MRDGUIDE_THREADS": "3", "MRDGUIDE_RULES": "[one, two]", "MRDGUIDE_RECORD": "sqlite:///{x}.db"}
    found = read_settings(path, environment)
    assert (found.base_url, found.threads, found.cors_origins) == ("https://file.example", 3, ("https://a.example",))
    assert found.rules == (Path("one"), Path("two"))
    assert found.record == "sqlite:///{x}.db"


@pytest.mark.parametrize(("text", "named"), [
    ("thread: 2", "did you mean 'threads'"), ("threads: many", "threads"), ("threads: 0", "threads"),
    ("base_url: ftp://x", "base_url"), ("- a", "name: value"), ("a: [", "YAML"),
])  # fmt: skip
def test_a_mistake_in_the_file_is_found(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "service.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=named.replace("'", ".").replace("(", ".")):
        read_settings(path, {})


def test_a_mistake_in_the_environment_is_found() -> None:
    for environment in ({"MRDGUIDE_THREADS": "many"}, {"MRDGUIDE_RULES": "[open"}):
        with pytest.raises(SettingsError):
            read_settings(environment=environment)
    with pytest.raises(SettingsError):
        read_settings(Path("nowhere.yaml"), {})


def test_a_verifier_is_made_of_a_file_with_keys(tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [jwk(ec_key(), "ec")]}))
    settings = Settings.model_validate(
        {"base_url": "https://cds.example", "issuers": [{"iss": ISSUER, "keys": str(keys)}]}
    )
    made = make_verifier(settings)
    assert isinstance(made, Verifier)
    made._clock = Clock()
    assert made.verify(bearer(token()))["aud"] == AUDIENCE
    assert made.verify(bearer(token(claims(aud="https://cds.example", jti="two"))))


def test_no_issuer_means_no_verifier_and_no_database_no_record() -> None:
    assert make_verifier(Settings()) is None
    assert make_store(Settings(record="")) is None


@pytest.mark.parametrize("issuer", [{"iss": ISSUER}, {"iss": ISSUER, "keys": "nowhere.json"}])
def test_an_issuer_without_keys_is_refused(issuer: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        make_verifier(Settings.model_validate({"base_url": "https://cds.example", "issuers": [issuer]}))


def test_issuers_need_an_audience() -> None:
    issuer = {"iss": ISSUER, "jwks": {"keys": [jwk(ec_key(), "ec")]}}
    with pytest.raises(SettingsError, match="audience"):
        make_verifier(Settings.model_validate({"issuers": [issuer]}))


def test_a_record_is_made_where_the_settings_say(tmp_path: Path) -> None:
    store = make_store(Settings(record=f"sqlite:///{tmp_path}/record.db"))
    assert store is not None
    assert (tmp_path / "record.db").exists()
