"""What is remarkable about an idea's support, for those who may see its numbers: neutral sentences."""

from typing import Any

from portal.swarm.alarm_queries import kinds_in
from portal.swarm.line import contested

CONTESTED = "Contested: people in several teams object."


def notes(row: Any) -> tuple[str, ...]:
    """Sentences from a row with `stop_teams`, `alarms`, `unanswered` and the sums. The viewer has decided."""
    found = [CONTESTED] if contested(row.stop_teams or 0, row.s or 0.0, row.d or 0.0) else []
    if row.unanswered:
        found.append("It has a stop signal without an answer.")
    return (*found, *(kind.words for kind in kinds_in(row.alarms)))
