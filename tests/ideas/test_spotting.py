"""What looks like personal data is spotted, and what merely has digits in it is left alone."""

import time

import pytest

from portal.ideas.spotting import Kind, Known, find, without


def kinds(text: str, known: Known | None = None) -> list[tuple[Kind, str]]:
    return [(one.kind, one.text) for one in find(text, known or Known())]


@pytest.mark.parametrize(
    ("text", "kind", "passage"),
    [
        ("She wrote from jo.smith+home@mail.example.co.uk twice", Kind.EMAIL, "jo.smith+home@mail.example.co.uk"),
        ("mailto:jo@harbour.example", Kind.EMAIL, "jo@harbour.example"),
        ("Her card 4111 1111 1111 1111 was refused", Kind.CARD, "4111 1111 1111 1111"),
        ("Her card 4111-1111-1111-1111.", Kind.CARD, "4111-1111-1111-1111"),
        ("amex 378282246310005 refused", Kind.CARD, "378282246310005"),
        ("Ring +44 113 496 0000 before ten", Kind.PHONE, "+44 113 496 0000"),
        ("Ring +44 (0)113 496 0000", Kind.PHONE, "+44 (0)113 496 0000"),
        ("He is on 0044 7700 900123", Kind.PHONE, "0044 7700 900123"),
        ("He is on 07700900123.", Kind.PHONE, "07700900123"),
        ("He is on 07700 900 123", Kind.PHONE, "07700 900 123"),
        ("the shop (0113) 496 0000 never answers", Kind.PHONE, "(0113) 496 0000"),
        ("Call 031-555-0199-1", Kind.PHONE, "031-555-0199-1"),
        ("Call (555) 123-4567", Kind.PHONE, "(555) 123-4567"),
        ("Call 555.123.4567 now", Kind.PHONE, "555.123.4567"),
        ("It happened on 40017732 again", Kind.ACCOUNT, "40017732"),
        ("account 12345", Kind.ACCOUNT, "12345"),
        ("The customer's number is 99812", Kind.ACCOUNT, "99812"),
        ("Ref: 482 991", Kind.ACCOUNT, "482 991"),
        ("sort code 20-30-40 is wrong", Kind.ACCOUNT, "20-30-40"),
        ("4001 7732 was charged twice", Kind.ACCOUNT, "4001 7732"),
        ("4111 1111 1111 1112", Kind.ACCOUNT, "4111 1111 1111 1112"),
    ],
)
def test_personal_data_is_spotted_as_what_it_is(text: str, kind: Kind, passage: str) -> None:
    assert kinds(text) == [(kind, passage)]


@pytest.mark.parametrize(
    "text",
    [
        "A refund of £1,250,000.00 or £ 12345678 needs a manager",
        "It cost 1234567 pounds, 1 000 000 euros or €1.250.000,50",
        "USD 1500000 and R1500000 and 1500000 calls",
        "On 2026-03-02, 02/03/2026, 2.3.2026 and 20260302 it was down",
        "From 2026-03-02T14:30:00Z on",
        "Open 09:00-17:30, 0900-1730 and from 8.30 to 14:05:59",
        "99.99999% of the 12.5 per cent",
        "Like number 248, #248 and idea 1048: 14 days, 5 working days, 24/7",
        "In 2023-2024 and 2023/24 we took 10000-20000 calls, 1000-2000 a day",
        "Step 1 2 3, weeks 10 11 12 13, press 1, then 2, then 4",
        "Windows 10.0.19045.3803 at 192.168.100.200",
        "3.14159265 is the average of 640 results",
        "See https://intranet.example/articles/40017732?page=2",
        "Out of 1,234,567 customers two have 7 lines",
        "The order of 14 days is 3 to 5",
        "May will mark his grace period",
        "We wait 48 hours, 1440 minutes or 86400 seconds",
    ],
)
def test_ordinary_numbers_are_left_alone(text: str) -> None:
    assert kinds(text, Known(("Mark",), ("Will", "May Grace", "Jo"))) == []


def test_names_that_are_known_are_spotted() -> None:
    known = Known(own=("Asha Patel", "asha@harbour.example", "s-4711"), colleagues=("Joyce Mwangi", "Bo"))

    found = kinds("I am asha  patel (s-4711, asha@harbour.example) and sat with JOYCE MWANGI and Bo", known)

    assert found == [
        (Kind.OWN_NAME, "asha  patel"),
        (Kind.OWN_NAME, "s-4711"),
        (Kind.OWN_NAME, "asha@harbour.example"),
        (Kind.COLLEAGUE, "JOYCE MWANGI"),
    ]


def test_removing_leaves_the_rest_of_the_words() -> None:
    text = "Ms Lee (40017732) rang from 07700 900123 about it"

    assert without(text, find(text)) == "Ms Lee (…) rang from … about it"
    assert find(without(text, find(text))) == []


def test_every_finding_asks_a_question() -> None:
    assert find("account 40017732")[0].sentence == "This looks like an account number. Remove it?"
    assert all(kind.sentence.endswith("Remove it?") for kind in Kind)


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "0-", "a@", "(0", "+1 ", "1.", "a.", "£1 ", "12-", "1 000 ", "\n", "https://"]
)
def test_the_longest_text_is_looked_through_quickly(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    before = time.process_time()

    find(text, Known(("Asha Patel",), tuple(f"Name{n} Other" for n in range(60))))

    assert time.process_time() - before < 1
