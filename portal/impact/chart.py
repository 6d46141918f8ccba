"""The chart of a metric around a go-live: sites with the change, sites without, and the day. Pure."""

from collections.abc import Sequence
from datetime import date

from portal.impact.before_after import Facts
from portal.metrics.chart import Drawings, Line, Mark, draw
from portal.metrics.weeks import Week
from portal.metrics.words import day_words, number

GOT_IT, DID_NOT = "Sites that got it", "Sites that did not"


def around_go_live(
    treated: Sequence[Week], others: Sequence[Week], *, live_from: date, name: str, facts: Facts, decimals: int = 1
) -> Drawings:
    """Both drawings, from weekly series, oldest first. Without sites to compare with there is one line."""
    both = bool(others)
    return draw(
        Line(_points(treated), GOT_IT if both else ""),
        other=Line(_points(others), DID_NOT) if both else None,
        mark=Mark(live_from, f"Live from {day_words(live_from)}"),
        sentence=heard(facts, name=name, live_from=live_from, decimals=decimals),
        decimals=decimals,
    )


def heard(facts: Facts, *, name: str, live_from: date, decimals: int = 1) -> str:
    """The chart in words, for people who hear it."""
    parts = [f"Line chart of {name} by week, with a line at {day_words(live_from, year=True)}, the go-live."]
    for words, sides in (("sites that got it", facts.treated), ("sites that did not", facts.others)):
        if sides is None or sides.before is None:
            continue
        after = "nothing yet" if sides.after is None else f"about {number(sides.after, decimals)}"
        parts.append(f"At the {words}: about {number(sides.before, decimals)} before, {after} after.")
    return " ".join(parts)


def _points(weeks: Sequence[Week]) -> list[tuple[date, float]]:
    return [(week.monday, week.value) for week in weeks]
