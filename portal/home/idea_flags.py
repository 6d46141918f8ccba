"""What is remarkable about an idea's support, for those who may see its numbers: neutral sentences."""

from typing import Any

from sqlalchemy import case

from portal.swarm.alarm_queries import alarm_flags, kinds_in
from portal.swarm.alarm_rules import SUPPORTERS_MIN
from portal.swarm.line import CONTESTED_TEAMS, contested
from portal.swarm.models import IdeaScore
from portal.swarm.stop_queries import stop_teams

# Beside an idea's other columns; each is asked only where there can be something.
FLAGGED = (
    IdeaScore.s,
    IdeaScore.d,
    case((IdeaScore.n_stop >= CONTESTED_TEAMS, stop_teams()), else_=0).label("stop_teams"),
    case((IdeaScore.n_support >= SUPPORTERS_MIN, alarm_flags()), else_=0).label("alarms"),
)
CONTESTED = "Contested: people in several teams object."


def notes(row: Any) -> tuple[str, ...]:
    """Sentences from a row with `FLAGGED` and `unanswered`. The viewer has decided."""
    found = [CONTESTED] if contested(row.stop_teams or 0, row.s or 0.0, row.d or 0.0) else []
    if row.unanswered:
        found.append("It has a stop signal without an answer.")
    return (*found, *(kind.words for kind in kinds_in(row.alarms)))
