"""What Python looks through for rubbish: not what a process made at its start, and not after every few objects."""

import gc

YOUNG = 10_000  # new objects until the youngest are looked through; with Python's 700 a page was stopped a dozen times


def settle() -> None:
    """Call when everything is loaded that stays. Looking for rubbish took one twentieth of a page before."""
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    gc.enable()
