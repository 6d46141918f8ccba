"""When to try a message again. Pure."""

from datetime import timedelta

CLAIM_MAX = 5
LEASE = timedelta(seconds=120)  # longer than five handlers take; after it another worker may try
BACKOFF_SECONDS_FIRST = 10
BACKOFF_SECONDS_MAX = 6 * 3600
ATTEMPTS_MAX = 40  # with the longest pause of six hours: more than a week of trying

assert BACKOFF_SECONDS_FIRST < BACKOFF_SECONDS_MAX


def backoff_seconds(attempts: int, *, spread: int = 0) -> float:
    """The pause after the n-th failed attempt: 10 s · 2ⁿ⁻¹ up to six hours, ± 25 % so that not all come back at once.

    spread: any number of the message, which makes its share of the ± 25 % the same on every run.
    """
    pause = min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS_FIRST * 2 ** min(attempts - 1, 20))
    return pause * (0.75 + (spread * 2654435761 % 1000) / 2000)


def is_hopeless(attempts: int) -> bool:
    """True when a message has been tried often enough to need a person."""
    return attempts >= ATTEMPTS_MAX
