"""Personal data in a text, spotted before it is sent: addresses, phones, cards, accounts, names. Pure.

It asks, it never decides: whoever writes may send the words as they are.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

ACCOUNT_DIGITS_MIN, ACCOUNT_DIGITS_MAX = 7, 12
ACCOUNT_DIGITS_MIN_NAMED = 5  # with a word such as "account" before it
CARD_DIGITS_MIN, CARD_DIGITS_MAX = 13, 19
PHONE_DIGITS_MIN, PHONE_DIGITS_MAX = 9, 15
NAME_CHARS_MIN = 3
CONTEXT_CHARS = 30
GAP = "…"  # stands where something was removed

assert ACCOUNT_DIGITS_MIN_NAMED < ACCOUNT_DIGITS_MIN <= ACCOUNT_DIGITS_MAX < CARD_DIGITS_MIN

UNITS = (
    r"(?:%|percent\b|per cent\b|pounds?\b|euros?\b|dollars?\b|rand\b|pesos?\b|pence\b|gbp\b|eur\b|usd\b|zar\b|php\b"
    r"|million\b|thousand\b|customers?\b|people\b|calls?\b|contacts?\b|chats?\b|tickets?\b|letters?\b|times\b"
    r"|ms\b|seconds?\b|secs?\b|minutes?\b|mins?\b|hours?\b|hrs?\b|days?\b|weeks?\b|months?\b|years?\b"
    r"|bytes?\b|kb\b|mb\b|gb\b|kbit|mbit|mbps\b)"
)
# What carries digits without being about anybody. Blanked out before phones and accounts are looked for.
HARMLESS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"https?://\S{1,2000}",
        r"(?:[£$€¥₹₱]|\b(?:gbp|eur|usd|zar|php|r)) ?\d[\d.,]*(?: \d{3}\b)*",
        r"\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?:t[\d:.]+z?)?\b",
        r"\b(?:0?[1-9]|[12]\d|3[01])[-/. ](?:0?[1-9]|[12]\d|3[01])[-/. ](?:19|20)\d\d\b",
        r"\b(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\b",
        r"\b(?:19|20)\d\d ?[-–/] ?(?:19|20)?\d\d\b",
        r"\b[012]?\d[:.h][0-5]\d(?:[:.][0-5]\d)? ?(?:[-–] ?[012]?\d[:.h][0-5]\d)?",
        r"\b(?:[01]\d|2[0-3])[0-5]\d ?[-–] ?(?:[01]\d|2[0-3])[0-5]\d\b",
        r"(?<![\d.,])(?!\d{3}\.\d{3}\.\d{4}\b)\d+[.,]\d+(?:[.,]\d+)*\b(?![-. ]?\d)",
        r"\b[1-9]\d{0,2}(?: \d{3})* 000\b",
        rf"(?<![\d+-])\b\d[\d.,]*(?: \d{{3}})* ?{UNITS}",
    )
]
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
CARD = re.compile(r"(?<![\w+-])\d(?:[ -]?\d){12,18}(?![\w-])")
INTERNATIONAL = re.compile(r"(?<![\w+])(?:\+|00)[1-9](?:[ ()./-]{0,3}\d){7,13}(?!\d)")
NATIONAL = re.compile(r"(?<![\w+-])(?:\(0\d{1,4}\)|0\d{1,4})(?:[ ./-]{0,2}\d){5,9}(?!\d)")
AMERICAN = re.compile(r"(?<![\w+-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?!\d)")
SORT_CODE = re.compile(r"(?<![\w-])\d\d-\d\d-\d\d(?:[ ,]{1,2}\d{6,8})?(?![\w-])")
ACCOUNT = re.compile(r"(?<![\w.,/+-])\d{2,19}(?:[ -]\d{2,6}){0,4}(?![\w/]|[.,]\d)")
CONTEXT = re.compile(
    r"\b(?:accounts?|acct?|a/c|customers?|client|reference|ref|order|contract|polic(?:y|ies)|invoice|case|ticket|iban"
    r"|sort code|membership|meter|serial|passport|insurance|ssn|id)(?:['’]s)?(?: (?:number|no|nr|id|code))?"
    r"\W{0,3}(?:is |was |of )?\W{0,2}$",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a passage looks like."""

    EMAIL = "email"
    CARD = "card"
    PHONE = "phone"
    ACCOUNT = "account"
    OWN_NAME = "own_name"
    COLLEAGUE = "colleague"

    @property
    def sentence(self) -> str:
        """What we ask."""
        return {
            "email": "This looks like an e-mail address. Remove it?",
            "card": "This looks like a card number. Remove it?",
            "phone": "This looks like a phone number. Remove it?",
            "account": "This looks like an account number. Remove it?",
            "own_name": "This looks like your own name or number. Remove it?",
            "colleague": "This looks like a colleague's name. Remove it?",
        }[self.value]


