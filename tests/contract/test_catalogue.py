"""The event catalogue is valid, and its examples are examples of what it promises."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE: dict[str, Any] = yaml.safe_load((ROOT / "docs/events/asyncapi.yaml").read_text(encoding="utf-8"))
MESSAGES: dict[str, Any] = CATALOGUE["components"]["messages"]


@pytest.mark.parametrize("name", MESSAGES)
def test_example_fits_its_schema(name: str) -> None:
    message = MESSAGES[name]
    jsonschema.Draft202012Validator.check_schema(message["payload"])
    for example in message["examples"]:
        jsonschema.validate(example["payload"], message["payload"], format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("name", CATALOGUE["channels"])
def test_subject_is_short_ascii_and_versioned(name: str) -> None:
    address = CATALOGUE["channels"][name]["address"]
    assert address.isascii()
    assert len(address.split(".")) <= 16
    assert address.startswith("quanzi.{tenant}.")
    assert address.endswith(".v1")


@pytest.mark.parametrize("name", MESSAGES)
def test_order_is_promised_by_a_field_of_the_message(name: str) -> None:
    message = MESSAGES[name]
    first, *rest = message["x-partition-key"].split("_")
    assert first + "".join(word.capitalize() for word in rest) in message["payload"]["properties"]
    assert message["title"], "every event has a Chinese title"
    assert message["summary"], "every event has a description"
