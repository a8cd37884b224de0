"""The operations in a guide of docs/guides, with their variables."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest

from quanzi_local.home import PROJECT

from .brand import Brand

_EXAMPLE = re.compile(r"^```graphql\n(.*?)^```\n(?:```json\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
_ID = re.compile(r"gid://quanzi/(\w)(\w+)/[0-9a-f-]{36}")


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    written: str

    @property
    def kind(self) -> str:
        return self.text.partition(" ")[0]

    @property
    def name(self) -> str:
        return re.findall(r"\w+", self.text)[1]

    def variables(self, ids: dict[str, str]) -> dict[str, Any]:
        """With ids of a brand, by the name that inputs call them, in place of those of the guide."""
        told = _ID.sub(lambda found: ids[found[1].lower() + found[2]], self.written or "{}")
        variables: dict[str, Any] = json.loads(told)
        return variables


@dataclass(frozen=True, slots=True)
class GuidedBrand:
    """A brand that has what a guide speaks of: `ids` of it, `inputs` in place of those of the guide."""

    brand: Brand
    ids: dict[str, str]
    inputs: dict[str, str] = field(default_factory=dict)

    async def show(self, example: Example) -> dict[str, Any]:
        variables = example.variables(self.ids)
        given = variables.get("input", {})
        given |= {name: value for name, value in self.inputs.items() if name in given}
        answer: dict[str, Any] = await self.brand.admin.ask(example.text, **variables)
        return answer


def examples(guide: str) -> list[Example]:
    """All of docs/guides/<guide>, in order."""
    text = (PROJECT / "docs" / "guides" / guide).read_text(encoding="utf-8")
    return [Example(*found) for found in _EXAMPLE.findall(text)]


def each(among: list[Example], *kinds: str) -> pytest.MarkDecorator:
    """The examples of these kinds of operation, one test each: `example`."""
    chosen = [pytest.param(one, id=one.name) for one in among if one.kind in kinds]
    return pytest.mark.parametrize("example", chosen)
