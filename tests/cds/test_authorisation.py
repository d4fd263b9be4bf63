"""Who is let in: good tokens once, everything else not at all."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from mrdguide import cds
from mrdguide.cds.authorisation import Verifier, keys_of
from mrdguide.cds.seen_tokens import ReplayMemory
from mrdguide.errors import UsageError

from .tokens import (
    AUDIENCE,
    ISSUER,
    NOW,
    OTHER_ISSUER,
    Clock,
    bearer,
    claims,
    ec_key,
    encoded,
    jwk,
    pem,
    rsa_key,
    signed,
    token,
    verifier,
)


def _refused(header: str | None, **options: Any) -> str:
    with pytest.raises(cds.NotAuthorised) as caught:
        verifier(**options).verify(header)
    assert caught.value.status == 401
    return caught.value.message


@pytest.mark.parametrize("kid", ["ec", "rsa"])
def test_a_good_token_is_let_in(kid: str) -> None:
    assert verifier().verify(bearer(token(kid=kid))) == claims()


@pytest.mark.parametrize("payload", [
    claims(aud=["https://elsewhere.example", AUDIENCE]), claims(iat=NOW + 20), claims(iat=NOW - 320, exp=NOW - 20),
    claims(nbf=NOW),
])  # fmt: skip
def test_what_is_allowed_for_is_let_in(payload: dict[str, Any]) -> None:
    assert verifier().verify(bearer(token(payload)))["jti"] == "one"


@pytest.mark.parametrize(("payload", "named"), [
    (claims(aud="https://elsewhere.example"), "aud"), (claims(aud=None), "aud"), (claims(aud=[7]), "aud"),
    (claims(aud={"x": 1}), "aud"), (claims(iss="https://unknown.example"), "iss"), (claims(iss=None), "iss"),
    (claims(iat=NOW - 400, exp=NOW - 100), "exp"), (claims(iat=NOW - 330, exp=NOW - 30), "exp"), (claims(exp=None), "exp"),
    (claims(exp="soon"), "exp"), (claims(exp=True), "exp"), (claims(exp=NOW + 300.5), "exp"),
    (claims(exp=10**15), "exp"), (claims(iat=None), "iat"), (claims(iat=NOW + 60, exp=NOW + 300), "iat"),
    (claims(nbf=NOW + 60), "nbf"), (claims(exp=NOW + 7200), "iat to exp"), (claims(iat=NOW + 20, exp=NOW + 10), "iat to exp"),
    (claims(jti=None), "jti"), (claims(jti=""), "jti"), (claims(jti=5), "jti"), (claims(jti="x" * 600), "jti"),
])  # fmt: skip
def test_a_claim_that_is_missing_or_wrong_is_refused(payload: dict[str, Any], named: str) -> None:
    assert named in _refused(bearer(token(payload)))


def test_a_key_counts_for_its_own_issuer_only() -> None:
    assert "allow-list" in _refused(bearer(token(claims(iss=OTHER_ISSUER))))
    assert "allow-list" in _refused(bearer(token(kid="unknown")))
    assert "signature" in _refused(bearer(token(key=ec_key("other"))))


def test_no_algorithm_is_no_signature() -> None:
    for name in ("none", "None", "NONE"):
        text = f"{encoded({'alg': name, 'kid': 'ec', 'typ': 'JWT'})}.{encoded(claims())}."
        assert "alg" in _refused(bearer(text)) or "read" in _refused(bearer(text))


@pytest.mark.parametrize("kid", ["ec", "rsa"])
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_public_key_is_no_shared_secret(alg: str, kid: str) -> None:
    """The confusion of algorithms: signed with HMAC, the published key as secret."""
    body = f"{encoded({'alg': alg, 'kid': kid, 'typ': 'JWT'})}.{encoded(claims())}"
    secret = pem(ec_key() if kid == "ec" else rsa_key()).encode()
    digest = hmac.new(secret, body.encode(), getattr(hashlib, alg.replace("HS", "sha"))).digest()
    assert "alg" in _refused(bearer(f"{body}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"))


def test_other_algorithms_of_the_same_key_are_refused() -> None:
    for alg in ("RS256", "RS512", "PS384"):
        assert "alg" in _refused(bearer(token(kid="rsa", alg=alg)))


def test_a_token_is_good_for_one_call() -> None:
    clock = Clock()
    door = verifier(clock)
    door.verify(bearer(token()))
    with pytest.raises(cds.NotAuthorised, match="jti"):
        door.verify(bearer(token()))
    with pytest.raises(cds.NotAuthorised, match="jti"):
        door.verify(bearer(token(kid="rsa")))
    door.verify(bearer(token(claims(jti="two"))))


@pytest.mark.parametrize("part", ["header", "claims"])
@pytest.mark.parametrize("nested", [False, True])
def test_a_key_that_stands_twice_in_a_token_is_refused(part: str, nested: bool) -> None:
    """Signed by the right key, and read in two ways by two readers."""
    twice = '"x":{"a":1,"a":2}' if nested else '"jti":"one","jti":"two"'
    texts = {"header": json.dumps({"alg": "ES384", "kid": "ec", "typ": "JWT"}), "claims": json.dumps(claims())}
    good = signed(texts["header"], texts["claims"])
    assert verifier().verify(bearer(good)) == claims()
    texts[part] = f"{texts[part][:-1]},{twice}}}"
    assert "each key once" in _refused(bearer(signed(texts["header"], texts["claims"])))


def test_another_issuer_may_use_the_same_id() -> None:
    door = verifier()
    door.verify(bearer(token()))
    door.verify(bearer(token(claims(iss=OTHER_ISSUER), kid="other", key=ec_key("other"))))


def test_an_expired_token_cannot_come_back_when_it_is_forgotten() -> None:
    clock = Clock()
    door = verifier(clock)
    door.verify(bearer(token()))
    for later in (0, 299, 300, 329, 330, 331, 10_000):
        clock.now = NOW + later
        with pytest.raises(cds.NotAuthorised):
            door.verify(bearer(token()))


def test_the_memory_is_bounded_and_refuses_when_it_is_full() -> None:
    memory = ReplayMemory(2)
    assert [memory.first_time((ISSUER, name), 10, 0) for name in ("a", "b", "c")] == [True, True, False]
    assert memory.first_time((ISSUER, "c"), 20, 10)
    assert len(memory) == 1


def test_a_forged_token_takes_no_place_in_the_memory() -> None:
    door = verifier(remembered=1)
    with pytest.raises(cds.NotAuthorised):
        door.verify(bearer(token(claims(jti="forged"), key=ec_key("other"))))
    door.verify(bearer(token()))


def test_the_address_of_a_key_set_is_compared_and_never_followed() -> None:
    elsewhere: Any = {
        "jku": "https://evil.example/keys.json",
        "jwk": jwk(ec_key("other"), "ec"),
        "x5u": "https://evil.example",
    }
    assert "signature" in _refused(bearer(token(key=ec_key("other"), **elsewhere)))
    assert verifier().verify(bearer(token(jku="https://evil.example/keys.json")))
    agreed = {ISSUER: "https://ehr.example/keys.json"}
    assert "jku" in _refused(bearer(token(jku="https://evil.example/keys.json")), jku=agreed)
    assert verifier(jku=agreed).verify(bearer(token(jku="https://ehr.example/keys.json")))


def test_extensions_that_must_be_understood_are_refused() -> None:
    assert "crit" in _refused(bearer(token(crit=["exp"]))) or "read" in _refused(bearer(token(crit=["exp"])))
    assert "typ" in _refused(bearer(token(typ="at+jwt")))


@pytest.mark.parametrize("header", [
    None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer x", "Bearer a.b.c", "Bearer ...", "Bearer " + "a" * 9000,
    f"Bearer {encoded([])}.{encoded([])}.x", f"Bearer {encoded({'alg': 'ES384', 'kid': ['ec']})}.{encoded(claims())}.x",
    f"Bearer {encoded({'alg': 'ES384', 'kid': 'ec'})}.{encoded({'iss': {}})}.x", "Bearer \ud800.\ud800.\ud800",
])  # fmt: skip
def test_garbage_is_refused(header: str | None) -> None:
    _refused(header)


@given(st.text(max_size=60))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_no_text_at_all_gets_through_or_breaks_it(text: str) -> None:
    _refused(f"Bearer {text}")


@given(st.integers(0, 2_000), st.integers(1, 127))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_a_changed_token_is_refused(place: int, change: int) -> None:
    good = token()
    place %= len(good)
    changed = f"{good[:place]}{chr(ord(good[place]) ^ change)}{good[place + 1 :]}"
    try:
        found = verifier().verify(bearer(changed))
    except cds.NotAuthorised:
        return
    # The last character of a part may differ in bits that do not count, and white space at the ends is no part of it.
    assert found == claims()


@pytest.mark.parametrize("key", [
    {"kty": "oct", "k": "c2VjcmV0"}, {**jwk(ec_key(), "ec"), "d": "AAAA"}, {}, {"kty": "EC"}, "no key",
    pem(ec.generate_private_key(ec.SECP256R1())), pem(rsa.generate_private_key(65_537, 1_024)),
], ids=range(7))  # fmt: skip
def test_keys_that_must_not_be_trusted_are_refused_at_once(key: Any) -> None:
    with pytest.raises(UsageError):
        Verifier({ISSUER: {"kid": key}}, [AUDIENCE])


def test_a_door_without_keys_or_address_cannot_be_made() -> None:
    with pytest.raises(UsageError):
        Verifier({}, [AUDIENCE])
    with pytest.raises(UsageError):
        Verifier({ISSUER: {"ec": jwk(ec_key(), "ec")}}, [])


def test_a_key_set_is_read_by_kid() -> None:
    assert set(keys_of({"keys": [jwk(ec_key(), "a"), jwk(ec_key(), "b")]})) == {"a", "b"}
    wrongs: list[Any] = [{}, {"keys": {}}, {"keys": [{}]}, {"keys": [7]}]
    for wrong in wrongs:
        with pytest.raises(UsageError):
            keys_of(wrong)
