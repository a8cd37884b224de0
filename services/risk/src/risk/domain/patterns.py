"""What no word list can hold: links, numbers to be reached at, and personal data, told apart by their shape.

Every expression is bounded and starts at the edge of a run, so that no text makes it backtrack far.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from risk.domain.normal_form import CERTAIN_DIGITS, DIGITS, NormalText
from risk.domain.verdict import Detector, Finding, RiskCategory, ScreeningPurpose, Verdict

_ID_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CARD_CHECKS = "10x98765432"
_SIGN = r"[^0-9a-z\u4e00-\u9fff]"
_SUFFIXES = (
    "com|cn|net|org|top|cc|vip|xyz|club|shop|site|info|me|us|io|app|tv|la|ly|im|link|fun|online|wang|hk|ru|ws"
)
_SHORT_LINKS = (
    r"t\.cn|url\.cn|w\.url\.cn|dwz\.cn|dwz\.mn|suo\.im|sourl\.cn|kurl\.cn|mtw\.so|c6\.gg|[a-z]\.tb\.cn|u\.jd\.com|3\.cn"
    r"|xhslink\.com|b23\.tv|v\.douyin\.com|v\.kuaishou\.com|mr\.baidu\.com|bit\.ly|tinyurl\.com|goo\.gl|t\.me|is\.gd"
    r"|u\.to|j\.mp|ow\.ly|rb\.gy|cutt\.ly|t\.co|s\.id|reurl\.cc"
)
# What a QR code holds that opens a chat, a group or a payment.
_QR_TEXTS = (
    r"u\.wechat\.com/|weixin\.qq\.com/[rg]/|work\.weixin\.qq\.com/(?:gm|ca|kfid)/|qm\.qq\.com/|qr\.alipay\.com/"
    r"|payapp\.weixin\.qq\.com/|(?:weixin|wxp|alipays?|alipayqr|mqqapi|tg)://"
)
_WECHAT = (
    r"微 ?信|[薇威徽维] ?信|卫星号|绿泡泡|绿色软件|[加+➕]微|[加+➕][薇威徽]|wechat|weixin"
    r"|(?<![a-z])(?:vx|wx|v ?信|v|[微薇威徽]x|[薇威徽])[信号]?"
)


def id_card_is_valid(number: str) -> bool:
    """Check digit of an identity card (GB 11643, ISO 7064 MOD 11-2); 18 characters, x in lower case."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_CARD_WEIGHTS, strict=False))
    return _ID_CARD_CHECKS[total % 11] == number[17]


def _spaced_id_card_is_valid(written: str) -> bool:
    return id_card_is_valid(written.replace(" ", "").replace("-", ""))


