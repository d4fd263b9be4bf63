"""From settings to what they name: keys, the decision record."""

from __future__ import annotations

from pathlib import Path

from .. import cds
from ..cds.authorisation import Verifier, keys_of
from ..cds.seen_tokens import SeenTokens
from ..cds.store import Store
from ..errors import Problem, UsageError
from ..reading.document import read_file
from ..record import DecisionStore
from ..rulebook.book import RuleBook, load_rules
from .reports import Shelf
from .settings import Issuer, Settings, SettingsError
from .used_tokens import SharedTokens

# A record that stays busy is told to the client while it still waits.
_SHARE_OF_TIME = 0.5


def rules_of(settings: Settings, expected: str = "") -> RuleBook:
    """The rules that the settings name; `expected` is their hash where other processes of this service have them already.

    Raises:
        RuleBookError: they cannot be used.
        UsageError: they are others than those expected.
    """
    rules = load_rules(*settings.rules)
    if expected not in ("", rules.hash):
        raise UsageError("the files of the rules have changed since the service was started; start it again")
    return rules


def make_verifier(settings: Settings, store: Store | None = None) -> Verifier | None:
    """Who may call; None where the settings name no issuer. Used tokens are known to all who share a record.

    Raises:
        RecordError: the database of the record refuses.
        SettingsError, UsageError: keys cannot be read, or there is no audience.
    """
    if not settings.issuers:
        return None
    audience = settings.audience or tuple(f"{settings.base_url}{path}" for path in _paths() if settings.base_url)
    if not audience:
        raise SettingsError(
            [Problem("with issuers, audience or base_url must be given", path="audience", code="missing-key")]
        )
    keys = {issuer.iss: keys_of(_key_set(issuer)) for issuer in settings.issuers}
    jku = {issuer.iss: issuer.jku for issuer in settings.issuers if issuer.jku is not None}
    seen: SeenTokens | None = SharedTokens(store) if isinstance(store, DecisionStore) else None
    return Verifier(keys, audience, leeway=settings.leeway_seconds, jku=jku, seen=seen)


def _paths() -> tuple[str, ...]:
    """What a client may put into `aud`: the address of the service, or of what it calls."""
    service = f"/cds-services/{cds.SERVICE_ID}"
    return "", "/cds-services", service, f"{service}/feedback", "/evaluate"


def _key_set(issuer: Issuer) -> dict[str, object]:
    if issuer.jwks is not None:
        return issuer.jwks
    if issuer.keys is None:
        text = "an issuer needs keys (a file) or jwks"
        raise SettingsError([Problem(text, path=f"issuers {issuer.iss}", code="missing-key")])
    document = read_file(Path(issuer.keys))
    if document.problems or not isinstance(document.data, dict):
        raise SettingsError(document.problems or [Problem("is not a JWK Set", document.name, code="not-readable")])
    return document.data


def make_store(settings: Settings) -> Store | None:
    """The decision record; None where the settings name no database.

    Raises:
        MrdguideError: it cannot be opened.
    """
    if not settings.record:
        return None
    wait = settings.handling_seconds * _SHARE_OF_TIME
    return DecisionStore(settings.record, keep_input=settings.keep_input, wait=wait)


def shelf_of(store: Store | None) -> Shelf | None:
    """Where reports are kept so that all who share a record can open them; None where there is no such place.

    Raises:
        RecordError: the database of the record refuses.
    """
    return store.shared("report") if isinstance(store, DecisionStore) else None
