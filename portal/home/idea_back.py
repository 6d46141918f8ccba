"""*It's back* on the page of an idea: the way to say so once it is done, and what was said since."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.commitments.models import Commitment
from portal.commitments.relapse_models import Relapse, RelapseReport
from portal.commitments.relapse_queries import said_by
from portal.commitments.rules import CommitmentState
from portal.people.shapes import VIEWER
from portal.people.viewer import Viewer
from portal.web.dates import day_words

DONE = (CommitmentState.DELIVERED, CommitmentState.CONFIRMED)


@dataclass(frozen=True)
class Back:
    """See templates/commitments/_back.html."""

    number: int
    commitment_href: str
    reopened: bool
    may_say: bool
    line: str = ""


def columns() -> tuple[Any, ...]:
    """What the statement of the promise asks for, beside `Commitment`. Its parameter: `viewer`."""
    waits = Relapse.commitment_id == Commitment.id, Relapse.closed_at.is_(None)
    opened = select(Relapse.opened_at).where(*waits).correlate(Commitment).scalar_subquery()
    reports = select(func.count(RelapseReport.id)).join(Relapse, Relapse.id == RelapseReport.relapse_id).where(*waits)
    return (
        opened.label("back_at"), reports.correlate(Commitment).scalar_subquery().label("back_reports"),
        said_by(VIEWER).label("said_back"),
    )  # fmt: skip


def back(viewer: Viewer, idea: Any, commitment: Any, *, today: date) -> Back | None:
    """The part, or None where nothing is done. commitment: a row with `columns`, its state and its owner's name."""
    reopened = commitment is not None and commitment.state is CommitmentState.REOPENED
    if commitment is None or not (reopened or commitment.state in DONE):
        return None
    may_say = viewer.is_frontline and idea.hidden_at is None and not commitment.said_back
    return Back(
        idea.id, f"/commitments/{commitment.id}", reopened, may_say,
        line=_line(viewer, commitment, today) if reopened else "",
    )  # fmt: skip


def _line(viewer: Viewer, commitment: Any, today: date) -> str:
    since = day_words(commitment.back_at, today=today, zone=viewer.timezone)
    if not commitment.back_reports:
        return (
            f"Too many of those who were asked still meet it, since {since}. It is open again until {commitment.owner} "
            "has fixed it or answered here."
        )
    who = "A colleague says" if commitment.back_reports == 1 else f"{commitment.back_reports} colleagues say"
    said = " You are one of them." if commitment.said_back and commitment.back_reports > 1 else ""
    return (
        f"{who} so, the first on {since}.{said} It is open again until {commitment.owner} has fixed it or answered "
        "here. What was measured before is no longer the last word."
    )
