"""Reading what executives learned at the frontline: everybody does once the debrief is finished."""

from dataclasses import dataclass
from datetime import date, datetime

from portal.commitments.rules import Standing
from portal.frontline.debrief_models import Insight
from portal.people.viewer import Viewer


@dataclass(frozen=True)
class PromisedThen:
    """What somebody promised after an earlier shift. number: of the promise."""

    number: int
    words: str
    due_on: date
    standing: Standing


def insight_for(viewer: Viewer, number: int) -> Insight:
    """The insight with this number, as far as the viewer may read it; raises Missing otherwise."""
    raise NotImplementedError


def promised_last_time(person_id: int, *, before: datetime) -> list[PromisedThen]:
    """What somebody promised in their last debrief before a moment that held a promise, by its day."""
    raise NotImplementedError
