"""Who calls: the JWT that CDS Hooks 2.0 asks a client to send with every call.

Keys come from the configuration alone. What a token says of where its key lies (`jku`, `jwk`, `x5u`) is never followed.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from ..errors import UsageError
from ..reading.json_text import loads
from .errors import NotAuthorised
from .seen_tokens import ReplayMemory, SeenTokens

Key = EllipticCurvePublicKey | RSAPublicKey
_SCHEME = "bearer"
_LONGEST_TOKEN = 8_192
_LONGEST_ID = 512
_SMALLEST_RSA = 2_048
_PRIVATE_OR_SHARED = ("d", "k", "p", "q")


class Verifier:
    """Decides which calls are let in. Thread-safe.

    `issuers` maps each issuer to its public keys by `kid`: a JWK as a dict, or PEM text. `audience` are the addresses of
    this service that a token may be made out to. `jku` gives, for an issuer, the only `jku` its tokens may name; it is
    compared and never fetched. `clock` gives seconds since 1970. `seen` remembers which tokens were used; without it this
    process alone does, up to `remembered` at a time, and until it ends.
    """

    def __init__(
        self,
        issuers: Mapping[str, Mapping[str, Mapping[str, Any] | str]],
        audience: Collection[str],
        *,
        leeway: int = 30,
        longest_life: int = 3_600,
        jku: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
        remembered: int = 100_000,
        seen: SeenTokens | None = None,
    ) -> None:
        """Raises UsageError for a key that is private, shared, too short or of another kind."""
        self._keys = {
            (issuer, kid): _public_key(key, f"{issuer} {kid}")
            for issuer, keys in issuers.items()
            for kid, key in keys.items()
        }
        if not self._keys or not audience:
            raise UsageError("authorisation needs at least one issuer with a key, and an audience")
        self._audience = frozenset([audience] if isinstance(audience, str) else audience)
        self._leeway, self._longest_life = leeway, longest_life
        self._jku = dict(jku or {})
        self._clock = clock
        self._seen = ReplayMemory(remembered) if seen is None else seen

    def verify(self, authorization_header: str | None) -> dict[str, Any]:
        """The claims of the token in an `Authorization` header. Each token is good for one call.

        Raises:
            NotAuthorised: 401; the message says which check failed and repeats nothing of the token.
        """
        claims = self.proven(authorization_header)
        self.use(claims)
        return claims

    def proven(self, authorization_header: str | None) -> dict[str, Any]:
        """The claims of a token that holds, used before or not: not enough to answer a call. Waits for nothing.

        Raises:
            NotAuthorised: as `verify` does.
        """
        token = _bearer(authorization_header)
        header, unproven = _unproven(token)
        issuer, kid = unproven.get("iss"), header.get("kid")
        key = self._keys.get((issuer, kid)) if isinstance(issuer, str) and isinstance(kid, str) else None
        if key is None:
            raise NotAuthorised("the issuer (iss) and key (kid) of the token are not on the allow-list")
        self._check_header(header, issuer, key)
        claims = _proven(token, key)
        self._check_claims(claims, self._clock())
        return claims

    def use(self, claims: Mapping[str, Any]) -> None:
        """Spend the token of these claims, which `proven` has returned. May wait for a database.

        Raises:
            NotAuthorised: it was used before.
            RecordError: whether it was cannot be found out.
        """
        identity, expires = (claims["iss"], claims["jti"]), claims["exp"] + self._leeway
        if not self._seen.first_time(identity, expires, self._clock()):
            raise NotAuthorised(
                "the token was used before (jti), or too many are in use; send a new one for every call"
            )

    def _check_header(self, header: Mapping[str, Any], issuer: str | None, key: Key) -> None:
        if header.get("alg") != _algorithm(key):
            raise NotAuthorised("the token must be signed with ES384 or RS384, as its key is made for (alg)")
        if header.get("typ", "JWT") != "JWT":
            raise NotAuthorised("the token is no JWT (typ)")
        if "crit" in header or "b64" in header:
            raise NotAuthorised("the token asks for extensions that are not understood here (crit)")
        wanted = self._jku.get(issuer or "")
        if wanted is not None and header.get("jku", wanted) != wanted:
            raise NotAuthorised("the key set address of the token is not the one agreed with its issuer (jku)")

    def _check_claims(self, claims: Mapping[str, Any], now: float) -> None:
        audience = claims.get("aud")
        named = [audience] if isinstance(audience, str) else audience
        if not isinstance(named, list) or not any(isinstance(item, str) and item in self._audience for item in named):
            raise NotAuthorised("the token is made out to another service (aud)")
        expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
        begins = _seconds(claims, "nbf") if "nbf" in claims else issued
        if now >= expires + self._leeway:
            raise NotAuthorised("the token has expired (exp)")
        if max(issued, begins) > now + self._leeway:
            raise NotAuthorised("the token is not valid yet (iat, nbf); check the clocks")
        if not 0 < expires - issued <= self._longest_life:
            raise NotAuthorised(f"the token must live at most {self._longest_life} seconds (iat to exp)")
        identity = claims.get("jti")
        if not isinstance(identity, str) or not 0 < len(identity) <= _LONGEST_ID:
            raise NotAuthorised("the token has no id of its own (jti)")


def keys_of(key_set: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The keys of a JWK Set (`{"keys": [...]}`) by `kid`.

    Raises:
        UsageError: it is no such set, or a key has no `kid`.
    """
    keys = key_set.get("keys")
    if not isinstance(keys, list) or not all(
        isinstance(key, Mapping) and isinstance(key.get("kid"), str) for key in keys
    ):
        raise UsageError('a key set is {"keys": [...]} in which every key has its kid')
    return {key["kid"]: key for key in keys}


