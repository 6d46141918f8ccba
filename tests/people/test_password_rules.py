"""Which passwords are refused, and why."""

import pytest

from portal.people.password_rules import PasswordRefusal, password_refusal

CONTEXT = ["Harbour Broadband", "Asha Rao", "asha.rao@harbour.example", "A-10047"]


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("seven77", PasswordRefusal.TOO_SHORT),
        ("Sunrise2026", PasswordRefusal.TOO_SHORT),
        ("eleven sign", PasswordRefusal.TOO_SHORT),
        ("x" * 10_240, PasswordRefusal.TOO_LONG),
        ("é" * 513, PasswordRefusal.TOO_LONG),
        ("aaaaaaaaaaaaaaaa", PasswordRefusal.REPETITIVE),
        ("abcabcabcabc", PasswordRefusal.REPETITIVE),
        ("ab12ab12ab12", PasswordRefusal.REPETITIVE),
        ("qwertyuiop[]", PasswordRefusal.PATTERN),
        ("1qaz2wsx3edc", PasswordRefusal.PATTERN),
        ("abcdefghijklmnop", PasswordRefusal.PATTERN),
        ("0987654321098", PasswordRefusal.PATTERN),
        ("Sunrise2026!!", PasswordRefusal.COMMON),
        ("password1234", PasswordRefusal.COMMON),
        ("P@ssw0rd!2026", PasswordRefusal.COMMON),
        ("michaeljackson", PasswordRefusal.COMMON),
        ("correct horse battery staple", PasswordRefusal.COMMON),
        ("Sayso-2026-sayso", PasswordRefusal.CONTEXT),
        ("HarbourBroadband1", PasswordRefusal.CONTEXT),
        ("Asha.Rao.1989!", PasswordRefusal.CONTEXT),
    ],
)
def test_an_easy_password_is_refused_with_its_reason(password: str, reason: PasswordRefusal) -> None:
    assert password_refusal(password, context=CONTEXT) is reason


@pytest.mark.parametrize(
    "password",
    [
        "tin umbrella grows quietly",
        "k9$Vb2!xQ7@z",
        "purplemonkeydishwasher",
        "🦊🐳🌵🍋🎈🧲🦄🐙🐝🍇🍕🚀",
        "correct horse grows quietly under sayso",
        "wq7 " * 3 + "and then something of 64 signs or more, which is fine as well...",
        "  twelve blanks around  ",
    ],
)
def test_length_is_all_that_is_asked_for(password: str) -> None:
    assert password_refusal(password, context=CONTEXT) is None


def test_every_refusal_says_what_to_do() -> None:
    assert all(refusal.sentence.endswith(".") for refusal in PasswordRefusal)
