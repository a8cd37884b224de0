"""Chinese texts for customers, and the words that call for a person, from data files."""

import tomllib
from importlib.resources import files

from chassis import texts
from support.domain.answering import HandoverWords
from support.domain.ticket import HandoverReason

SECONDS_PER_MINUTE = 60

text = texts.load("support")


class ChineseTexts:
    def __init__(self) -> None:
        words = tomllib.loads(files("support").joinpath("data/handover_words.toml").read_text("utf-8"))
        self._handover_words = {HandoverReason(reason): tuple(listed) for reason, listed in words.items()}

    @property
    def handover_words(self) -> HandoverWords:
        return self._handover_words

    def handed_over(self, seconds: int) -> str:
        return text("answer", "handed_over", minutes=-(-seconds // SECONDS_PER_MINUTE))

    def handed_over_closed(self) -> str:
        return text("answer", "handed_over_closed")

    def added_to_ticket(self) -> str:
        return text("answer", "added_to_ticket")
