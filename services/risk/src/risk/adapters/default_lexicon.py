"""The words shipped with the service."""

import tomllib
from importlib.resources import files

from risk.domain.lexicon import Word
from risk.domain.verdict import RiskCategory, Verdict


def default_words() -> list[Word]:
    """Words of src/risk/data/lexicon_zh.toml, in its order."""
    data = tomllib.loads(files("risk").joinpath("data/lexicon_zh.toml").read_text("utf-8"))
    return [
        Word(
            text,
            Verdict[group["verdict"].upper()],
            _category(group.get("category")),
            match_homophones=len(text) >= group.get("homophones_from", len(text) + 1),
            match_splits=group.get("splits", False),
            shipped=True,
        )
        for group in data["words"]
        for text in group["words"].split()
    ]


def _category(name: str | None) -> RiskCategory | None:
    return RiskCategory[name.upper()] if name else None
