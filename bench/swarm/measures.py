"""How good an order and a set of promotions are, against the truth."""

from collections.abc import Iterable, Sequence

LATE_FROM = 0.6  # of all arrivals: the last 40 % are late


def recall_at(k: int, order: Sequence[int], truth: Sequence[float]) -> float:
    """Share of the k truly best that are among the first k."""
    return len(set(order[:k]) & best(k, truth)) / k


def late_good_recall(order: Sequence[int], truth: Sequence[float]) -> float | None:
    """Share of the true top 10 % among late arrivals that stand in the first 10 % of the list."""
    tenth = len(truth) // 10
    late = {number for number in best(tenth, truth) if number >= LATE_FROM * len(truth)}
    return len(late & set(order[:tenth])) / len(late) if late else None


def reached(share: float, promoted: Iterable[int], truth: Sequence[float]) -> float:
    """Share of the truly best that were promoted."""
    top = best(round(share * len(truth)), truth)
    return len(top & set(promoted)) / len(top)


def false_share(promoted: Iterable[int], truth: Sequence[float]) -> float | None:
    """Share of promoted ideas whose truth lies below the 75th percentile."""
    good, all_of = best(len(truth) // 4, truth), set(promoted)
    return len(all_of - good) / len(all_of) if all_of else None


def best(k: int, truth: Sequence[float]) -> set[int]:
    """The k truly best."""
    return set(sorted(range(len(truth)), key=lambda number: -truth[number])[:k])
