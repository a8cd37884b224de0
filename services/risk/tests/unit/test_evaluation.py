"""The arithmetic of an evaluation by hand, and files with bad lines."""

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from risk.adapters.aho_corasick import AhoCorasickMatcher
from risk.adapters.spelling_tables import lookalikes
from risk.application.evaluate_screening import Judged, Judges, evaluate_screening
from risk.domain.accuracy import Tally, is_held_back
from risk.domain.classification import Labelled, Score, Thresholds
from risk.domain.lexicon import Lexicon
from risk.domain.obfuscation import Obfuscation, Obfuscator
from risk.domain.screening import Screener
from risk.domain.screening_accuracy import Evaluation
from risk.domain.verdict import RiskCategory
from risk.entrypoints.evaluation_report import as_json, as_lines
from risk.entrypoints.labelled_files import LabelledLine, LineRefused, read_labelled
from risk.evaluate import AsWritten
from risk.evaluate import main as evaluate_main
from risk.train import main as train_main

from ..samples import SPELLINGS, blocked, doubtful, screener

WORDS = tuple(replace(word, shipped=True) for word in (blocked("刷单"), doubtful("兼职")))


class Lottery:
    """Sure of what has 彩 in it, sure of the innocence of 校园."""

    version = "lottery"

    def score_all(self, texts: Sequence[str]) -> list[Score]:
        return [
            Score(RiskCategory.GAMBLING, 0.95)
            if "彩" in text
            else Score(None, 0.0 if "校园" in text else 0.4)
            for text in texts
        ]


def evaluation(obfuscator: Obfuscator | None = None) -> Evaluation:
    plain = AsWritten()
    judges = Judges(
        screener(*WORDS),
        Screener(Lexicon(1, WORDS, plain, AhoCorasickMatcher), plain),
        Lottery(),
        Thresholds(innocent=0.3, review=0.5, block=0.9),
    )
    rows = [
        ("刷单", True, "spam", "a"),
        ("彩票", True, "gambling", "a"),
        ("彩虹兼职", True, "porn", "b"),
        ("没人认得", True, "spam", "b"),
        ("校园兼职", False, "ham", "a"),
        ("兼职吗", False, "ham", "b"),
        ("你好", False, "ham", "b"),
        ("早", False, "ham", "b"),
    ]
    judged = [
        Judged(LabelledLine(text, risky, category).labelled(), source, category)
        for text, risky, category, source in rows
    ]
    ticks = count()
    return evaluate_screening(judged, judges, lambda: float(next(ticks)), obfuscator, seed=1)


def test_counts_by_hand() -> None:
    found = evaluation()
    assert found.whole.overall == Tally(3, 1, 1, 3)
    assert found.words_and_patterns.overall == Tally(2, 2, 2, 2)
    assert found.whole.by_source == {"a": Tally(2, 0, 0, 1), "b": Tally(1, 1, 1, 2)}
    assert found.whole.by_category["spam"] == Tally(1, 0, 1, 0)
    assert (found.naming.texts, found.naming.right) == (2, 1)
    assert found.speed.texts_per_second == 8
    assert found.speed.single_p99_ms == 1_000


def test_shares() -> None:
    tally = Tally(6, 1, 2, 11)
    assert (tally.accuracy, tally.precision, tally.recall) == (17 / 20, 6 / 7, 6 / 8)
    assert tally.f1 == pytest.approx(12 / 15)
    assert tally.false_positive_rate == 1 / 12
    assert Tally().accuracy is Tally().f1 is Tally().recall is None


def test_disguised_texts_are_counted() -> None:
    found = evaluation(Obfuscator(SPELLINGS.readings, SPELLINGS.splits, lookalikes()))
    by_way = {each.way: each for each in found.disguised}
    spaced = by_way[Obfuscation.SEPARATORS]
    assert (spaced.texts, spaced.undisguised, spaced.not_normalised, spaced.words_and_patterns) == (
        4,
        3,
        0,
        2,
    )
    assert by_way[Obfuscation.WIDTH].texts == 0


def test_report_names_everything() -> None:
    found = evaluation(Obfuscator(SPELLINGS.readings, SPELLINGS.splits, lookalikes()))
    text = "\n".join(as_lines(found, "8 texts"))
    assert "| all " in text
    assert "75.0%" in text
    assert "| homophones" in text
    assert as_json(found)["whole"]["overall"]["accuracy"] == 0.75


def test_bad_lines_are_refused_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(
        '{"text": "好", "label": 0, "category": "ham", "source": "qq"}\n\n'
        '{"text": "坏", "label": 1, "category": "blackmarket_ad"}\n'
        '{"text": 5, "label": 1}\n{"text": "x", "label": "1"}\n[1]\n{"text\n'
        '{"text": "x", "label": true}\n{"text": "x", "label": 1, "category": 7}\n'.encode()
        + b'{"text": "\xff", "label": 1}\n'
    )
    sizes: list[int] = []
    usable, refused = read_labelled(path, sizes.append)
    assert usable == [LabelledLine("好", False, "ham", "qq"), LabelledLine("坏", True, "blackmarket_ad")]
    assert usable[1].labelled() == Labelled("坏", True, RiskCategory.ADVERT)
    assert usable[0].labelled() == Labelled("好", False)
    assert [(it.line, it.code, it.field) for it in refused] == [
        (4, "INVALID_TEXT", "text"),
        (5, "INVALID_LABEL", "label"),
        (6, "MALFORMED_JSON", None),
        (7, "MALFORMED_JSON", None),
        (8, "INVALID_LABEL", "label"),
        (9, "INVALID_CATEGORY", "category"),
        (10, "MALFORMED_JSON", None),
    ]
    assert isinstance(refused[0], LineRefused)
    assert sum(sizes) == path.stat().st_size


def test_a_model_is_trained_and_measured_by_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [{"text": f"加微信领红包{number}", "label": 1, "category": "ad"} for number in range(60)]
    lines += [{"text": f"今天面膜很好用{number}", "label": 0, "category": "ham"} for number in range(60)]
    texts, made, figures, report = (tmp_path / name for name in ("texts.jsonl", "model", "json", "md"))
    texts.write_text("".join(json.dumps(line) + "\n" for line in lines) + "?\n", encoding="utf-8")
    train_main(texts, made)
    evaluate_main(texts, held_back=True, model=made, json_file=figures, report=report)
    told = json.loads(figures.read_bytes())
    held_back = sum(is_held_back(str(line["text"])) for line in lines)
    assert told["whole"]["overall"]["accuracy"] == 1
    assert sum(told["whole"]["by_category"][name]["accuracy"] is not None for name in ("ad", "ham")) == 2
    assert told["refused"][0]["line"] == 121
    assert f"The {held_back} held-back of 120 texts" in report.read_text("utf-8")
    assert "line 121: MALFORMED_JSON" in capsys.readouterr().err


def test_about_a_fifth_is_held_back_for_ever() -> None:
    assert sum(is_held_back(str(number)) for number in range(10_000)) == pytest.approx(2_000, abs=100)
    assert [is_held_back(text) for text in ("加微信", "你好", "兼职", "谢谢")] == [True, False, False, True]
