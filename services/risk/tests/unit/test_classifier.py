"""The classifier against a plain loop, and what training must keep to."""

from functools import cache
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.adapters.classifier.characters import EDGE, RUNS, VIEWS, Codes, character_views
from risk.adapters.classifier.examples import examples_of
from risk.adapters.classifier.features import Pieces
from risk.adapters.classifier.model import KINDS, Model
from risk.adapters.classifier.shipped import StoredClassifier
from risk.adapters.classifier.trainer import WorkerTrainer
from risk.adapters.classifier.training import (
    BUCKET_BITS,
    FOLDS,
    KIND_BITS,
    KIND_LONGEST,
    LONGEST,
    Trained,
    adapt,
    calibrate,
    fold_of,
    train,
)
from risk.adapters.spelling_tables import lookalikes
from risk.domain.classification import Labelled, Thresholds
from risk.domain.errors import TooFewLabels
from risk.domain.obfuscation import Obfuscation, Obfuscator
from risk.domain.screening import MAX_CODE_POINTS
from risk.domain.verdict import RiskCategory, Verdict

from ..samples import NORMALISER, SPELLINGS

ANY_TEXTS = st.lists(st.text(max_size=30), min_size=1, max_size=6)
OBFUSCATOR = Obfuscator(SPELLINGS.readings, SPELLINGS.splits, lookalikes())
RISKY = ("加微信领红包", "日入过千私聊我", "首存送彩金", "看片加扣扣", "代开发票联系")
INNOCENT = ("今天天气很好", "面膜用完了吗", "请问几点开门", "孩子睡着了", "谢谢老板")
UINT32 = 2**32


@cache
def views() -> Codes:
    return character_views(NORMALISER, SPELLINGS.readings)


@cache
def random_model() -> Model:
    random = np.random.default_rng(20_261_122)
    return Model(
        version="random",
        views=views(),
        longest=LONGEST,
        kind_longest=KIND_LONGEST,
        risk=random.integers(-127, 128, 1 << BUCKET_BITS, dtype=np.int8),
        slope=0.01,
        offset=-0.5,
        kinds=random.integers(-127, 128, (1 << KIND_BITS, len(KINDS)), dtype=np.int8),
        kind_slope=0.01,
        kind_offsets=np.zeros(len(KINDS), dtype=np.float32),
    )


def pieces_of(text: str) -> list[list[int]]:
    """The codes of each view, one by one."""
    points = [min(ord(character), 0x1FFFF) for character in text]
    found = []
    for view in range(VIEWS):
        codes = [int(views()[view, point]) for point in points]
        if view == RUNS:
            codes = [code for place, code in enumerate(codes) if not place or code != codes[place - 1]]
        found.append([int(EDGE), *(code for code in codes if code), int(EDGE)])
    return found


def bucket(codes: list[int], bits: int) -> int:
    rolling = 0
    for code in codes:
        spread = code * 0x9E3779B1 % UINT32
        spread = (spread ^ (spread >> 15)) * 0xC2B2AE35 % UINT32
        rolling = (rolling * 0x85EBCA6B + (spread ^ (spread >> 15))) % UINT32
    return rolling >> (32 - bits)


def n_grams(text: str, longest: tuple[int, ...] = LONGEST, bits: int = BUCKET_BITS) -> list[int]:
    return [
        bucket(piece[start : start + length], bits)
        for piece, most in zip(pieces_of(text), longest, strict=True)
        for length in range(1, most + 1)
        for start in range(len(piece) - length + 1)
    ]


def generated(seed: int = 1, count: int = 60) -> list[Labelled]:
    random = Random(seed)
    risky = [Labelled(random.choice(RISKY) + str(random.random())[2:8], True) for _ in range(count)]
    return [*risky, *(Labelled(random.choice(INNOCENT) + random.choice(INNOCENT), False) for _ in risky)]


@cache
def trained() -> Trained:
    return train(examples_of(generated(), OBFUSCATOR, 1), views(), lambda _: None)


@settings(deadline=None, max_examples=60)
@given(ANY_TEXTS)
def test_sums_are_those_of_a_plain_loop(texts: list[str]) -> None:
    model = random_model()
    for text, total, kinds in zip(texts, model.sums(texts), model.kind_sums(texts), strict=True):
        found = n_grams(text)
        root = len(found) ** 0.5
        assert total == pytest.approx(sum(int(model.risk[it]) for it in found) / root, rel=1e-5, abs=1e-4)
        of_kinds = n_grams(text, KIND_LONGEST, KIND_BITS)
        rows = model.kinds[np.array(of_kinds)].astype(int)
        root = len(of_kinds) ** 0.5
        assert kinds == pytest.approx(rows.sum(axis=0) / root, rel=1e-5, abs=1e-4)


@settings(deadline=None, max_examples=30)
@given(ANY_TEXTS)
def test_a_score_does_not_depend_on_the_batch(texts: list[str]) -> None:
    model = random_model()
    assert model.score_all(texts) == [score for text in texts for score in model.score_all([text])]


def test_a_text_alone_has_its_n_grams() -> None:
    pieces = Pieces.of(["加微信"], random_model().lenses)
    hashed = [int(it) for buckets, whole in pieces.n_grams(BUCKET_BITS) for it in buckets[whole]]
    assert sorted(hashed) == sorted(n_grams("加微信"))