@dataclass(frozen=True)
class Finding:
    """A passage `text[start:end]` that may tell who somebody is."""

    start: int
    end: int
    kind: Kind
    text: str

    @property
    def sentence(self) -> str:
        """What we ask about it."""
        return self.kind.sentence


@dataclass(frozen=True)
class Known:
    """Whom the text could name. own: name, e-mail address, staff number of whoever writes (empty with a shown name)."""

    own: tuple[str, ...] = ()
    colleagues: tuple[str, ...] = field(default=())


NOBODY = Known()


def find(text: str, known: Known = NOBODY) -> list[Finding]:
    """Everything that looks like personal data, by position, without overlaps. `text`: at most 10,000 characters."""
    taken = [False] * len(text)
    found: list[Finding] = []

    def take(kind: Kind, spans: Iterable[tuple[int, int]]) -> None:
        for start, end in spans:
            if not any(taken[start:end]):
                taken[start:end] = [True] * (end - start)
                found.append(Finding(start, end, kind, text[start:end]))

    take(Kind.OWN_NAME, _names(text, known.own))
    take(Kind.EMAIL, _all(EMAIL, text))
    take(Kind.CARD, _all(CARD, text, _is_card))
    plain = _without_the_harmless(text)
    for pattern in (INTERNATIONAL, NATIONAL, AMERICAN):
        take(Kind.PHONE, _all(pattern, plain, _is_phone))
    take(Kind.ACCOUNT, _all(SORT_CODE, plain))
    take(Kind.ACCOUNT, _accounts(text, plain))
    take(Kind.COLLEAGUE, _names(text, known.colleagues))
    return sorted(found, key=lambda one: one.start)


def without(text: str, findings: Iterable[Finding]) -> str:
    """The text with each passage replaced by an ellipsis."""
    for one in sorted(findings, key=lambda finding: finding.start, reverse=True):
        text = text[: one.start] + GAP + text[one.end :]
    return text


def _all(pattern: re.Pattern[str], text: str, keep: Callable[[str], bool] = lambda _: True) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text) if keep(match[0])]


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdecimal())


def _is_phone(text: str) -> bool:
    return PHONE_DIGITS_MIN <= len(_digits(text)) <= PHONE_DIGITS_MAX


def _is_card(text: str) -> bool:
    """The check digit of payment cards (Luhn, ISO/IEC 7812-1 annex B)."""
    digits = [int(sign) for sign in reversed(_digits(text))]
    if not CARD_DIGITS_MIN <= len(digits) <= CARD_DIGITS_MAX or len(set(digits)) == 1:
        return False
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _without_the_harmless(text: str) -> str:
    for pattern in HARMLESS:
        text = pattern.sub(lambda match: "~" * len(match[0]), text)
    return text


def _accounts(text: str, plain: str) -> list[tuple[int, int]]:
    spans = []
    for match in ACCOUNT.finditer(plain):
        named = CONTEXT.search(text, max(0, match.start() - CONTEXT_CHARS), match.start()) is not None
        if _is_account(match[0], named=named):
            spans.append(match.span())
    return spans


def _is_account(text: str, *, named: bool) -> bool:
    count = len(_digits(text))
    groups = text.replace("-", " ").split()
    if named:
        return ACCOUNT_DIGITS_MIN_NAMED <= count <= CARD_DIGITS_MAX
    if not ACCOUNT_DIGITS_MIN <= count <= CARD_DIGITS_MAX or min(map(len, groups)) < 3:
        return False
    is_range = len(groups) == 2 and "-" in text and len(groups[0]) <= len(groups[1]) and int(groups[0]) < int(groups[1])
    return not is_range


def _names(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Whole names in any case; a name of one word only as it is written, because "may" and "will" are words too."""
    spans = []
    for name in names:
        words = name.split()
        if len(name.strip()) < NAME_CHARS_MIN:
            continue
        flags = re.IGNORECASE if len(words) > 1 or "@" in name else 0
        pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)"
        spans += [match.span() for match in re.finditer(pattern, text, flags)]
    return spans
