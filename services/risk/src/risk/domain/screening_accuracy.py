"""Results of an evaluation of screening on judged texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from risk.domain.accuracy import Tally
from risk.domain.obfuscation import Obfuscation


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of one way to screen; categories and sources as the file names them."""

    overall: Tally
    by_source: Mapping[str, Tally]
    by_category: Mapping[str, Tally]


@dataclass(frozen=True, slots=True)
class Speed:
    """Texts a second in one batch, and the 99th percentile of screening them one by one, in milliseconds."""

    texts_per_second: float
    single_p99_ms: float


@dataclass(frozen=True, slots=True)
class Naming:
    """Of flagged texts with a category of ours: how many were given that category by the classifier."""

    texts: int
    right: int


@dataclass(frozen=True, slots=True)
class Disguised:
    """Risky texts that one kind of obfuscation changes: how many, and how many were flagged how."""

    way: Obfuscation
    texts: int
    undisguised: int
    not_normalised: int
    words_and_patterns: int
    whole_verdict: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`whole` is words, patterns and classifier together; a flagged text is doubtful or blocked."""

    model_version: str
    whole: Accuracy
    words_and_patterns: Accuracy
    naming: Naming
    speed: Speed
    words_and_patterns_speed: Speed
    disguised: Sequence[Disguised]
