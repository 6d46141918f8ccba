"""The weekly values of a group of sites between the limits of its usual ups and downs. Pure.

The limits come from the weeks before the go-live and stay as they are: the picture and the early warning, never the
judge. A week that is more than a usual up or down has another colour and another shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.impact.chart_effect import Told
from portal.impact.chart_paper import Paper, Sheet, both, empty, marked, scale_words, text
from portal.impact.estimate_words import Direction
from portal.impact.xmr import Limits, Signal, limits, signals
from portal.metrics.chart import Drawing, Drawings
from portal.metrics.scale import time_labels
from portal.metrics.weeks import Week
from portal.metrics.words import counted, day_words, number

WEEKS_FOR_LIMITS_MIN = 4
SHAPES = {"better": ("diamond", "c-good"), "worse": ("triangle", "c-bad")}


@dataclass(frozen=True)
class Noted:
    """Something else that happened, by its number in the list below the chart. last: the last day of it."""

    number: int
    first: date
    last: date


@dataclass(frozen=True)
class Span:
    """Limits and the weeks for which they hold. since: the Monday from which they hold; until: the last Monday."""

    since: date
    until: date
    found: Limits


@dataclass(frozen=True)
class Judged:
    """One week: its value, and whether it is "better" or "worse" than usual, or "" for a usual one."""

    monday: date
    value: float
    n: int | None
    said: str


@dataclass(frozen=True)
class Xmr:
    """A group's weeks with the limits that hold for them, oldest first. spans: more than one after a new baseline."""

    weeks: tuple[Judged, ...]
    spans: tuple[Span, ...]

    @property
    def after(self) -> tuple[int, int]:
        """How many weeks were better and worse than usual under the newest limits, from their first week on."""
        return (sum(one.said == "better" for one in self.weeks), sum(one.said == "worse" for one in self.weeks))


def judged(
    weeks: Sequence[Week], *, live_from: date, direction: Direction, starts: Sequence[date] = ()
) -> Xmr:  # fmt: skip
    """The weeks under limits frozen at the go-live. starts: days from which a named person has set new limits."""
    if not weeks:
        return Xmr((), ())
    first, last = weeks[0].monday, weeks[-1].monday
    before = [week.value for week in weeks if week.finished_on <= live_from]
    spans = [Span(first, last, limits(before))] if len(before) >= WEEKS_FOR_LIMITS_MIN else []
    for start in sorted(starts):
        fresh = [week.value for week in weeks if week.monday >= start][: len(before) or None]
        if len(fresh) >= WEEKS_FOR_LIMITS_MIN and spans:
            spans[-1] = Span(spans[-1].since, start - timedelta(days=1), spans[-1].found)
            spans.append(Span(start, last, limits(fresh)))
    told = dict(word for span in spans for word in _words_of(span, weeks, direction))
    return Xmr(tuple(Judged(one.monday, one.value, one.n, told.get(one.monday, "")) for one in weeks), tuple(spans))


def draw_xmr(found: Xmr, *, live_from: date, group: str, told: Told, notes: Sequence[Noted] = ()) -> Drawings:
    """Chart 1, for one group of sites."""
    said = heard(found, group=group, told=told, live_from=live_from)
    if not found.weeks:
        return both(lambda paper: empty(paper, said))
    values = [one.value for one in found.weeks]
    values += [end for span in found.spans for end in (span.found.low, span.found.high)]
    if all(value >= 0 for value in (one.value for one in found.weeks)):
        values = [max(value, 0.0) for value in values]
    probe = Sheet(NO_PAPER, first=0, last=1, values=values, decimals=told.decimals)
    return both(lambda paper: _on(paper, found, values, live_from, told, notes, said), scale_words(probe.ticks))


