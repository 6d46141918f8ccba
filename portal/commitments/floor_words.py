"""How a check on the floor reads. Pure."""

from collections.abc import Sequence
from typing import Any

TOO_FEW = "Too few answered to show figures."


def result_line(total: Sequence[Any] | None, asked: int | None) -> str:
    """ "31 of 40 answered: 24 yes, 4 partly, 3 no." total: (label, yes, partly, no), None where too few answered."""
    if total is None:
        return TOO_FEW
    yes, partly, no = total[1:]
    of = f" of {asked}" if asked else ""
    return f"{yes + partly + no}{of} answered: {yes} yes, {partly} partly, {no} no."


def after(days: int) -> str:
    """ "30 days after it went live"."""
    return f"{days} days after it went live"


def still_met(days: int) -> str:
    """Why a check opened it again."""
    return f"Too many of those asked {after(days)} still meet it."
