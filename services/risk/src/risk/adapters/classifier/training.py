"""Fits the model: logistic regression on n-grams, each worth more the rarer it is.

Its probabilities are calibrated on texts that a model of the other folds judged (Platt 1999). The same texts
and seed give the same model.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack
from scipy.special import expit

from risk.adapters.classifier.characters import Codes
from risk.adapters.classifier.features import Lenses, Pieces
from risk.adapters.classifier.model import KINDS, Floats, Model, Weights
from risk.domain.classification import Labelled, require_enough
from risk.domain.screening import MAX_CODE_POINTS

LONGEST = (3, 3, 5, 4, 4, 5)
"""Characters of the longest n-gram, by view: raw, folded, compact, sound, shape, runs."""
KIND_LONGEST = (0, 0, 4, 3, 0, 0)
BUCKET_BITS, KIND_BITS = 22, 18
FOLDS = 3
STRENGTH = 300.0
"""Inverse of the penalty on the squares of the weights."""
KIND_STRENGTH = 20.0
ADAPTING_STRENGTH = 20.0
ITERATIONS = 60
_KIND_ITERATIONS = 25
_REMEMBERED_STEPS = 5
_SMALLEST_GAIN = 1e-5
_LEAST_TEXTS = 3
"""An n-gram of fewer texts teaches next to nothing about others."""
_GENERIC_WEIGHT = 0.2
"""Of risky texts of no particular kind, when adverts are learnt."""
_TEXTS_AT_ONCE = 1_000
_LARGEST = 127
_NO_KINDS = np.zeros((0, len(KINDS)), np.int8), 1.0, np.zeros(len(KINDS), np.float32)

Tell = Callable[[str], None]
"""Is told of each step when it begins."""


@dataclass(frozen=True, slots=True)
class Trained:
    """`out_of_fold`: the probability of each text by a model that had not seen it."""

    model: Model
    out_of_fold: Floats


@dataclass(frozen=True, slots=True)
class Example:
    """A text to learn from. `group` keeps it and its likes in one fold; disguised copies weigh below 1."""

    labelled: Labelled
    group: str
    weight: float = 1.0


class Counts:
    """A row per text: its n-grams, the rarer the more, over the root of their number.

    Only those that three of the first `genuine` texts share: what comes after are disguised copies.
    """

    def __init__(self, texts: Sequence[str], genuine: int, lenses: Lenses, bits: int = BUCKET_BITS) -> None:
        self._size = 1 << bits
        parts = list(_count(texts, lenses, bits))
        rows = vstack([rows for rows, _ in parts], format="csr")
        roots = np.concatenate([roots for _, roots in parts])
        texts_with = np.bincount(rows[:genuine].indices, minlength=self._size)
        self.buckets = np.flatnonzero(texts_with >= _LEAST_TEXTS)
        rarity = np.log((1 + genuine) / (1 + texts_with[self.buckets])) + 1
        self.rarity = (rarity / rarity.mean()).astype(np.float32)
        self.rows = rows[:, self.buckets]
        self.rows.data *= self.rarity[self.rows.indices]
        self.rows.data /= np.repeat(roots, np.diff(self.rows.indptr))

    def spread(self, weights: Floats) -> Floats:
        """Weights of the columns as weights of all buckets."""
        every = np.zeros(self._size, dtype=np.float32)
        every[self.buckets] = weights * self.rarity
        return every


def train(
    examples: Sequence[Example],
    views: Codes,
    tell: Tell,
    *,
    longest: tuple[int, ...] = LONGEST,
    of_kinds: bool = True,
) -> Trained:
    """Genuine examples come first; unless `of_kinds` the model names none. Raises TooFewLabels."""
    labels = _labels(examples)
    weights = np.array([example.weight for example in examples], dtype=np.float32)
    genuine = weights == 1
    texts = [example.labelled.text for example in examples]
    tell("counting n-grams")
    counts = Counts(texts, int(genuine.sum()), Lenses.of(views, longest))
    folds = np.array([fold_of(example.group) for example in examples])
    odds = np.zeros(len(examples), dtype=np.float32)
    for fold in range(FOLDS):
        tell(f"fold {fold + 1} of {FOLDS}")
        here = folds == fold
        found = fit(counts.rows[~here], labels[~here], weights[~here], STRENGTH)
        odds[here] = counts.rows[here] @ found[:-1] + found[-1]
    slope, offset = calibrate(odds[genuine], labels[genuine])
    tell("all folds")
    found = fit(counts.rows, labels, weights, STRENGTH)
    risk, step = quantised(counts.spread(found[:-1]))
    kinds, kind_step, kind_offsets = (
        _kinds(examples, Lenses.of(views, KIND_LONGEST), tell) if of_kinds else _NO_KINDS
    )
    model = Model(
        version=_version(examples, longest),
        views=views,
        longest=longest,
        kind_longest=KIND_LONGEST,
        risk=risk,
        slope=slope * step,
        offset=slope * float(found[-1]) + offset,
        kinds=kinds,
        kind_slope=kind_step,
        kind_offsets=kind_offsets,
    )
    return Trained(model, np.asarray(expit(slope * odds[genuine] + offset), dtype=np.float32))


def adapt(model: Model, labelled: Sequence[Labelled]) -> Model:
    """The model, moved no further than a tenant's own labels ask for. Raises TooFewLabels."""
    examples = [Example(each, each.text) for each in labelled]
    labels = _labels(examples)
    texts = [each.text[:MAX_CODE_POINTS] for each in labelled]
    counts = Counts(texts, len(texts), model.lenses)
    known = model.slope * model.sums(texts) + model.offset
    found = fit(counts.rows, labels, np.ones(labels.size, np.float32), ADAPTING_STRENGTH, known)
    moved = model.risk * np.float32(model.slope) + counts.spread(found[:-1])
    risk, slope = quantised(moved)
    version = f"{model.version}+{_version(examples, model.longest)}"
    return replace(model, version=version, risk=risk, slope=slope, offset=model.offset + float(found[-1]))


