from pathlib import Path

import pytest

from chassis.texts import MissingText, load


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    texts = tmp_path / "greeter" / "texts" / "zh_CN.toml"
    texts.parent.mkdir(parents=True)
    texts.write_text('[greeting]\nHELLO = "{name}，您好"\n', encoding="utf-8")
    (tmp_path / "greeter" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return "greeter"


def test_a_text_is_filled_in(package: str) -> None:
    assert load(package)("greeting", "HELLO", name="小李") == "小李，您好"


@pytest.mark.parametrize(
    ("section", "key", "values", "missing"),
    [
        ("farewell", "HELLO", {"name": "小李"}, "farewell"),
        ("greeting", "BYE", {"name": "小李"}, "BYE"),
        ("greeting", "HELLO", {}, "name"),
    ],
)
def test_what_is_missing_is_named(
    package: str, section: str, key: str, values: dict[str, str], missing: str
) -> None:
    with pytest.raises(MissingText, match=f"greeter/texts/zh_CN.toml: no '{missing}' "):
        load(package)(section, key, **values)
