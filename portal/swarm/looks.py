"""How much of an idea somebody has seen who scrolled by without deciding. Pure.

A card further down a page is examined less often; who examined it and did not decide still has seen it. The curve is
a position-based click model: attention falls with a power of the place, and examining without acting is what is left
after those who acted are taken away (Craswell et al., 2008, "An experimental comparison of click position-bias
models"). Its exponent is to be fitted again from the two places of each page that are dealt at random.
"""

from datetime import timedelta

SLOTS = 8  # places of a page; further down one page follows another
EXPONENT = 0.7
PASSED_BY = 0.45  # share of those who examine a card in the first place and press nothing
ACTED = 0.55
FAIRLY_SEEN = 0.85  # from here on an idea is not dealt to this person again
KEPT = timedelta(days=180)  # per person; afterwards only per team


def chance_examined(slot: int) -> float:
    """The chance that a card in this place, 1 to 8, was examined, given that its reader pressed nothing.

    Raises ValueError for a place that no page has.
    """
    if not 1 <= slot <= SLOTS:
        raise ValueError(f"a page has places 1 to {SLOTS}, not {slot}")
    attention = slot**-EXPONENT
    return PASSED_BY * attention / (1.0 - ACTED * attention)


def looked(p_seen: float, slot: int) -> float:
    """The chance that somebody has seen an idea after it was on their screen once more, 0..1; never falls."""
    # In the first place it is 1 but for the last bit.
    return min(1.0, max(p_seen, 1.0 - (1.0 - p_seen) * (1.0 - chance_examined(slot))))


def slot_of(place: int) -> int:
    """The place on its page of eight of the card in this place of the whole list, counted from 0."""
    return place % SLOTS + 1
