from __future__ import annotations

import json
import os
from pathlib import Path
from uuid import UUID

import pytest
import time_machine

from chassis.identity import LIFETIME, Caller, IdentityRefused, Signer, Verifier, caller, generate_key

TENANT = UUID(int=1)
ADMIN = Caller(TENANT, "u1", frozenset({"admin", "operator"}), "gateway")


class Keys:
    """A JWKS file that can change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.public: list[dict[str, str]] = []
        self.changes = 0

    def add(self, issuer: str) -> Signer:
        private, public = generate_key(issuer)
        self.public.append(public)
        self.write()
        return Signer(issuer, private)

    def write(self) -> None:
        self.path.write_text(json.dumps({"keys": self.public}))
        self.changes += 1
        os.utime(self.path, (self.changes, self.changes))


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "jwks.json")


def refused(verifier: Verifier, token: str) -> str:
    with pytest.raises(IdentityRefused) as error:
        verifier.verify(token)
    return error.value.reason


def test_what_is_signed_is_what_is_verified(keys: Keys) -> None:
    signer = keys.add("gateway")
    assert Verifier(keys.path).verify(signer.sign(ADMIN)) == ADMIN


def test_a_service_speaks_only_as_a_service(keys: Keys) -> None:
    risk = keys.add("risk")
    verifier = Verifier(keys.path)
    assert verifier.verify(risk.sign(risk.service(TENANT))) == Caller(
        TENANT, "risk", frozenset({"service"}), "risk"
    )
    assert refused(verifier, risk.sign(ADMIN)) == "IDENTITY_FORGED"


def test_a_token_is_signed_once_per_half_life_and_ends(keys: Keys) -> None:
    signer = keys.add("gateway")
    verifier = Verifier(keys.path)
    with time_machine.travel("2026-11-01T00:00:00Z", tick=False) as clock:
        token = signer.sign(ADMIN)
        clock.shift(LIFETIME / 2 - 1)
        assert signer.sign(ADMIN) == token
        clock.shift(2)
        assert signer.sign(ADMIN) != token
        assert verifier.verify(token) == ADMIN
        clock.shift(LIFETIME / 2)
        assert refused(verifier, token) == "IDENTITY_EXPIRED"
        assert refused(Verifier(keys.path), token) == "IDENTITY_EXPIRED"


def test_keys_come_and_go(keys: Keys) -> None:
    old = keys.add("gateway")
    verifier = Verifier(keys.path, reread_seconds=0)
    new = keys.add("gateway")
    assert verifier.verify(old.sign(ADMIN)) == verifier.verify(new.sign(ADMIN)) == ADMIN
    del keys.public[0]
    keys.write()
    assert verifier.verify(new.sign(ADMIN)) == ADMIN
    assert refused(verifier, old.sign(ADMIN)) == "IDENTITY_FORGED"


def test_a_broken_file_changes_nothing(keys: Keys) -> None:
    signer = keys.add("gateway")
    verifier = Verifier(keys.path, reread_seconds=0)
    keys.path.write_text("{")
    assert verifier.verify(signer.sign(ADMIN)) == ADMIN


def test_there_is_no_caller_outside_a_call() -> None:
    with pytest.raises(LookupError):
        caller()
