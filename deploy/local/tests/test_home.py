import json
import stat
from pathlib import Path

import jwt
import pytest
from jwt.algorithms import ECAlgorithm

from quanzi_local.credentials import PROCESSES, SERVICES, Credentials
from quanzi_local.durations import duration
from quanzi_local.home import Home, NotUsable
from quanzi_local.identity import development_token, tenant_id


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def test_secrets_are_made_once_and_for_their_owner_alone(home: Home) -> None:
    first = Credentials(home.secrets)
    first.make_keys()
    first.password("risk_app")
    before = {path: path.read_bytes() for path in home.secrets.iterdir()}
    again = Credentials(home.secrets)
    again.make_keys()
    again.password("risk_app")
    assert {path: path.read_bytes() for path in home.secrets.iterdir()} == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in before} == {0o600}
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700


def test_every_process_has_a_key_of_its_own(home: Home) -> None:
    credentials = Credentials(home.secrets)
    credentials.make_keys()
    published = json.loads(credentials.jwks.read_text())["keys"]
    assert [key["kid"] for key in published] == list(PROCESSES)
    assert len({credentials.key_file(name).read_text() for name in PROCESSES}) == len(SERVICES) + 1
    assert all("d" not in key for key in published)


def test_a_token_is_verified_by_the_published_development_key(home: Home) -> None:
    credentials = Credentials(home.secrets)
    credentials.make_keys()
    token = development_token(home, "sample", ["operator", "agent"], "li", duration("5m"))
    (key,) = json.loads(credentials.development_jwks.read_text())["keys"]
    claims = jwt.decode(
        token, ECAlgorithm.from_jwk(key), algorithms=["ES256"], audience="quanzi", issuer="quanzi-dev"
    )
    assert (claims["sub"], claims["roles"]) == ("li", ["operator", "agent"])
    assert claims["tenant_id"] == str(tenant_id("sample"))
    assert claims["exp"] - claims["iat"] == 300


def test_a_token_before_the_first_run_says_what_to_do(home: Home) -> None:
    with pytest.raises(NotUsable, match="make up"):
        development_token(home, "sample", ["operator"], "li", duration("5m"))


def test_two_platforms_in_one_home_are_refused(home: Home) -> None:
    with home.locked():
        home.announce({"gateway": "http://127.0.0.1:8000"})
        with pytest.raises(NotUsable, match="QUANZI_HOME"), home.locked():
            pass
        assert home.require_running()["gateway"] == "http://127.0.0.1:8000"
    with pytest.raises(NotUsable, match="make up"):
        home.require_running()


@pytest.mark.parametrize("text", ["", "5", "h", "1.5h", "-3m", "5 m"])
def test_durations_are_a_number_and_a_unit(text: str) -> None:
    with pytest.raises(NotUsable):
        duration(text)
