"""When support for an idea looks pushed. Pure. An alarm flags and explains; it never removes or lowers anything."""

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

SUPPORTERS_MIN = 5  # below that every share is chance, and a number about so few would be about persons
LINK_SHARE = 0.70
TEAM_SHARE = 0.60
BURST_SD = 5.0
HISTORY_DAYS = 28
HISTORY_HOURS = HISTORY_DAYS * 24


class AlarmKind(StrEnum):
    """What was noticed."""

    LINK = "link"
    TEAM = "team"
    BURST = "burst"

    @property
    def words(self) -> str:
        """In neutral words, for everybody who may see the idea's numbers."""
        return _WORDS[self]


class Support(NamedTuple):
    """How many people support an idea from one team by one way."""

    team: Any
    by_link: bool
    people: int


class Alarm(NamedTuple):
    """What was noticed, with the counts behind it."""

    kind: AlarmKind
    facts: dict[str, float]


def share_alarms(supports: Iterable[Support]) -> list[Alarm]:
    """Alarms from who supports an idea: by a shared link, or out of one team."""
    rows = list(supports)
    total, links = sum(row.people for row in rows), sum(row.people for row in rows if row.by_link)
    teams: dict[Any, int] = {}
    for row in rows:
        teams[row.team] = teams.get(row.team, 0) + row.people
    if total < SUPPORTERS_MIN:
        return []
    found = []
    if links >= LINK_SHARE * total:
        found.append(Alarm(AlarmKind.LINK, {"supporters": total, "by_link": links}))
    if (most := max(teams.values())) >= TEAM_SHARE * total:
        found.append(Alarm(AlarmKind.TEAM, {"supporters": total, "of_one_team": most}))
    return found


def burst_alarm(here: Mapping[Any, int], usual: Mapping[Any, int]) -> Alarm | None:
    """An alarm if a team gave this idea far more supports within an hour than it usually gives in one.

    here: hour → supports of one team for this idea. usual: hour → its supports for all ideas in the last 28 days.
    The rate is the mean over all those hours, this idea's own supports left out; its standard deviation is at least
    that of a Poisson count with the same mean, and at least 1, so that a team that hardly ever votes is not
    conspicuous when it does. At least `SUPPORTERS_MIN` within the hour.
    """
    others = [max(0, count - here.get(hour, 0)) for hour, count in usual.items()]
    mean, sd = rate(others)
    hour_most = max(here.values(), default=0)
    if hour_most < SUPPORTERS_MIN or hour_most <= mean + BURST_SD * sd:
        return None
    return Alarm(AlarmKind.BURST, {"within_an_hour": hour_most, "usual": round(mean, 3), "sd": round(sd, 3)})


def rate(counts: Sequence[int]) -> tuple[float, float]:
    """Mean and standard deviation of a team's hourly supports; hours that are not given had none."""
    mean = sum(counts) / HISTORY_HOURS
    squares = sum((count - mean) ** 2 for count in counts) + (HISTORY_HOURS - len(counts)) * mean**2
    return mean, max(math.sqrt(squares / HISTORY_HOURS), math.sqrt(mean), 1.0)


def explained(kind: AlarmKind, facts: Mapping[str, Any]) -> str:
    """The counts behind an alarm, for those who answer and for programme. No team is named."""
    if kind is AlarmKind.LINK:
        return f"{facts['by_link']} of {facts['supporters']} supporters came by a shared link."
    if kind is AlarmKind.TEAM:
        return f"{facts['of_one_team']} of {facts['supporters']} supporters are in one team."
    return (
        f"One team gave {facts['within_an_hour']} supports within an hour; "
        f"it usually gives {facts['usual']:.1f} in one."
    )


_WORDS = {
    AlarmKind.LINK: "Most support came by a shared link.",
    AlarmKind.TEAM: "Most support came from one team.",
    AlarmKind.BURST: "Much of the support came within an hour.",
}
