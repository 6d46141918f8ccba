"""Temporary home of the vote words until the full rules arrive."""

from enum import StrEnum


class VoteKind(StrEnum):
    SUPPORT = "support"
    STRONG = "strong"
    PASS = "pass"
    STOP = "stop"


class StopReason(StrEnum):
    UNSAFE = "unsafe"
    UNLAWFUL = "unlawful"
    TRIED = "tried"
    WRONG_FIX = "wrong_fix"
    MOVES_PAIN = "moves_pain"
