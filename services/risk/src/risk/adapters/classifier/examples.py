"""What a model learns from: judged texts, and disguised copies of them."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from risk.adapters.classifier.training import Example
from risk.domain.accuracy import plain_form
from risk.domain.classification import Labelled
from risk.domain.obfuscation import Obfuscation, Obfuscator

_DISGUISED_SHARE = 0.5
_DISGUISED_WEIGHT = 0.25
_INNOCENT_WAYS = (Obfuscation.WIDTH, Obfuscation.SEPARATORS, Obfuscation.EMOJI)


def examples_of(labelled: Sequence[Labelled], obfuscator: Obfuscator, seed: int) -> list[Example]:
    """All texts, then disguised copies of half of them; innocent people only space out and adorn."""
    random = Random(seed)  # noqa: S311 nothing secret: the same copies each time
    ways = list(Obfuscation)
    genuine = [Example(each, plain_form(each.text)) for each in labelled]
    copies = []
    for example in genuine:
        way = random.choice(ways)
        if random.random() > _DISGUISED_SHARE or not (example.labelled.is_risky or way in _INNOCENT_WAYS):
            continue
        copy = obfuscator.disguise(example.labelled.text, way, random)
        if copy != example.labelled.text:
            disguised = replace(example.labelled, text=copy)
            copies.append(replace(example, labelled=disguised, weight=_DISGUISED_WEIGHT))
    return [*genuine, *copies]
