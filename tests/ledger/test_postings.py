"""What may be asked of the ledger, and what each kind does to two accounts."""

import json
import random
from datetime import timedelta, timezone
from hashlib import sha256

import pytest

from portal.errors import Invalid
from portal.ledger.postings import (
    FIRST_HASH,
    Change,
    Entry,
    Link,
    TransferKind,
    changes,
    check_cause,
    link_hash,
    link_text,
    read_anchor,
    request_hash,
    tidy_memo,
)
from tests.factories import NOON

BAD_AMOUNTS = (-5, 0, 1.5, "5", True, 1e3, float("nan"), 2**63, 10**30, None, "٥", 1_000_000_001)


def entry(**over: object) -> Entry:
    values = {"kind": TransferKind.POST, "debit_id": 1, "credit_id": 2, "amount": 5, "reason_code": "test",
              "actor_ref": "portal"}  # fmt: skip
    return Entry(**(values | over))  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", BAD_AMOUNTS, ids=str)
def test_points_are_positive_whole_numbers(amount: object) -> None:
    with pytest.raises(Invalid) as refusal:
        entry(amount=amount)

    assert refusal.value.code == "amount_not_positive_integer"


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"credit_id": 1}, "same_account"),
        ({"reason_code": "Not a code"}, "bad_reason"),
        ({"memo": "two\nlines"}, "bad_memo"),
        ({"memo": "x" * 201}, "bad_memo"),
        ({"ref_seq": 3}, "bad_reference"),
        ({"kind": TransferKind.VOID}, "bad_reference"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_by_name(over: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        entry(**over)

    assert refusal.value.code == code


@pytest.mark.parametrize("cause", ["", " ", "with blank", "x" * 121, "kéy", 5, None])
def test_a_key_is_visible_ascii(cause: object) -> None:
    with pytest.raises(Invalid):
        check_cause(cause)


def test_the_canonical_form_is_sorted_ascii_json_without_blanks() -> None:
    words = 'é "quoted" \\ \u2028 😀'
    link = Link(7, 'k"7', entry(memo=words, actor_ref="person:1", kind=TransferKind.VOID, ref_seq=3), NOON, FIRST_HASH)

    text = link_text(link)

    read = json.loads(text)
    assert text == json.dumps(read, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    assert text.isascii()
    assert read == {
        "cause": 'k"7',
        "created_at": "2026-03-02T12:00:00.000000Z",
        "request": {"actor": "person:1", "amount": 5, "credit": 2, "debit": 1, "kind": "void", "memo": words,
                    "reason": "test", "ref": 3, "v": 1},
        "seq": 7,
    }  # fmt: skip


def test_the_chain_has_the_same_hash_on_every_machine_and_in_every_zone() -> None:
    there = NOON.astimezone(timezone(timedelta(hours=5)))

    here, abroad = (link_hash(Link(1, "k", entry(), moment, FIRST_HASH)) for moment in (NOON, there))

    row = (
        '{"cause":"k","created_at":"2026-03-02T12:00:00.000000Z","request":{"actor":"portal","amount":5,"credit":2,'
        '"debit":1,"kind":"post","memo":"","reason":"test","ref":null,"v":1},"seq":1}'
    )
    assert here == abroad == sha256((FIRST_HASH + row).encode()).hexdigest()


def test_every_field_of_a_row_is_in_its_hash() -> None:
    link = Link(1, "k", entry(memo="m"), NOON, FIRST_HASH)
    others = [
        Link(2, "k", entry(memo="m"), NOON, FIRST_HASH),
        Link(1, "l", entry(memo="m"), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="n"), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m", amount=6), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m", debit_id=3), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m", credit_id=3), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m", reason_code="other"), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m", actor_ref="person:1"), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m", kind=TransferKind.HOLD), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m", kind=TransferKind.REVERSE, ref_seq=1), NOON, FIRST_HASH),
        Link(1, "k", entry(memo="m"), NOON + timedelta(microseconds=1), FIRST_HASH),
        Link(1, "k", entry(memo="m"), NOON, "1" * 64),
    ]

    assert len({link_hash(one) for one in [link, *others]}) == len(others) + 1


def test_a_request_is_the_same_whatever_its_key_and_time() -> None:
    assert request_hash(entry()) == request_hash(entry())
    assert request_hash(entry()) != request_hash(entry(amount=6))


def test_what_each_kind_does_to_both_accounts() -> None:
    assert changes(TransferKind.POST, 5) == (Change(-5), Change(5))
    assert changes(TransferKind.HOLD, 5) == (Change(0, 5), Change())
    assert changes(TransferKind.CAPTURE, 3, held=5) == (Change(-3, -5), Change(3))
    assert changes(TransferKind.VOID, 5, held=5) == (Change(0, -5), Change())
    assert changes(TransferKind.REVERSE, 5) == (Change(-5), Change(5))


def test_whatever_happens_nothing_is_made_or_lost() -> None:
    chance = random.Random(7)
    for _ in range(500):
        kind, held = chance.choice(list(TransferKind)), chance.randint(1, 100)
        debited, credited = changes(kind, chance.randint(1, held), held=held)
        assert debited.posted + credited.posted == 0
        assert credited.held == 0


def test_any_words_can_become_a_memo() -> None:
    assert tidy_memo(" a\n\tb\x00c\ud800 ") == "a b c"
    assert len(tidy_memo("word " * 100)) <= 200


@pytest.mark.parametrize("text", ["", "12", "12:abc", "x:" + "0" * 64, "-1:" + "0" * 64, "٥:" + "0" * 64])
def test_an_anchor_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_anchor(text)

    assert refusal.value.code == "bad_anchor"