def test_no_disguise_changes_all_views() -> None:
    assert pieces_of("威芯")[3] == pieces_of("微信")[3]
    assert pieces_of("ＷＸ")[1] == pieces_of("wx")[1]
    assert pieces_of("微-\u200b信")[2] == pieces_of("微信")[2]


def test_long_and_broken_texts() -> None:
    model = random_model()
    long = "加" * MAX_CODE_POINTS
    assert model.score_all([long + "微信"]) == model.score_all([long])
    assert [
        0 <= score.probability <= 1 for score in model.score_all(["", "\ud800\udfff", "\x00", "\U0010ffff"])
    ]
    assert model.score_all([]) == []


def test_learns_what_it_is_shown() -> None:
    scores = trained().model.score_all(["加微信领红包123456", "谢谢老板今天天气很好"])
    assert scores[0].probability > 0.9
    assert scores[0].category in KINDS
    assert scores[1].probability < 0.1
    assert scores[1].category is None


def test_the_same_texts_and_seed_give_the_same_model() -> None:
    again = train(examples_of(generated(), OBFUSCATOR, 1), views(), lambda _: None)
    assert again.model.to_bytes() == trained().model.to_bytes()
    other = train(examples_of(generated(2), OBFUSCATOR, 1), views(), lambda _: None)
    assert other.model.version != again.model.version


def test_a_stored_model_scores_the_same() -> None:
    texts = [each.text for each in generated(3)]
    assert StoredClassifier(trained().model.to_bytes()).score_all(texts) == trained().model.score_all(texts)


def test_calibration_is_monotone_and_right_on_average() -> None:
    random = np.random.default_rng(1)
    odds = random.normal(0, 4, 5_000).astype(np.float32)
    labels = (random.random(5_000) < 1 / (1 + np.exp(-(0.5 * odds - 1)))).astype(np.float32)
    slope, offset = calibrate(odds, labels)
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.1)
    assert calibrate(odds, 1 - labels)[0] > 0


def test_copies_of_a_text_stay_in_its_fold() -> None:
    examples = examples_of(generated(), OBFUSCATOR, 1)
    genuine = [example for example in examples if example.weight == 1]
    assert len(genuine) < len(examples)
    assert {example.group for example in examples} == {example.group for example in genuine}
    assert {fold_of(example.group) for example in examples} == set(range(FOLDS))


def test_a_tenant_s_labels_move_the_model_and_leave_the_rest() -> None:
    own = [
        *(Labelled(f"拼单一起买水果{n}斤", True) for n in range(30)),
        *(each for each in generated() if not each.is_risky),
    ]
    before, after = trained().model, adapt(trained().model, own)
    text, known = "拼单一起买水果99斤", "加微信领红包123456"
    assert after.score_all([text])[0].probability > max(0.7, before.score_all([text])[0].probability)
    assert after.score_all([known])[0].probability > 0.8
    assert after.version.startswith(before.version)


def test_too_few_labels_are_refused() -> None:
    with pytest.raises(TooFewLabels):
        adapt(trained().model, generated(count=10))


async def test_a_worker_process_learns_from_the_shipped_model() -> None:
    own = [Labelled(f"拼单一起买水果{n}斤", n % 2 == 0) for n in range(60)]
    stored = StoredClassifier(await WorkerTrainer().train(own))
    assert stored.version.startswith(StoredClassifier.shipped().version)


def test_the_shipped_model_knows_common_risks() -> None:
    texts = ["首存送彩金加微信wx_8888", "日结兼职一单一结私聊我", "今天面膜很好用谢谢", "请问明天几点开门"]
    probabilities = [score.probability for score in StoredClassifier.shipped().score_all(texts)]
    assert [probability > 0.5 for probability in probabilities] == [True, True, False, False]


@pytest.mark.parametrize(
    ("found", "probability", "verdict"),
    [
        (Verdict.ALLOW, 0.0, Verdict.ALLOW),
        (Verdict.ALLOW, 0.99, Verdict.BLOCK),
        (Verdict.ALLOW, 0.6, Verdict.REVIEW),
        (Verdict.REVIEW, 0.4, Verdict.REVIEW),
        (Verdict.REVIEW, 0.1, Verdict.ALLOW),
        (Verdict.BLOCK, 0.0, Verdict.BLOCK),
    ],
)
def test_thresholds(found: Verdict, probability: float, verdict: Verdict) -> None:
    assert Thresholds(innocent=0.3, review=0.5, block=0.9).verdict(found, probability) is verdict


@pytest.mark.parametrize("way", Obfuscation)
def test_disguises_are_the_same_each_time_and_change_something(way: Obfuscation) -> None:
    text = "加vx领红包888"
    once, twice = (OBFUSCATOR.disguise(text, way, Random(5)) for _ in range(2))
    assert once == twice != text
    assert OBFUSCATOR.disguise("", way, Random(5)) == ""


@pytest.mark.parametrize(
    "way", [Obfuscation.WIDTH, Obfuscation.SEPARATORS, Obfuscation.EMOJI, Obfuscation.LOOKALIKES]
)
@given(st.text(alphabet="加vx领红包0123abc", min_size=2, max_size=20), st.integers(0, 99))
def test_normalising_undoes_disguises(way: Obfuscation, text: str, seed: int) -> None:
    disguised = OBFUSCATOR.disguise(text, way, Random(seed))
    assert NORMALISER.compact(disguised) == NORMALISER.compact(text)


def test_categories_are_of_the_contract() -> None:
    assert set(KINDS) <= set(RiskCategory)
