"""Keys and tokens of an invented client."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mrdguide.cds.authorisation import Verifier

ISSUER, OTHER_ISSUER = "https://ehr.example", "https://other.example"
AUDIENCE = "https://cds.example/cds-services/mrdguide-cessation"
NOW = 1_795_000_000


@cache
def ec_key(which: str = "own") -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP384R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2_048)


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def jwk(key: ec.EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    return {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())), "kid": kid}


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now: float = NOW

    def __call__(self) -> float:
        return self.now


def verifier(clock: Clock | None = None, **options: Any) -> Verifier:
    keys: Any = {
        ISSUER: {"ec": jwk(ec_key(), "ec"), "rsa": pem(rsa_key())},
        OTHER_ISSUER: {"other": pem(ec_key("other"))},
    }
    return Verifier(keys, [AUDIENCE], clock=clock or Clock(), **options)


def claims(**changed: Any) -> dict[str, Any]:
    """Claims that are good; a changed one of None is left out."""
    found = {"iss": ISSUER, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 300, "jti": "one", **changed}
    return {name: value for name, value in found.items() if value is not None}


def token(payload: dict[str, Any] | None = None, kid: str = "ec", key: Any = None, alg: str = "", **header: Any) -> str:
    key = key if key is not None else (rsa_key() if kid == "rsa" else ec_key())
    alg = alg or ("RS384" if kid == "rsa" else "ES384")
    return jwt.encode(claims() if payload is None else payload, key, alg, {"kid": kid, **header})


def signed(header: str, payload: str) -> str:
    """A token of these very texts, with a good signature."""
    body = ".".join(base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode() for text in (header, payload))
    signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA384).sign(body.encode(), ec_key())
    return f"{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def bearer(text: str) -> str:
    return f"Bearer {text}"