def fit(
    rows: csr_matrix,
    labels: Floats,
    weights: Floats,
    strength: float,
    known: Floats | None = None,
    iterations: int = ITERATIONS,
) -> Floats:
    """Weights of the columns, then the constant. `known` log-odds are what the weights add to."""
    signs = 2 * labels - 1
    start = np.zeros(labels.size, dtype=np.float32) if known is None else known
    columns = rows.T.tocsr()

    def loss(place: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        at = place.astype(np.float32)
        margins = signs * (start + rows @ at[:-1] + at[-1])
        slopes = -signs * weights * expit(-margins)
        value = float(weights @ np.logaddexp(0, -margins)) + float(place[:-1] @ place[:-1]) / (2 * strength)
        gradient = np.append(columns @ slopes, slopes.sum()).astype(np.float64)
        gradient[:-1] += place[:-1] / strength
        return value, gradient

    options = {"maxiter": iterations, "ftol": _SMALLEST_GAIN, "maxcor": _REMEMBERED_STEPS}
    end = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options=options)
    return np.asarray(end.x, dtype=np.float32)


def calibrate(odds: Floats, labels: Floats) -> tuple[float, float]:
    """Slope, above zero, and offset that make log-odds honest: half of what has 0.5 is risky."""

    def loss(place: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -(2 * labels - 1) * (place[0] * odds + place[1])).sum())

    end = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(1e-3, None), (None, None)])
    return float(end.x[0]), float(end.x[1])


def quantised(weights: Floats) -> tuple[Weights, float]:
    """Whole numbers up to 127, and what one is worth."""
    step = float(np.abs(weights).max()) / _LARGEST or 1.0
    return np.rint(weights / step).astype(np.int8), step


def fold_of(group: str) -> int:
    """0 to FOLDS - 1, by the hash of what must stay together."""
    return sha256(b"fold" + group.encode("utf-8", "surrogatepass")).digest()[0] % FOLDS


def _kinds(examples: Sequence[Example], lenses: Lenses, tell: Tell) -> tuple[Weights, float, Floats]:
    """Each kind against the others, of risky texts: weights by bucket and kind, a step's worth, offsets."""
    risky = [example for example in examples if example.labelled.is_risky and example.weight == 1]
    texts = [example.labelled.text for example in risky]
    counts = Counts(texts, len(risky), lenses, KIND_BITS)
    of_a_kind = [example.labelled.category in KINDS for example in risky]
    weights = np.where(of_a_kind, 1, _GENERIC_WEIGHT).astype(np.float32)
    kinds = np.array([_kind(e.labelled) for e in risky])
    columns, offsets = [], []
    for number, kind in enumerate(KINDS):
        tell(kind.name.lower())
        of_kind = (kinds == number).astype(np.float32)
        found = fit(counts.rows, of_kind, weights, KIND_STRENGTH, iterations=_KIND_ITERATIONS)
        columns.append(counts.spread(found[:-1]))
        offsets.append(found[-1])
    table, step = quantised(np.stack(columns, axis=1))
    return table, step, np.array(offsets, dtype=np.float32)


def _kind(labelled: Labelled) -> int:
    return KINDS.index(labelled.category) if labelled.category in KINDS else 0


def _count(texts: Sequence[str], lenses: Lenses, bits: int) -> Iterator[tuple[csr_matrix, Floats]]:
    for first in range(0, len(texts), _TEXTS_AT_ONCE):
        some = [text[:MAX_CODE_POINTS] for text in texts[first : first + _TEXTS_AT_ONCE]]
        pieces = Pieces.of(some, lenses)
        owners = np.repeat(
            np.tile(np.arange(len(some), dtype=np.int32), len(pieces.longest)), pieces.sizes.ravel()
        )
        found = [(owners[: hashed.size][whole], hashed[whole]) for hashed, whole in pieces.n_grams(bits)]
        rows, columns = (np.concatenate(part) for part in zip(*found, strict=True))
        ones = np.ones(rows.size, dtype=np.float32)
        yield csr_matrix((ones, (rows, columns)), shape=(len(some), 1 << bits)), pieces.roots_of_counts()


def _labels(examples: Sequence[Example]) -> Floats:
    require_enough([example.labelled for example in examples])
    return np.array([example.labelled.is_risky for example in examples], dtype=np.float32)


def _version(examples: Sequence[Example], longest: tuple[int, ...]) -> str:
    """Of what was learnt, and how it was looked at: the same of both, the same version."""
    digest = sha256(repr((longest, KIND_LONGEST, BUCKET_BITS, KIND_BITS)).encode())
    for example in examples:
        labelled = example.labelled
        digest.update(repr((labelled.text, labelled.is_risky, labelled.category, example.weight)).encode())
    return digest.hexdigest()[:12]
