"""Figures of the programme page: what they say in words, and whose are hidden from whom. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from portal.home.programme_words import SHARES, SILENT_DAYS, Dimension, Measure
from portal.home.suppression import Group, hidden

TOP, NOWHERE = "", "none"  # everybody; what is of no place
TENTHS = 10
WORKING = "working day"
MOVED_POINTS = 1  # percentage points below which a share has not moved in words


@dataclass(frozen=True)
class Figure:
    """`part` of `whole`; for replies how long each took: tenths of a working day → ideas."""

    part: int = 0
    whole: int = 0
    spread: Mapping[int, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Per cent; None of nothing."""
        return 100 * self.part / self.whole if self.whole else None

    @property
    def median(self) -> float | None:
        """The middle of the working days, exact to a tenth; None of nothing."""
        return median_of(self.spread)

    def __add__(self, other: "Figure") -> "Figure":
        spread = dict(self.spread)
        for tenths, ideas in other.spread.items():
            spread[tenths] = spread.get(tenths, 0) + ideas
        return Figure(self.part + other.part, self.whole + other.whole, spread)


@dataclass(frozen=True)
class Place:
    """A group of the tree. key: "e3" an employer, "17" a site, "at3" an employer's people at no site, "none" nobody's.

    people: how many work there. employer_id: whose figures they are; None for those of nobody in particular.
    """

    key: str
    parent: str | None
    name: str
    people: int | None
    employer_id: int | None
    partner: bool = False


def median_of(spread: Mapping[int, int]) -> float | None:
    """The median of values counted by tenths; of an even number the mean of the two in the middle."""
    total = sum(spread.values())
    if not total:
        return None
    wanted = ((total - 1) // 2, total // 2)
    found, before = [], 0
    for tenths, count in sorted(spread.items()):
        found += [tenths for place in wanted if before <= place < before + count]
        before += count
    return sum(found) / len(found) / TENTHS


def tenths_of(working_days: float) -> int:
    """Working days as a spread counts them."""
    return round(working_days * TENTHS)


def hidden_places(
    places: Iterable[Place], public: Collection[int], own: Collection[int] | None, *, small_too: bool = True
) -> frozenset[str]:
    """The keys of places whose figures this viewer is not shown.

    public: partners whose figures are published. own: employers whose unpublished figures the viewer may see; None
    for all. small_too: False asks what is kept back alone.
    """
    known = list(places)
    kept_back = {place.key for place in known if place.partner and not _may_see(place, public, own)}
    if not small_too:
        return frozenset(kept_back)
    # Of a partner that is told its figures first, nothing is hidden for the sake of another one if it can be helped.
    dear = {place.key for place in known if place.partner and own is not None and place.employer_id in own}
    found = hidden((Group(place.key, place.parent, place.people) for place in known), kept_back, dear=dear)
    return frozenset(str(key) for key in found)


def _may_see(place: Place, public: Collection[int], own: Collection[int] | None) -> bool:
    return own is None or place.employer_id in own or place.employer_id in public


def value_words(measure: Measure, figure: Figure) -> str:
    """A figure in a cell: "62 %", "1.8 days", "12"; a dash of nothing."""
    if measure is Measure.SILENCE:
        return str(figure.part)
    if measure in SHARES:
        return "–" if figure.share is None else f"{round(figure.share)} %"
    return "–" if figure.median is None else days_words(figure.median)


def basis_words(measure: Measure, figure: Figure) -> str:
    """What a figure stands on: "13 of 21", "of 14 ideas"."""
    if measure is Measure.REPLIES:
        return f"{figure.whole} {'reply' if figure.whole == 1 else 'replies'}"
    return f"{figure.part} of {figure.whole}"


def days_words(days: float, unit: str = "day") -> str:
    """ "1 day", "1.8 days", "12 days": working days, with a tenth where it matters."""
    words = f"{days:.1f}" if days < 10 and round(days, 1) != round(days) else str(round(days))
    return f"{words} {unit}{'' if words == '1' else 's'}"


def told(
    latest: Mapping[Measure, Figure], before: Mapping[Measure, Figure], slowest: tuple[str, float] | None
) -> list[str]:
    """The paragraph on top, a sentence each. latest: the last four weeks. before: the four before them.

    slowest: the site that waits longest among those shown, and its median in working days.
    """
    found = [
        _closed(latest[Measure.CLOSED], before[Measure.CLOSED]),
        _replied(latest[Measure.REPLIES], before[Measure.REPLIES]),
        f"{slowest[0]} waits longest: {days_words(slowest[1], WORKING)}." if slowest else "",
        _kept(latest[Measure.PROMISES]),
        _silent(latest[Measure.SILENCE]),
        _took_part(latest[Measure.PEOPLE]),
    ]
    return [words for words in found if words]


def _closed(now: Figure, before: Figure) -> str:
    if now.share is None:
        return ""
    words = f"In the last four weeks {round(now.share)} % of the people who said something were told in time"
    return f"{words} what becomes of it{_moved(now.share, before.share)}."


def _moved(now: float, before: float | None) -> str:
    if before is None:
        return ""
    if abs(now - before) < MOVED_POINTS:
        return ", as in the four weeks before"
    return f", {'up' if now > before else 'down'} from {round(before)} %"


def _replied(now: Figure, before: Figure) -> str:
    if now.median is None:
        return "Nobody has had a first reply in the last four weeks." if before.median is not None else ""
    was = f"; it was {days_words(before.median)} in the four weeks before" if before.median is not None else ""
    return f"Half of the first replies came within {days_words(now.median, WORKING)}{was}."


def _kept(now: Figure) -> str:
    if not now.whole:
        return ""
    if now.whole == 1:
        return f"One promise came due, and was {'kept on time' if now.part else 'not kept on time'}."
    return f"Of {now.whole} promises that came due, {now.part or 'none'} {_were(now.part)} kept on time."


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _silent(now: Figure) -> str:
    if not now.part:
        return f"Nothing has waited more than {SILENT_DAYS} working days for a first reply." if now.whole else ""
    ideas = "1 idea has" if now.part == 1 else f"{now.part} ideas have"
    return f"{ideas} waited more than {SILENT_DAYS} working days without a reply from anybody."


def _took_part(now: Figure) -> str:
    return f"{round(now.share)} % of people said or backed something." if now.share is not None else ""


def slowest_of(medians: Mapping[str, float | None]) -> tuple[str, float] | None:
    """Who waits longest, by name; None where fewer than two can be compared or all wait the same."""
    known = {name: value for name, value in medians.items() if value is not None}
    if len(known) < 2 or len(set(known.values())) < 2:
        return None
    name = max(known, key=lambda one: (known[one], one))
    return name, known[name]


def mondays(today: date, weeks: int) -> list[date]:
    """The Mondays of the last `weeks` weeks, the current one last."""
    current = today - timedelta(days=today.weekday())
    return [current - timedelta(weeks=back) for back in reversed(range(weeks))]


def summed(figures: Iterable[Figure]) -> Figure:
    """All of them together."""
    total = Figure()
    for figure in figures:
        total = total + figure
    return total


def group_order(dimension: Dimension, rows: Sequence[Any]) -> list[Any]:
    """Rows (with `.name`) as a table shows them: by name, nobody's last."""
    return sorted(rows, key=lambda row: (row.key == NOWHERE, row.name.casefold()))