def heard(found: Xmr, *, group: str, told: Told, live_from: date) -> str:
    """The chart for people who hear it."""
    if not found.weeks:
        return f"Chart of {told.name} by week at the {group.lower()}. No values yet."
    start = f"Chart of {told.name} by week at the {group.lower()}, live from {day_words(live_from, year=True)}."
    if not found.spans:
        return f"{start} Too few weeks before it for limits."
    limit = found.spans[-1].found
    better, worse = found.after
    low, high = (number(end, told.decimals) for end in (limit.low, limit.high))
    return (
        f"{start} Usual weeks lie between {low} and {high}. {counted(better, 'week').capitalize()} better and "
        f"{counted(worse, 'week')} worse than usual."
    )


def _words_of(span: Span, weeks: Sequence[Week], direction: Direction) -> list[tuple[date, str]]:
    held = [one for one in weeks if span.since <= one.monday <= span.until]
    found = signals([one.value for one in held], span.found)
    words = []
    for place, (one, rules) in enumerate(zip(held, found, strict=True)):
        if not rules:
            continue
        up = one.value > span.found.mean
        if rules == {Signal.TREND} and place:
            up = one.value > held[place - 1].value
        words.append((one.monday, "better" if up == (direction is Direction.UP) else "worse"))
    return words


def _on(
    paper: Paper, found: Xmr, values: Sequence[float], live_from: date, told: Told, notes: Sequence[Noted], said: str
) -> Drawing:  # fmt: skip
    first = min(found.weeks[0].monday, live_from).toordinal()
    last = max(found.weeks[-1].monday, live_from).toordinal()
    paper = replace(paper, top=paper.top + 22, height=paper.height + 22)  # room for what the shapes mean
    sheet = Sheet(paper, first=first, last=last, values=values, decimals=told.decimals,
                  bars=any(one.n for one in found.weeks))  # fmt: skip
    for note in notes:
        if note.last.toordinal() >= first and note.first.toordinal() <= last:
            sheet.shade(note.first.toordinal(), note.last.toordinal() + 1, "c-days", str(note.number))
    sheet.grid()
    most = max(int((sheet.end - sheet.left) // (paper.letter * 6)), 2)
    days = time_labels(date.fromordinal(first), date.fromordinal(last), most=most)
    sheet.across([(day.toordinal(), words) for day, words in days])
    for place, span in enumerate(found.spans):
        old = "" if place == len(found.spans) - 1 else " c-old"
        ends = (span.since.toordinal(), span.until.toordinal())
        for value, name in ((span.found.low, "c-lim"), (span.found.high, "c-lim"), (span.found.mean, "c-mean")):
            if sheet.ticks.low <= value <= sheet.ticks.high:
                sheet.piece(*ends, value, name + old)
    points = [(float(one.monday.toordinal()), one.value) for one in found.weeks]
    sheet.curve(points, "c-thin", step=7)
    for word in ("", *SHAPES):
        shape, name = SHAPES.get(word, ("round", "c-usual"))
        larger = 1.25 if word else 0.9
        sheet.dots([point for point, one in zip(points, found.weeks, strict=True) if one.said == word], name,
                   shape=shape, larger=larger)  # fmt: skip
    sheet.upright(live_from.toordinal(), f"Live from {day_words(live_from)}")
    sheet.counts([(float(one.monday.toordinal()), one.n) for one in found.weeks])
    _beside(sheet, found)
    return sheet.svg(said)


def _beside(sheet: Sheet, found: Xmr) -> None:
    """Words for the limits, and what the shapes mean, where they occur."""
    if found.spans and not sheet.paper.is_narrow:
        newest = found.spans[-1].found
        for value, words in ((newest.high, "Usual limit"), (newest.mean, "Mean before"), (newest.low, "Usual limit")):
            if sheet.ticks.low <= value <= sheet.ticks.high:
                sheet.say(
                    [(sheet.last, value)], words if len(found.spans) == 1 else words.replace("before", "now"), "c-lab2"
                )
    x = sheet.left
    for word, (shape, name) in SHAPES.items():
        if any(one.said == word for one in found.weeks):
            words = f"{word} than usual"
            sheet.add(marked(shape, name, x + 6, 11, 4.2), text("c-key", x + 16, 15, words))
            x += 30 + len(words) * sheet.paper.letter


NO_PAPER = Paper(720, 330, letter=7.2, dot=3, right=10)
