"""One visitor's page of ideas that need a view: mostly promising ones, some that hardly anybody saw. Pure."""

import hashlib
import heapq
import random
from collections import deque
from collections.abc import Callable, Iterable
from statistics import NormalDist
from typing import Any, NamedTuple

from portal.swarm.score import DEFAULTS, Params, id_key, list_key

PAGE = 8
FRESH_PLACES = (3, 6)  # of each eight


class Card(NamedTuple):
    """An idea that may be dealt."""

    id: Any
    score: float
    sd: float
    m: float


class Keyed:
    """Chance that hangs on the seed and the idea alone: deciding one idea moves none of the others.

    The mixing is that of SplitMix64 (Steele, Lea and Flood, 2014): every visit to the board waits for it, and a
    cryptographic one takes three times as long.
    """

    def __init__(self, seed: str) -> None:
        self._seeds = [int.from_bytes(hashlib.sha256(f"{use}:{seed}".encode()).digest()[:8], "big") for use in (0, 1)]

    def noise(self, use: int, idea_id: int) -> float:
        """N(0, 1) of one idea for one of two uses."""
        x = (self._seeds[use] + idea_id * 0x9E3779B97F4A7C15) & WORD
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & WORD
        return NORMAL(((x >> 12) + 0.5) / 2**52)


WORD = 2**64 - 1
NORMAL = NormalDist().inv_cdf


def candidates(cards: list[Card], k: int, params: Params = DEFAULTS) -> list[Card]:
    """The best by score and those with the highest hope (score + 2 sd), `feed_pool` of each, in fixed order.

    The pool widens with k, so that a long page is still a page of promising ideas.
    """
    size = max(params.feed_pool, k)
    if len(cards) <= size:  # everything is promising: one order is enough
        return sorted(
            {card.id: card for card in cards}.values(), key=lambda card: list_key(card.score, card.m, card.id)
        )
    best = heapq.nsmallest(size, cards, key=lambda card: list_key(card.score, card.m, card.id))
    hopeful = heapq.nsmallest(
        size, cards, key=lambda card: list_key(card.score + params.feed_ucb * card.sd, card.m, card.id)
    )
    return list({card.id: card for card in best + hopeful}.values())


def deal(
    promising: Iterable[Card],
    fresh: Iterable[Card],
    k: int,
    rng: random.Random | Keyed,
    params: Params = DEFAULTS,
) -> list[Any]:
    """k different ids, or all there are.

    promising: candidates for most places, drawn by score + 0.7·sd·N(0,1).
    fresh: candidates for places 3 and 6 of each eight, the smallest M + N(0, 0.5) of those not drawn yet.
    Where one kind runs out the other fills in. The same rng state and order of cards give the same page; with `Keyed`
    chance an idea that is gone moves the others up and changes nothing else.
    """
    noise = rng.noise if isinstance(rng, Keyed) else _in_turn(rng)
    places = range(max(0, k))
    leading = sum(not _is_fresh(place) for place in places)
    order = _smallest_first(
        (-(card.score + params.feed_noise * card.sd * noise(0, card.id)), card.id) for card in promising
    )
    leaders = deque(order[:leading])
    taken = set(leaders)
    newcomers = deque(
        _smallest_first(
            ((card.m + params.feed_jitter * noise(1, card.id), card.id) for card in fresh if card.id not in taken),
            size=len(places) - len(leaders),
        )
    )
    taken.update(newcomers)
    leaders.extend(idea_id for idea_id in order[leading:] if idea_id not in taken)
    page = []
    for place in places[: len(leaders) + len(newcomers)]:
        first, second = (newcomers, leaders) if _is_fresh(place) else (leaders, newcomers)
        page.append((first or second).popleft())
    return page


def _in_turn(rng: random.Random) -> Callable[[int, Any], float]:
    return lambda _use, _idea_id: rng.gauss(0, 1)


def _is_fresh(place: int) -> bool:
    return place % PAGE + 1 in FRESH_PLACES


def _smallest_first(drawn: Iterable[tuple[float, Any]], size: int | None = None) -> list[Any]:
    def key(pair: tuple[float, Any]) -> tuple[float, tuple[int, Any]]:
        return (pair[0], id_key(pair[1]))

    pairs = list(drawn)
    # Whole numbers alone sort as pairs in the same order, without a key: every visit to the board waits for this.
    by = None if all(type(idea_id) is int for _, idea_id in pairs) else key
    return [idea_id for _, idea_id in sorted(pairs, key=by)[:size]]
