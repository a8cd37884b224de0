"""Traditional to simplified, character by character, taken from OpenCC."""

import opencc

_IDEOGRAPHS = (range(0x3400, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2FA20))


def simplified_characters() -> dict[str, str]:
    """The characters whose simplified form differs, about 5,000; takes 30 ms."""
    characters = [chr(code_point) for block in _IDEOGRAPHS for code_point in block]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {old: new for old, new in zip(characters, converted, strict=True) if old != new}
