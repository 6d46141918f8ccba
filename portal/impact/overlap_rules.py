"""Two changes in the same weeks: what can be told apart, what is one bundle, and who gets which share. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import sqrt

from portal.impact.estimate_parts import Estimate, Reading
from portal.impact.estimate_words import Direction

WINDOW_DAYS = 56  # of each change, from each unit's own go-live
BEFORE_DAYS = 91  # an earlier change still moves the weeks it is compared with
CLEAN_UNITS_MIN = 2
BUNDLE_DAYS, BUNDLE_SHARE = 28, 0.80
VERDICTS_TO_BACK_FIT = 20
ROUNDS = 6
Lives = Mapping[str, date]  # unit → its go-live


@dataclass(frozen=True)
class Shared:
    """How much two changes have in common.

    unit_days: both are live. share: of the unit-days of the smaller one, 0 to 1. clean: units that the first has and
    the second does not touch. separable: at least two units have only one of them. bundled: nothing tells them apart.
    """

    unit_days: int
    share: float
    clean: tuple[str, ...]
    separable: bool
    bundled: bool


def shared(one: Lives, other: Lives) -> Shared:
    """What two changes have in common, from their go-lives."""
    if not one or not other:
        return Shared(0, 0.0, tuple(sorted(one)), True, False)
    window = timedelta(days=WINDOW_DAYS)
    days = sum(
        max(0, (min(one[unit], other[unit]) + window - max(one[unit], other[unit])).days)
        for unit in one.keys() & other.keys()
    )  # fmt: skip
    share = days / (WINDOW_DAYS * min(len(one), len(other)))
    near = abs((min(one.values()) - min(other.values())).days) <= BUNDLE_DAYS
    clean, theirs = sorted(one.keys() - other.keys()), other.keys() - one.keys()
    apart = max(len(clean), len(theirs)) >= CLEAN_UNITS_MIN
    return Shared(days, share, tuple(clean), apart, near and share > BUNDLE_SHARE and not apart)


def is_in_window(other_live: date, *, live_from: date, until: date) -> bool:
    """Whether another go-live can disturb an estimate: since shortly before this one's, until its last day."""
    return live_from - timedelta(days=BEFORE_DAYS) <= other_live <= until


@dataclass(frozen=True)
class Treatment:
    """How an estimate deals with the changes around it.

    leaving_out: units that are not looked at. together_with: one bundle with these. less: their effect is subtracted.
    lower: steps by which the grade falls. flagged: somebody without a stake has to look.
    """

    leaving_out: tuple[str, ...] = ()
    together_with: tuple[int, ...] = ()
    less: tuple[int, ...] = ()
    lower: int = 0
    flagged: bool = False


def treatment(
    own: Lives, others: Mapping[int, Lives], *, until: date, verdicts: int, units: Collection[str],
    planned: Collection[int] | None = None,
) -> Treatment:  # fmt: skip
    """What is done about the other changes. others: promise → its go-lives. verdicts: locked so far, of anybody.

    units: all that report, so that comparison units are left out only where others remain. planned: the promises
    with a plan of their own, which alone can share a bundle (None: all).
    """
    if not own:
        return Treatment()
    start = min(own.values())
    near = {number: {unit: live for unit, live in lives.items() if is_in_window(live, live_from=start, until=until)}
            for number, lives in others.items()}  # fmt: skip
    near = {number: lives for number, lives in near.items() if lives}
    may_share = near.keys() if planned is None else near.keys() & set(planned)
    bundle = _bundle(own, {number: near[number] for number in may_share})
    rest = {number: lives for number, lives in near.items() if number not in bundle}
    mine = own.keys() | {unit for number in bundle for unit in near[number]}
    touched = {unit for lives in rest.values() for unit in lives}
    spoilt = touched - mine  # comparison units
    free = set(units) - mine - spoilt
    out = spoilt if free else set()
    if not touched & mine:
        stays = bool(spoilt) and not free
        return Treatment(tuple(sorted(out)), bundle, (), int(stays), stays)
    if len(mine - touched) >= CLEAN_UNITS_MIN and (free or not spoilt):
        return Treatment(tuple(sorted(touched)), bundle)
    fits = {number for number, lives in rest.items() if lives.keys() & mine and dict(lives) != dict(own)}
    if verdicts >= VERDICTS_TO_BACK_FIT and fits:
        left = any(lives.keys() & mine for number, lives in rest.items() if number not in fits)
        return Treatment(tuple(sorted(out)), bundle, tuple(sorted(fits)), 1, left)
    return Treatment(tuple(sorted(out)), bundle, (), 1, True)


