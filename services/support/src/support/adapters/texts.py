"""Chinese texts for customers, and the words that call for a person, from data files."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from support.domain.answering import HandoverWords
from support.domain.ticket import HandoverReason

SECONDS_PER_MINUTE = 60


class ChineseTexts:
    def __init__(self) -> None:
        self._answers: Mapping[str, str] = _load("texts/zh_CN.toml")["answer"]
        words = _load("data/handover_words.toml")
        self._handover_words = {HandoverReason(reason): tuple(listed) for reason, listed in words.items()}

    @property
    def handover_words(self) -> HandoverWords:
        return self._handover_words

    def handed_over(self, seconds: int) -> str:
        return self._answers["handed_over"].format(minutes=-(-seconds // SECONDS_PER_MINUTE))

    def handed_over_closed(self) -> str:
        return self._answers["handed_over_closed"]

    def added_to_ticket(self) -> str:
        return self._answers["added_to_ticket"]


def _load(path: str) -> dict[str, Any]:
    return tomllib.loads(files("support").joinpath(path).read_text("utf-8"))