def _public_key(given: Mapping[str, Any] | str, name: str) -> Key:
    try:
        if isinstance(given, str):
            found: Any = load_pem_public_key(given.encode())
        elif given.get("kty") == "oct" or any(part in given for part in _PRIVATE_OR_SHARED):
            raise UsageError(f"the key {name} is private or shared; configure public keys only")
        else:
            found = jwt.PyJWK(dict(given), algorithm={"EC": "ES384", "RSA": "RS384"}.get(str(given.get("kty")))).key
    except (ValueError, TypeError, jwt.PyJWTError, jwt.exceptions.PyJWKError) as error:
        raise UsageError(f"the key {name} cannot be read: {error}") from None
    if isinstance(found, EllipticCurvePublicKey) and isinstance(found.curve, SECP384R1):
        return found
    if isinstance(found, RSAPublicKey) and found.key_size >= _SMALLEST_RSA:
        return found
    raise UsageError(
        f"the key {name} must be an elliptic curve key on P-384, or RSA with at least {_SMALLEST_RSA} bits"
    )


def _algorithm(key: Key) -> str:
    return "ES384" if isinstance(key, EllipticCurvePublicKey) else "RS384"


def _bearer(header: str | None) -> str:
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != _SCHEME or not token.strip():
        raise NotAuthorised("send a JWT in the header Authorization: Bearer ...")
    if len(token) > _LONGEST_TOKEN:
        raise NotAuthorised("the token is too long")
    return token.strip()


def _unproven(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the token says of itself, only to find the key to prove it with."""
    _read_strictly(token)
    try:
        header: Any = jwt.get_unverified_header(token)
        claims: Any = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise NotAuthorised("the token cannot be read as a JWT") from None
    return header, claims


def _read_strictly(token: str) -> None:
    """See that header and claims say each thing once: of a key given twice, another reader may take the other value."""
    for part in token.split(".")[:2]:
        try:
            loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("utf-8"))
        except (ValueError, RecursionError):
            raise NotAuthorised("the token cannot be read as a JWT (each key once, plain JSON)") from None


def _proven(token: str, key: Key) -> dict[str, Any]:
    checked_here = dict.fromkeys(
        (f"verify_{name}" for name in ("exp", "iat", "nbf", "aud", "iss", "jti", "sub")), False
    )
    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=[_algorithm(key)], options=checked_here)  # type: ignore[arg-type]
    except (jwt.PyJWTError, ValueError, TypeError):
        raise NotAuthorised("the signature of the token does not hold") from None
    return claims


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 10**12:
        raise NotAuthorised(f"the token needs a time in whole seconds since 1970 ({name})")
    return value