def _bundle(own: Lives, near: Mapping[int, Lives]) -> tuple[int, ...]:
    """Whatever cannot be told apart from this change, or from something that cannot: the same seen from each."""
    found: dict[int, Lives] = {}
    while joining := {
        number: lives for number, lives in near.items()
        if number not in found and any(shared(one, lives).bundled for one in (own, *found.values()))
    }:  # fmt: skip
        found |= joining
    return tuple(sorted(found))


def shares(
    registered: Mapping[int, int | None], expected: Mapping[int, float], *, same_metric: bool = True
) -> dict[int, float]:
    """Who gets which part of a bundle, summing to 1: as agreed before go-live (per cent), else in proportion to what
    each was expected to do, else equal."""
    agreed = all(share is not None for share in registered.values())
    if agreed and sum(share or 0 for share in registered.values()) > 0:
        weights = {number: float(share or 0) for number, share in registered.items()}
    elif same_metric and expected and all(expected.get(number, 0) > 0 for number in registered):
        weights = {number: expected[number] for number in registered}
    else:
        weights = dict.fromkeys(registered, 1.0)
    total = sum(weights.values())
    return {number: weight / total for number, weight in weights.items()}


def parts(cents: int, by_share: Mapping[int, float]) -> dict[int, int]:
    """Whole cents for each, rounded down: together never more than there is."""
    return {number: int(cents * share + 1e-9) for number, share in by_share.items()}


def widened(half_width: float, *, share: float, se_other: float, se_own: float) -> float:
    """The half-width of a back-fitted estimate: the other's own doubt comes to it."""
    return half_width * widening(share=share, se_other=se_other, se_own=se_own)


def widening(*, share: float, se_other: float, se_own: float) -> float:
    """sqrt(1 + share² · (se_other / se_own)²)."""
    return sqrt(1 + share**2 * (se_other / se_own) ** 2) if se_own > 0 else 1.0


def with_lives(readings: Iterable[Reading], lives: Lives) -> list[Reading]:
    """The same values with other go-lives."""
    return [replace(one, treated_from=lives.get(one.unit)) for one in readings]


def less(readings: Iterable[Reading], lives: Lives, effect: float) -> list[Reading]:
    """The values with an effect taken out of the units that have it."""
    return [
        replace(one, value=one.value - effect)
        if one.value is not None and one.unit in lives and one.day >= lives[one.unit] else one
        for one in readings
    ]  # fmt: skip


def back_fitted(
    readings: Sequence[Reading], own: Lives, others: Mapping[int, Lives], metric: str, direction: Direction
) -> tuple[list[Reading], float]:
    """The readings with the others' effects taken out, and the factor by which the interval is widened.

    Each effect is estimated in turn with the current effects of all others subtracted, six rounds.
    """
    from portal.impact.estimator import estimate  # numeric libraries: see estimate_parts

    lives: dict[int, Lives] = {0: own, **{number: other for number, other in others.items() if number != 0}}
    effects = dict.fromkeys(lives, 0.0)
    found: dict[int, Estimate] = {}
    for _ in range(ROUNDS):
        for number in lives:
            rest = _without_others(readings, lives, effects, number)
            found[number] = estimate(with_lives(rest, lives[number]), metric, direction)
            effects[number] = found[number].estimate or 0.0
    wider = 1.0
    own_half = found[0].half_width or 0.0
    for number in lives.keys() - {0}:
        common = sum(1 for unit in own if unit in lives[number]) / len(own)
        wider *= widening(share=common, se_other=found[number].half_width or 0.0, se_own=own_half)
    return with_lives(_without_others(readings, lives, effects, 0), own), wider


def _without_others(
    readings: Sequence[Reading], lives: Mapping[int, Lives], effects: Mapping[int, float], own: int
) -> list[Reading]:
    rest = list(readings)
    for number, other in lives.items():
        if number != own:
            rest = less(rest, other, effects[number])
    return rest