def bank_card_is_valid(number: str) -> bool:
    """Luhn check of a card number, separators ignored."""
    digits = [int(character) for character in number if character.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _always(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shape; the group `value` (else the whole match) is what was found, and is hidden if personal."""

    name: str
    expression: re.Pattern[str]
    category: RiskCategory
    in_message: Verdict
    in_content: Verdict
    is_valid: Callable[[str], bool] = _always
    personal: bool = False
    # A way to be reached outside the group: with a risky word beside it, a solicitation.
    contact: bool = False

    def verdict(self, purpose: ScreeningPurpose) -> Verdict:
        """What a hit means where the text stands."""
        return self.in_message if purpose is ScreeningPurpose.MESSAGE else self.in_content

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Half-open ranges of the valid hits."""
        for match in self.expression.finditer(text):
            start, end = match.span("value") if "value" in self.expression.groupindex else match.span()
            if self.is_valid(text[start:end]):
                yield start, end


_DATA, _LINK = RiskCategory.PERSONAL_DATA, RiskCategory.LINK
_ALLOW, _REVIEW, _BLOCK = Verdict.ALLOW, Verdict.REVIEW, Verdict.BLOCK

# Checked in this order; what an earlier pattern has taken, a later one leaves alone.
NUMBERS = (
    Pattern(
        "id_card",
        re.compile(
            r"(?<![0-9])[1-9][0-9]{5}[ -]?(?:19|20)[0-9]{2}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
            r"[ -]?[0-9]{3}[0-9x](?![0-9a-z])"
        ),
        *(_DATA, _REVIEW, _BLOCK),
        is_valid=_spaced_id_card_is_valid,
        personal=True,
    ),
    Pattern(
        "bank_card",
        re.compile(
            r"(?<![0-9])(?:62[0-9]{2}|4[0-9]{3}|5[1-5][0-9]{2}|35[0-9]{2})"
            r"(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?(?![0-9])"
        ),
        *(_DATA, _REVIEW, _BLOCK),
        is_valid=bank_card_is_valid,
        personal=True,
    ),
    Pattern(
        "phone",
        re.compile(
            r"(?<![0-9])(?:\+?86[ -]?)?(?P<value>"
            rf"1[3-9][0-9](?:{_SIGN}{{0,3}}[0-9]{{4}}){{2}}"
            rf"|1(?P<sign>{_SIGN}{{1,3}})[3-9](?:(?P=sign)[0-9]){{9}})(?![0-9])"
        ),
        *(_DATA, _REVIEW, _REVIEW),
        personal=True,
        contact=True,
    ),
    Pattern(
        "qq",
        re.compile(
            r"(?:(?<![a-z])q ?q?|[扣抠蔻口] ?[扣抠蔻口]|企 ?鹅|🐧|群号|[加进入][群裙])[^0-9a-z]{0,6}"
            rf"(?P<value>[1-9](?:{_SIGN}?[0-9]){{4,10}})(?![0-9])"
        ),
        *(_DATA, _REVIEW, _REVIEW),
        personal=True,
        contact=True,
    ),
    Pattern(
        "landline",
        re.compile(
            r"(?<![0-9])(?:0[1-9][0-9]{1,2}[ -]?[2-9][0-9]{6,7}|[48]00[ -]?[0-9]{3}[ -]?[0-9]{4})(?![0-9])"
        ),
        *(_DATA, _REVIEW, _ALLOW),
        contact=True,
    ),
)

WECHAT = Pattern(
    "wechat",
    re.compile(
        rf"(?:{_WECHAT})[^0-9a-z]{{0,6}}(?P<value>(?=[a-z_-]{{0,19}}[0-9_])[a-z][a-z0-9_-]{{5,19}}"
        r"|[a-z0-9](?:[ .·-][a-z0-9_]){5,19}(?![a-z0-9])|[1-9][0-9]{5,10}(?![0-9]))"
    ),
    *(_DATA, _REVIEW, _REVIEW),
    personal=True,
    contact=True,
)

LINKS = (
    Pattern(
        "qr_text",
        re.compile(rf"(?:https?://)?(?:{_QR_TEXTS})[!-~]{{1,300}}"),
        *(_LINK, _REVIEW, _REVIEW),
        contact=True,
    ),
    Pattern(
        "short_link",
        re.compile(rf"(?<![a-z0-9.-])(?:https?://)?(?:{_SHORT_LINKS})/[!-~]{{1,200}}"),
        *(_LINK, _REVIEW, _REVIEW),
        contact=True,
    ),
    Pattern(
        "link",
        re.compile(
            r"https?://[!-~]{3,500}"
            rf"|(?<![a-z0-9@._-])(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:{_SUFFIXES})(?![a-z0-9-])(?:/[!-~]{{0,500}})?"
        ),
        *(_LINK, _REVIEW, _ALLOW),
        contact=True,
    ),
    Pattern(
        "hidden_link",
        re.compile(
            r"(?<![a-z0-9@._-])(?=[0-9-]{0,20}[a-z])[a-z0-9-]{2,63} ?(?:[。点丶·]|[(\[]?dot[)\]]?|\. | \.) ?"
            r"(?:com|cn|net|top|vip|xyz|club|shop)(?![a-z0-9])"
        ),
        *(_LINK, _REVIEW, _REVIEW),
        contact=True,
    ),
)

# Told by a checksum, not by their looks alone.
PROVED = frozenset(p.name for p in NUMBERS if p.is_valid is not _always)
PERSONAL = frozenset(p.name for p in (*NUMBERS, WECHAT, *LINKS) if p.personal)
CONTACTS = frozenset(p.name for p in (*NUMBERS, WECHAT, *LINKS) if p.contact)

# What the patterns cannot do without. All begin with a class of characters, which is quickly looked for.
_DOT = re.compile(
    r"[.:。点丶·)\]t](?:(?<=\.)[a-z0-9]|(?<=:)//| {0,2}(?:com|cn|net|top|vip|xyz|club|shop)(?![a-z0-9]))"
)
_DIGIT = re.compile(f"[{CERTAIN_DIGITS}]")
_NUMBER = re.compile(r"[0-9][0-9 -]{3}[0-9]")
_SPOKEN_NUMBER = re.compile(rf"[{DIGITS}](?:{_SIGN}{{0,3}}[{DIGITS}]){{6}}")
_WECHAT_NAME = re.compile(
    r"[微薇威徽维卫绿vw](?:(?<=[^vw])|(?<=v)(?<![a-z]v)|(?<=w)(?:(?<![a-z]w)x|e(?:chat|ixin)))"
)
_SPELT_ID = re.compile(r"[a-z](?:[ .·-][a-z]){5}")


def search(text: NormalText, purpose: ScreeningPurpose) -> list[Finding]:
    """All shapes in a text. Cheap looks first: most messages hold no number, address or identifier."""
    folded = text.folded
    has_digit = _DIGIT.search(folded) is not None
    candidates: list[tuple[Pattern, str]] = []
    if _DOT.search(folded):
        candidates += [(pattern, folded) for pattern in LINKS]
    if has_digit and _NUMBER.search(folded):
        candidates += [(pattern, folded) for pattern in NUMBERS]
    if has_digit and _SPOKEN_NUMBER.search(folded):
        candidates += [(pattern, text.with_digits) for pattern in (*NUMBERS, WECHAT)]
    if _WECHAT_NAME.search(folded) and (has_digit or "_" in folded or _SPELT_ID.search(folded)):
        candidates.append((WECHAT, folded))
    return _without_overlaps(text, candidates, purpose) if candidates else []


def _without_overlaps(
    text: NormalText, candidates: list[tuple[Pattern, str]], purpose: ScreeningPurpose
) -> list[Finding]:
    taken = bytearray(len(text.folded))
    findings = []
    for pattern, form in candidates:
        for start, end in pattern.spans(form):
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            origin = text.span_of_folded(start, end)
            findings.append(
                Finding(pattern.category, pattern.verdict(purpose), Detector.PATTERN, pattern.name, *origin)
            )
    return findings
