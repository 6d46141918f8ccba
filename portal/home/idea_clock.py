"""Who owes an idea a first reply or an answer, on its page: a name from the first minute, in red once it is late."""

from datetime import datetime
from typing import Any

from portal.triage.clock_queries import clock_from
from portal.triage.clock_wording import due_words
from portal.web.dates import local_day


def clock(idea: Any, zone: str, now: datetime) -> dict[str, Any] | None:
    """What is due, from whom, and who was called because it is late. idea: a row with `clock_queries.columns`."""
    found = clock_from(idea, now=now)
    if found is None:
        return None
    text, late = due_words(found.what, found.due_on, local_day(now, zone), overdue=found.overdue)
    return {"text": text, "late": late, "who": found.name, "called": found.called}
