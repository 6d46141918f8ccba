"""The move Merge of triage: the ideas that this one could join, the likeliest first.

Merging itself is `portal.swarm.merging`; its page leads back here, to what waits next.
"""

from typing import Any
from urllib.parse import urlencode

from portal.people.viewer import Viewer
from portal.swarm.merge_queries import candidates
from portal.triage import queries

MOVE = "merge"


def choice(viewer: Viewer, number: int) -> dict[str, Any]:
    """What the template of the move is given. number: of an idea that the viewer may answer."""
    idea, following = queries.answerable(viewer, number), queries.next_of(viewer, number)
    back = "/triage" + (f"?{urlencode({'idea': following})}" if following else "")
    return {"idea": {"number": number}, "candidates": candidates(viewer, idea), "next": back}
