"""What fraud is told by: words of payment, and what is put around names. Shipped in src/risk/data."""

import tomllib
from functools import lru_cache
from importlib.resources import files

from risk.adapters.aho_corasick import AhoCorasickMatcher
from risk.domain.imitation import NameBook, Naming, StaffName
from risk.domain.lexicon import Lexicon, Word
from risk.domain.normal_form import Normaliser
from risk.domain.payment_talk import PaymentTalk
from risk.domain.spellings import Spellings
from risk.domain.verdict import RiskCategory, Verdict

_DATA = files("risk").joinpath("data")
_KEPT_BOOKS = 64


def payment_talk(normaliser: Normaliser, spellings: Spellings) -> PaymentTalk:
    """By the words of data/payment_talk_zh.toml."""
    data = tomllib.loads(_DATA.joinpath("payment_talk_zh.toml").read_text("utf-8"))
    sounding = data["homophones_from"]
    words = [
        Word(it, Verdict.REVIEW, RiskCategory.FRAUD, match_homophones=len(it) >= sounding)
        for it in data["words"].split()
    ]
    words += [Word(it, Verdict.ALLOW) for it in data["official"].split()]
    return PaymentTalk(Lexicon(0, words, normaliser, AhoCorasickMatcher, spellings), normaliser)


def naming(normaliser: Normaliser, spellings: Spellings) -> Naming:
    """With the decorations of data/name_decorations_zh.txt."""
    written = _DATA.joinpath("name_decorations_zh.txt").read_text("utf-8").split()
    decorations = sorted({normaliser.compact(it) for it in written})
    return Naming(normaliser, spellings.readings, decorations)


class CachedNameBooks:
    """Name books by what is in them, so that every replica is exact without being told of changes."""

    def __init__(self, how: Naming) -> None:
        self._book = lru_cache(_KEPT_BOOKS)(lambda names: NameBook(names, how))

    def of(self, names: tuple[StaffName, ...]) -> NameBook:
        return self._book(names)
