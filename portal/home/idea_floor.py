"""The last check on the floor, on the page of an idea."""

from typing import Any

from sqlalchemy import select

from portal.commitments.floor_models import FloorWave
from portal.commitments.floor_queries import shown_in
from portal.commitments.floor_shown import Checked, checked
from portal.commitments.models import Commitment


def columns() -> tuple[Any, ...]:
    """What the statement of the promise asks for, beside `Commitment`."""
    told = FloorWave.commitment_id == Commitment.id, FloorWave.ended_at.is_not(None), FloorWave.facts != "{}"
    newest = select(FloorWave.facts).where(*told).order_by(FloorWave.id.desc()).limit(1).correlate(Commitment)
    days = newest.with_only_columns(FloorWave.days)
    opened = newest.with_only_columns(FloorWave.relapse_id)
    return (
        newest.scalar_subquery().label("floor_facts"), days.scalar_subquery().label("floor_days"),
        opened.scalar_subquery().label("floor_relapse"),
    )  # fmt: skip


def floor(commitment: Any) -> list[Checked]:
    """The part, empty where nobody was asked yet. commitment: a row with `columns`, or None."""
    if commitment is None or commitment.floor_facts is None:
        return []
    shown, asked = shown_in(commitment.floor_facts)
    return [checked(commitment.floor_days, shown, asked, reopened=commitment.floor_relapse is not None)]
